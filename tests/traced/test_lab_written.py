# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Lessons that a test has written: their runs, how these end, and what is refused."""
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import unittest
from pathlib import Path

from harness import Process, binary, wait_until
from lessons import answers, lab
from tracing import Terminal, of_session, require_root


def of_program(*argv):
    """The processes whose command line begins so."""
    begin = "\0".join(argv).encode()
    return [path.parent.name for path in Path("/proc").glob("[0-9]*/cmdline")
            if read(path).startswith(begin)]


def read(path):
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""


class Written(unittest.TestCase):
    def setUp(self):
        require_root(self)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, command, measured="one.client.messages", status=0, name="03-mine", **more):
        (self.folder / name).mkdir()
        lesson = {"title": "Mine", "question": "Q?", "needs": "root", "seconds": 1,
                  "runs": [{"name": "one", "command": command, "status": status}],
                  "questions": [{"ask": "How many?", "measured": measured, "explain": "So."}]}
        (self.folder / name / "lesson.json").write_text(json.dumps({**lesson, **more}))

    def run_it(self, *args):
        run = lab(self, "run", "mine", *args, labs=self.folder)
        run.wait()
        return run

    ENDLESS = ["run", "poll", "--conns", "1", "--mode", "open", "--rate", "10"]

    def started(self):
        """A run of a lesson that does not end, with its server and its client."""
        self.write(self.ENDLESS)
        run = lab(self, "run", "mine", labs=self.folder)
        wait_until(lambda: len(of_session(run.pid)) == 4, "the run, its server and its client")
        return run

    def test_a_signal_ends_it_and_all_that_it_started(self):
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(sig):
                run = self.started()
                run.signal(sig)
                self.assertEqual(run.wait(), -sig, run.stderr)
                self.assertEqual((of_session(run.pid), run.stderr), ([], ""))
                shutil.rmtree(self.folder / "03-mine")

    def test_killed_it_leaves_nothing(self):
        run = self.started()
        run.signal(signal.SIGKILL)
        run.wait()
        wait_until(lambda: not of_session(run.pid), "the end of what it started")

    def test_ctrl_c_on_a_terminal(self):
        self.write(self.ENDLESS)
        t = Terminal(self, binary(), "lab", "run", "3", "--predict", "1", "--labs", self.folder)
        wait_until(lambda: len(of_session(t.pid)) == 4, "the run, its server and its client")
        t.key("C")
        self.assertEqual(t.wait(), -signal.SIGINT)
        self.assertEqual(of_session(t.pid), [])

    def write_traced(self, text, measured="one.syscalls.socketpair.calls", **more):
        """A lesson that traces a program of its own, whose command line no other has."""
        self.program = [sys.executable, "it.py", "3", str(self.folder)]
        self.write(["trace", "--", *self.program], measured, **more)
        (self.folder / "03-mine" / "it.py").write_text(text)

    def test_a_program_of_the_lesson_is_traced(self):
        """It finds its file and this wakelab; what it prints is not taken for what is measured."""
        self.write_traced("import os, socket, sys\n"
                          "pairs = [socket.socketpair() for _ in range(int(sys.argv[1]))]\n"
                          "print('{\"type\": \"summary\"}')\n"
                          "sys.exit(f'{os.environ[\"WAKELAB\"]} {sys.stdin.read()!r}')\n", status=1)
        run = self.run_it("--format", "ndjson")
        self.assertEqual(answers(run)[0]["measured"], 3)
        self.assertEqual(run.stderr, f"{os.path.realpath(binary())} ''\n")

    def test_it_runs_as_the_user_who_called_sudo(self):
        self.write(["trace", "--", "sh", "-c", "id -u >&2"], "1")
        for user, uid in (("nobody", "65534"), ("nobody-here", "65534")):
            run = Process(self, ["env", "SUDO_UID=65534", "SUDO_GID=65534", f"SUDO_USER={user}",
                                 binary(), "lab", "run", "3", "--labs", self.folder])
            self.assertEqual(run.wait(), 0, run.stderr)
            self.assertEqual(run.stderr.splitlines()[-1], uid)

    def test_what_a_traced_program_has_started_ends_with_it(self):
        self.write_traced("import os, time\nos.fork()\nos.setsid()\ntime.sleep(1000)\n")
        for sig in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(sig):
                run = lab(self, "run", "3", labs=self.folder)
                wait_until(lambda: len(of_program(*self.program)) == 2, "both processes")
                run.signal(sig)
                self.assertEqual(run.wait(), -sig, run.stderr)
                wait_until(lambda: not of_program(*self.program), "their end")

    def test_programs_that_are_not_installed(self):
        needs = [{"name": "sh", "package": "dash"}, {"name": "wake-no", "package": "one"},
                 {"name": "wake-none", "package": "two"}]
        self.write(self.ENDLESS, programs=needs)
        t = Terminal(self, binary(), "lab", "run", "3", "--labs", self.folder)
        self.assertEqual(t.wait(), 4)
        self.assertEqual(t.look(), "wakelab: lesson 03-mine needs programs that are not installed; on "
                         "Debian: apt-get install one two\n")

    def test_a_run_that_does_not_end_as_it_should(self):
        self.write(["run", "poll", "--conns", "1", "--messages", "1"], status=1)
        run = self.run_it()
        self.assertEqual(run.status, 1)
        self.assertRegex(run.stderr, r'^wakelab: the run "one" of this lesson exited with status 0, '
                         r"but it must exit with status 1: nothing was measured\n$")
        self.assertNotIn("How many?", run.stdout)

    def test_a_command_that_is_none(self):
        self.write(["run", "pol"])
        run = self.run_it()
        self.assertEqual(run.status, 2)
        self.assertIn('unknown model "pol"', run.stderr)
        self.assertIn('"one" of this lesson exited with status 2', run.stderr)

    def test_a_number_that_the_summary_does_not_have(self):
        self.write(["run", "poll", "--conns", "1", "--messages", "1"], "one.client.masseges")
        run = self.run_it()
        self.assertEqual((run.status, run.stderr), (1, "wakelab: cannot evaluate question 1 of lesson "
                                                    '03-mine: there is no "one.client.masseges"\n'))

    def test_what_is_not_known_is_neither_right_nor_wrong(self):
        self.write(["run", "poll", "--conns", "1", "--messages", "1"], "1 / one.interests.reports")
        run = self.run_it("--format", "ndjson", "--predict", "1")
        self.assertEqual([(a["measured"], a["right"]) for a in answers(run)], [(None, None)])

    def test_a_broken_lesson(self):
        self.write(self.ENDLESS, seconds="soon")
        self.write(self.ENDLESS, name="04-good")
        error = f"wakelab: {self.folder}/03-mine/lesson.json: seconds: must be a number\n"
        for args, shown in ((["run", "mine"], ""), (["list"], "04 good")):
            run = lab(self, *args, labs=self.folder)
            self.assertEqual((run.wait(), run.stderr), (1, error))
            self.assertIn(shown, run.stdout)

    def test_a_lesson_that_is_not_whole(self):
        (self.folder / "03-mine").mkdir()
        for args, file in ((["run", "3"], "lesson.json"), (["show", "3"], "handout.md")):
            run = lab(self, *args, labs=self.folder)
            self.assertEqual(run.wait(), 1)
            self.assertEqual(run.stderr, f"wakelab: cannot read {self.folder}/03-mine/{file}: No such "
                             "file or directory\n")
