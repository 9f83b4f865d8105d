# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Clients of servers that are not ours."""
import contextlib
import shutil
import socket
import threading
import unittest

from harness import WAIT, own_port

CLIENTS, MESSAGES = 8, 500


class Address:
    """Of a server that a test starts."""
    udp, address = False, "127.0.0.1"

    def __init__(self, test):
        self.port = own_port(test)

    def connect(self):
        return socket.create_connection((self.address, self.port), WAIT)

    def answers(self):
        with contextlib.suppress(ConnectionRefusedError):
            self.connect().close()
            return True


def require_server(name):
    if not shutil.which(name, path="/usr/bin:/usr/sbin:/usr/local/bin"):
        raise unittest.SkipTest(f"{name} is not installed, and this test does without")


def ask(address, request, answer, kept):
    """One client: message after message, on one connection if kept, else on one for each."""
    reader = None
    for _ in range(MESSAGES if kept else MESSAGES // 10):
        if not (reader and kept):
            client = address.connect()
            reader = client.makefile("rb")
        client.sendall(request)
        while not reader.readline().endswith(answer):
            pass
        if not kept:
            client.close()
    client.close()


def ask_all(address, *args):
    clients = [threading.Thread(target=ask, args=[address, *args]) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
