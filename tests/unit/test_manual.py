# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The manual pages: each is made and shown without a warning, and says what the tables say."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from metrics import commands, manual, table

SECTIONS = {"1": ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "SEE ALSO"],
            "7": ["NAME", "DESCRIPTION", "SEE ALSO"]}


def lacks(*programs):
    """What is not installed, in words."""
    missing = [name for name in programs if not shutil.which(name)]
    return missing and f"{', '.join(missing)} not installed: scripts/setup check"


class Sources(unittest.TestCase):
    def test_every_command_has_a_page_and_every_page_a_subject(self):
        wanted = {"wakelab.1", "wakelab-findings.7", "wakelab-metrics.7", "wakelab-lessons.7",
                  *(f"wakelab-{command.name}.1" for command in commands.COMMANDS)}
        self.assertEqual({template.stem for template in manual.templates()}, wanted)

    def test_what_is_no_folder(self):
        """An option that there is not is no folder's name."""
        with tempfile.TemporaryDirectory() as folder:
            for argv in (["--check"], ["--check", folder], ["1.0", "--check"], ["1.0"], []):
                run = subprocess.run([ROOT / "scripts/manual", *argv], cwd=folder, capture_output=True,
                                     text=True, check=False)
                self.assertEqual((run.returncode, run.stderr), (2, "usage: scripts/manual VERSION FOLDER\n"))
                self.assertEqual(os.listdir(folder), [])
        self.assertFalse((ROOT / "--check").exists())

    def test_sections_are_in_their_order(self):
        for template in manual.templates():
            found = re.findall(r"^# (.+)$", template.read_text(encoding="utf-8"), re.M)
            wanted = SECTIONS[template.stem[-1]]
            self.assertEqual([name for name in found if name in wanted], wanted, template)

    def test_pages_that_are_referred_to_are_there(self):
        known = {template.stem for template in manual.templates()}
        for template in manual.templates():
            text = template.read_text(encoding="utf-8")
            for name, section in re.findall(r"\*(wakelab[\w-]*)\*\((\d)\)", text):
                self.assertIn(f"{name}.{section}", known, template)

    def test_no_part_is_left_and_an_unknown_one_is_refused(self):
        for template in manual.templates():
            self.assertNotRegex(manual.source(template, "0"), r"(?m)^@")
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder, "wakelab-run.1.scd")
            page.write_text("# NAME\n\n@nonsense@\n", encoding="utf-8")
            with self.assertRaisesRegex(manual.ManualError, "no part @nonsense@"):
                manual.source(page, "0")

    def test_each_finding_has_one_section(self):
        found = [line for weight in ("wrong", "note") for line in manual.findings("", weight)
                 if line.startswith("## ")]
        self.assertEqual(sorted(found), sorted(f"## {manual.escaped(id_)}" for id_ in commands.findings()))

    def test_a_word_of_markup_is_text(self):
        self.assertEqual(manual.prose("a_b *c* `x_y` --no-color, not-this--"),
                         r"a\_b \*c\* *x\_y* *\-\-no\-color*, not\-this\-\-")


class Shown(unittest.TestCase):
    """As man shows them."""

    @classmethod
    def setUpClass(cls):
        why = lacks("scdoc", "man")
        if why:
            raise unittest.SkipTest(why)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        manual.make("1.2.3", cls.folder)

    def shown(self, name):
        run = subprocess.run(["man", "--warnings", "-l", str(self.folder / name)], capture_output=True, text=True,
                             env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "4000"}, check=False)
        self.assertEqual((run.returncode, run.stderr), (0, ""), name)
        text = re.sub(".\b", "", run.stdout).replace("\N{HYPHEN}", "-")
        return re.sub(r"[ \n]+", " ", text)

    def test_without_a_warning(self):
        for template in manual.templates():
            self.assertIn("wakelab 1.2.3", self.shown(template.stem))

    def test_options(self):
        for command in commands.COMMANDS:
            text = self.shown(f"wakelab-{command.name}.1")
            self.assertIn(command.about, text)
            for option in commands.options_of(command.name):
                for note in manual.limits(option):
                    self.assertIn(note, text)
                self.assertIn(f"--{option.name}{' ' if option.value else ''}{option.value} {option.text}.", text)

    def test_findings(self):
        text = self.shown("wakelab-findings.7")
        for id_ in commands.findings():
            self.assertIn(f" {id_} ", text)
        for rule in table.RULES:
            self.assertIn(re.sub(r"\s+", " ", manual.pages.plain(rule.holds).replace("`", "")), text)

    def test_metrics(self):
        text = self.shown("wakelab-metrics.7")
        for row in table.COUNTS + table.LATENCIES:
            if row.name:
                self.assertIn(f" {row.name} ({row.unit}) {row.means.replace('`', '').replace('**', '')[:60]}",
                              text.replace("**", ""))

    def test_lessons(self):
        text = self.shown("wakelab-lessons.7")
        for folder, lesson in commands.lessons().items():
            self.assertIn(f"{folder} {lesson['title']}", text)
            self.assertIn(lesson["question"], text)


class Usage(unittest.TestCase):
    def test_without_scdoc_one_line_says_so(self):
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run([sys.executable, "-m", "metrics.manual", "0", folder], cwd=ROOT,
                                 env={"PATH": folder}, capture_output=True, text=True, check=False)
        self.assertEqual((run.returncode, run.stderr),
                         (1, "manual: scdoc is not installed: scripts/setup install\n"))


if __name__ == "__main__":
    unittest.main()
