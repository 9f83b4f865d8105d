# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""wakelab findings: what can be found, and each explained as docs/findings.md has it."""
import re
import sys
import unittest

from harness import ROOT, Process, binary

sys.path.insert(0, str(ROOT))

from metrics import pages, table

IDS = list(dict.fromkeys(rule.id for rule in table.RULES))


def joined(text):
    """In one line, wherever it was broken."""
    return re.sub(r"\s+", " ", text)


class Findings(unittest.TestCase):
    def ask(self, *args, status=0):
        run = Process(self, [binary(), "findings", *args])
        self.assertEqual(run.wait(), status)
        return run

    def test_the_list_has_each_and_fits_the_screen(self):
        lines = self.ask().stdout.splitlines()
        listed = [line.split()[0] for line in lines[1:lines.index("")]]
        self.assertEqual(listed, IDS)
        self.assertTrue(all(len(line) <= 100 for line in lines))

    def test_each_is_explained_as_in_the_docs(self):
        for rule in table.RULES:
            said = joined(self.ask(rule.id).stdout)
            self.assertIn(joined(rule.shows), said)
            for words in (rule.holds, rule.seen, rule.why, rule.change):
                self.assertIn(joined(pages.plain(words)), said, rule.id)

    def test_scenarios_and_faults_name_what_there_is(self):
        named = {}
        for command, pattern in (("scenarios", r"^  finding  (\S+)$"), ("models", r"\):\s+([a-z-]+)$")):
            run = Process(self, [binary(), command])
            self.assertEqual(run.wait(), 0)
            named[command] = set(re.findall(pattern, run.stdout, re.M))
        self.assertEqual(len(named["models"]), 7)  # of eight faults, two are stalls
        self.assertEqual(named["scenarios"] - named["models"], {"rereports"})
        self.assertLessEqual(named["scenarios"], set(IDS))

    def test_what_there_is_not(self):
        run = self.ask("stal", status=2)
        self.assertIn('unknown finding "stal"; did you mean stall? ', run.stderr)
        run = self.ask("xyz", status=2)
        self.assertIn('unknown finding "xyz"; "wakelab findings" lists them all', run.stderr)
        run = self.ask("stall", "spin", status=2)
        self.assertIn('unexpected argument "spin": give one id', run.stderr)


if __name__ == "__main__":
    unittest.main()
