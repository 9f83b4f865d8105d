# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""wakelab export --folded: the stacks come to the totals of the summary, and those of calls that are told one by
one to what their events tell."""
import json
import os
import pty
import re
import tempfile
import unittest
from collections import Counter
from pathlib import Path

from harness import ROOT, Process, binary, expand, for_each

RECORDS = ROOT / "tests" / "records"
REST = "(without events)"
LINE = re.compile(r"([^;\n]+(?:;[^;\n]+)*) ([0-9]+)")


class Export(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = Path(folder.name) / "out"

    def run_it(self, *args, status=0, **streams):
        run = Process(self, [binary(), *args], **streams)
        self.assertEqual(run.wait(), status, run.stderr)
        return run

    def stacks(self, record, status=0):
        """Frames -> ns; each stack is there once."""
        self.run_it("export", "--folded", record, self.out, status=status)
        lines = [LINE.fullmatch(line).groups() for line in self.out.read_text(encoding="utf-8").splitlines()]
        self.assertEqual(len(dict(lines)), len(lines))
        return {tuple(frames.split(";")): int(ns) for frames, ns in lines}

    def printed(self, record, status=0):
        run = self.run_it("replay", "--format", "ndjson", record, status=status)
        return [json.loads(line) for line in run.stdout.splitlines()]


def thread(name, number):
    return f"{name.replace(';', chr(92) + 'x3b')}/{number}"


@expand
class Stacks(Export):
    @for_each(["events", "names", "hostile", "stall", "level"])
    def test_they_come_to_the_totals(self, name):
        record = RECORDS / f"{name}.rec"
        calls = Counter()
        for frames, ns in self.stacks(record).items():
            calls[frames[1] if frames[0] == REST else frames[2]] += ns
        expected = {row["name"]: row["duration_ns"]["sum"] for row in self.printed(record)[-1]["syscalls"]}
        self.assertEqual(calls, {name: ns for name, ns in expected.items() if ns})
        self.assertEqual(sum(calls.values()), sum(expected.values()))

    @for_each(["events", "names", "hostile"])
    def test_those_of_threads_are_what_events_tell(self, name):
        record = RECORDS / f"{name}.rec"
        told = [line for line in self.printed(record) if line.get("event") in ("wait", "io")]
        mains, expected = {}, Counter()
        for line in told:
            if line["pid"] not in mains or line["pid"] == line["tid"]:
                mains[line["pid"]] = line["comm"]
        for line in told:
            expected[(thread(mains[line["pid"]], line["pid"]), thread(line["comm"], line["tid"]), line["call"],
                      line["verdict"])] += line["duration_ns"]
        found = self.stacks(record)
        self.assertEqual({frames: ns for frames, ns in found.items() if frames[0] != REST}, expected)
        self.assertTrue(expected)

    def test_of_calls_that_are_all_told_nothing_is_left(self):
        stacks = self.stacks(RECORDS / "events.rec")
        told = {frames[2] for frames in stacks if frames[0] != REST}
        self.assertIn("epoll_wait", told)
        self.assertEqual(told & {frames[1] for frames in stacks if frames[0] == REST}, set())

    def test_without_events(self):
        stall = RECORDS / "stall.rec"
        run = self.run_it("export", "--folded", stall, self.out)
        self.assertEqual(run.stderr, f"wakelab: note: {stall} has no events, so there are only calls, without threads "
                                     "and verdicts; record with --events waits,io\n")
        self.assertEqual({frames[0] for frames in self.stacks(stall)}, {REST})


class Files(Export):
    def test_one_that_was_cut(self):
        """At any place: what is told up to there is there."""
        content, cut = (RECORDS / "events.rec").read_bytes(), self.out.with_name("cut.rec")
        for n in range(1, 20):
            cut.write_bytes(content[:len(content) * n // 20])
            run = self.run_it("export", "--folded", cut, self.out, status=1)
            self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
            if "before anything was recorded" in run.stderr:
                self.assertFalse(self.out.exists())
                continue
            told = [line for line in self.printed(cut, status=1) if line.get("event") in ("wait", "io")]
            stacks = self.stacks(cut, status=1)
            self.assertEqual(sum(ns for frames, ns in stacks.items() if frames[0] != REST),
                             sum(line["duration_ns"] for line in told))
        self.assertTrue(told)

    def test_a_terminal_shows_it(self):
        head, tail = pty.openpty()
        self.addCleanup(os.close, head)
        self.run_it("export", "--folded", RECORDS / "level.rec", "-", stdout=tail)
        os.close(tail)
        self.assertIn(b";", os.read(head, 65536))

    def test_it_is_refused(self):
        for record, out, status, why in (
                (RECORDS / "compare.rec", self.out, 2, "it is the recording of a comparison"),
                (ROOT / "README.md", self.out, 1, "it is not a recording"),
                (RECORDS / "events.rec", "/dev/full", 1, "cannot write to /dev/full: No space left on device\n")):
            with self.subTest(why):
                self.assertIn(why, self.run_it("export", "--folded", record, out, status=status).stderr)
                self.assertFalse(self.out.exists())


if __name__ == "__main__":
    unittest.main()
