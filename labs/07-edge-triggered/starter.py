# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""An edge-triggered echo server. It listens and waits for clients; the rest is up to you."""
import select
import socket
import sys


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    epoll = select.epoll()
    epoll.register(listener, select.EPOLLIN)
    while True:
        # Your part: register the listening socket and each client with EPOLLET, and make all of
        # them non-blocking (setblocking). After each report, accept until BlockingIOError, or
        # receive and send back until BlockingIOError. Keep the bytes that send does not accept,
        # send them when poll() reports EPOLLOUT, and only then continue to receive. Close a
        # connection that has ended (recv returns nothing) or failed (ConnectionError).
        epoll.poll()
        client, _ = listener.accept()
        client.close()


main()
