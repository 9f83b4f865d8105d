# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The course: what each lesson measures, what becomes of a prediction, and what is refused."""
import json
import os
import re
import shutil
import tempfile
import unittest
from pathlib import Path

from harness import Process, binary, expand, for_each, wait_until
from lessons import LABS, answers, lab
from tracing import Terminal, least, require_program, require_root

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
                             ("answer", 3, name, number, True))
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
        headings = ("The question", "Background", "Predict", "Why it is so", "Exercises",
                    "What you should have seen")
        self.assertEqual([line for line in lines if line in headings], list(headings))
        self.assertRegex(run.stdout, r"\(Linux \d+\.\d+,\s[a-z_]+/[a-z0-9/_]+\.c\)")


class Predictions(unittest.TestCase):
    NAME = "01-blocking"

    def test_for_people(self):
        require_root(self)
        run = lab(self, "run", "1", "--predict", "201,,c")
        self.assertEqual(run.wait(), 0, run.stderr)
        text = re.sub(r"\s+", " ", run.stdout)
        self.assertTrue(text.startswith("01 A blocking server, and what it costs to wait wakelab "
                                        "run blocking --conns 1 --messages 200 1. One client "))
        self.assertIn(" predicted 201 · measured 201 · correct (accepted: only 201) 200 of ", text)
        self.assertIn(" together? measured 2.00 201 reads and 200 writes for 200 messages. ", text)
        self.assertIn(" c) it sleeps in poll or epoll_wait predicted c) it sleeps in poll or epoll_wait · measured "
                      "b) it sleeps in read · wrong The thread slept in ", text)
        self.assertTrue(text.endswith("1 of 2 predictions correct. The explanation: wakelab lab show 01 "))
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
            wait_until(lambda: t.look().count("Enter for none)> ") == number, "the question")
            self.assertTrue(t.look().endswith(f"Your prediction ({wants}; Enter for none)> "))
            os.write(t.fd, letters.encode())
        self.assertEqual(t.wait(), 0, t.look())
        self.assertEqual(t.look().count("Invalid answer."), 2)
        self.assertIn("2 of 2 predictions correct.", t.look())
        self.assertIn("\x1b[1m", t.look())

    def test_without_colours(self):
        t = self.terminal("--no-color", "--predict", ",,")
        self.assertEqual(t.wait(), 0)
        self.assertNotIn("\x1b", t.look())

    def test_the_end_of_the_input(self):
        t = self.terminal()
        t.shows("none)> ")
        t.key("D")
        self.assertEqual(t.wait(), 0)
        self.assertTrue(t.look().endswith("\nNo prediction was given, so nothing is run.\n"), t.look())
        self.assertNotIn("wakelab run", t.look())

    def test_as_a_user_with_two_capabilities(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        labs = shutil.copytree(LABS, f"{folder.name}/labs")
        found = answers(least(self, "lab", "run", "1", "--format", "ndjson", "--labs", labs))
        self.assertEqual(found[0]["measured"], 201)


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
                              ("herd\x1b[1m", "11-herd")):
            run = lab(self, "show", name)
            self.assertEqual(run.wait(), 2)
            self.assertIn(f"did you mean {nearest}? ", run.stderr)
            self.assertNotIn("\x1b", run.stderr)

    def test_names_that_nothing_is_near_to(self):
        for name in ("77", "9" * 50, "xyz"):
            run = lab(self, "show", name)
            self.assertEqual(run.wait(), 2)
            self.assertIn(f'there is no lesson "{name[:31]}', run.stderr)
            self.assertNotIn("did you mean", run.stderr)

    def test_refusals(self):
        for args, message in (([], "list, show, run or check?"),
                              (["run"], "which lesson?"),
                              (["lst"], 'unknown subcommand "lst": must be list, show, run or check'),
                              (["list", "7"], 'unexpected argument "7"'),
                              (["show", "7", "8"], 'unexpected argument "8"'),
                              (["show", "7", "--predict", "1"], '--predict is not an option of "lab show", only of: run'),
                              (["run", "7", "--format", "csv"], "must be one of table, ndjson")):
            run = lab(self, *args)
            self.assertEqual((run.wait(), run.stdout), (2, ""), args)
            self.assertIn(message, run.stderr)

    def test_predictions_that_are_none(self):
        require_root(self)
        for predict, message in (("1", "one answer for each question, 3 here"),
                                 ("1,2,a,", "one answer for each question, 3 here"),
                                 ("1,2,d", '"d" is not a valid answer to question 3, which takes a, b or c'),
                                 ("x\x1b,2,a", '"x\\x1b" is not a valid answer to question 1, which takes a number'),
                                 ("9" * 2000 + ",2,a", "is not a valid answer to question 1"),
                                 ("-1,2,a", '"-1" is not a valid answer to question 1')):
            run = lab(self, "run", "1", "--predict", predict)
            self.assertEqual(run.wait(), 2, predict)
            self.assertIn(message, run.stderr)
            self.assertNotIn("wakelab run", run.stdout)

    def test_no_lessons(self):
        with tempfile.TemporaryDirectory() as folder:
            run = lab(self, "list", labs=folder)
            self.assertEqual((run.wait(), run.stderr), (1, "wakelab: cannot find lessons (directories 01-NAME to "
                             f"99-NAME) in {folder}: No such file or directory\n"))
            alone = Process(self, [shutil.copy(binary(), folder), "lab", "list"])
            self.assertEqual(alone.wait(), 1)
            self.assertIn(f"relative to {folder}; install the package wakelab-course (apt install "
                          "./wakelab-course_*.deb), or give their directory with --labs DIR\n", alone.stderr)

    def test_no_procfs(self):
        run = Process(self, [require_program("unshare"), "-m", "sh", "-c",
                             'mount -t tmpfs none /proc && exec "$@"', "sh", binary(), "lab", "list"])
        self.assertEqual((run.wait(), run.stderr), (1, "wakelab: cannot find the lessons, because /proc/self/exe "
                         "cannot be read: mount procfs (mount -t proc proc /proc), or give their directory with "
                         "--labs DIR: No such file or directory\n"))

    def test_where_they_are_found(self):
        """Beside the folder of a build, and where make install puts them."""
        for place, labs in (("build", "labs"), ("bin", "share/wakelab/labs")):
            with tempfile.TemporaryDirectory() as folder:
                (Path(folder) / place).mkdir()
                shutil.copytree(LABS, f"{folder}/{labs}")
                run = Process(self, [shutil.copy(binary(), f"{folder}/{place}"), "lab", "show", "7"])
                self.assertEqual(run.wait(), 0, run.stderr)
