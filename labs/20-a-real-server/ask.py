# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Starts redis and a client that sends it REQUESTS PINGs, AT_ONCE of them in one packet: ask.py
REQUESTS AT_ONCE. The client calls send and recv, redis calls read and write, so that the counts tell
them apart."""
import shutil
import socket
import subprocess
import sys

PING, PONG = b"PING\r\n", b"+PONG\r\n"


def start(port):
    """Starts redis and waits until it is ready. The program file redis-check-rdb is redis-server under
    another name; argv[0] selects which of them runs."""
    redis = subprocess.Popen(["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", ""],
                             executable=shutil.which("redis-check-rdb"), stdout=subprocess.PIPE)
    said = [b""]
    while b"Ready to accept connections" not in said[-1]:
        said.append(redis.stdout.readline())
        if not said[-1]:
            sys.exit(f"ask.py: redis did not start: {b''.join(said[-3:]).decode(errors='replace')}")
    return redis


def ask(port, requests, at_once):
    with socket.create_connection(("127.0.0.1", port)) as server:
        for _ in range(requests // at_once):
            server.sendall(PING * at_once)
            answer = server.recv(len(PONG) * at_once, socket.MSG_WAITALL)
            if answer != PONG * at_once:
                sys.exit(f"ask.py: redis answered {answer!r}")


with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
redis = start(port)
ask(port, *map(int, sys.argv[1:]))
redis.terminate()
redis.wait()
