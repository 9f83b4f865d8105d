# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""docs/teaching.md names the lessons and exercises that there are, and its plans add up."""
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "teaching.md").read_text()
LESSONS = {path.name[:2] for path in (ROOT / "labs").iterdir() if path.is_dir()}
EXERCISES = {path.parent.name[:2] for path in (ROOT / "labs").glob("*/exercise.json")}


def rows(heading):
    """The cells of the table below a heading, without its first two lines."""
    part = re.split(r"^##+ ", PAGE.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.M)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


class Page(unittest.TestCase):
    def test_each_lesson_has_what_to_ask(self):
        self.assertEqual([cells[0] for cells in rows("What to ask")], sorted(LESSONS))

    def test_each_exercise_is_listed(self):
        listed = [re.match(r"\[(\d\d)\]", cells[0]).group(1) for cells in rows("Exercises")]
        self.assertEqual(listed, sorted(EXERCISES))

    def test_its_links_lead_somewhere(self):
        for target in re.findall(r"\]\(([^)#]+)", PAGE):
            self.assertTrue((ROOT / "docs" / target).exists(), target)


class Plans(unittest.TestCase):
    def plan(self, heading, minutes):
        """Each row has its minutes, then a lesson or an exercise, or neither."""
        table = rows(heading)
        self.assertEqual(sum(int(cells[0]) for cells in table), minutes)
        for _, what, _ in table:
            known = EXERCISES if what.startswith("exercise ") else LESSONS | {""}
            self.assertIn(what.removeprefix("exercise "), known)

    def test_two_hours(self):
        self.plan("Two hours: level and edge", 120)

    def test_four_hours(self):
        self.plan("Four hours: from read to EPOLLET", 240)

    def test_ten_hours(self):
        """Five sessions of two hours, ten minutes of each a break; all lessons, once."""
        table = rows("Ten hours: all of it")
        lessons = []
        for _, items, exercises in table:
            taught = re.findall(r"(\d\d) (\d+)", items)
            lessons += [number for number, _ in taught]
            done = re.findall(r"\b(\d\d)(?: (\d+)|, at home)", exercises)
            self.assertLessEqual({number for number, _ in done}, EXERCISES)
            rest = re.findall(r"(?:start|homework) (\d+)", items)
            minutes = [*(m for _, m in taught), *(m for _, m in done if m), *rest]
            self.assertEqual(sum(map(int, minutes)), 110, items)
        self.assertEqual((len(table), sorted(lessons)), (5, sorted(LESSONS)))
