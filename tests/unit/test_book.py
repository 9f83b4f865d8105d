# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""README.md and docs/: their links lead somewhere, the contents name every page, and each command has one."""
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
README_LINES = 150


def prose(text):
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def anchors(path):
    """Those of its headings, as GitHub makes them."""
    found = set()
    for heading in re.findall(r"^#+ (.*)$", prose(path.read_text(encoding="utf-8")), re.M):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)|`", r"\1", heading).lower()
        found.add(re.sub(r"[^\w\- ]", "", text).replace(" ", "-"))
    return found


def broken(path):
    """Links of a page to what is not there."""
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(path.read_text(encoding="utf-8"))):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name) if name else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield f"{path.relative_to(ROOT)}: {link}"


class Book(unittest.TestCase):
    def test_links_lead_somewhere(self):
        self.assertEqual([link for path in PAGES for link in broken(path)], [])

    def test_the_contents_name_every_page(self):
        docs = ROOT / "docs"
        named = set(re.findall(r"\]\(([^)#]+)", (docs / "README.md").read_text(encoding="utf-8")))
        pages = {path.relative_to(docs).as_posix() for path in docs.glob("**/*.md")} - {"README.md"}
        self.assertEqual(pages - named, set())

    def test_each_command_has_a_page(self):
        table = (ROOT / "metrics/commands.def").read_text(encoding="utf-8")
        commands = set(re.findall(r"^COMMAND\((\w+),", table, re.M))
        self.assertGreater(len(commands), 5)
        self.assertEqual({path.stem for path in ROOT.glob("docs/commands/*.md")}, commands)

    def test_the_readme_is_short(self):
        self.assertLessEqual(len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()), README_LINES)


if __name__ == "__main__":
    unittest.main()
