# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The table of messages: it is what the sources say, and no message has a form of words that readers
stumbled over."""
import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from metrics import messages, table

SOURCE = r'''
#define HOW "in a " "shell"

static int tried(int n)
{
	if (n < 0) {
		warnx("cannot try \"%s\": %s", name, n ? "it is not there" : "no");
		return fields_wrong(r, "field", "must be a number");
	}
	snprintf(f->value, sizeof(f->value), "run it in " WHERE);
	snprintf(path, sizeof(path), "/proc/%d/task dir", n);
	return n ? "; try it as root" : "";
}
'''

# What was found to puzzle: use "must be", "reported", "remains", "because", "not available".
PUZZLING = re.compile(r"\bis to (?:be|have|stay)\b|\bthere is only\b|\bis none of\b|\btold of\b|\btells of\b|"
                      r"\bin all\b|\bnot to be had\b|\bis had\b|\blies\b|\bin vain\b|\bone too many\b|"
                      r"\bgets on\b|\bas it may\b|\bmay be had\b|\bof which\b|\bfor want of\b|\btime-out")


class Messages(unittest.TestCase):
    def test_the_page_says_what_the_sources_do(self):
        self.assertFalse(messages.lags(), "run scripts/messages")

    def test_how_they_are_found(self):
        (function, body), = messages.FUNCTION.findall(SOURCE)
        self.assertEqual(function, "tried")
        self.assertEqual(list(messages.messages(body, {"WHERE": '"a shell"'}, messages.FILLED)),
                         [("message", 'cannot try \\"%s\\": %s'), ("part", "it is not there"),
                          ("lesson", "must be a number"), ("part", "run it in a shell"),
                          ("part", "; try it as root")])

    def test_macros_that_are_text(self):
        self.assertEqual(messages.macros('#define A "a b"\n#define B(x) "c"\n#define C 1\n'),
                         {"A": '"a b"'})

    def test_no_message_puzzles(self):
        said = [row for rows in messages.collected().values() for row in rows]
        self.assertGreater(len(said), 250)
        self.assertEqual([row for row in said if PUZZLING.search(row[0])], [])

    def test_no_finding_puzzles(self):
        words = [text for rule in table.RULES
                 for text in (rule.title, rule.holds, rule.seen, rule.why, rule.change)]
        self.assertEqual([text for text in words if PUZZLING.search(text)], [])


if __name__ == "__main__":
    unittest.main()
