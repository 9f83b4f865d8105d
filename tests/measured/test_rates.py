# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What comes to other numbers each time, by the scheduler and the network: told, with how sure it is.
The run has to go well, whatever the rate."""
import unittest
from statistics import median

from harness import alone
from tracing import traced

RUNS = 10  # between the second and the ninth of ten the true median lies in 1 - 22/2^10 of all cases
SURE = 98  # per cent


@alone("what runs beside it would be measured, too")
class Rates(unittest.TestCase):
    def tell(self, what, unit, rate, *args):
        """rate(summary) of each run, as the median of the runs and how sure it is."""
        runs = []
        for _ in range(RUNS):
            s = traced(self, "run", *args, "--port", "0")
            self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
            runs.append(rate(s))
        low, *_, high = sorted(runs)[1:-1]
        print(f"     {what}: {median(runs):.3g} {unit}, {SURE} % sure that from {low:.3g} to "
              f"{high:.3g}")

    def test_signals_that_are_merged(self):
        self.tell("SIGIO merged with one that is pending", "% of all",
                  lambda s: 100 * s["sigio"]["coalesced"] / s["sigio"]["generated"],
                  "sigio", "--conns", "4", "--messages", "500", "--burst", "10")

    def test_wakes_of_a_herd_in_vain(self):
        load = ["--procs", "8", "--conns", "50", "--messages", "1", "--one-by-one"]
        for name, fault in (("without EPOLLEXCLUSIVE", ["--fault", "herd"]), ("with it", [])):
            self.tell(f"wakes in vain a client, {name}", "wakes",
                      lambda s: (s["wakes"]["absorbed"] + s["wakes"]["wasted"]) / 50,
                      "epoll-exclusive", *fault, *load)

    def test_a_delayed_acknowledgement(self):
        self.tell("a second small write that waits for an acknowledgement", "ms",
                  lambda s: s["client"]["latency_ns"]["p50"] / 1e6,
                  "epoll-lt", "--fault", "no-nodelay", "--conns", "1", "--messages", "20")

    def test_edges_that_tell_of_several_messages(self):
        self.tell("messages told of together with another one", "% of all",
                  lambda s: 100 * s["interests"]["merged"] / s["client"]["messages"],
                  "epoll-et", "--conns", "1", "--messages", "500", "--mode", "pipeline")
