# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The scripts of the page of wakelab report: what they work out, in node; and how long they are."""
import shutil
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "loader" / "report" / "page"
PAGE_LINES, FILE_LINES = 2000, 400


class Page(unittest.TestCase):
    def test_it_is_short(self):
        lines = {path.name: path.read_text(encoding="utf-8").count("\n") for path in PAGE.iterdir()}
        self.assertLess(sum(lines.values()), PAGE_LINES)
        self.assertEqual({name for name, n in lines.items() if n > FILE_LINES}, set())

    def test_every_file_is_in_the_binary(self):
        carried = (PAGE.parent / "page.c").read_text(encoding="utf-8")
        self.assertEqual([path.name for path in PAGE.iterdir() if f', "{path.name}")' not in carried], [])

    def test_what_it_works_out(self):
        node = shutil.which("node")
        if not node:
            self.skipTest("node is not installed: scripts/setup check")
        run = subprocess.run([node, "--test", "--test-reporter=tap", *sorted((ROOT / "tests" / "page").glob("test_*.js"))], capture_output=True, text=True,
                             check=False)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertRegex(run.stdout, r"(?m)^# pass [1-9]")


if __name__ == "__main__":
    unittest.main()
