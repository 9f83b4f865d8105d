# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What scripts/check and scripts/soak say of what they do not know, and how they count."""
import contextlib
import io
import subprocess
import sys
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from jobs import Case, Pool, Worker  # noqa: E402
from results import Report  # noqa: E402


class Usage(unittest.TestCase):
    def refused(self, program, *args):
        run = subprocess.run([sys.executable, TESTS / program, *args], capture_output=True, text=True,
                             check=False)
        self.assertEqual((run.returncode, run.stdout, run.stderr.count("\n")), (2, "", 1), run.stderr)
        return run.stderr

    def test_no_such_tier(self):
        self.assertIn("there are form, unit, servers, traced", self.refused("run.py", "nowhere"))

    def test_no_such_name(self):
        self.assertIn("there are servers/test_datagrams, ",
                      self.refused("run.py", "servers", "-k", "no such test"))
        self.assertIn("there are form, unit", self.refused("run.py", "-k", "no such test"))

    def test_no_round(self):
        for rounds in ("0", "-1", "many"):
            self.assertIn(f'"{rounds}" is no number of times', self.refused("soak.py", "--", rounds))


class Ended(Case):
    """A test whose process ends."""

    def run(self, worker, told):
        worker.start()
        worker.child.kill()
        super().run(worker, told)


class Counting(unittest.TestCase):
    def counts(self, *jobs, timeout=60):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            report = Report()
            Pool(report.take, lambda: Worker(timeout)).run(jobs, 2)
            status = report.finish()
        return status, out.getvalue()

    def test_what_ran(self):
        name = "test_layout.Measures.test_a_circle_of_files"
        status, said = self.counts(Case("unit", name), Case("unit", name))
        self.assertEqual(status, 0)
        self.assertRegex(said, rf"^(ok +\d+\.\d\ds  unit/{name}\n){{2}}2 passed, 0 failed, 0 skipped\n$")

    def test_nothing(self):
        self.assertEqual(self.counts(), (1, "0 passed, 0 failed, 0 skipped\n"))

    def test_failures_are_shown_at_once_and_at_the_end(self):
        status, said = self.counts(Ended("unit", "test_layout.Measures.test_a_circle_of_files"))
        self.assertEqual(status, 1)
        self.assertEqual(said.count("its process ended with -9"), 2)
        self.assertTrue(said.endswith("\n0 passed, 1 failed, 0 skipped\n"), said)

    def test_one_that_is_not_done_in_time(self):
        status, said = self.counts(Case("unit", "test_layout.Measures.test_a_circle_of_files"), timeout=1e-6)
        self.assertEqual(status, 1)
        self.assertIn("not done after 1e-06 s", said)
