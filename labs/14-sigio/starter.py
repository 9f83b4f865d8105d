# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A UDP echo server. It has a socket, and sleeps; what wakes it up is up to you."""
import signal
import socket
import sys


def main():
    server = socket.socket(type=socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", int(sys.argv[1])))
    while True:
        # Your part: block SIGIO (signal.pthread_sigmask), then ask for it with fcntl.fcntl
        # (F_SETOWN; F_SETFL with O_ASYNC and O_NONBLOCK). signal.sigwait sleeps until one comes, or
        # has come since. Then send back all datagrams that are there (recvfrom, sendto), until
        # BlockingIOError.
        signal.pause()


main()
