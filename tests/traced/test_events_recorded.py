# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Events that are recorded while they are shown: a replay shows the same ones, or those of them that are asked
for. What is shown of each, and that none is missing, is in test_events.py."""
import json
import re
import unittest

from harness import Process, binary, expand, for_each
from programs import program
from recorded import Recorded

RUNS = {
    "edges": ["run", "epoll-et", "--port", "0", "--conns", "3", "--messages", "300", "--events", "all"],
    "polls": ["run", "poll", "--port", "0", "--conns", "3", "--messages", "300", "--events", "waits,reports"],
    "signals": ["run", "sigio-rt", "--port", "0", "--messages", "50", "--events", "all"],
    "rings": ["run", "uring", "--port", "0", "--messages", "50", "--events", "all"],
    "explained": ["run", "epoll-oneshot", "--port", "0", "--conns", "3", "--messages", "50", "--events", "all", "--explain"],
    "stall": ["run", "--scenario", "et-no-drain", "--port", "0", "--events", "all"],
}


def events(text):
    return [line for line in text.splitlines() if '"type":"event"' in line]


@expand
class Equal(Recorded):
    @for_each(RUNS)
    def test_ndjson(self, name):
        run = self.record(*RUNS[name])
        run.wait()
        live = self.out.read_text()
        self.assertEqual(self.replay(), live)
        self.assertTrue(events(live), run.stderr)

    @for_each(RUNS)
    def test_lines(self, name):
        run = self.record(*RUNS[name], form="table")
        run.wait()
        here, = re.findall(r"^  recorded .* UTC on .*\n", self.replay(form="table"), re.M)
        live = self.out.read_text()
        self.assertEqual(self.replay(form="table").replace(f" ·\n{here}", " · Ctrl-C stops\n"), live)
        self.assertTrue(re.search(r"^[\d:.]{15} wakelab/\d+ ", live, re.M), run.stderr)

    def test_a_run_that_shows_no_events_keeps_them(self):
        run = self.record(*RUNS["edges"], "--summary")
        self.assertEqual(run.wait(), 0, run.stderr)
        live = self.out.read_text()
        self.assertEqual(events(live), [])
        self.assertEqual(self.replay("--summary"), live)
        counts = json.loads(live.splitlines()[-1])["events"]
        self.assertEqual(len(events(self.replay())), sum(kind["shown"] for kind in counts.values()))


class Parts(Recorded):
    def setUp(self):
        super().setUp()
        run = self.record("trace", "--events", "all", "--", program(self, "steps"), "late")
        self.assertEqual(run.wait(), 0, run.stderr)
        self.live = [json.loads(line) for line in events(self.out.read_text())]

    def part(self, *args):
        return [json.loads(line) for line in events(self.replay(*args))]

    def test_a_descriptor(self):
        found = self.part("--events", "all", "--fd", "4")
        self.assertEqual(found, [e for e in self.live if (e.get("file") or {}).get("fd") == 4])
        self.assertGreater(len(found), 0)

    def test_kinds(self):
        self.assertEqual(self.part("--events", "io"), [e for e in self.live if e["event"] == "io"])
        self.assertEqual(self.part("--events", "signals"), [])

    def test_threads(self):
        own = [e for e in self.live if e["tid"]]
        tid, = {e["tid"] for e in own}
        self.assertEqual(self.part("--events", "all", "--tid", tid), own)
        self.assertEqual(self.part("--events", "all", "--tid", tid + 1), [])
        self.assertEqual(self.part("--events", "all", "--thread", "steps"), own)
        self.assertEqual(self.part("--events", "all", "--thread", "step"), [])

    def test_a_time(self):
        """Times of events are of the day: what lies between two of them is told by their distance."""
        whole = self.replay().splitlines()
        begin = json.loads(whole[-1])["elapsed_ns"]
        halves = []
        for half in (("--to", f"{begin / 2e9:.9f}"), ("--from", f"{begin / 2e9 + 1e-9:.9f}")):
            run = Process(self, [binary(), "replay", "--format", "ndjson", *half, self.file])
            # where a machine is busy all of them may lie in one half
            self.assertEqual(run.wait(), int("it has no results from that time" in run.stderr), run.stderr)
            halves += [json.loads(line) for line in events(run.stdout)]
        self.assertEqual(halves, self.live)

    def test_intervals_instead(self):
        self.assertEqual(self.part("--interval", "1"), [])


class Explained(Recorded):
    def setUp(self):
        super().setUp()
        run = self.record("trace", "--events", "all", "--explain", "--", program(self, "led"))
        self.assertEqual(run.wait(), 0, run.stderr)
        self.live = [json.loads(line) for line in events(self.out.read_text())]

    def part(self, *args):
        return [json.loads(line) for line in events(self.replay(*args))]

    def test_all_of_it(self):
        self.assertEqual(self.part("--events", "all", "--explain"), self.live)

    def test_only_the_events(self):
        self.assertEqual(self.part("--events", "all"),
                         [e for e in self.live if e["event"] not in ("proved", "closed", "led")])

    def test_a_part_and_what_it_led_to(self):
        found = self.part("--events", "reports", "--explain", "--fd", "3")
        self.assertEqual(found, [e for e in self.live if (e.get("file") or {}).get("fd") == 3 and
                                 e["event"] in ("report", "ready", "closed", "led")])
        self.assertTrue(found)


class Without(Recorded):
    def test_what_was_not_explained_is_not(self):
        run = self.record("trace", "--events", "all", "--", program(self, "steps"), "late")
        self.assertEqual(run.wait(), 0, run.stderr)
        self.replay("--events", "all", "--explain", status=1)

    def test_a_run_without_events_has_none(self):
        run = self.record("trace", "--", program(self, "steps"), "late")
        self.assertEqual(run.wait(), 0, run.stderr)
        self.replay("--events", "all", status=1)


if __name__ == "__main__":
    unittest.main()
