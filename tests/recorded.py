# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Runs that are recorded while they are shown, and shown again."""
import tempfile
import unittest
from pathlib import Path

from harness import Process, binary
from tracing import require_root


class Recorded(unittest.TestCase):
    def setUp(self):
        require_root(self)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out, self.file = self.folder / "out", self.folder / "run.rec"

    def record(self, command, *args, form="ndjson"):
        return Process(self, [binary(), command, "--format", form, "-o", self.out, "--record", self.file, *args])

    def replay(self, *args, status=0, form="ndjson"):
        run = Process(self, [binary(), "replay", "--format", form, *args, self.file])
        self.assertEqual(run.wait(), status, run.stderr)
        return run.stdout

    def lines(self):
        text = self.out.read_text()
        return text[:text.rfind("\n") + 1].splitlines()

    def intervals(self, lines):
        return [line for line in lines if '"type":"interval"' in line]
