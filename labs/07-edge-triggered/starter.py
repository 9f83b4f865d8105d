# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""An edge-triggered echo server. It listens and sees clients come; the rest is up to you."""
import select
import socket
import sys


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    epoll = select.epoll()
    epoll.register(listener, select.EPOLLIN)
    while True:
        # Your part: register the listener and each client with EPOLLET, all of them non-blocking
        # (setblocking), and use up each report: accept until BlockingIOError, and receive and send
        # back until BlockingIOError. What send does not take is kept, and sent when poll() tells of
        # room (EPOLLOUT); only then receive on. Close what has ended (recv gives nothing) or failed
        # (ConnectionError).
        epoll.poll()
        client, _ = listener.accept()
        client.close()


main()
