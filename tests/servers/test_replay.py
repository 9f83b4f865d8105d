# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""wakelab replay, of the recordings in tests/records: what runs on another machine printed is printed again,
and what cannot be read is refused. tests/traced/test_record.py makes recordings."""
import json
import os
import re
import struct
import tempfile
import unittest
from pathlib import Path

from harness import ROOT, Process, binary
from shape import check_lines

RECORDS = ROOT / "tests" / "records"
RECORD, COMPARED, EVENTS = RECORDS / "stall.rec", RECORDS / "compare.rec", RECORDS / "events.rec"
PRINTED = (RECORDS / "stall.ndjson").read_text(encoding="utf-8")
MARK = 32  # bytes, with the format in the last six
INTERVALS = [line for line in PRINTED.splitlines() if '"type":"interval"' in line]


def kinds(text):
    return [json.loads(line)["type"] for line in text.splitlines()]


class Replay(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def replay(self, *args, status=0, stdin=None):
        run = Process(self, [binary(), "replay", *args], **({"stdin": stdin} if stdin else {}))
        self.assertEqual(run.wait(), status, run.stderr)
        return run

    def ndjson(self, *args, status=0, path=RECORD):
        return self.replay("--format", "ndjson", *args, path, status=status)

    def refused(self, content, why):
        path = self.folder / "file"
        path.write_bytes(content)
        run = self.replay(path, status=1)
        self.assertEqual((run.stdout, run.stderr), ("", f"wakelab: cannot read {path}: {why}\n"))


class AsItWas(Replay):
    def test_ndjson_is_the_same_byte_for_byte(self):
        run = self.ndjson()
        self.assertEqual((run.stdout, run.stderr), (PRINTED, ""))
        check_lines([json.loads(line) for line in run.stdout.splitlines()])

    def test_the_summary_alone(self):
        expected = "".join(f"{line}\n" for line in PRINTED.splitlines() if line not in INTERVALS)
        self.assertEqual(self.ndjson("--summary").stdout, expected)

    def test_standard_input(self):
        with open(RECORD, "rb") as record:
            run = self.replay("--format", "ndjson", "-", stdin=record)
        self.assertEqual(run.stdout, PRINTED)

    def test_to_a_file(self):
        path = self.folder / "out"
        path.write_text("what was there\n" * 10000)
        self.assertEqual(self.ndjson("-o", path).stdout, "")
        self.assertEqual(path.read_text(), PRINTED)

    def test_to_standard_output(self):
        self.assertEqual(self.ndjson("-o", "-").stdout, PRINTED)
        self.assertEqual(self.ndjson("-o", path := self.folder / "out", "-o", "-").stdout, PRINTED)
        self.assertFalse(path.exists())

    def test_the_table_says_where_and_when(self):
        lines = self.replay(RECORD).stdout.splitlines()
        self.assertRegex(lines[1], r"^Linux 6\.\d+\S*, tracepoint tier, attached in \S+ ·$")
        self.assertRegex(lines[2], r"^  recorded 2026-11-30 \d\d:\d\d:\d\d UTC on \w+ \(x86_64, 2 CPUs\)$")
        self.assertTrue([line for line in lines if line.startswith("STALL at ")])
        self.assertEqual(lines.count("Findings"), 1)
        self.assertNotIn("\033", "".join(lines))

    def test_as_many_rows_as_are_wanted(self):
        last = json.loads(self.ndjson("--summary", "--top", "0").stdout.splitlines()[-1])
        self.assertEqual((last["threads"], last["epolls"]), ([], []))
        self.assertTrue(json.loads(PRINTED.splitlines()[-1])["threads"])


class Comparisons(Replay):
    def test_one_that_was_recorded(self):
        printed = (RECORDS / "compare.ndjson").read_text(encoding="utf-8")
        run = self.ndjson(path=COMPARED)
        self.assertEqual((run.stdout, run.stderr), (printed, ""))
        check_lines([json.loads(line) for line in run.stdout.splitlines()])

    def test_its_table(self):
        lines = self.replay(COMPARED).stdout.splitlines()
        self.assertRegex(lines[0], r"^Linux \S+, tracepoint tier · recorded 2026-11-30 ")
        self.assertIn("1 connection, round 1 of 2", lines)
        self.assertIn("wakelab compare · 2 rounds of each · up to 3 connections, lockstep, 64 B messages, 30 on each",
                      lines)

    def test_one_that_was_cut(self):
        content, path = COMPARED.read_bytes(), self.folder / "cut"
        for n in range(6, 10):
            path.write_bytes(content[:len(content) * n // 10])
            lines = [json.loads(line) for line in self.ndjson(path=path, status=1).stdout.splitlines()]
            self.assertEqual([line["type"] for line in lines if line["type"] != "round"][:1], ["start"])
            self.assertEqual([line["completed"] for line in lines if line["type"] == "growth"], [False])

    def test_recordings_of_runs_side_by_side(self):
        other = self.folder / "other.rec"
        other.write_bytes(RECORD.read_bytes())
        lines = [json.loads(line) for line in self.ndjson(other).stdout.splitlines()]
        check_lines(lines)
        self.assertEqual([line["type"] for line in lines], ["start", "round", "round", "comparison"])
        self.assertEqual(lines[0]["subjects"], ["other.rec", "stall.rec"])
        self.assertEqual(lines[1]["totals"], lines[2]["totals"])
        self.assertEqual(lines[1]["totals"]["stalls"], 1)
        self.assertEqual([(row["id"], row["rounds"]) for row in lines[3]["findings"]][0], ("stall", [1, 1]))

    def test_their_table_says_where_each_is_from(self):
        other = self.folder / "other.rec"
        other.write_bytes(RECORD.read_bytes())
        text = " ".join(self.replay(other, RECORD).stdout.split())
        self.assertEqual(len(re.findall(r"(?:other|stall)\.rec: wakelab run epoll-et, \d\.\d s · Linux ", text)), 2)
        self.assertEqual(text.count("recorded 2026-11-30 "), 2)
        self.assertNotIn("Nothing was measured", text)

    def test_up_to_a_time(self):
        lines = [json.loads(line) for line in self.ndjson(RECORD, "--to", "0.25").stdout.splitlines()]
        summary = json.loads(self.ndjson("--summary", "--to", "0.25").stdout.splitlines()[-1])
        self.assertEqual(lines[1]["totals"]["syscalls"]["read"],
                         [row["calls"] for row in summary["syscalls"] if row["name"] == "read"][0])

    def test_a_comparison_where_a_run_is_wanted(self):
        run = self.replay(RECORD, COMPARED, status=1)
        self.assertEqual((run.stdout, run.stderr), (
            "", f"wakelab: cannot compare {COMPARED}: it is the recording of a comparison; give recordings of "
                "runs, or this one alone\n"))
        run = self.replay("--from", "1", COMPARED, status=2)
        self.assertEqual(run.stderr, f"wakelab: --from does not apply to {COMPARED}, which is the recording of a "
                                     "comparison\n")
        run = self.replay("--summary", RECORD, RECORD, status=2)
        self.assertIn("--summary does not apply to several recordings: ", run.stderr)


class Events(Replay):
    def test_ndjson_is_the_same_byte_for_byte(self):
        run = self.ndjson(path=EVENTS)
        self.assertEqual((run.stdout, run.stderr), ((RECORDS / "events.ndjson").read_text(encoding="utf-8"), ""))
        check_lines([json.loads(line) for line in run.stdout.splitlines()])

    def test_lines_for_people(self):
        text = self.replay(EVENTS, "--events", "waits,reports").stdout
        self.assertRegex(text, r"\n[\d:.]{15} steps/\d+ epoll_wait\(3, …, 4, -1\) = 1 "
                               r"\[fd 4 unix_stream EPOLLIN fresh\] \S+\n")
        self.assertNotIn("read(", text[:text.index("Done after")])

    def test_one_that_was_cut(self):
        """Up to its last whole block, and with what can be counted up to there."""
        path = self.folder / "cut"
        content = EVENTS.read_bytes()
        path.write_bytes(content[:len(content) - 100])
        lines = self.ndjson(path=path, status=1).stdout.splitlines()
        whole = self.ndjson(path=EVENTS).stdout.splitlines()
        self.assertEqual([line for line in lines if '"event"' in line], [line for line in whole if '"event"' in line])
        self.assertFalse(json.loads(lines[-1])["completed"])

    def test_where_there_are_none(self):
        run = self.replay("--events", "io", RECORD, status=1)
        self.assertEqual(run.stderr, f'wakelab: {RECORD} has no events; "wakelab run" and "trace" record them with '
                                     "--events\n")
        run = self.replay("--events", "io", COMPARED, status=2)
        self.assertIn("--events does not apply to", run.stderr)


class Parts(Replay):
    """The recorded intervals end at 0.25 s, 0.5 s, ..., and the last one at the end of the run."""

    def test_up_to_a_time(self):
        for n in (1, 2, 3):
            lines = self.ndjson("--to", str(0.25 * n)).stdout.splitlines()
            self.assertEqual([line for line in lines if '"interval"' in line], INTERVALS[:n])
            summary = json.loads(lines[-1])
            self.assertEqual((summary["type"], summary["completed"], summary["elapsed_ns"]),
                             ("summary", False, json.loads(INTERVALS[n - 1])["elapsed_ns"]))

    def test_up_to_after_the_end(self):
        self.assertEqual(self.ndjson("--to", "1000").stdout, PRINTED)

    def test_from_a_time(self):
        for n in (1, 2, 3):
            lines = self.ndjson("--from", str(0.25 * n)).stdout.splitlines()
            self.assertEqual([line for line in lines if '"interval"' in line], INTERVALS[n:])
            self.assertEqual((lines[0], lines[-1]), (PRINTED.splitlines()[0], PRINTED.splitlines()[-1]))

    def test_what_was_said_earlier_is_left_out(self):
        said = [kind for kind in kinds(PRINTED) if kind in ("stall", "finding")]
        self.assertEqual(said, ["stall", "finding"])
        self.assertEqual({"stall", "finding"} & set(kinds(self.ndjson("--from", "0.5").stdout)), set())

    def test_longer_intervals(self):
        """Each is two of those that were recorded: its counts are theirs."""
        found = [json.loads(line) for line in self.ndjson("--interval", "0.5").stdout.splitlines()]
        recorded = [json.loads(line) for line in INTERVALS]
        joined = [line for line in found if line["type"] == "interval"]
        self.assertEqual([line["elapsed_ns"] for line in joined[:2]],
                         [recorded[1]["elapsed_ns"], recorded[3]["elapsed_ns"]])
        self.assertEqual(sum(line["interval_ns"] for line in joined), recorded[-1]["elapsed_ns"])
        self.assertEqual(joined[0]["work"]["returns"], sum(line["work"]["returns"] for line in recorded[:2]))
        self.assertEqual(json.dumps(found[-1], separators=(",", ":")),
                         json.dumps(json.loads(PRINTED.splitlines()[-1]), separators=(",", ":")))

    def test_one_interval_of_a_part(self):
        lines = self.ndjson("--from", "0.25", "--to", "0.75", "--interval", "0.25").stdout.splitlines()
        self.assertEqual([line for line in lines if '"interval"' in line], INTERVALS[1:3])

    def test_a_time_when_nothing_was(self):
        run = self.ndjson("--from", "0.76", "--to", "0.8", status=1)
        self.assertEqual((run.stdout, run.stderr), (
            "", f"wakelab: cannot show {RECORD}: it has no results from that time; they were recorded every 0.25 s\n"))

    def test_a_time_after_the_end(self):
        """Nothing is shown of it, in any form; nor of one that was cut off."""
        cut = self.folder / "cut"
        cut.write_bytes(RECORD.read_bytes()[:-1000])
        for path, args in ((RECORD, ()), (RECORD, ("--format", "ndjson")), (RECORD, ("--summary",)), (EVENTS, ()),
                           (cut, ())):
            run = self.replay("--from", "1000", *args, path, status=1)
            self.assertEqual(run.stdout, "")
            self.assertRegex(run.stderr, rf"^wakelab: cannot show {path}: it ends at \d\.\d s, before --from 1000\n$")

    def test_from_after_to(self):
        run = self.replay("--from", "3", "--to", "2", RECORD, status=2)
        self.assertIn("--from 3 is not before --to 2\n", run.stderr)


class Bad(Replay):
    def test_not_there(self):
        path = self.folder / "nowhere"
        run = self.replay(path, status=1)
        self.assertEqual(run.stderr, f"wakelab: cannot open {path}: No such file or directory\n")
        run = self.replay(self.folder, status=1)
        self.assertEqual(run.stderr, f"wakelab: cannot read {self.folder}: Is a directory\n")

    def test_none_and_five(self):
        self.assertIn("which recording? ", self.replay(status=2).stderr)
        self.assertIn("at most 4 recordings can be compared", self.replay(*[RECORD] * 5, status=2).stderr)

    def test_empty(self):
        self.refused(b"", "it is empty: nothing was recorded")

    def test_something_else(self):
        why = "it is not a recording; wakelab run, trace and compare make one with --record FILE"
        for content in (b"\0", PRINTED.encode(), bytes(100000), os.urandom(100)):
            self.refused(content, why)

    def test_a_newer_format(self):
        self.refused(RECORD.read_bytes()[:MARK - 6] + b"23   \n", "it is a recording of format 23, and this "
                     "wakelab reads format 1; use the version of wakelab that made it, or a newer one")

    def test_a_block_that_claims_to_be_huge(self):
        """A frame of zstd whose head says that it holds 2^63 bytes."""
        huge = struct.pack("<IBQ", 0xfd2fb528, 0xe0, 1 << 63) + bytes([1, 0, 0])
        self.refused(RECORD.read_bytes()[:MARK] + huge,
                     f"it is damaged behind its first {MARK} bytes, before anything was recorded")

    def test_cut(self):
        """What is printed of it are the same lines, up to where it was cut, and totals of that moment."""
        content, path = RECORD.read_bytes(), self.folder / "cut"
        seen = set()
        for n in range(1, 40):
            path.write_bytes(content[:len(content) * n // 40])
            run = Process(self, [binary(), "replay", "--format", "ndjson", path])
            self.assertEqual(run.wait(), 1)
            lines = run.stdout.splitlines()
            if not lines:
                self.assertIn(", before anything was recorded\n", run.stderr)
                continue
            self.assertRegex(run.stderr, f"^wakelab: {path} is incomplete: it ends after {path.stat().st_size} bytes, "
                                         r"without its end mark; what was recorded up to \d\.\d s is shown\n$")
            shown = lines[:-1] if kinds(lines[-1]) == ["summary"] else lines
            self.assertEqual(shown, PRINTED.splitlines()[:len(shown)])
            seen.add(len(shown))
        self.assertGreater(len(seen), len(INTERVALS))

    def test_a_reader_that_goes_away(self):
        reader, writer = os.pipe()
        os.close(reader)
        run = Process(self, [binary(), "replay", "--format", "ndjson", RECORD], stdout=writer)
        os.close(writer)
        self.assertEqual(run.wait(), 1)
        self.assertEqual(run.stderr, "wakelab: cannot write to standard output: Broken pipe\n")


if __name__ == "__main__":
    unittest.main()
