# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Whom a client or a message wakes, of several that wait: each comes when it is known who sleeps."""
import ctypes
import os
import socket
import unittest
from pathlib import Path

from harness import expand, for_each, wait_until
from sleeping import await_children, await_sleep
from tracing import TracedServer

PROCESSES, CLIENTS = 8, 10


class Held:
    """One thread of a process, kept from running while the others go on."""
    SEIZE, INTERRUPT, DETACH, ALL = 0x4206, 0x4207, 17, 0x40000000

    def __init__(self, tid):
        self.tid = tid
        self.libc = ctypes.CDLL(None, use_errno=True)

    def ask(self, what):
        if self.libc.ptrace(what, self.tid, ctypes.c_void_p(0), ctypes.c_void_p(0)):
            raise OSError(ctypes.get_errno(), f"ptrace {what:#x} of {self.tid}")

    def __enter__(self):
        self.ask(self.SEIZE)
        self.ask(self.INTERRUPT)
        os.waitpid(self.tid, self.ALL)

    def __exit__(self, *_):
        self.ask(self.DETACH)


@expand
class Herd(unittest.TestCase):
    """A client comes when all of the processes sleep: it wakes all, or one."""

    @for_each([("herd", PROCESSES - 1), ("exclusive", 0)])
    def test_wakes_for_nothing(self, case):
        name, each = case
        run = TracedServer(self, "epoll-exclusive", "--procs", str(PROCESSES),
                           *(["--fault", "herd"] if name == "herd" else []))
        for _ in range(CLIENTS):
            await_children(run.server, PROCESSES, "epoll_wait")
            with socket.create_connection(run.address) as client:
                client.sendall(b"x")
                self.assertEqual(client.recv(1), b"x")
        await_children(run.server, PROCESSES, "epoll_wait")
        s = run.end()
        w = s["wakes"]
        idle = w["wasted"] + w["absorbed"]
        self.assertEqual(w["slept_on"], w["absorbed"])
        # besides, the end of the server wakes each for nothing, or to wake its parent as it ends: the
        # kernel tells of the listener's twice, and who is quick sleeps in between
        self.assertIn(idle + w["handed"] - each * CLIENTS, range(PROCESSES, 2 * PROCESSES + 1), w)
        self.assertEqual(w["unseen"], 0)
        self.assertEqual(len(s["threads"]), PROCESSES)
        if each:
            herd, = (finding for finding in s["findings"] if finding["weight"] == "wrong")
            self.assertEqual((herd["id"], herd["evidence"]["idle"]),
                             ("herd", w["refused"] + w["absorbed"]))
        else:
            self.assertNotIn("wrong", [finding["weight"] for finding in s["findings"]])


class Pool(unittest.TestCase):
    def echo(self, client):
        client.sendall(b"x")
        self.assertEqual(client.recv(1), b"x")

    def test_whichever_thread_is_free_serves_a_socket(self):
        """EPOLLONESHOT: each of two threads has a message of the one connection, while the other is
        held."""
        run = TracedServer(self, "epoll-oneshot", "--threads", "2")
        tasks = Path(f"/proc/{run.server}/task")
        wait_until(lambda: len(list(tasks.iterdir())) == 2, "its threads")
        threads = [int(task.name) for task in tasks.iterdir()]
        with socket.create_connection(run.address) as client:
            self.echo(client)
            for held in threads:
                for tid in threads:
                    await_sleep(run.server, "epoll_wait", tid=tid)
                with Held(held):
                    self.echo(client)
        s = run.end()
        useful = {row["tid"]: row["useful"] for row in s["threads"]}
        self.assertEqual(useful.keys(), set(threads))
        self.assertTrue(all(useful.values()), s["threads"])
        self.assertEqual(s["interests"]["disarmed"], s["interests"]["reports"])


if __name__ == "__main__":
    unittest.main()
