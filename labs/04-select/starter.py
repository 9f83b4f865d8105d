# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""An echo server for all clients at once, with select. It listens; the rest is up to you."""
import select
import socket
import sys


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    while True:
        # Your part: wait for the listener and for all clients at once, and send back what they
        # send. Nothing but select may sleep: accepted sockets are to be non-blocking
        # (setblocking), and what send does not take is kept until select tells that there is room.
        # Close what a client has hung up.
        select.select([listener], [], [])
        client, _ = listener.accept()
        client.close()


main()
