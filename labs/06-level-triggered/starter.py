# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""An echo server for all clients together, with epoll. It listens; the rest is up to you."""
import select
import socket
import sys


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    epoll = select.epoll()
    epoll.register(listener, select.EPOLLIN)
    while True:
        # Your part: register each client level-triggered, and send back what it sends. Sleep only
        # in poll() of the epoll object: make accepted sockets non-blocking (setblocking), and keep
        # the bytes that send does not accept until EPOLLOUT is reported. Ask for EPOLLOUT only
        # while you keep such bytes. Close a connection when its client has closed it.
        epoll.poll()
        client, _ = listener.accept()
        client.close()


main()
