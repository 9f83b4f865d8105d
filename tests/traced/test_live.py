# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A finding comes as soon as it is certain, however long the interval, and tells processes apart that
have the same name."""
import os
import signal
import sys
import unittest

from harness import wait_until
from tracing import Traced

# Spins on what it does not read, and then waits to be told to end.
SPIN = """if True:
    import os, select, signal, subprocess, sys
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    r, w = os.pipe()
    os.write(w, b'x')
    {before}
    for _ in range(1000):
        select.select([r], [], [])
    signal.sigwait([signal.SIGTERM])
    {behind}
"""
# Another one that is named alike, and has begun by then.
ANOTHER = {"before": "other = subprocess.Popen([sys.executable, '-S', '-c', 'print(flush=True); input()'], "
                     "stdin=-1, stdout=-1); other.stdout.readline()",
           "behind": "other.communicate(b' \\n')"}


class Live(unittest.TestCase):
    def spin(self, before="", behind=""):
        """What is said while it runs, and what is found at its end."""
        run = Traced(self, "trace", "--interval", "3600", "--", sys.executable, "-S", "-X", "\x1b[1m", "-c",
                     SPIN.format(before=before, behind=behind))
        wait_until(lambda: "finding" in self.types(run) or not run.running(), "the finding")
        self.assertNotIn("interval", self.types(run))
        said, = (line for line in run.lines() if line["type"] == "finding")
        os.kill(said["subject"]["pid"], signal.SIGTERM)
        found, = (f for f in run.summary()["findings"] if f["id"] == "spin")
        self.assertEqual(self.types(run), ["start", "finding", "interval", "summary"])
        # It is said once it is certain, which may be before the last of the reports.
        self.assertLessEqual(said["evidence"]["reports"], found["evidence"]["reports"])
        self.assertEqual(found["evidence"]["reports"], 1000)
        for finding in (said, found):
            self.assertEqual((finding["id"], finding["cause"]), ("spin", "unread"))
            self.assertTrue(finding["subject"]["command"].startswith(f"{sys.executable} -S -X \\x1b[1m "))
        return said, found

    def types(self, run):
        return [line["type"] for line in run.lines()]

    def test_it_does_not_wait_for_the_interval(self):
        for finding in self.spin():
            pid, comm = finding["subject"]["pid"], finding["subject"]["comm"]
            self.assertIn(f" of process {pid} ({comm}) was reported", finding["text"])

    def test_names_that_repeat_have_their_command_lines(self):
        for finding in self.spin(**ANOTHER):
            pid, comm = finding["subject"]["pid"], finding["subject"]["comm"]
            command = finding["subject"]["command"]
            self.assertIn(f" of process {pid} ({comm}: {command}) was reported", finding["text"])


if __name__ == "__main__":
    unittest.main()
