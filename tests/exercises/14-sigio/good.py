# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A UDP echo server driven by SIGIO: a signal says that there is something, not how much."""
import fcntl
import os
import signal
import socket
import sys


def answer_all(server):
    try:
        while True:
            data, sender = server.recvfrom(65536)
            server.sendto(data, sender)
    except BlockingIOError:
        pass


def main():
    server = socket.socket(type=socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", int(sys.argv[1])))
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGIO])
    fcntl.fcntl(server, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(server, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    while True:
        answer_all(server)
        signal.sigwait([signal.SIGIO])


main()
