# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""An echo server for all clients at once, with poll. It listens; the rest is up to you."""
import select
import socket
import sys


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    while True:
        # Your part: wait for the listener and for all clients at once, and send back what they
        # send. Nothing but poll may sleep: accepted sockets are to be non-blocking (setblocking),
        # and what send does not take is kept until poll tells that there is room. Close what a
        # client has hung up, and unregister it.
        poll.poll()
        client, _ = listener.accept()
        client.close()


main()
