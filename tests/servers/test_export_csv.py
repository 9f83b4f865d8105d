# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""wakelab export --csv: the tables of a recording have, value for value, what a replay prints as NDJSON."""
import csv
import json
import os
import signal
import tempfile
import unittest
from pathlib import Path

import tabled
from harness import ROOT, Process, binary, expand, for_each, wait_until

RECORDS = ROOT / "tests" / "records"
EVENTS, STALL, NAMES = (RECORDS / f"{name}.rec" for name in ("events", "stall", "names"))
FORMULAS = ["=1+1", "@SUM(A1:A9)", '-2,"x"', r"+a\nb\r;c", "'it's", "a;b 12", r"\xff\x1b[31m\t", ""]


class Export(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "out"

    def run_it(self, *args, status=0, **streams):
        run = Process(self, [binary(), *args], **streams)
        self.assertEqual(run.wait(), status, run.stderr)
        return run

    def export(self, record, out=None, status=0):
        return self.run_it("export", "--csv", record, out or self.out, status=status)

    def printed(self, record, status=0):
        """What a replay prints; and of one with events, which it shows instead of them, intervals."""
        def lines(*args):
            run = self.run_it("replay", "--format", "ndjson", *args, record, status=status)
            return [json.loads(line) for line in run.stdout.splitlines()]
        found = lines()
        if not any(line["type"] == "event" for line in found):
            return found
        return found + [line for line in lines("--interval", "1") if line["type"] == "interval"]

    def files(self):
        return {path.name.removesuffix(".csv"): path for path in self.out.iterdir()}


@expand
class Tables(Export):
    @for_each(["events", "stall", "names", "level", "hostile"])
    def test_each_value_is_that_of_ndjson(self, name):
        record = RECORDS / f"{name}.rec"
        self.assertEqual(self.export(record).stderr, "")
        columns, rows = tabled.columns(), tabled.tables(self.printed(record))
        self.assertEqual(set(self.files()), set(columns))
        for table, path in self.files().items():
            self.assertEqual(tabled.read(path), (columns[table], rows[table]), table)
        self.assertTrue(rows["summary"])
        self.assertTrue(rows["summary.syscalls"])

    @for_each(["events", "stall", "names", "hostile"])
    def test_another_reader_finds_the_same_cells(self, name):
        self.export(RECORDS / f"{name}.rec")
        for path in self.files().values():
            with open(path, encoding="utf-8", newline="") as file:
                header, *rows = csv.reader(file, strict=True)
            own, expected = tabled.read(path)
            self.assertEqual(header, own)
            self.assertEqual({len(row) for row in rows} - {len(header)}, set())
            for row, values in zip(rows, expected, strict=True):
                for cell, value in zip(row, values, strict=True):
                    text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
                    self.assertIn(cell, (text, f"'{text}"))

    def test_a_column_has_a_name_of_its_own(self):
        for table, columns in tabled.columns().items():
            self.assertEqual(len(set(columns)), len(columns), table)

    def test_names_from_outside(self):
        """None is a formula, none is two cells, and each is what it was."""
        self.export(NAMES)
        header, rows = tabled.read(self.files()["event"])
        names = {row[header.index("comm")] for row in rows}
        self.assertLessEqual(set(FORMULAS), names)
        with open(self.files()["event"], encoding="utf-8", newline="") as file:
            cells = {row["comm"] for row in csv.DictReader(file)}
        self.assertEqual({cell for cell in cells if cell[:1] in ("=", "+", "-", "@")}, set())
        self.assertEqual({cell.removeprefix("'") for cell in cells}, names)

    def test_null_is_not_an_empty_text(self):
        self.export(NAMES)
        header, rows = tabled.read(self.files()["event"])
        for row in rows:
            of_none = row[header.index("tid")] == 0
            self.assertEqual(row[header.index("comm")] is None, False)
            self.assertTrue(row[header.index("comm")] == "" or not of_none)
        self.assertIn(None, [row[header.index("error")] for row in rows])

    def test_standard_input(self):
        self.export(EVENTS)
        other = self.folder / "other"
        with open(EVENTS, "rb") as record:
            self.run_it("export", "--csv", "-", other, stdin=record)
        self.assertEqual({path.name: path.read_bytes() for path in other.iterdir()},
                         {path.name: path.read_bytes() for path in self.out.iterdir()})


class Folders(Export):
    def test_one_that_is_empty(self):
        self.out.mkdir()
        self.export(EVENTS)
        self.assertEqual(set(self.files()), set(tabled.columns()))

    def test_one_that_is_not(self):
        self.out.mkdir()
        (self.out / "event.csv").write_text("mine")
        run = self.export(EVENTS, status=1)
        self.assertEqual(run.stderr, f"wakelab: cannot write to {self.out}: it is not empty; give a new folder\n")
        self.assertEqual({path.name: path.read_text() for path in self.out.iterdir()}, {"event.csv": "mine"})

    def test_what_is_none(self):
        self.out.write_text("mine")
        self.assertEqual(self.export(EVENTS, status=1).stderr,
                         f"wakelab: cannot write to {self.out}: Not a directory\n")
        self.assertEqual(self.out.read_text(), "mine")
        nowhere = self.folder / "no" / "where"
        self.assertEqual(self.export(EVENTS, nowhere, status=1).stderr,
                         f"wakelab: cannot write to {nowhere}: No such file or directory\n")

    def test_a_file_that_takes_no_more(self):
        """Nothing is left of it; nor in a folder that was there."""
        for made in (True, False):
            if not made:
                self.out.mkdir()
            run = Process(self, ["sh", "-c", "trap '' XFSZ; ulimit -f 40; exec \"$@\"", "sh", binary(), "export", "--csv",
                                 EVENTS, self.out])
            self.assertEqual(run.wait(), 1)
            self.assertEqual(run.stderr, f"wakelab: cannot write to {self.out}/event.csv: File too large\n")
            self.assertEqual([path for path in self.folder.rglob("*") if path != self.out], [])
            self.assertEqual(self.out.exists(), not made)

    def test_it_is_ended(self):
        """While it waits for more of the recording."""
        reader, writer = os.pipe()
        os.write(writer, EVENTS.read_bytes()[:-40])
        run = Process(self, [binary(), "export", "--csv", "-", self.out], stdin=reader)
        os.close(reader)
        wait_until(lambda: (self.out / "start.csv").exists(), "it writes")
        run.signal(signal.SIGTERM)
        self.assertEqual(run.wait(), -signal.SIGTERM)
        os.close(writer)
        self.assertFalse(self.out.exists())


class Bad(Export):
    def test_one_that_was_cut(self):
        """At any place: what a replay shows of it is written."""
        content, cut = EVENTS.read_bytes(), self.folder / "cut.rec"
        for n in range(1, 20):
            cut.write_bytes(content[:len(content) * n // 20])
            out = self.folder / f"out-{n}"
            run = self.export(cut, out, status=1)
            self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
            if not out.exists():
                self.assertIn(", before anything was recorded\n", run.stderr)
                continue
            self.assertRegex(run.stderr, r"; what was recorded up to \d\.\d s is written\n$")
            rows = tabled.tables(self.printed(cut, status=1))
            for table in ("start", "event", "summary"):
                self.assertEqual(tabled.read(out / f"{table}.csv")[1], rows[table])
        self.assertTrue(rows["event"])

    def test_it_is_refused(self):
        for args, status, why in (
                (["--csv", EVENTS, "-"], 2, "--csv writes several files: give a folder"),
                (["--csv", "--perfetto", EVENTS, self.out], 2, "in which format? give one of --perfetto, --csv and --folded"),
                (["--csv", RECORDS / "compare.rec", self.out], 2, "it is the recording of a comparison"),
                (["--csv", ROOT / "README.md", self.out], 1, "it is not a recording"),
                (["--csv", self.folder / "none", self.out], 1, "No such file or directory")):
            with self.subTest(why):
                self.assertIn(why, self.run_it("export", *args, status=status).stderr)
                self.assertFalse(self.out.exists())


if __name__ == "__main__":
    unittest.main()
