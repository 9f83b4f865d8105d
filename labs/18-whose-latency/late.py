# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""An echo server and its client, which sends 50 messages. With "late.py program", the server computes
for 10 ms after each answer. With "late.py scheduler", it shares a CPU with three processes that compute
all the time, and the client sends only when the server is asleep."""
import multiprocessing
import os
import socket
import sys
import time

MESSAGES, COMPUTE, NEIGHBOURS, NICE = 50, 0.01, 3, 10


def compute(seconds):
    begun = time.thread_time()
    while time.thread_time() < begun + seconds:
        sum(range(10000))


def neighbour():
    one_cpu()
    compute(float("inf"))


def one_cpu():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def serve(listener, crowded):
    client, _ = listener.accept()
    if crowded:
        one_cpu()
        os.nice(NICE)
    while message := client.recv(64):
        client.sendall(message)
        compute(0 if crowded else COMPUTE)


def is_asleep(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        return stat.read().rpartition(")")[2].split()[0] == "S"


def ask(port, pid, crowded):
    with socket.create_connection(("127.0.0.1", port)) as server:
        for _ in range(MESSAGES):
            while crowded and not is_asleep(pid):
                os.sched_yield()
            server.sendall(b"x" * 64)
            server.recv(64, socket.MSG_WAITALL)


def start(function, *args):
    process = multiprocessing.Process(target=function, args=args, daemon=True)
    process.start()
    return process


crowded = sys.argv[1] == "scheduler"
listener = socket.create_server(("127.0.0.1", 0))
for _ in range(NEIGHBOURS if crowded else 0):
    start(neighbour)
server = start(serve, listener, crowded)
ask(listener.getsockname()[1], server.pid, crowded)
server.join()
