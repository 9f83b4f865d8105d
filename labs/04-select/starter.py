# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""An echo server for all clients together, with select. It listens; the rest is up to you."""
import select
import socket
import sys


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    while True:
        # Your part: wait for the listening socket and for all clients together, and send back what
        # the clients send. Sleep only in select: make accepted sockets non-blocking (setblocking),
        # and keep the bytes that send does not accept until select reports that there is room.
        # Close a connection when its client has closed it.
        select.select([listener], [], [])
        client, _ = listener.accept()
        client.close()


main()
