# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""wakelab export: the timeline of a recording, read by another decoder, has what a replay prints of it."""
import json
import os
import pty
import tempfile
import unittest
from collections import Counter
from pathlib import Path

from harness import ROOT, Process, binary
from timeline import decode, events, slices

RECORDS = ROOT / "tests" / "records"
EVENTS = RECORDS / "events.rec"
PRINTED = [json.loads(line) for line in (RECORDS / "events.ndjson").read_text(encoding="utf-8").splitlines()]


def name_of(line):
    return f"{line['call']}: {line['verdict']}"


class Export(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "out.pftrace"

    def export(self, *args, status=0, **streams):
        run = Process(self, [binary(), "export", *args], **streams)
        self.assertEqual(run.wait(), status, run.stderr)
        return run

    def packets(self, record=EVENTS):
        self.export("--perfetto", record, self.file)
        return decode(self.file.read_bytes())


class Timeline(Export):
    def setUp(self):
        super().setUp()
        self.told = [line for line in PRINTED if line["type"] == "event"]
        self.trace = self.packets()

    def of_kind(self, *kinds):
        return [line for line in self.told if line["event"] in kinds]

    def test_each_event_is_there_once_with_all_that_is_told_of_it(self):
        details = [json.loads(event["debug_annotations"][0]["legacy_json_value"][0])
                   for _, event in events(self.trace) if event["debug_annotations"]]
        self.assertEqual(details, self.told)

    def test_calls_are_slices_that_nest_in_turns(self):
        calls = Counter()
        for track in slices(self.trace).values():
            turns = [(begin, end) for begin, end, _, event in track if "turn" in event["categories"][0]]
            for begin, end, depth, event in track:
                kind, = event["categories"]
                if "turn" in kind:
                    self.assertEqual(depth, 0)
                    continue
                line = json.loads(event["debug_annotations"][0]["legacy_json_value"][0])
                self.assertEqual(end - begin, line["duration_ns"])
                self.assertEqual(depth, any(first <= begin and end <= last for first, last in turns))
                self.assertEqual(kind, line["event"])
                calls[event["name"][0]] += 1
        self.assertEqual(calls, Counter(name_of(line) for line in self.of_kind("wait", "io")))

    def test_a_turn_lasts_from_a_wait_to_the_next(self):
        waits, expected = self.of_kind("wait"), []
        for tid in {line["tid"] for line in waits}:
            own = [line for line in waits if line["tid"] == tid]
            begins = [line["time_ns"] - line["duration_ns"] for line in own[1:]] + [self.told[-1]["time_ns"]]
            expected += [(line["time_ns"], begin) for line, begin in zip(own, begins, strict=True)]
        time, event = next((time, event) for time, event in events(self.trace) if event["type"] == ["TYPE_INSTANT"])
        # from the clock of the trace to that of the day
        shift = json.loads(event["debug_annotations"][0]["legacy_json_value"][0])["time_ns"] - time
        found = [(begin + shift, end + shift) for track in slices(self.trace).values()
                 for begin, end, _, event in track if "turn" in event["categories"][0]]
        self.assertEqual(sorted(found), sorted(expected))

    def test_an_arrow_leads_from_a_wake_to_a_turn(self):
        ends = {event["flow_ids"][0]: event["name"][0] for _, event in events(self.trace)
                if event["flow_ids"] and event["type"] == ["TYPE_SLICE_BEGIN"]}
        starts = {event["flow_ids"][0]: event["name"][0] for _, event in events(self.trace)
                  if event["flow_ids"] and event["type"] == ["TYPE_INSTANT"]}
        self.assertEqual(len(starts), len(self.of_kind("wake")))
        self.assertTrue(ends)
        self.assertLessEqual(set(ends), set(starts))
        self.assertEqual(set(ends.values()), {"turn"})

    def test_threads_have_names(self):
        threads = {(int(t["pid"][0]), int(t["tid"][0]), t["thread_name"][0]) for packet in self.trace
                   for track in packet["track_descriptor"] for t in track["thread"]}
        self.assertEqual(threads, {(line["pid"], line["tid"], line["comm"]) for line in self.told if line["tid"]})
        tracks = {track["uuid"][0] for packet in self.trace for track in packet["track_descriptor"]}
        self.assertLessEqual({event["track_uuid"][0] for _, event in events(self.trace)}, tracks)

    def test_counters_are_those_of_the_intervals(self):
        names = {track["uuid"][0]: track["name"][0] for packet in self.trace
                 for track in packet["track_descriptor"] if track["counter"]}
        sums = Counter()
        for _, event in events(self.trace):
            if event["type"] == ["TYPE_COUNTER"]:
                sums[names[event["track_uuid"][0]]] += int(event["counter_value"][0])
        summary = PRINTED[-1]
        self.assertEqual(sums, {"wakes": summary["wakes"]["total"], "left unread": summary["interests"]["left"],
                                "reports: fresh": summary["interests"]["fresh"],
                                "reports: again": summary["interests"]["rereports"]})


class Files(Export):
    def test_what_was_found(self):
        said = [event["name"][0] for _, event in events(self.packets(RECORDS / "stall.rec"))
                if event["type"] == ["TYPE_INSTANT"]]
        lines = (RECORDS / "stall.ndjson").read_text(encoding="utf-8").splitlines()
        expected = [line["text"] if line["type"] == "finding" else f"STALL: fd {line['fd']} of process {line['pid']}"
                    for line in map(json.loads, lines) if line["type"] in ("finding", "stall")]
        self.assertEqual(said, expected)
        self.assertTrue(said)

    def test_standard_input_and_output(self):
        self.packets()
        with open(EVENTS, "rb") as record, open(self.file.with_name("copy"), "wb") as copy:
            run = Process(self, [binary(), "export", "--perfetto", "-", "-"], stdin=record, stdout=copy)
            self.assertEqual(run.wait(), 0, run.stderr)
        self.assertEqual(self.file.with_name("copy").read_bytes(), self.file.read_bytes())

    def test_without_events(self):
        run = self.export("--perfetto", RECORDS / "stall.rec", self.file)
        self.assertIn(f"note: {RECORDS / 'stall.rec'} has no events", run.stderr)

    def test_a_recording_that_was_cut_off(self):
        cut = self.file.with_name("cut.rec")
        cut.write_bytes(EVENTS.read_bytes()[:-40])
        run = self.export("--perfetto", cut, self.file, status=1)
        self.assertEqual(run.stderr, f"wakelab: {cut} is incomplete: it ends after {cut.stat().st_size} bytes, without "
                                     "its end mark; what was recorded up to there is written\n")
        self.assertTrue(slices(decode(self.file.read_bytes())))

    def test_it_is_refused(self):
        for args, status, why in (
                ([EVENTS, self.file], 2, "in which format? give one of --perfetto, --csv and --folded"),
                (["--perfetto", EVENTS], 2, "give a recording, and the file or the folder to write"),
                (["--perfetto", EVENTS, self.file, "x"], 2, 'unexpected argument "x"'),
                (["--perfetto", RECORDS / "compare.rec", self.file], 2, "it is the recording of a comparison"),
                (["--perfetto", ROOT / "README.md", self.file], 1, "it is not a recording"),
                (["--perfetto", EVENTS, "/nonexistent/out"], 1,
                 "cannot write to /nonexistent/out: No such file or directory"),
                (["--perfetto", EVENTS, "/dev/full"], 1, "cannot write to /dev/full: No space left on device")):
            with self.subTest(why):
                self.assertIn(why, self.export(*args, status=status).stderr)
                self.assertFalse(self.file.exists())

    def test_a_terminal(self):
        head, tail = pty.openpty()
        self.addCleanup(os.close, head)
        run = self.export("--perfetto", EVENTS, "-", status=1, stdout=tail)
        os.close(tail)
        self.assertIn("cannot write to the terminal: a trace is not text; give a file", run.stderr)


if __name__ == "__main__":
    unittest.main()
