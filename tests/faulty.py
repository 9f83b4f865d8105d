# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Servers in Python for the load client: some right, some wrong on purpose."""
import contextlib
import select
import socket
import threading

from harness import WAIT


def echo(sock):
    while data := sock.recv(1 << 16):
        sock.sendall(data)


def hold(sock):
    """Keeps the connection open and untouched until the test's end shuts it down."""
    poll = select.poll()
    poll.register(sock, 0)  # POLLHUP, as soon as both directions are shut down
    poll.poll()


class Faulty:
    """A TCP server in this process, to be wrong on purpose: handler(socket) serves a client."""

    def __init__(self, test, handler, backlog=128, one_at_a_time=False):
        self.handler = handler
        self.one_at_a_time = one_at_a_time
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=backlog)
        self.port = self.listener.getsockname()[1]
        self.clients, self.threads = [], []
        self.acceptor = threading.Thread(target=self._accept)
        self.acceptor.start()
        test.addCleanup(self.close)

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                client.settimeout(WAIT)
                self.clients.append(client)
                if self.one_at_a_time:
                    self._serve(client)
                else:
                    thread = threading.Thread(target=self._serve, args=(client,))
                    self.threads.append(thread)
                    thread.start()

    def _serve(self, client):
        with client, contextlib.suppress(OSError):
            self.handler(client)

    def close(self):
        # shutdown(), not close(), wakes a thread that sleeps in accept() or recv().
        for sock in [self.listener, *self.clients]:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self.acceptor.join()
        for thread in self.threads:
            thread.join()
        self.listener.close()


class FaultyDatagrams:
    """The same over UDP: answer(number, data) gives the list of datagrams to send back."""

    udp = True

    def __init__(self, test, answer):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.answer = answer
        self.stop = False
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        test.addCleanup(self.close)

    def _run(self):
        number = 0
        while True:
            data, peer = self.socket.recvfrom(1 << 16)
            if self.stop:
                return
            for reply in self.answer(number, data):
                self.socket.sendto(reply, peer)
            number += 1

    def close(self):
        self.stop = True
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self.socket.getsockname())
        self.thread.join()
        self.socket.close()
