# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Each lesson is there in Chinese as well, says the same, and is no older than what it was made of."""
import json
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "labs").iterdir())
LINE = 800  # bytes of a line of a handout; loader/lab/handout.c parts a longer one
TEXTS = {"title", "question", "needs", "ask", "text", "explain", "task", "asks", "say"}
LITERALS = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'


def literal(text):
    """A string of the sources, its parts put together."""
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text))


def original(path):
    return path.with_name(path.name.replace(".zh.", "."))


def texts(part, place=""):
    """Where each text for people stands, and the text."""
    if isinstance(part, list):
        for number, row in enumerate(part):
            yield from texts(row, f"{place}[{number}]")
    elif isinstance(part, dict):
        for name, value in part.items():
            if name in TEXTS:
                yield f"{place}.{name}", value
            else:
                yield from texts(value, f"{place}.{name}")


def page(folder, name):
    """A handout without its transcript."""
    return re.sub(r"<!-- transcript.*?<!-- end -->", "", (folder / name).read_text("utf-8"),
                  flags=re.S)


def lagging(*args):
    run = subprocess.run([ROOT / "scripts" / "translations", *args], capture_output=True, text=True)
    return run.returncode, run.stderr


class Pages(unittest.TestCase):
    def test_each_says_the_same_commands_and_names(self):
        for folder in LESSONS:
            with self.subTest(folder.name):
                english, chinese = page(folder, "handout.md"), page(folder, "handout.zh.md")
                for what in (r"^```console\n.*?^```$", r"^#+ ", r"^\d+\. ", r"[a-z_0-9/]+\.c\b"):
                    found = [re.findall(what, text, re.M | re.S) for text in (english, chinese)]
                    self.assertEqual(*found)
                self.assertTrue(chinese.split("\n")[1].startswith(f"# {folder.name[:2]} "))

    def test_no_line_is_parted(self):
        for path in (ROOT / "labs").glob("*/handout*.md"):
            self.assertLess(max(map(len, path.read_bytes().split(b"\n"))), LINE, path)


class Texts(unittest.TestCase):
    def test_each_says_all_and_with_the_same_numbers(self):
        """The texts for people stand in the same places, and name the same expressions."""
        for path in (ROOT / "labs").glob("*/*.zh.json"):
            english, chinese = [dict(texts(json.loads(file.read_text("utf-8"))))
                                for file in (original(path), path)]
            with self.subTest(path):
                self.assertEqual(set(chinese), set(english))
                for place, text in english.items():
                    numbers = [sorted(re.findall(r"\{([^|}]*)", t)) for t in (chinese[place], text)]
                    self.assertEqual(*numbers, place)


class Originals(unittest.TestCase):
    def test_each_is_translated(self):
        for name in ("handout.md", "lesson.json", "exercise.json"):
            for path in (ROOT / "labs").glob(f"*/{name}"):
                translation = path.with_name(name.replace(".", ".zh."))
                self.assertTrue(translation.exists(), f"{translation}: docs/architecture.md says "
                                "how a translation is made")

    def test_none_lags(self):
        self.assertEqual(lagging(), (0, ""))

    def test_one_that_lags_is_named(self):
        """What has changed is named until it is done; a transcript may change."""
        with tempfile.TemporaryDirectory() as folder:
            lesson = Path(shutil.copytree(LESSONS[0], f"{folder}/01-x"))
            changes = {"lesson.json": ('"seconds": 1', '"seconds": 2'),
                       "handout.md": ("## Background", "## Before")}
            for name, change in changes.items():
                file = lesson / name.replace(".", ".zh.")
                text = (lesson / name).read_text("utf-8")
                self.assertIn(change[0], text)
                (lesson / name).write_text(text.replace(*change), "utf-8")
                self.assertEqual(lagging(folder), (1, f"translations: {file} lags {lesson / name}: "
                                 "translate what has changed there, then run scripts/translations "
                                 f"--done {file}\n"))
                self.assertEqual(lagging("--done", file), (0, ""))
                self.assertEqual(lagging(folder), (0, ""))
            text = (lesson / "handout.md").read_text("utf-8")
            (lesson / "handout.md").write_text(text.replace("measured 201", "measured 202"), "utf-8")
            self.assertEqual(lagging(folder), (0, ""))


class Words(unittest.TestCase):
    def test_all_that_lab_says_is_there_and_nothing_else(self):
        words = (ROOT / "loader/lab/words_zh.c").read_text("utf-8")
        rows = [literal(row) for row in re.findall(r"^\t\{" + LITERALS + ",", words, re.M)]
        files = [*(ROOT / "loader/lab").glob("*.c"), *(ROOT / "loader/command").glob("*lab*.c")]
        texts = [path.read_text("utf-8") for path in files if path.name != "words_zh.c"]
        said = {literal(text) for text in texts for text in re.findall(r"\btr\(" + LITERALS, text)}
        literals = {literal(text) for text in texts for text in re.findall(LITERALS, text)}
        self.assertEqual(said - set(rows), set())
        self.assertEqual(set(rows) - literals, set())
        self.assertGreater(len(said), 15)
