# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""How often what the scheduler, the clock or this kernel decides comes out as the documents say."""
import sys
import unittest

from faulty import Faulty, echo
from harness import alone, load
from interrupted import NETWORK, connections, kept
from measured.shares import report
from tracing import calls, traced

TRIES = 10


BUSY = "what runs beside it would be measured, too"


@alone(BUSY)
class Scheduler(unittest.TestCase):
    def test_threads_of_a_pool_that_do_some_of_the_work(self):
        working = threads = 0
        for _ in range(TRIES):
            s = traced(self, "run", "--scenario", "oneshot-hand-off", "--port", "0")
            working += sum(row["useful"] > 0 for row in s["threads"])
            threads += 4
        report("oneshot-hand-off: threads with useful wakes", working, threads)

    def test_short_sleeps_that_happen(self):
        s = traced(self, "trace", "--", sys.executable, "-S", "-c",
                   "import select\nfor _ in range(700): select.poll().poll(1)")
        v = calls(s, "poll")["verdicts"]
        report("time-outs of 1 ms that sleep", v["timeout"], v["timeout"] + v["empty"])
        report("sleeps whose wake this kernel does not show", s["wakes"]["unseen"],
               s["wakes"]["sleeps"])


@alone(BUSY)
class Clock(unittest.TestCase):
    def test_quick_round_trips(self):
        quick = 0
        for _ in range(TRIES):
            got = load(self, Faulty(self, echo), "--conns", "1", "--messages", "1000")
            quick += got["latency_ns"]["p90"] < 100e6
        report("lockstep: runs of which nine in ten round trips are below 100 ms", quick, TRIES)


@alone(BUSY)
class Kernel(unittest.TestCase):
    """What interrupts bring while a program runs on that CPU."""

    def of_those_kept(self, s, program):
        return s["lost"]["recursion"], kept(s, program) or 0

    def test_what_the_network_brings_while_a_system_call_tells(self):
        s = traced(self, "trace", "--self", "--", sys.executable, "-S", "-c", NETWORK, "400000")
        report("events kept from the first program that the second did not have",
               *self.of_those_kept(s, "on_data_ready"))

    def test_connections_that_the_other_cpu_brings(self):
        tries = 3  # each takes long
        lost = missed = seen = 0
        for _ in range(tries):
            s = connections(self)
            of_run = self.of_those_kept(s, "on_sock_state")
            lost, missed = lost + of_run[0], missed + of_run[1]
            seen += min(s["sockets"]["established"], 400)
        report("events kept from the first program that the second did not have", lost, missed)
        report("connections that this kernel shows or counts as lost", min(seen + lost, 400 * tries),
               400 * tries)


if __name__ == "__main__":
    unittest.main()
