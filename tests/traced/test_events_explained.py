# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""--explain: what events led to, of a program of which it is known; and against the ledgers."""
import os
import re
import unittest
from collections import Counter

from harness import Process, expand, for_each
from programs import program
from told import check_events, told
from tracing import Traced

# The words of an outcome that are wasted wakes in the ledger.
WASTED = ("refused", "failed", "wasted")
# A server that blocks in reads, those that wait, and two that hand on what they are woken for.
MODELS = ["thread", "select", "epoll-lt", "epoll-et", "epoll-oneshot", "sigio-rt", "uring"]


def run(test, *args, status=0):
    traced = Traced(test, *args, "--events", "all", "--explain")
    traced.summary(status)
    return traced.lines()


def outcomes(lines):
    """How many wakes led to what."""
    sums = Counter()
    for e in told(lines, "proved"):
        sums[e["outcome"]] += e["wakes"]
    return sums


class Known(unittest.TestCase):
    """Of a program of which it is known what everything leads to."""

    def setUp(self):
        self.lines = Traced(self, "trace", "--events", "all", "--explain", "--", program(self, "led"))
        self.summary = self.lines.summary()
        self.lines = self.lines.lines()
        self.first, = {e["tid"] for e in told(self.lines, "report")}

    def test_what_each_report_led_to(self):
        self.assertEqual([(e["file"]["fd"], e["to"], e["call"], e["result"], e["edges"]) for e in told(self.lines, "led")],
                         [(3, "called", "read", 12, 3), (3, "called", "read", 4, 1), (5, "waited", "none", 0, 1),
                          (5, "called", "read", 4, 0), (3, "waited", "none", 0, 1), (3, "called", "read", 8, 1),
                          (5, "closed", "none", 0, 1)])
        self.assertEqual({(e["epoll"], e["told_tid"], e["tid"]) for e in told(self.lines, "led")},
                         {(7, self.first, self.first)})

    def test_from_where_each_came(self):
        """It was asleep but for the first one, and that which was told again."""
        self.assertEqual([(e["ready_ns"] > 0, e["wake_ns"] > 0) for e in told(self.lines, "led")],
                         [(True, False), (True, True), (True, True), (False, False), (True, True), (True, True),
                          (True, True)])

    def test_times_are_those_of_the_events(self):
        events = {kind: [e for e in told(self.lines, kind) if e["tid"] in (0, self.first)]
                  for kind in ("ready", "wake", "report", "io")}
        led = told(self.lines, "led")[1]  # the second report: one edge, by one wake, and it is read
        report = events["report"][1]
        read = next(e for e in events["io"] if e["time_ns"] > report["time_ns"])
        ready = max(e["time_ns"] for e in events["ready"] if e["time_ns"] < report["time_ns"])
        wake = max(e["time_ns"] for e in events["wake"] if e["time_ns"] < report["time_ns"])
        self.assertEqual((led["time_ns"], led["led_ns"], led["ready_ns"], led["wake_ns"]),
                         (read["time_ns"], read["time_ns"] - report["time_ns"], report["time_ns"] - ready,
                          report["time_ns"] - wake))

    def test_what_each_wake_proved_to_be(self):
        """Of what is left it shows once somebody reads: its own thread, so it was handed on to nobody."""
        self.assertEqual([e["outcome"] for e in told(self.lines, "proved") if e["tid"] == self.first],
                         ["useful", "wasted", "wasted", "useful", "wasted"])

    def test_lines_for_people(self):
        shown = Process(self, [os.environ["WAKELAB"], "trace", "--events", "all", "--explain", "--",
                               program(self, "led")])
        self.assertEqual(shown.wait(), 0, shown.stderr)
        found = re.findall(r"^[\d:.]+ led/\d+ (fd \d unix_stream (?:ready|reported) .*)$", shown.stdout, re.M)
        self.assertEqual([re.sub(r"[\d.]+[mun]?s\b", "T", line) for line in found], [
            "fd 3 unix_stream ready 3 times → T reported by epoll 7 → T read = 12",
            "fd 3 unix_stream ready → T woken → T reported by epoll 7 → T read = 4",
            "fd 5 unix_stream ready → T woken → T reported by epoll 7 → T waited again, no call for it",
            "fd 5 unix_stream reported by epoll 7 → T read = 4",
            "fd 3 unix_stream ready → T woken → T reported by epoll 7 → T waited again, no call for it",
            "fd 3 unix_stream ready → T woken → T reported by epoll 7 → T read = 8",
            "fd 5 unix_stream ready → T woken → T reported by epoll 7 → T closed"])


@expand
class Ledgers(unittest.TestCase):
    @for_each(MODELS)
    def test_outcomes_are_those_of_the_ledger(self, model):
        lines = run(self, "run", model, "--port", "0", "--conns", "3", "--messages", "100")
        wakes, sums = check_events(self, lines)["wakes"], outcomes(lines)
        self.assertEqual({name: sums[name] for name in ("useful", "handed", "timed", "absorbed", "early")},
                         {name: wakes[name] for name in ("useful", "handed", "timed", "absorbed", "early")})
        self.assertEqual(sum(sums[name] for name in WASTED), wakes["wasted"])
        self.assertEqual((sums["refused"], sums["failed"]), (wakes["refused"], wakes["failed_io"]))

    def test_closed_descriptors_are_calls_of_close(self):
        lines = run(self, "run", "epoll-et", "--port", "0", "--conns", "3", "--messages", "5")
        close, = (row for row in lines[-1]["syscalls"] if row["name"] == "close")
        self.assertEqual(len(told(lines, "closed")), close["calls"])

    def test_a_server_that_reads_what_it_is_told_of(self):
        lines = run(self, "run", "epoll-et", "--port", "0", "--conns", "3", "--messages", "100")
        self.assertEqual({e["to"] for e in told(lines, "led")}, {"called"})
        self.assertEqual(len(told(lines, "led")), len(told(lines, "report")))

    def test_a_server_that_leaves_something(self):
        lines = run(self, "run", "--scenario", "et-no-drain", "--port", "0", status=1)
        self.assertTrue(told(lines, "left"))
        check_events(self, lines)


@expand
class Asked(unittest.TestCase):
    @for_each(["io", "all --fd 3", "all --min-us 1", "all --verdict slept", "all --thread led", "all --on-port 1"])
    def test_not_where_some_are_left_out(self, parts):
        """What an event led to may be among those."""
        run = Process(self, [os.environ["WAKELAB"], "trace", "--explain", "--events", *parts.split(), "--", "true"])
        self.assertEqual(run.wait(), 2)
        self.assertIn("--explain requires --events all, without an option that leaves some out", run.stderr)

    def test_without_it_nothing_is_explained(self):
        traced = Traced(self, "trace", "--events", "all", "--", program(self, "led"))
        traced.summary()
        self.assertEqual(told(traced.lines(), "proved", "closed", "led"), [])


if __name__ == "__main__":
    unittest.main()
