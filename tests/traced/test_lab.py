# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The course: what each lesson measures, what becomes of a prediction, and what is refused."""
import contextlib
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import unittest
from pathlib import Path

from harness import ROOT, Process, binary, expand, for_each, wait_until
from tracing import Terminal, least, of_session, require_program, require_root

LABS = ROOT / "labs"
# What is measured: a number, the letter of a choice, or of what noise moves a little, its bounds.
MEASURED = {
    "01-blocking": [201, (2, 2.01), "b"],
    "02-processes": [(2, 2.02), "a", 31],
    "03-busy-polling": [0, "c", "c"],
    "04-select": [(3, 3.02), "b"],
    "05-poll": [(3, 3.02), "a"],
    "06-level-triggered": [900, 0, (3.9, 4)],
    "07-edge-triggered": [0, "c", "b"],
    "08-the-stall": [48, 0, "a"],
    "09-room-to-write": [(12, 13), "c", "c"],
    "10-oneshot": [(4, 4.05), 4, "c"],
    "11-herd": ["b", "b"],
    "12-accept": [50, 100, 50, "b"],
    "13-ends-and-errors": [0, 20, 6400],
    "14-sigio": ["b", 1000, "b"],
    "15-realtime-signals": [0, (0.99, 1.1), 1000],
    "16-posix-aio": [(202, 204), 401, "c"],
    "17-io-uring": [(2, 2.01), (2, 2.01), "b"],
    "18-whose-latency": ["c", "b", "a"],
    "19-observer-effect": ["c", "a", "b"],
    "20-a-real-server": [(2.99, 3.05), (0.186, 0.19), 0],
    "21-eventfd": [100, 1, 300],
}


def lab(test, *args, labs=LABS):
    return Process(test, [binary(), "lab", *args, "--labs", labs])


def answers(run, status=0):
    """The objects that a run of a lesson has printed."""
    run.wait()
    assert run.status == status, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def of_program(*argv):
    """The processes whose command line begins so."""
    begin = "\0".join(argv).encode()
    return [path.parent.name for path in Path("/proc").glob("[0-9]*/cmdline")
            if read(path).startswith(begin)]


def read(path):
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""


def programs(name):
    """What the runs of a lesson need; a test of them is skipped where that is not installed."""
    lesson = json.loads((LABS / name / "lesson.json").read_text())
    return [program["name"] for program in lesson.get("programs", [])]


def right(measured):
    """A prediction that is right, and one that is not."""
    if isinstance(measured, str):
        return measured, "a" if measured != "a" else "b"
    if isinstance(measured, tuple):
        return str(measured[0]), str(measured[1] + 1)
    return str(measured), str(measured + 1)


@expand
class Lessons(unittest.TestCase):
    def setUp(self):
        require_root(self)

    def test_each_has_its_numbers_here(self):
        self.assertEqual(sorted(path.name for path in LABS.iterdir()), sorted(MEASURED))

    @for_each(MEASURED)
    def test_measures_what_is_known(self, name):
        """The first prediction is right and the others are not."""
        known = MEASURED[name]
        for program in programs(name):
            require_program(program)
        guesses = [right(value)[i > 0] for i, value in enumerate(known)]
        found = answers(lab(self, "run", name, "--format", "ndjson", "--predict",
                            ",".join(guesses)))
        self.assertEqual(len(found), len(known))
        for number, (answer, value, guess) in enumerate(zip(found, known, guesses), 1):
            self.assertEqual((answer["type"], answer["schema"], answer["lesson"],
                              answer["question"], answer["whole"]),
                             ("answer", 2, name, number, True))
            if isinstance(value, tuple):
                self.assertTrue(value[0] <= answer["measured"] <= value[1], answer)
            else:
                self.assertEqual(answer["measured"], value, answer)
            self.assertEqual(str(answer["prediction"]), guess)
            self.assertIs(answer["right"], number == 1)
            self.assertNotRegex(answer["explanation"], r"[{}]|unknown")

    @for_each(MEASURED)
    def test_fits_the_screen(self, name):
        """The handout, in which nothing of Markdown is left but what is in a block of code."""
        run = lab(self, "show", name)
        self.assertEqual(run.wait(), 0, run.stderr)
        lines = run.stdout.splitlines()
        self.assertTrue(lines[0].startswith(name[:2] + " "), lines[0])
        for line in lines:
            self.assertLessEqual(len(line), 100)
            self.assertNotRegex(line, r"`|\*\*|^#|<!--|\]\(|^\||\x1b")
        for heading in ("The question", "Background", "Predict", "What you see", "Why it is so",
                        "Exercises"):
            self.assertIn(heading, lines)
        self.assertRegex(run.stdout, r"\(Linux \d+\.\d+,\s[a-z_]+/[a-z0-9/_]+\.c\)")


class Predictions(unittest.TestCase):
    NAME = "01-blocking"

    def test_for_people(self):
        require_root(self)
        run = lab(self, "run", "1", "--predict", "201,,c")
        self.assertEqual(run.wait(), 0, run.stderr)
        text = re.sub(r"\s+", " ", run.stdout)
        self.assertTrue(text.startswith("01 A blocking server, and what it costs to wait wakelab "
                                        "run blocking --conns 1 --messages 200 1 One client "))
        self.assertIn(" predicted 201 · measured 201 · right 200 of the 201 reads brought ", text)
        self.assertIn(" together? measured 2.00 201 reads and 200 writes for 200 messages. ", text)
        self.assertIn(" predicted c) it sleeps in poll or epoll_wait · measured b) it sleeps in "
                      "read · not right The thread slept in ", text)
        self.assertTrue(text.endswith("1 of 2 predictions right. Why it is so: wakelab lab show "
                                      "01-blocking "))
        self.assertNotIn("\x1b", run.stdout)

    def test_none_without_a_terminal(self):
        require_root(self)
        found = answers(lab(self, "run", "blocking", "--format", "ndjson"))
        self.assertEqual([(a["prediction"], a["right"]) for a in found], [(None, None)] * 3)
        self.assertEqual(found[0]["measured"], 201)

    def test_an_answer_within_the_tolerance(self):
        require_root(self)
        found = answers(lab(self, "run", "01", "--format", "ndjson", "--predict", ",2.05,"))
        self.assertEqual([a["right"] for a in found], [None, True, None])

    def terminal(self, *args):
        require_root(self)
        return Terminal(self, binary(), "lab", "run", self.NAME, "--labs", LABS, *args)

    def test_asked_on_a_terminal(self):
        t = self.terminal()
        for number, (letters, wants) in enumerate((("many\n", "a number"), ("201\n", "a number"),
                                                   ("\n", "a number"), ("d\n", "a, b or c"),
                                                   ("B\n", "a, b or c")), 1):
            wait_until(lambda: t.look().count("Enter alone: none> ") == number, "the question")
            self.assertTrue(t.look().endswith(f"Your prediction, {wants}; Enter alone: none> "))
            os.write(t.fd, letters.encode())
        self.assertEqual(t.wait(), 0, t.look())
        self.assertEqual(t.look().count("That is no answer."), 2)
        self.assertIn("2 of 2 predictions right.", t.look())
        self.assertIn("\x1b[1m", t.look())

    def test_without_colours(self):
        t = self.terminal("--no-color", "--predict", ",,")
        self.assertEqual(t.wait(), 0)
        self.assertNotIn("\x1b", t.look())

    def test_the_end_of_the_input(self):
        t = self.terminal()
        t.shows("none> ")
        t.key("D")
        self.assertEqual(t.wait(), 0)
        self.assertTrue(t.look().endswith("\nNo answer: nothing is run.\n"), t.look())
        self.assertNotIn("wakelab run", t.look())

    def test_as_a_user_with_two_capabilities(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        labs = shutil.copytree(LABS, f"{folder.name}/labs")
        found = answers(least(self, "lab", "run", "1", "--format", "ndjson", "--labs", labs))
        self.assertEqual(found[0]["measured"], 201)


class Written(unittest.TestCase):
    """Lessons that a test has written."""

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
        for user, uid in (("nobody", "65534"), ("nobody-here", "0")):
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
        self.assertEqual(t.look(), "wakelab: lesson 03-mine needs programs that are not installed: on "
                         "Debian, apt-get install one two\n")

    def test_a_run_that_does_not_end_as_it_should(self):
        self.write(["run", "poll", "--conns", "1", "--messages", "1"], status=1)
        run = self.run_it()
        self.assertEqual(run.status, 1)
        self.assertRegex(run.stderr, r'^wakelab: the run "one" of this lesson exited with status 0, '
                         r"and was to exit with status 1: nothing is measured\n$")
        self.assertNotIn("How many?", run.stdout)

    def test_a_command_that_is_none(self):
        self.write(["run", "pol"])
        run = self.run_it()
        self.assertEqual(run.status, 2)
        self.assertIn('no model "pol"', run.stderr)
        self.assertIn('"one" of this lesson exited with status 2', run.stderr)

    def test_a_number_that_the_summary_does_not_have(self):
        self.write(["run", "poll", "--conns", "1", "--messages", "1"], "one.client.masseges")
        run = self.run_it()
        self.assertEqual((run.status, run.stderr), (1, "wakelab: question 1 of 03-mine cannot be "
                                                    'answered: there is no "one.client.masseges"\n'))

    def test_what_is_not_known_is_neither_right_nor_wrong(self):
        self.write(["run", "poll", "--conns", "1", "--messages", "1"], "1 / one.interests.reports")
        run = self.run_it("--format", "ndjson", "--predict", "1")
        self.assertEqual([(a["measured"], a["right"]) for a in answers(run)], [(None, None)])

    def test_a_broken_lesson(self):
        self.write(self.ENDLESS, seconds="soon")
        self.write(self.ENDLESS, name="04-good")
        error = f"wakelab: {self.folder}/03-mine/lesson.json: seconds: is to be a number\n"
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


class Commands(unittest.TestCase):
    def test_the_list(self):
        for columns in (60, 80, 100):
            run = Process(self, ["env", f"COLUMNS={columns}", binary(), "lab", "list", "--labs", LABS])
            self.assertEqual(run.wait(), 0, run.stderr)
            self.assertLessEqual(max(map(len, run.stdout.splitlines())), columns)
            self.assertEqual(re.findall(r"^(\d\d) ([a-z-]+) +.*\?", run.stdout, re.M),
                             [(name[:2], name[3:]) for name in sorted(MEASURED)])
        self.assertRegex(run.stdout, r"07 edge-triggered .* root or CAP_BPF\+CAP_PERFMON +\d yes\n")

    def test_names(self):
        shown = set()
        for name in ("7", "07", "edge-triggered", "07-edge-triggered"):
            run = lab(self, "show", name)
            self.assertEqual(run.wait(), 0, run.stderr)
            shown.add(run.stdout)
        self.assertEqual(len(shown), 1)
        self.assertTrue(shown.pop().startswith("07 Edge-triggered: "))

    def test_names_that_are_none(self):
        for name, nearest in (("edge-trigered", "07-edge-triggered"), ("stall", "08-the-stall"),
                              ("77", "21-eventfd"), ("9" * 50, "21-eventfd"), ("herd\x1b[1m", "11-herd")):
            run = lab(self, "show", name)
            self.assertEqual(run.wait(), 2)
            self.assertIn(f"did you mean {nearest}? ", run.stderr)
            self.assertNotIn("\x1b", run.stderr)

    def test_refusals(self):
        for args, message in (([], "list, show, run or check?"),
                              (["run"], "which lesson?"),
                              (["lst"], 'there is no "lab lst"'),
                              (["list", "7"], '"7" is one argument too many'),
                              (["show", "7", "8"], '"8" is one argument too many'),
                              (["show", "7", "--predict", "1"], "--predict is for \"lab run\""),
                              (["run", "7", "--format", "csv"], "there is only table and ndjson")):
            run = lab(self, *args)
            self.assertEqual((run.wait(), run.stdout), (2, ""), args)
            self.assertIn(message, run.stderr)

    def test_predictions_that_are_none(self):
        require_root(self)
        for predict, message in (("1", "as many answers as there are questions, 3"),
                                 ("1,2,a,", "as many answers as there are questions, 3"),
                                 ("1,2,d", '"d" is no answer to question 3, which takes a, b or c'),
                                 ("x\x1b,2,a", '"x\\x1b" is no answer to question 1, which takes a number'),
                                 ("9" * 2000 + ",2,a", "is no answer to question 1"),
                                 ("-1,2,a", '"-1" is no answer to question 1')):
            run = lab(self, "run", "1", "--predict", predict)
            self.assertEqual(run.wait(), 2, predict)
            self.assertIn(message, run.stderr)
            self.assertNotIn("wakelab run", run.stdout)

    def test_no_lessons(self):
        with tempfile.TemporaryDirectory() as folder:
            run = lab(self, "list", labs=folder)
            self.assertEqual((run.wait(), run.stderr), (1, "wakelab: no lessons (folders 01-NAME to "
                             f"99-NAME) in {folder}: No such file or directory\n"))
            alone = Process(self, [shutil.copy(binary(), folder), "lab", "list"])
            self.assertEqual(alone.wait(), 1)
            self.assertIn(f"seen from {folder}: say with --labs DIR where they are", alone.stderr)

    def test_where_they_are_found(self):
        """Beside the folder of a build, and where make install puts them."""
        for place, labs in (("build", "labs"), ("bin", "share/wakelab/labs")):
            with tempfile.TemporaryDirectory() as folder:
                (Path(folder) / place).mkdir()
                shutil.copytree(LABS, f"{folder}/{labs}")
                run = Process(self, [shutil.copy(binary(), f"{folder}/{place}"), "lab", "show", "7"])
                self.assertEqual(run.wait(), 0, run.stderr)
