# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What bench/ makes of measurements, of some whose answers are known."""
import sys
import unittest
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import curves
import events
import scale
from load import rotated
from pairs import median, quartiles, sign_test
from plot import Panel, draw
from report import all_ratios, report, time

MACHINE = {"type": "machine", "cpu": "a <fast> one", "cpus": 2, "kernel": "6.18", "machine": "x86_64"}


def a_slice(part, server, number, place, messages, watcher="none", p50=1000, load="a load"):
    """A second in which each message takes 10 ns of CPU time."""
    return {"type": "slice", "part": part, "round": number, "place": place, "watcher": watcher,
            "server": server, "load": load, "messages": messages, "seconds": 1.0, "p50_ns": p50,
            "p99_ns": None if p50 is None else 2 * p50, "cpu_ns": 10 * messages}


def a_round(number, *speeds, first="floor", second="wakelab", **more):
    watchers = ("none", first, "none", second, "none")
    return [a_slice("tracing", "poll", number, place, speed, watcher, **more)
            for place, (speed, watcher) in enumerate(zip(speeds, watchers))]


TRACING = [*a_round(0, 100, 90, 110, 60, 90), *a_round(1, 200, 100, 200, 190, 180, first="wakelab",
                                                       second="floor")]
LIBRARIES = [a_slice("libraries", server, number, place, speed)
             for number, speeds in enumerate([(100, 90, 50), (100, 120, 60), (100, 80, 120)])
             for place, (server, speed) in enumerate(zip(("libevent", "libuv", "uring"), speeds))]


class Pairs(unittest.TestCase):
    def test_quartiles(self):
        for values, known in (([7], (7, 7, 7)), ([1, 2], (1.25, 1.5, 1.75)),
                              ([4, 2, 1, 3], (1.75, 2.5, 3.25)), ([5, 3, 1, 4, 2], (2, 3, 4)),
                              ([1, 1, 1, 9], (1, 1, 3))):
            self.assertEqual(quartiles(values), known)
            self.assertEqual(median(values), known[1])

    def test_sign_test(self):
        for below, above, ties, p in ((0, 6, 0, 2 / 64), (6, 0, 0, 2 / 64), (0, 5, 0, 2 / 32),
                                      (1, 5, 0, 14 / 64), (3, 3, 0, 1), (2, 8, 0, 112 / 1024),
                                      (0, 6, 3, 2 / 64), (0, 1, 0, 1), (0, 0, 4, 1), (0, 0, 0, 1),
                                      (15, 5, 0, 2 * 21700 / 2 ** 20)):
            self.assertEqual(sign_test([0.9] * below + [1.1] * above + [1] * ties), p)


class Events(unittest.TestCase):
    def test_what_was_measured_in_words(self):
        speeds = [{"type": "speed", "round": number, "watcher": watcher, "calls": calls}
                  for number in range(3)
                  for watcher, calls in (("none", 900), ("events", 300), ("strace", 10 + number))]
        kept = {"type": "kept", "seconds": 60, "happened": 6000000, "dropped": 6, "bytes": 1800000000,
                "recorded": 27000000}
        replay = {"type": "replay", "form": "ndjson", "events": 6000000, "seconds": 4, "cpu": 3}
        self.assertEqual(list(events.lines([MACHINE, *speeds, kept, replay])), [
            "calls a second at best: 900 alone, 300 with --events all, 12 under strace: 25.0 times fewer",
            "100,000 events a second for 60 s: 6 of 6,000,000 dropped, 300 bytes of NDJSON each, 4.5 recorded (27 MB)",
            "replay as ndjson: 1.5 million events a second, 2.0 in a second of CPU time"])


class Ratios(unittest.TestCase):
    def ratios(self, records, measure):
        return {(r.server, r.watcher): r.ratios for r in all_ratios(records) if r.measure == measure}

    def test_a_watched_slice_to_its_neighbours(self):
        self.assertEqual(self.ratios(TRACING, "speed"), {
            ("poll", "floor"): [90 / 105, 190 / 190], ("poll", "wakelab"): [60 / 100, 100 / 200]})
        self.assertEqual(self.ratios(TRACING, "cpu"), {
            ("poll", "floor"): [1, 1], ("poll", "wakelab"): [1, 1]})

    def test_what_a_client_does_not_tell(self):
        known = all_ratios(a_round(0, 100, 90, 110, 60, 90, p50=None))
        self.assertEqual({r.measure for r in known}, {"speed", "cpu"})

    def test_the_better_library_is_one_for_all_rounds(self):
        self.assertEqual(self.ratios(LIBRARIES, "speed"), {
            ("libevent", "none"): [1, 1, 1], ("libuv", "none"): [0.9, 1.2, 0.8],
            ("uring", "none"): [0.5, 0.6, 1.2]})

    def test_no_library(self):
        alone = [s for s in LIBRARIES if s["server"] == "uring"]
        self.assertEqual(all_ratios(alone), [])
        self.assertIn("no library", report([MACHINE, *alone]))

    def test_each_is_first_in_turn(self):
        self.assertEqual([rotated([1, 2, 3], n) for n in range(4)],
                         [[1, 2, 3], [2, 3, 1], [3, 1, 2], [1, 2, 3]])


class Shown(unittest.TestCase):
    def test_report(self):
        text = report([MACHINE, *TRACING, *LIBRARIES])
        self.assertLessEqual(max(map(len, text.splitlines())), 100)
        self.assertIn("3 rounds", text)
        self.assertRegex(text, r"poll +a load +145 +0\.929 +0\.89\.\.0\.96 +- +0\.550 ")
        self.assertRegex(text, r"a load: compared with libevent")
        self.assertRegex(text, r"uring +60 +0\.600 +0\.55\.\.0\.90 +1\.000")

    def test_times(self):
        self.assertEqual([time(ns) for ns in (7, 999, 1000, 12345, 123456, 1.5e6)],
                         ["7ns", "999ns", "1.0us", "12.3us", "123us", "1.5ms"])

    def test_picture(self):
        root = ElementTree.fromstring(draw([MACHINE, *TRACING, *LIBRARIES]))
        named = "{http://www.w3.org/2000/svg}"
        dots = root.findall(f".//{named}circle")
        self.assertEqual(len(dots), 4 + 4 + 9)  # speed and CPU time; three servers, three rounds
        width = float(root.get("width"))
        self.assertTrue(all(0 < float(dot.get("cx")) < width for dot in dots))

    def test_its_scale(self):
        panel = Panel([r for r in all_ratios(LIBRARIES) if r.measure == "speed"], "")
        self.assertEqual((panel.low, panel.high), (0.5, 1.2))
        self.assertLess(panel.x(0.5), panel.x(1))


SCALE = [{"type": "scale", "by": by, "n": n, "round": number, "watcher": watcher, "ns": ns + number}
         for by, n in (("connections", 1), ("connections", 1000), ("threads", 1))
         for number in range(2)
         for watcher, ns in (("untraced", 1000 + n), ("floor", 1500 + n), ("wakelab", 3000 + 2 * n))]
SCALE += [{"type": "self", "by": by, "n": n, "processes": 1, "attach_ns": 123000000,
           "cpu_share": 0.0025, "rss_bytes": 7 << 20, "maps_bytes": 34 << 20, "lost": 0, "programs": {}}
          for by, n in (("connections", 1), ("connections", 1000), ("threads", 1))]


class Scale(unittest.TestCase):
    def test_the_least_of_the_rounds(self):
        head, *rows = scale.rows([MACHINE, *SCALE])
        own = ["0.25 %", "7.0 MiB", "34.0 MiB", "123 ms"]
        self.assertEqual(rows, [["1 connection", "1,001", "1,501", "3,002", "1,501", *own],
                                ["1,000 connections", "2,000", "2,500", "5,000", "2,500", *own],
                                ["1 thread", "1,001", "1,501", "3,002", "1,501", *own]])
        self.assertEqual(len(head), len(rows[0]))

    def test_picture(self):
        root = ElementTree.fromstring(scale.picture([MACHINE, *SCALE]))
        named = "{http://www.w3.org/2000/svg}"
        self.assertEqual(len(root.findall(f".//{named}polyline")), 6)
        first, _ = (curves.Chart(by, lines) for by, lines in scale.curves([MACHINE, *SCALE]).items())
        self.assertEqual((first.x(1), first.x(1000)), (curves.LEFT, curves.LEFT + curves.WIDTH))
        self.assertEqual((first.step, first.top, first.y(5000)), (1000, 5000, curves.HEAD))
