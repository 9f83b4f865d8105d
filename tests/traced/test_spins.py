# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Waits that come back at once while nothing gets on, and what they are about: tests/programs/spins.c."""
import os
import signal
import sys
import unittest
from pathlib import Path

from harness import Process, alone, expand, for_each, wait_until
from programs import program
from tracing import Traced, calls, traced

ROUNDS = 200
FD = 40
KINDS = [("unix", "unix_stream"), ("pipe", "pipe"), ("tcp", "tcp"), ("udp", "udp"),
         ("listener", "listener"), ("eventfd", "eventfd"), ("timerfd", "timerfd"),
         ("signalfd", "signalfd"), ("nested", "epoll")]
POLLS = [("poll", "pipe"), ("poll", "tcp"), ("select", "pipe"), ("select", "tcp")]


def evidence(summary, of):
    return [row for row in summary["evidence"] if row["of"] == of]


class Spinning(unittest.TestCase):
    def summary(self, wait, kind, how, rounds=ROUNDS):
        s = traced(self, "trace", "--", program(self, "spins"), wait, kind, how, rounds)
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        return s

    def row(self, s, of="spin"):
        row, = evidence(s, of)
        self.assertEqual(row["fd"], FD)
        return row

    def nothing(self, *how):
        s = self.summary(*how)
        self.assertEqual(evidence(s, "spin") + evidence(s, "stale"), [])
        return s


@expand
class Epoll(Spinning):
    @for_each(KINDS)
    def test_nothing_is_taken(self, kind):
        name, called = kind
        row = self.row(self.summary("epoll", name, "untaken"))
        self.assertEqual((row["kind"], row["count"], row["events"]), (called, ROUNDS, "EPOLLIN"))
        self.assertIn(row["call"], ("epoll_wait", "epoll_pwait"))

    @for_each(KINDS)
    def test_what_is_there_is_taken(self, kind):
        self.nothing("epoll", kind[0], "taken")

    def test_a_few_waits_are_no_evidence(self):
        self.nothing("epoll", "pipe", "untaken", 63)
        self.assertEqual(self.row(self.summary("epoll", "pipe", "untaken", 64))["count"], 64)

    @for_each(["unix", "tcp"])
    def test_room_and_nothing_is_written(self, kind):
        row = self.row(self.summary("epoll", kind, "room"))
        self.assertEqual((row["count"], row["events"]), (ROUNDS, "EPOLLOUT"))

    def test_room_that_is_used(self):
        self.nothing("epoll", "tcp", "written")

    def test_the_waits_are_counted(self):
        """Each but the last is over when the next begins, and that when the thread ends."""
        s = self.summary("epoll", "pipe", "untaken")
        self.assertEqual(s["work"]["spun"], ROUNDS)
        self.assertEqual(self.summary("epoll", "pipe", "taken")["work"]["spun"], 0)


@expand
class Nothing(unittest.TestCase):
    """Waits that give nothing, and what the thread does before it waits again."""

    def trace(self, code):
        return traced(self, "trace", "--", sys.executable, "-S", "-c", code)["work"]

    def work(self, code):
        return self.trace("import os, select\np = select.poll(); r, w = os.pipe()\n"
                          f"for _ in range({ROUNDS}): {code}")

    def hogs(self):
        for _ in range(2 * os.cpu_count()):
            Process(self, [sys.executable, "-S", "-c", "while True: pass"])

    @for_each([("polled", 0), ("ticked", 1)])
    def test_nothing_else_is_done(self, how):
        name, timeout = how
        work = self.work(f"p.poll({timeout})")
        self.assertGreater(work[name], ROUNDS / 2, work)
        self.assertLessEqual(work["polled"] + work["ticked"], ROUNDS)

    @for_each(["p.poll(0)", "select.select([r], [], [], 0)", "many.poll(0)"])
    def test_it_only_asks(self, asks):
        """Of many descriptors that takes longer, and so may what lies between."""
        def polled():
            return self.work(f"0\nmany = select.poll()\nfor _ in range(500): many.register(os.dup(r))\n"
                             f"for _ in range({ROUNDS}): {asks}")["polled"]
        self.assertGreater(polled(), ROUNDS * .8)
        self.hogs()
        self.assertGreater(polled(), ROUNDS * .8)

    @alone("other tracers make a call dearer, against which is held what goes by between two")
    def test_callbacks_are_queued(self):
        """It asks between any two of them, and there always is another."""
        loop = f"""if True:
            import asyncio
            async def main():
                for _ in range({ROUNDS}): await asyncio.sleep(0)
            asyncio.run(main())"""
        self.assertLess(self.trace(loop)["polled"], ROUNDS * .1)
        self.hogs()
        self.assertLess(self.trace(loop)["polled"], ROUNDS * .1)

    def test_it_looks_before_it_sleeps(self):
        work = self.work("p.poll(0); p.poll(1)")
        self.assertLess(work["polled"], ROUNDS / 10, work)

    COMPUTES = f"""if True:
        import select, sys, time
        p, long = select.poll(), 0
        for _ in range({ROUNDS}):
            asks = time.monotonic()
            p.poll(int(sys.argv[1]))
            computes = time.monotonic()
            sum(range(20000))
            long += computes - asks >= time.monotonic() - computes
        print(long, file=sys.stderr)"""

    @for_each("01")
    def test_it_computes(self, timeout):
        """For longer than it asked, unless it was kept from its CPU as it did, by its own account."""
        run = Traced(self, "trace", "--", sys.executable, "-S", "-c", self.COMPUTES, timeout)
        work = run.summary()["work"]
        self.assertLessEqual(work["polled"], int(run.stderr))
        self.assertEqual(work["ticked"], 0)

    @for_each("01")
    def test_it_writes(self, timeout):
        work = self.work(f"p.poll({timeout}); os.write(w, b'x')")
        self.assertEqual((work["polled"], work["ticked"]), (0, 0))


@expand
class Polls(Spinning):
    @for_each(POLLS)
    def test_nothing_is_taken(self, how):
        wait, kind = how
        row = self.row(self.summary(wait, kind, "untaken"))
        self.assertEqual((row["kind"], row["count"], row["events"]), (kind, ROUNDS, "EPOLLIN"))

    @for_each(POLLS)
    def test_what_is_there_is_taken(self, how):
        self.nothing(*how, "taken")

    @for_each(["poll", "select"])
    def test_room_and_nothing_is_written(self, wait):
        row = self.row(self.summary(wait, "tcp", "room"))
        self.assertEqual((row["count"], row["events"]), (ROUNDS, "EPOLLOUT"))
        self.nothing(wait, "tcp", "written")

    def test_a_few_waits_are_no_evidence(self):
        self.nothing("poll", "pipe", "untaken", 63)

    def test_no_descriptor(self):
        row = self.row(self.summary("poll", "pipe", "nval"))
        self.assertEqual((row["count"], row["events"]), (ROUNDS, "POLLNVAL"))


@expand
class Closed(Spinning):
    @for_each([("tcp", "closed"), ("pipe", "closed"), ("unix", "reused")])
    def test_reports_of_what_was_closed(self, how):
        s = self.summary("epoll", *how)
        row = self.row(s, "stale")
        self.assertEqual((row["count"], s["interests"]["stale"], s["interests"]["reports"]),
                         (ROUNDS, ROUNDS, ROUNDS))
        self.assertEqual(self.row(s)["count"], ROUNDS)

    def test_another_file_in_its_place(self):
        """dup2() is seen by the eighth report."""
        s = self.summary("epoll", "pipe", "replaced")
        self.assertEqual(self.row(s, "stale")["count"], ROUNDS - 8)
        self.assertEqual(self.row(s)["count"], ROUNDS)

    def test_a_child_closes_its_own(self):
        s = self.nothing("epoll", "tcp", "child")
        self.assertEqual(s["interests"]["stale"], 0)

    @for_each(["closed", "reused"])
    def test_closed_before_tracing_began(self, how):
        target = Process(self, [program(self, "spins"), "epoll", "unix", how, "100000000"])
        tracer = Traced(self, "trace", "-p", target.pid, "--interval", "0.1")
        tracer.started()
        wait_until(lambda: any(calls(line, "epoll_wait")["calls"] > ROUNDS
                               for line in tracer.lines() if line["type"] == "interval"),
                   "some waits to be counted")
        target.signal(signal.SIGSTOP)  # rows are read after totals
        wait_until(lambda: " T " in Path(f"/proc/{target.pid}/stat").read_text(), "it to stop")
        tracer.signal(signal.SIGINT)
        s = tracer.summary()
        i = s["interests"]
        self.assertGreater(i["stale"], ROUNDS)
        self.assertEqual((i["fresh"], s["lost"]["interests"]), (0, 0))
        # where it is seen whom an instance is told of what, nothing told it of these; and until the
        # second of two with the same data has been taken in, they are those of the first
        hooks = tracer.lines()[0]["hooks"]
        if how == "closed" and not any(hook.endswith("ep_poll_callback") for hook in hooks):
            self.assertEqual(i["rereports"], 0)
        self.row(s, "stale")
        self.row(s)
