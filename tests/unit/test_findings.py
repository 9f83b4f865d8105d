# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The table of findings: each has its words, its place in docs/findings.md, what raises it and what must
not."""
import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tests"))

from metrics import table
from raised import ELSEWHERE, SILENT, raising

IDS = list(dict.fromkeys(rule.id for rule in table.RULES))


class Table(unittest.TestCase):
    def test_a_cause_is_there_once(self):
        keys = [(rule.id, rule.cause) for rule in table.RULES]
        self.assertEqual(sorted(keys), sorted(set(keys)))

    def test_every_rule_has_its_words(self):
        for rule in table.RULES:
            self.assertRegex(rule.title, r"^\w.*[^.]$")
            self.assertRegex(rule.holds, r"^\w.*\.$")
            for words in filter(None, (rule.seen, rule.why, rule.change)):
                self.assertRegex(words, r"^[\[{\w].*\.$")
                self.assertEqual(words.count("["), words.count("]"), words)
                self.assertEqual(words.count("{"), words.count("}"), words)

    def test_every_rule_has_its_function(self):
        header = (ROOT / "loader/findings/find.h").read_text(encoding="utf-8")
        declared = set(re.findall(r"\bfind_(?!fn)\w+", re.sub(r"/\*.*?\*/", "", header, flags=re.S)))
        self.assertEqual({rule.find for rule in table.RULES}, declared)

    def test_docs_have_every_id(self):
        text = (ROOT / "docs/findings.md").read_text(encoding="utf-8")
        self.assertEqual(re.findall(r"^### (\S+)$", text, re.M),
                         [id_ for weight in ("wrong", "note") for id_ in IDS
                          if table.first_rule(id_).weight == weight])

    def test_something_raises_each(self):
        known = set(raising()) | set(ELSEWHERE)
        self.assertEqual({(rule.id, rule.cause) for rule in table.RULES}, known)
        self.assertTrue(all(raising().values()))
        for (id_, cause), file in ELSEWHERE.items():
            text = (ROOT / "tests" / file).read_text(encoding="utf-8")
            self.assertIn(id_, text, file)
            self.assertIn(cause, text, file)

    def test_something_is_like_each_and_must_not(self):
        self.assertEqual(sorted(SILENT), sorted(IDS))


if __name__ == "__main__":
    unittest.main()
