# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Forms of words that readers stumbled over: each with what to write instead. They must not come back in
what a user reads: pages, handouts, lessons, and the strings of the program. Transcripts and blocks of code
are passed over, since what they show is in the strings."""
import json
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# What must not occur, as a regular expression without regard to case, and what to write instead.
FORMS = {
    r"\bbears?\b": "carry, flags",
    r"\btold of\b|\btell(s|ing)? of\b": "report, announce, show",
    r"\b(told|tells?) again\b": "reported again",
    r"\bin all(?=[,.;:)]|$)": "in total",
    r"\b(is|are|be|was|were) had\b": "is available",
    r"\b(lies|lie|lay) there\b": "remains unread",
    r"\b(is|are) none of (?!these|them|which)": "must be one of",
    r"\band its kin\b": "and similar calls",
    r"\bdoes it, too\b": "also works",
    r"\bof what there\b|\bof which there (is|was|are|were)\b": "for which there is; when there is more than one",
    r"\bcomma list\b": "comma-separated",
    r"\bmeans nothing but\b": "only",
    r"\bwhat tracing (itself )?took\b": "the overhead of tracing",
    r"\bthere is only\b": "must be one of",
    r"\b(for|after) so long\b|\bof so many\b": "for S seconds, N bytes",
    r"\bsign of life\b": "progress",
    r"\bis one too many\b": "unexpected",
    r"\bbehind blanks\b": "separated by spaces",
    r"\b(still lives|lives on|it lives)\b": "is running, remains, depends on",
    r"\b(cannot|can) be asked\b": "cannot be probed",
    r"\b(is|are) to (be an?|stay)\b": "must be",
    r"\bis no answer\b": "is not an answer, is invalid",
    r"\b(is|are|was) no (wait call|number|question|ascii|utf-8|directory|folder|regular file)s?\b": "is not a",
    r"\b(is|was|are) not whole\b": "incomplete",
    r"\bthe most went to\b": "most of it was",
    r"\bnobody saw\b": "missed",
    r"\b(says?|said|means?|knows?|notes?|shows?), that\b": "no comma before that",
    r"\band so it is\b": "as it is, also",
    r"\bfor ever\b": "forever",
    r"(?<!no-)\btime-outs?\b": "timeout",
    r"\b(nothing|it) (got|gets|had got) on\b": "nothing got done",
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\bby whatever\b": "by any, in any way",
    r"\b(waits|reads|calls|reports|wakes|wakeups) a (message|wait|client|turn)\b(?! takes)": "per message",
}

# The same in the strings of the program alone, which fill in a number.
FORMATS = {
    r"%(u|d|zu|llu) (connection|message|interest)s|%(u|d|zu|llu) processes": "plural()",
}

PAGES = ["*.md", "docs/**/*.md", "labs/*/handout.md", "man/*.scd", "packaging/debian/*.README.Debian",
         "packaging/debian/control"]
DATA = ["labs/*/lesson.json", "labs/*/exercise.json"]
SOURCES = ["loader/*/*.[ch]", "load/*.[ch]", "servers/*.[ch]", "net/*.[ch]", "metrics/*.def"]


def prose(text):
    """A page without its code: blocks, and what stands between backquotes."""
    text = re.sub(r"^```.*?^```$|^    .*?$", "", text, flags=re.M | re.S)
    return re.sub(r"`[^`]*`", "`code`", text)


def strings(text):
    """The strings of a source in C, those that follow one another as one."""
    literal = r'"(?:[^"\\\n]|\\.)*"'
    text = re.sub(rf'/\*.*?\*/|//[^\n]*|#include[^\n]*|({literal})', lambda m: m.group(1) or " ", text, flags=re.S)
    for run in re.findall(rf"{literal}(?:\s+{literal})*", text):
        yield "".join(part[1:-1] for part in re.findall(literal, run))


def texts_of(value):
    """All that is text in what was read of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts_of(item)


def read(patterns, take):
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern)):
        for text in take(path.read_text(encoding="utf-8")):
            yield path.relative_to(ROOT).as_posix(), text


def everything():
    """Path and text of all that a user reads."""
    yield from read(PAGES, lambda text: [prose(text)])
    yield from read(DATA, lambda text: texts_of(json.loads(text)))
    yield from read(SOURCES, strings)


def found(text, forms):
    """The forms in a text: what stands there, with a few words around it, and what to write instead."""
    text = " ".join(text.split())
    for form, instead in forms.items():
        for match in re.finditer(form, text, re.I):
            yield f"\"{text[max(0, match.start() - 30):match.end() + 20]}\": {instead}"


class Words(unittest.TestCase):
    def test_none_of_the_forms_occurs(self):
        self.assertEqual([f"{path}: {said}" for path, text in everything() for said in found(text, FORMS)], [])

    def test_numbers_before_nouns(self):
        """Where the number is 1, the noun is singular."""
        self.assertEqual([f"{path}: {said}" for path, text in read(SOURCES, strings)
                          for said in found(text, FORMATS)], [])

    def test_all_kinds_of_texts_are_read(self):
        kinds = {Path(path).suffix for path, text in everything() if len(text) > 40}
        self.assertEqual({".md", ".json", ".c", ".def"} - kinds, set())

    def test_what_is_found(self):
        for text, said in (("a flag that reports bear.", True), ("bearing on it", False), ("3 calls in all", True),
                           ("EPOLLOUT in all reports", False), ("it was told\nof a client", True)):
            self.assertEqual(bool(list(found(text, FORMS))), said, text)

    def test_strings_of_c(self):
        text = 'x("a \\"b\\" "\n\t"c"); /* "no" */ // "no"\n#include "no.h"\ny("d");'
        self.assertEqual(list(strings(text)), ['a \\"b\\" c', "d"])


if __name__ == "__main__":
    unittest.main()
