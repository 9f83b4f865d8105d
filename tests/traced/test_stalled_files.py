# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Stalls of files that are no sockets of the network: pipes, eventfds, terminals and the others."""
import os
import signal
import sys
import tempfile
import unittest

from harness import Process, children, expand, for_each, wait_until
from programs import program
from sleeping import await_sleep
from stalling import await_warnings, warnings_of
from tracing import Traced

# What is left of each kind, by programs/leaving.c, when one was taken.
LEFT = {"pipe": ("pipe", 2000, "bytes"), "fifo": ("pipe", 2000, "bytes"),
        "unix": ("unix_stream", 2000, "bytes"), "eventfd": ("eventfd", 4, "count"),
        "timerfd": ("timerfd", 1, "expirations"), "signalfd": ("signalfd", 1, "signals"),
        "inotify": ("inotify", 2, "events"), "fanotify": ("fanotify", 2, "events"),
        "tty": ("tty", 10, "bytes"), "pty": ("pty", 13, "bytes"),
        "epoll": ("epoll", 1, "interests")}
HOOKS = ("auto", "tracepoint")
FIFO = """if True:
    import os, select, signal, sys
    signal.signal(signal.SIGUSR1, lambda *_: os._exit(0))
    fifo = os.open(sys.argv[1], os.O_RDONLY | os.O_NONBLOCK)
    ep = select.epoll()
    ep.register(fifo, select.EPOLLIN | select.EPOLLET)
    ep.poll()
    os.read(fifo, 1000)
    ep.poll(4)
"""
LONG = "200"  # ms: would be a stall


@expand
class Files(unittest.TestCase):
    def start(self, kind, how, hooks, until):
        return Traced(self, "trace", "--hooks", hooks, "--", program(self, "leaving"), kind, how, until)

    def end(self, run):
        """The summary and the warnings."""
        s = run.summary()
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        return s, warnings_of(run)

    def stalled(self, kind, how, hooks="auto", left=None):
        """The evidence of the one stall that there is, and that lasts until the warning of it is seen."""
        left = left or LEFT[kind]
        with tempfile.TemporaryDirectory() as folder:
            os.mkfifo(f"{folder}/fifo")
            run = self.start(kind, how, hooks, f"{folder}/fifo")
            await_warnings(run)
            with open(f"{folder}/fifo", "w"):
                s, warnings = self.end(run)
        i = s["interests"]
        self.assertEqual((i["left"], i["stalls"], s["stalled"]), (1, 1, []))
        self.assertEqual([(w["kind"], w["unread"], w["unit"]) for w in warnings], [left])
        rows = [row for row in s["evidence"] if row["of"] in ("read", "news", "gone")]
        self.assertEqual(len(rows), 1, s["evidence"])
        self.assertEqual((rows[0]["kind"], rows[0]["amount"], rows[0]["unit"]), left)
        self.assertEqual((rows[0]["count"], rows[0]["fd"], rows[0]["tid"]),
                         (1, warnings[0]["fd"], warnings[0]["tid"]))
        self.assertEqual(rows[0]["ns"], i["stalled_ns"])
        return rows[0]

    def silent(self, kind, how, hooks="auto"):
        s, warnings = self.end(self.start(kind, how, hooks, LONG))
        i = s["interests"]
        self.assertEqual((i["left"], i["stalls"], warnings), (0, 0, []))
        self.assertEqual([r for r in s["evidence"] if r["of"] in ("read", "news", "gone")], [])

    @for_each([*((kind, "auto") for kind in LEFT), ("pipe", "tracepoint"), ("epoll", "tracepoint")])
    def test_a_part_is_left(self, which):
        """Until the process ends, and not beyond."""
        kind, hooks = which
        row = self.stalled(kind, "part", hooks)
        self.assertEqual(row["of"], "gone")
        self.assertEqual(row["part"], int(kind != "timerfd"))
        self.assertGreaterEqual(row["ns"], 50e6)

    def test_nothing_is_taken(self):
        """A POSIX queue tells anew of what is left with each message that is taken."""
        for kind, left in (("pipe", ("pipe", 3000, "bytes")), ("mqueue", ("mqueue", 3, "messages"))):
            with self.subTest(kind=kind):
                row = self.stalled(kind, "nothing", left=left)
                self.assertEqual((row["of"], row["part"]), ("gone", 0))

    @for_each([*LEFT, "mqueue"])
    def test_all_is_taken(self, kind):
        self.silent(kind, "all")

    @for_each(LEFT)
    def test_somebody_takes_it(self, kind):
        self.assertEqual(self.stalled(kind, "worker")["of"], "read")

    def strange(self, stall_ms):
        """How the stalls of a FIFO ended of which the test takes what is left: once that is a stall, or
        before, if it takes long to be one."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = f"{folder.name}/fifo"
        os.mkfifo(path)
        ours = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self.addCleanup(os.close, ours)
        run = Traced(self, "trace", "--interval", "0.1", "--stall-ms", str(stall_ms), "--",
                     sys.executable, "-S", "-c", FIFO, path)
        wait_until(lambda: run.started() and children(run.pid), "the program")
        target, = children(run.pid)
        os.write(ours, bytes(3000))
        await_sleep(target, "epoll_wait", tid=target)
        if stall_ms < 1000:
            wait_until(lambda: warnings_of(run), "the warning")
        self.assertEqual(len(os.read(ours, 4096)), 2000)
        if stall_ms < 1000:
            wait_until(lambda: run.lines()[-1].get("interests", {}).get("stalled_bytes") == 0, "its end")
            os.kill(target, signal.SIGUSR1)
        s = run.summary()
        self.assertEqual((s["interests"]["left"], s["stalled"]), (1, []))
        self.assertEqual(s["interests"]["stalls"], len(warnings_of(run)))
        return [r["of"] for r in s["evidence"] if r["of"] in ("read", "news", "gone")]

    def test_a_stranger_takes_it(self):
        """A process that is not traced, of a FIFO that it has open, too."""
        for stall_ms, ends in ((50, ["read"]), (1000, [])):
            with self.subTest(stall_ms=stall_ms):
                self.assertEqual(self.strange(stall_ms), ends)

    def test_more_comes(self):
        for hooks in HOOKS:
            with self.subTest(hooks=hooks):
                self.assertEqual(self.stalled("pipe", "more", hooks)["of"], "news")

    @for_each(("pipe", "unix", "inotify"))
    def test_it_is_closed(self, kind):
        self.assertEqual(self.stalled(kind, "close")["of"], "gone")

    @for_each(sorted(set(LEFT) - {"fifo", "inotify", "fanotify"}))  # a folder would be left
    def test_it_sleeps_already(self, kind):
        """What is unread is in the head of trace -p, and of an eventfd that it is a semaphore."""
        target = Process(self, [program(self, "leaving"), kind, "part", "60000"])
        await_sleep(target.pid, "epoll_wait")
        run = Traced(self, "trace", "--stall-ms", "1", "--seconds", "0.1", "-p", target.pid)
        s = run.summary()
        left = [] if kind == "timerfd" else [LEFT[kind]]
        for rows in (run.lines()[1]["unread"], s["stalled"]):
            rows = [row for row in rows if row["kind"] == LEFT[kind][0]]
            self.assertEqual([(r["kind"], r["unread"], r["unit"]) for r in rows], left)
        self.assertEqual(s["interests"]["stalls"], len(left))

    def test_what_is_never_read_only_wakes(self):
        for kind in ("eventfd", "timerfd"):
            with self.subTest(kind=kind):
                self.silent(kind, "nothing")


if __name__ == "__main__":
    unittest.main()
