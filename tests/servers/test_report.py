# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""wakelab report: what is in the page that it makes of recordings, and what it refuses."""
import base64
import json
import os
import pty
import re
import tempfile
import unittest
import zlib
from pathlib import Path

from harness import ROOT, Process, binary
from pages import Elements

RECORDS = ROOT / "tests" / "records"
EVENTS = RECORDS / "events.rec"


class Report(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.file = self.folder / "out.html"

    def report(self, *args, status=0, **streams):
        run = Process(self, [binary(), "report", *args], **streams)
        self.assertEqual(run.wait(), status, run.stderr)
        return run

    def page(self, *records):
        self.report(*records, "-o", self.file)
        return Elements(self.file.read_text(encoding="utf-8"))

    @staticmethod
    def lines(text):
        return [json.loads(line) for line in text.splitlines() if line]

    def events(self, page):
        return [self.lines(zlib.decompress(base64.b64decode(text, validate=True)).decode()) if text else []
                for text in page.of("events")]

    def replay(self, *args):
        run = Process(self, [binary(), "replay", "--format", "ndjson", *args])
        self.assertEqual(run.wait(), 0, run.stderr)
        return self.lines(run.stdout)


class Data(Report):
    def test_it_has_the_lines_that_a_replay_prints(self):
        page = self.page(EVENTS, RECORDS / "stall.rec")
        for text, record, interval in zip(page.of("run"), (EVENTS, RECORDS / "stall.rec"), (1, 0.25), strict=True):
            kept = [line for line in self.lines(text) if line["type"] not in ("recording", "spread")]
            self.assertEqual(kept, self.replay("--interval", interval, record))

    def test_it_has_each_event(self):
        with_events, without = self.events(self.page(EVENTS, RECORDS / "stall.rec"))
        self.assertEqual(with_events, [line for line in self.replay(EVENTS) if line["type"] == "event"])
        self.assertEqual(without, [])

    def test_histograms_are_those_of_the_intervals(self):
        lines = self.lines(self.page(RECORDS / "level.rec").of("run")[0])
        intervals = [line for line in lines if line["type"] == "interval"]
        spreads = [line for line in lines if line["type"] == "spread"]
        self.assertGreater(len(intervals), 1)
        for interval, spread in zip(intervals, spreads, strict=True):
            self.assertEqual(spread["elapsed_ns"], interval["elapsed_ns"])
            for label, found in (("wakeup", interval["wakeup_ns"]["waking_to_return"]),
                                 ("service", interval["service_ns"])):
                told = spread["of"][label]
                self.assertEqual(sum(told["counts"]), found["count"])
                self.assertLessEqual(2 ** told["first"], found["p50"])
                self.assertLess(found["p50"], 2 ** (told["first"] + len(told["counts"])))

    def test_what_is_known_of_a_recording(self):
        recording = self.lines(self.page(EVENTS).of("run")[0])[0]
        told = [line for line in self.replay(EVENTS) if line["type"] == "event"]
        self.assertEqual((recording["type"], recording["file"], recording["flaw"], recording["events"],
                          recording["whole"]), ("recording", "events.rec", None, len(told), len(told)))
        first = told[0]["time_ns"] - int(recording["start_ns"])
        self.assertTrue(0 <= first <= recording["span_ns"])

    def test_names_are_no_markup(self):
        name = '<!--<script></script><img src=x onerror=alert(1)>\x1b.rec'
        record = self.folder / name.replace("/", "_")
        record.write_bytes((RECORDS / "hostile.rec").read_bytes())
        usual, page = self.page(EVENTS), self.page(record)
        self.assertEqual(page.tags, usual.tags)
        for text in page.of("run"):
            self.assertNotIn("<", text)
        recording = self.lines(page.of("run")[0])[0]
        self.assertEqual(recording["file"], record.name.replace("\x1b", "\\x1b"))
        self.assertIn('</script><img src=x onerror=document.title="owned">', recording["arguments"])
        self.assertIn("</script><img x", {event["comm"] for event in self.events(page)[0]})

    def test_it_loads_nothing(self):
        self.page(EVENTS)
        text = self.file.read_text(encoding="utf-8")
        self.assertIn("default-src 'none'", text)
        self.assertEqual(re.findall(r"https?://|@import|url\(|<link(?! rel=\"icon\" href=\"data:,\")|innerHTML|outerHTML|"
                                    r"insertAdjacentHTML|document\.write|eval\(|new Function", text), [])


class Files(Report):
    def test_standard_output(self):
        self.page(EVENTS)
        with open(self.folder / "copy", "wb") as copy:
            self.report(EVENTS, stdout=copy)
        self.assertEqual((self.folder / "copy").read_bytes(), self.file.read_bytes())

    def test_an_existing_file_is_replaced(self):
        self.file.write_text("x" * 1000000)
        self.assertIn("html", self.page(EVENTS).tags)
        self.assertNotIn("xxxx", self.file.read_text())

    def test_a_recording_that_was_cut_off(self):
        cut = self.folder / "cut.rec"
        cut.write_bytes(EVENTS.read_bytes()[:-40])
        run = self.report(cut, "-o", self.file, status=1)
        self.assertIn(f"{cut} is incomplete: ", run.stderr)
        self.assertEqual(run.stderr.count("\n"), 1)
        page = Elements(self.file.read_text(encoding="utf-8"))
        self.assertIn("it ends after", self.lines(page.of("run")[0])[0]["flaw"])
        self.assertTrue(self.events(page)[0])

    def test_every_cut_is_read_or_refused_in_one_line(self):
        whole, cut = EVENTS.read_bytes(), self.folder / "cut.rec"
        for size in range(0, len(whole), len(whole) // 40):
            cut.write_bytes(whole[:size])
            self.file.unlink(missing_ok=True)
            run = self.report(cut, "-o", self.file, status=1)
            self.assertEqual(run.stderr.count("\n"), 1)
            if self.file.exists():
                self.events(Elements(self.file.read_text(encoding="utf-8")))

    def test_a_page_that_cannot_be_written_whole_is_not_left_there(self):
        run = Process(self, ["sh", "-c", 'trap "" XFSZ; ulimit -f 8; exec "$@"', "sh", binary(), "report", EVENTS,
                             "-o", self.file])
        self.assertEqual(run.wait(), 1)
        self.assertEqual(run.stderr, f"wakelab: cannot write to {self.file}: File too large\n")
        self.assertFalse(self.file.exists())

    def test_it_is_refused(self):
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        nine = [EVENTS] * 9
        for args, status, why in (
                (["-o", self.file], 2, "which recording?"),
                ([*nine, "-o", self.file], 2, "a page shows at most 8 recordings"),
                (["-", "-o", self.file], 2, "cannot report on standard input: it is read more than once; give a file"),
                ([fifo, "-o", self.file], 2, f"cannot report on {fifo}: it is read more than once; give a file"),
                ([EVENTS, RECORDS / "compare.rec", "-o", self.file], 2, "it is the recording of a comparison"),
                ([EVENTS, ROOT / "README.md", "-o", self.file], 1, "it is not a recording"),
                ([self.folder / "none", "-o", self.file], 1, "No such file or directory"),
                ([EVENTS, "-o", "/nonexistent/out"], 1, "cannot write to /nonexistent/out: No such file or directory"),
                ([EVENTS, "-o", "/dev/full"], 1, "cannot write to /dev/full: No space left on device")):
            with self.subTest(why):
                self.assertIn(why, self.report(*args, status=status).stderr)
                self.assertFalse(self.file.exists())

    def test_a_recording_is_not_overwritten(self):
        record, other = self.folder / "a.rec", self.folder / "link"
        record.write_bytes(EVENTS.read_bytes())
        other.symlink_to(record)
        run = self.report(EVENTS, record, "-o", other, status=2)
        self.assertEqual(run.stderr, f"wakelab: cannot write to {other}: it is the recording {record}\n")
        self.assertEqual(record.read_bytes(), EVENTS.read_bytes())

    def test_a_terminal(self):
        head, tail = pty.openpty()
        self.addCleanup(os.close, head)
        run = self.report(EVENTS, status=1, stdout=tail)
        os.close(tail)
        self.assertIn("cannot write a page to the terminal; give a file with -o", run.stderr)


if __name__ == "__main__":
    unittest.main()
