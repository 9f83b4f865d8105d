# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A UDP echo server. It opens a socket and sleeps; what wakes it up is up to you."""
import signal
import socket
import sys


def main():
    server = socket.socket(type=socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", int(sys.argv[1])))
    while True:
        # Your part: block SIGIO (signal.pthread_sigmask), and then ask for it with fcntl.fcntl
        # (F_SETOWN; F_SETFL with O_ASYNC and O_NONBLOCK). signal.sigwait sleeps until a signal
        # arrives, or returns at once if one is pending. Then send back all datagrams that have
        # arrived (recvfrom, sendto), until BlockingIOError.
        signal.pause()


main()
