# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What is shown at the beginning and at the end: one table of a short run, the calls without a row
by name, and who sleeps when tracing begins."""
import os
import re
import signal
import sys
import unittest

from harness import Process, binary, wait_until
from sleeping import await_sleep
from tracing import Traced, traced


class Summary(unittest.TestCase):
    def shown(self, *args):
        run = Process(self, ["env", "COLUMNS=100", binary(), "trace", *args])
        self.assertEqual(run.wait(), 0, run.stderr)
        return run.stdout

    def test_a_short_run_has_one_table(self):
        text = self.shown("--", "/bin/true")
        self.assertEqual(text.count("calls at once"), 1, text)
        self.assertNotIn("calls/s", text)

    TWO = ("--interval", "0.05", "--", sys.executable, "-S", "-c",
           "import select; [select.poll().poll(60) for _ in range(4)]")

    def test_a_longer_one_has_one_for_each_interval_unless_asked_for_none(self):
        self.assertIn("calls/s", self.shown(*self.TWO))
        text = self.shown("--summary", *self.TWO)
        self.assertEqual((text.count("calls at once"), text.count("calls/s")), (1, 0), text)

    def test_no_interval_is_a_line_then(self):
        run = Traced(self, "trace", "--summary", *self.TWO)
        run.summary()
        self.assertEqual([line["type"] for line in run.lines()], ["start", "summary"])

    CALLS = "import os; [os.getppid() for _ in range(700)]; [os.getpgrp() for _ in range(900)]"

    def test_calls_without_a_row_are_named(self):
        s = traced(self, "trace", "--", sys.executable, "-S", "-c", self.CALLS)
        others = s["other_calls"]
        self.assertEqual((others["getppid"], others["getpgrp"]), (700, 900))
        row, = (row for row in s["syscalls"] if row["name"] == "other")
        self.assertEqual(sum(others.values()), row["calls"])

    def test_the_two_that_there_are_most_of_are_shown(self):
        self.assertIn("    mostly getpgrp 900 · getppid 700\n",
                      self.shown("--", sys.executable, "-S", "-c", self.CALLS))

    def test_in_an_interval_too(self):
        code = ("import os, select; p = select.poll(); p.poll(120); "
                "[(os.getppid(), os.getpgrp()) for _ in range(3)]; p.poll(120)")
        text = self.shown("--interval", "0.05", "--", sys.executable, "-S", "-c", code)
        self.assertRegex(text, r"rare calls .* all others [\d.]+ \(getp(pid|grp) [\d.]+")

    def test_what_is_registered_says_whose_it_is_and_whether_it_is_disarmed(self):
        code = ("import os, select, signal; r, w = os.pipe(); e = select.epoll(); e.register(r, select.EPOLLIN); "
                "e.register(w, select.EPOLLOUT | select.EPOLLONESHOT); e.poll(); "
                "print(os.getpid(), e.fileno(), r, w, flush=True)")
        for columns in (80, 100):
            run = Process(self, ["env", f"COLUMNS={columns}", binary(), "trace", "--top", "4", "--kill-on-exit",
                                 "--", sys.executable, "-S", "-c", code + "; signal.pause()"])
            wait_until(lambda: "\nregistered interests" in run.stdout or not run.running(), "an interval")
            run.signal(signal.SIGINT)
            run.wait()
            pid, epoll, r, w = re.search(r"^(\d+) (\d+) (\d+) (\d+)$", run.stdout, re.MULTILINE).groups()
            for who in (f"fd {r}", f"fd {w}, disarmed"):
                self.assertIn(f"\n {who}, epoll {epoll} of {pid}:", run.stdout)

    def test_reads_of_0_are_shown_where_there_are_any(self):
        code = "import os; r, w = os.pipe(); os.close(w); [os.read(r, 1) for _ in range({})]"
        text = self.shown("--", sys.executable, "-S", "-c", code.format(50))
        self.assertRegex(text, r"(?m)^total .* read 0 ")
        self.assertRegex(text, r"(?m)^ read .* 5\d │")


class Beginning(unittest.TestCase):
    SLEEPERS = """if True:
        import os, threading, time
        r, w = os.pipe()
        for _ in range(5):
            threading.Thread(target=os.read, args=(r, 1), daemon=True).start()
        print(r, flush=True)
        os.read(r, 1)
    """

    def test_threads_that_sleep_in_the_same_call_stand_together(self):
        target = Process(self, [sys.executable, "-S", "-c", self.SLEEPERS])
        fd = int(wait_until(lambda: target.stdout.strip(), "its descriptor"))
        for tid in os.listdir(f"/proc/{target.pid}/task"):  # all were there when it printed
            await_sleep(target.pid, "read", fd, tid=tid)
        run = Process(self, [binary(), "trace", "--seconds", "0.1", "-p", target.pid])
        self.assertEqual(run.wait(), 0, run.stderr)
        self.assertIn("When tracing began: 6 threads asleep\n", run.stdout)
        self.assertRegex(run.stdout,
                         rf"\n  6 threads \([^)]+\) of process {target.pid} sleep in read\n")


if __name__ == "__main__":
    unittest.main()
