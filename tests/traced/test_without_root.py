# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What docs/teaching.md promises of a user without root: the capabilities that it names suffice."""
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import ROOT, Process, binary
from shape import read_lines
from tracing import require_program, require_root

EXERCISE = "01-blocking"


def named():
    """The capabilities in the command of the page."""
    page = (ROOT / "docs" / "teaching.md").read_text()
    return re.search(r"sudo setcap (\S+)\+ep /usr/local/bin/wakelab\n", page).group(1)


class WithoutRoot(unittest.TestCase):
    def setUp(self):
        require_root(self)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.folder.chmod(0o755)
        shutil.copytree(ROOT / "labs", self.folder / "labs")
        self.wakelab = shutil.copy(binary(), self.folder / "wakelab")

    def lab(self, command, *args, capabilities=None):
        """wakelab lab as nobody, where nobody may write."""
        done = subprocess.run([require_program("setcap"), f"{capabilities or named()}+ep",
                               self.wakelab], capture_output=True, text=True, check=False)
        if "not supported" in done.stderr:
            self.skipTest(f"{self.folder} takes no file capabilities: {done.stderr.strip()}")
        self.assertEqual(done.returncode, 0, done.stderr)
        return Process(self, [require_program("setpriv"), "--reuid", "65534", "--regid", "65534",
                              "--clear-groups", self.wakelab, "lab", command,
                              "--labs", self.folder / "labs", *args])

    def test_a_lesson(self):
        run = self.lab("run", "07", "--format", "ndjson", "--predict", "0,c,b")
        self.assertEqual(run.wait(), 0, run.stderr)
        found = read_lines(run.stdout)
        self.assertEqual([(a["measured"], a["right"], a["whole"]) for a in found],
                         [(0, True, True), ("c", True, True), ("b", True, True)])

    def test_an_exercise(self):
        """The sum in the last line of the results is that of the lines before it."""
        server = self.folder / "server"
        subprocess.run(["cc", "-O0", "-g", "-pthread", "-o", server,
                        ROOT / "tests" / "exercises" / EXERCISE / "good.c"], check=True)
        results = self.folder / "results"
        results.mkdir()
        os.chown(results, 65534, 65534)
        run = self.lab("check", EXERCISE, "--results", results / "01.ndjson", "--", server, "{port}")
        self.assertEqual(run.wait(), 0, run.stdout + run.stderr)
        self.assertRegex(run.stdout, r"\nScore: (\d+)/\1\n")
        lines = (results / "01.ndjson").read_bytes().splitlines(keepends=True)
        score = json.loads(lines[-1])
        self.assertEqual((score["type"], score["points"], score["unknown"], score["whole"]),
                         ("score", score["of"], 0, True))
        self.assertEqual(score["sha256"], hashlib.sha256(b"".join(lines[:-1])).hexdigest())

    def test_each_capability_is_needed(self):
        for left_out in named().split(","):
            others = ",".join(name for name in named().split(",") if name != left_out)
            with self.subTest(left_out):
                run = self.lab("run", "07", capabilities=others)
                self.assertEqual(run.wait(), 4, run.stderr)
                self.assertIn(f"{left_out.upper()} no", run.stderr)
