# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Runs that are recorded while they are shown: a replay prints what the run printed, byte for byte, and whatever
happens to the file does nothing to the run. tests/servers/test_replay.py replays without privileges."""
import json
import os
import pty
import re
import signal
import sys
import unittest

from harness import Process, binary, children, expand, for_each, wait_until
from recorded import Recorded
from shape import check_lines
from tracing import require_program
from unread import Full, tracing

RUNS = {
    "run": ["run", "epoll-lt", "--port", "0", "--messages", "2000", "--interval", "0.05"],
    "signals": ["run", "sigio-rt", "--port", "0", "--messages", "200", "--interval", "0.05"],
    "uring": ["run", "uring", "--port", "0", "--messages", "200"],
    "herd": ["run", "--scenario", "herd", "--port", "0", "--seconds", "0.5", "--top", "2"],
    "stall": ["run", "--scenario", "et-no-drain", "--port", "0", "--self", "--all-findings"],
    "summary": ["run", "epoll-et", "--port", "0", "--messages", "50", "--summary", "--only", "counts"],
    "compare": ["compare", "epoll-lt", "epoll-et", "--conns", "1", "--messages", "50", "--rounds", "2"],
    "growth": ["compare", "select", "epoll-lt", "--conns", "1,1500", "--active", "1", "--messages", "20",
               "--rounds", "1"],
    "faulty": ["compare", "epoll-et", "epoll-et+et-no-drain", "--conns", "1", "--messages", "5", "--read-size", "16",
               "--rounds", "1", "--timeout", "0.3"],
    "command": ["trace", "--self", "--", "sh", "-c", "ls / >/dev/null; sleep 0.1; exit 3"],
}
# Its name would move the cursor, and it gets signals, reads what is not there, and calls what has no row.
TARGET = r"""if True:
    import os, select, signal, sys, time
    open("/proc/self/comm", "w").write("\033[2J\nx")
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    ep = select.epoll()
    reader, writer = os.pipe()
    ep.register(reader)
    os.write(writer, b"x")
    print(flush=True)
    while True:
        ep.poll(1)
        os.getppid()
        time.sleep(0.001)
"""


@expand
class Equal(Recorded):
    @for_each(RUNS)
    def test_a_replay_prints_what_the_run_printed(self, name):
        args = RUNS[name]
        run = self.record(*args)
        run.wait()
        summary = ["--summary"] if "--summary" in args else []
        self.assertEqual(self.replay(*summary), self.out.read_text())
        self.assertIn(json.loads(self.lines()[-1])["type"], ("summary", "comparison", "growth"), run.stderr)

    def test_a_table_is_the_same_but_for_where_it_comes_from(self):
        run = self.record(*RUNS["herd"], form="table")
        self.assertEqual(run.wait(), 0, run.stderr)
        here, = re.findall(r"^  recorded .* UTC on .*\n", self.replay(form="table"), re.M)
        live = self.out.read_text()
        self.assertEqual(self.replay(form="table").replace(f" ·\n{here}", " · Ctrl-C stops\n"), live)

    def test_processes_that_run_already(self):
        """Everything that was so before, and names that must not reach a terminal."""
        target = Process(self, [sys.executable, "-S", "-c", TARGET])
        wait_until(lambda: target.stdout, "the target")
        run = self.record("trace", "-p", target.pid, "--interval", "0.1", "--seconds", "0.5", "--top", "4")
        self.assertEqual(run.wait(), 0, run.stderr)
        self.assertEqual(self.replay(), self.out.read_text())
        found = [json.loads(line) for line in self.lines()]
        self.assertEqual([line["type"] for line in found[:2]], ["start", "attached"])
        self.assertGreater(found[-1]["other_calls"]["getppid"], 0)
        self.assertIn(r"\x1b[2J\nx", {row["comm"] for row in found[-1]["threads"]})
        check_lines(found)
        self.assertNotIn("\033", self.replay(form="table"))

    def test_a_view_that_is_behind(self):
        """Intervals are recorded although nobody reads the view; a replay shows them as the view had them."""
        target = Process(self, ["sleep", "100"])
        full = Full(self)
        run = Process(self, [binary(), "trace", "--format", "ndjson", "--interval", "0.05", "-p", target.pid,
                             "--record", self.file], stdout=full.tail)
        tracing(run)
        size = os.stat(self.file).st_size
        wait_until(lambda: os.stat(self.file).st_size > size + 20000, "what is recorded")
        run.signal(signal.SIGINT)
        text = full.read()
        self.assertEqual(run.wait(), 0, run.stderr)
        self.assertEqual(self.replay(), text)
        every = self.intervals(self.replay("--interval", "0.05").splitlines())
        self.assertGreater(len(every), len(self.intervals(text.splitlines())))


class Ends(Recorded):
    """The file, or wakelab, comes to its end first."""

    def test_wakelab_is_killed(self):
        target = Process(self, ["sleep", "100"])
        run = self.record("trace", "-p", target.pid, "--interval", "0.05")
        wait_until(lambda: self.out.exists() and len(self.intervals(self.lines())) > 3, "some intervals")
        run.signal(signal.SIGKILL)
        run.wait()
        shown = self.replay(status=1).splitlines()
        self.assertEqual(shown[:len(self.lines())], self.lines())
        last = json.loads(shown[-1])
        self.assertEqual((last["type"], last["completed"]), ("summary", False))
        self.assertTrue(target.running())

    def test_a_disk_that_is_full(self):
        """The run goes on, and what was recorded until then can be read."""
        script = ('mount -t tmpfs -o size=16k none "$0" && cd "$0" || exit 9; '
                  '"$@"; status=$?; cp run.rec ../copy.rec; exit $status')
        disk = self.folder / "disk"
        disk.mkdir()
        run = Process(self, [require_program("unshare"), "-m", "sh", "-c", script, disk, binary(), "run", "epoll-et",
                             "--port", "0", "--interval", "0.02", "--format", "ndjson", "-o", self.out,
                             "--record", "run.rec"])
        wait_until(lambda: run.stderr or not run.running(), "the disk to be full")
        told = len(self.intervals(self.lines()))
        wait_until(lambda: len(self.intervals(self.lines())) > told + 1 or not run.running(), "the run to go on")
        wakelab, = children(run.pid)
        os.kill(wakelab, signal.SIGINT)
        self.assertEqual(run.wait(), 1)
        self.assertEqual(run.stderr, "wakelab: cannot write to run.rec: No space left on device; what was recorded "
                                     "until then can be read, and the run goes on\n")
        last = json.loads(self.lines()[-1])
        self.assertEqual(last["type"], "summary")
        self.assertEqual(last["client"]["unanswered"], 0)
        self.file = self.folder / "copy.rec"
        shown = self.replay(status=1).splitlines()
        self.assertGreater(len(self.intervals(shown)), 1)
        self.assertLess(len(self.intervals(shown)), len(self.intervals(self.lines())))
        self.assertEqual(shown[:-1], self.lines()[:len(shown) - 1])

    def test_a_command_is_left_alone_by_a_full_disk(self):
        run = Process(self, [binary(), "trace", "-o", self.out, "--record", "/dev/full", "--", "sh", "-c",
                             "sleep 0.1; echo done"])
        self.assertEqual((run.wait(), run.stdout), (1, "done\n"))
        self.assertIn("cannot write to /dev/full: No space left on device; ", run.stderr)
        self.assertIn("Done after ", self.out.read_text())


class Refused(Recorded):
    """Before anything is started."""

    def refused(self, why, *args, **files):
        run = Process(self, [binary(), "trace", *args, "--", "echo", "started"], **files)
        self.assertEqual((run.wait(), run.stdout), (1, ""))
        self.assertEqual(run.stderr, f"wakelab: {why}\n")

    def test_the_file_of_the_output(self):
        self.refused(f"cannot record to {self.out}: the output goes to the same file; give another one",
                     "-o", self.out, "--record", self.folder / "." / "out")

    def test_a_terminal(self):
        ends = pty.openpty()
        for end in ends:
            self.addCleanup(os.close, end)
        name = os.ttyname(ends[1])
        self.refused(f"cannot record to {name}: it is a terminal, and a recording is not text; give a file",
                     "--record", name)

    def test_where_there_is_no_folder(self):
        path = self.folder / "nowhere" / "run.rec"
        self.refused(f"cannot write to {path}: No such file or directory", "--record", path)

    def test_what_was_there_stays_if_nothing_starts(self):
        self.file.write_text("precious")
        run = Process(self, [binary(), "trace", "--record", self.file, "--", "/nowhere/at/all"])
        self.assertEqual(run.wait(), 127)
        self.assertEqual(self.file.read_text(), "precious")


if __name__ == "__main__":
    unittest.main()
