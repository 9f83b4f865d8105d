# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""An echo server for all clients together, with poll. It listens; the rest is up to you."""
import select
import socket
import sys


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    while True:
        # Your part: wait for the listening socket and for all clients together, and send back what
        # the clients send. Sleep only in poll: make accepted sockets non-blocking (setblocking),
        # and keep the bytes that send does not accept until poll reports that there is room. Close
        # a connection when its client has closed it, and unregister it.
        poll.poll()
        client, _ = listener.accept()
        client.close()


main()
