# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What a command has started: it is followed, and at the end of wakelab left alone or ended."""
import os
import re
import shutil
import signal
import sys
import tempfile
import unittest
from pathlib import Path

from harness import Process, binary, expand, for_each, state, wait_until
from tracing import Terminal, calls, require_root, traced


def alive(pids):
    return [pid for pid in pids if state(pid) not in (None, "Z")]


@expand
class Leftovers(unittest.TestCase):
    """A command that starts a daemon and a child, and waits; then the end comes."""

    COMMAND = ('setsid sleep 1000 & echo $! >>"$0"; sleep 1000 & echo $! >>"$0"; echo $$ >>"$0"; '
               "wait")
    ENDS = ("KILL", "TERM", "HUP", "QUIT", "seconds", "command")

    def start(self, *args):
        require_root(self)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name) / "pids"
        path.touch()
        run = Process(self, [binary(), "trace", "-o", "/dev/null", *args, "--", "sh", "-c",
                             self.COMMAND, path])
        text = wait_until(lambda: len(path.read_text().split()) == 3 and path.read_text(), "pids")
        pids = [int(pid) for pid in text.split()]
        self.addCleanup(self.end, pids)
        return run, pids

    def end(self, pids):
        for pid in alive(pids):
            os.kill(pid, signal.SIGKILL)

    def finish(self, how, *args):
        run, pids = self.start(*args, *(("--seconds", "0.5") if how == "seconds" else ()))
        if how == "command":
            os.kill(pids[-1], signal.SIGTERM)
        elif how != "seconds":
            run.signal(getattr(signal, f"SIG{how}"))
        return run, pids

    @for_each(ENDS)
    def test_kill_on_exit(self, how):
        run, pids = self.finish(how, "--kill-on-exit")
        run.wait()
        wait_until(lambda: not alive(pids), "the end of all")

    @for_each(ENDS)
    def test_what_goes_on_otherwise(self, how):
        run, pids = self.finish(how)
        if how == "command":  # it is followed to its end
            wait_until(lambda: "are traced until the end" in run.stderr, "word of it")
            self.assertIn(f"the command was killed by SIGTERM; processes "
                          f"{', '.join(map(str, sorted(pids[:2])))}, which it started", run.stderr)
            self.assertTrue(run.running())
            self.end(pids)
            self.assertEqual(run.wait(), 128 + signal.SIGTERM)
            return
        run.wait()
        self.assertEqual(alive(pids), pids if how == "KILL" else pids[:2])

    def test_a_daemon_is_followed(self):
        """Its call comes after the command has ended."""
        s = traced(self, "trace", "--", sys.executable, "-S", "-c",
                   "import os, select\ncommand = os.getpid()\n"
                   "if os.fork(): os._exit(7)\n"
                   "os.setsid()\n"
                   "if os.fork(): os._exit(0)\n"
                   "try:\n    while True: os.kill(command, 0)\n"
                   "except ProcessLookupError: pass\n"
                   "p = select.poll()\np.poll(1)\np.poll(1)", status=7)
        self.assertEqual(calls(s, "poll")["calls"], 2)

    def test_killed_before_it_is_executed(self):
        """While wakelab attaches: it is not taken for something that the command left behind."""
        require_root(self)
        run = Process(self, [binary(), "trace", "-o", "/dev/null", "--", "sleep", "1000"])
        children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
        pid = int(wait_until(children.read_text, "the process that will be the command"))
        wait_until(lambda: Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"
                   and Path(f"/proc/{pid}/wchan").read_text() != "0", "that it waits")
        os.kill(pid, signal.SIGKILL)
        self.assertEqual(run.wait(), 128 + signal.SIGKILL, run.stderr)
        self.assertNotIn("which it started", run.stderr)

    def test_kill_on_exit_ends_as_the_command_did(self):
        for command, status in (("exit 9", 9), ("kill -SEGV $$", 128 + signal.SIGSEGV),
                                ("kill -KILL $$", 128 + signal.SIGKILL)):
            traced(self, "trace", "--kill-on-exit", "--", "sh", "-c", command, status=status)

    def test_kill_on_exit_whatever_the_name(self):
        """/proc/PID/stat has the name in parentheses, and a newline and a parenthesis in the name."""
        require_root(self)
        with tempfile.TemporaryDirectory() as folder:
            odd = f"{folder}/a) S 1\nb"
            shutil.copy(shutil.which("sleep"), odd)
            run = Process(self, [binary(), "trace", "-o", "/dev/null", "--kill-on-exit", "--", "sh",
                                 "-c", '"$0" 1000 & echo $!; exit 3', odd])
            self.assertEqual(run.wait(), 3, run.stderr)
            self.assertEqual(alive([int(run.stdout)]), [])

    def test_a_terminal_that_hangs_up(self):
        t = Terminal(self, binary(), "trace", "-o", "/dev/null", "--kill-on-exit", "--", "sh", "-c",
                     "sleep 1000 & echo pid $!; wait")
        t.shows("\n")
        pid = int(re.search(rb"pid (\d+)", t.seen).group(1))
        os.close(t.fd)
        t.fd = os.open("/dev/null", os.O_RDONLY)
        t.wait()
        wait_until(lambda: not alive([pid]), "the end of all")


if __name__ == "__main__":
    unittest.main()
