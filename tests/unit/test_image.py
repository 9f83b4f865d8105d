# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What keeps scripts/image from making an image: one sentence, and nothing is left behind."""
import os
import platform
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


class Refused(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.folder.chmod(0o755)

    def refused(self, name, why, prefix=(), path=os.environ["PATH"]):
        file = self.folder / name
        before = sorted(self.folder.rglob("*"))
        run = subprocess.run([*prefix, sys.executable, "-m", "vm.image", file], cwd=TESTS,
                             env={"PATH": path}, capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertRegex(run.stderr, rf"^image: cannot make {re.escape(str(file))}: {why}\n$")
        self.assertEqual(run.stdout, "")
        self.assertEqual(sorted(self.folder.rglob("*")), before)

    def require_root(self):
        if os.geteuid() or platform.machine() != "x86_64":
            self.skipTest("refused for another reason: takes root on x86_64")

    def test_the_file_exists(self):
        (self.folder / "room.qcow2").write_text("kept")
        self.refused("room.qcow2", ".*room.qcow2 exists: remove it, or name another file")
        self.assertEqual((self.folder / "room.qcow2").read_text(), "kept")

    def test_a_link_that_leads_nowhere_exists(self):
        (self.folder / "room.raw").symlink_to("nowhere")
        self.refused("room.raw", ".*room.raw exists: remove it, or name another file")

    def test_no_format_ends_so(self):
        self.refused("room.iso", ".*room.iso ends in none of .qcow2, .raw, .img, .vdi, .vmdk")

    def test_no_folder(self):
        self.refused("none/room.raw", ".*/none is no folder: make it first")

    def test_a_program_is_missing(self):
        self.require_root()
        self.refused("room.raw", "make is not installed: scripts/setup image", path="/nowhere")

    def test_no_space(self):
        self.require_root()
        small = 'mount -t tmpfs -o size=64m none "$0" && exec "$@"'
        self.refused("room.raw", f"making an image takes 2 GiB, and {self.folder} has 0.1: free "
                     "some, or name a file elsewhere",
                     ["unshare", "--mount", "sh", "-c", small, self.folder])
