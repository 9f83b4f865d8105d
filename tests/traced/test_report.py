# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The page of a recording with more events than are shown one by one: it is small, those around what was found are all
there, and sums stand for the others."""
import base64
import json
import unittest
import zlib
from collections import Counter

from browser import Browser
from harness import Process, binary
from pages import Elements
from recorded import Recorded

MOST_EVENTS, MOST_BYTES = 60000, 10_000_000  # MOST_EVENTS of loader/report/report.c; what a page may have
# more than are shown one by one, and all of them fit in the memory in which events wait
RUN = ["epoll-lt", "--port", "0", "--conns", "8", "--messages", "1000", "--read-size", "16", "--events", "all",
       "--events-buffer", "64"]


class Thinned(Recorded):
    def setUp(self):
        super().setUp()
        run = self.record("run", *RUN, "--summary")
        self.assertEqual(run.wait(), 0, run.stderr)
        self.page = self.folder / "page.html"
        made = Process(self, [binary(), "report", self.file, "-o", self.page])
        self.assertEqual(made.wait(), 0, made.stderr)
        text = self.page.read_text(encoding="utf-8")
        self.assertLess(len(text), MOST_BYTES)
        page = Elements(text)
        self.recording = json.loads(page.of("run")[0].strip().splitlines()[0])
        packed = zlib.decompress(base64.b64decode(page.of("events")[0])).decode()
        self.lines = [json.loads(line) for line in packed.splitlines()]

    def told(self):
        """Each event that was recorded, and when since the start."""
        events = [json.loads(line) for line in self.replay().splitlines() if '"type":"event"' in line]
        return [(event["time_ns"] - int(self.recording["start_ns"]), event) for event in events]

    def test_what_is_shown_and_what_is_summed_up(self):
        told = self.told()
        self.assertGreater(len(told), MOST_EVENTS)
        self.assertEqual(self.recording["events"], len(told))
        near = [event for time, event in told
                if any(abs(time - place) <= self.recording["width_ns"] for place in self.recording["places"])]
        shown = [line for line in self.lines if isinstance(line, dict) and line["type"] == "event"]
        self.assertEqual(shown, near)
        self.assertEqual(self.recording["whole"], len(near))
        self.assertTrue(0 < len(near) <= MOST_EVENTS)

        lanes = [(lane["tid"], slots) for lane, slots in zip(self.lines[:-1], self.lines[1:], strict=True)
                 if isinstance(slots, list)]
        counts, waited = Counter(), Counter()
        for _, event in told:
            counts[event["tid"]] += bool(event["tid"])
            waited[event["tid"]] += event["duration_ns"] if event["event"] == "wait" else 0
        self.assertEqual({tid: sum(slot[4] for slot in slots) for tid, slots in lanes}, +counts)
        self.assertEqual({tid: sum(slot[1] for slot in slots) for tid, slots in lanes}, +waited)
        self.check_the_timeline_shows_sums()

    def check_the_timeline_shows_sums(self):
        browser = Browser()
        self.addCleanup(browser.close)
        browser.open(self.page)
        self.assertIn("elsewhere the timeline shows sums", browser.text("main")[0])
        # a part of the run from which no event is shown by itself
        place = browser.value("(() => { const w = windowsOf(runs[0].recording); return (w[0][1] + (w[1] ? w[1][0] : runs[0].recording.span_ns)) / 2; })()")
        columns = browser.value(f"(() => {{ const lane = runs[0].timeline.lanes.find((lane) => lane.slots.length);"
                                f"const slot = runs[0].recording.slot_ns, at = Math.floor({place} / slot) * slot;"
                                "const c = columnsOf(lane, {from: at, to: at + slot}, 1, runs[0].timeline.windows, slot);"
                                "return KINDS.reduce((sum, kind) => sum + c[kind][0], 0); })()")
        self.assertGreater(columns, 0)
        self.assertEqual(browser.complaints(), [])


if __name__ == "__main__":
    unittest.main()
