# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""wakelab schema: the files of docs/schema/, which the binary carries. tests/described.py holds them against
what is printed."""
import unittest

from harness import ROOT, usage

SCHEMAS = ROOT / "docs" / "schema"
TYPES = ("any", "start", "attached", "interval", "stall", "finding", "event", "summary", "round", "comparison", "growth",
         "load", "doctor", "answer", "trial", "criterion", "score")


class Schemas(unittest.TestCase):
    def test_each_is_printed_as_it_is_in_its_file(self):
        self.assertEqual({path.name for path in SCHEMAS.iterdir()}, {f"{name}.json" for name in TYPES})
        for name in TYPES:
            got = usage(self, "schema", name)
            self.assertEqual((got.status, got.stdout, got.stderr),
                             (0, (SCHEMAS / f"{name}.json").read_text(encoding="utf-8"), ""), name)

    def test_that_of_any_line_if_none_is_named(self):
        self.assertEqual(usage(self, "schema").stdout, usage(self, "schema", "any").stdout)

    def test_what_is_wrong(self):
        types = f"the types are {', '.join(TYPES)}"
        for args, said in ((("sumary",), f'unknown type of lines "sumary"; did you mean summary? {types}'),
                           (("x" * 50,), f'unknown type of lines "{"x" * 50}"; {types}'),
                           (("stall", "load"), 'unexpected argument "load": give one type of lines')):
            got = usage(self, "schema", *args)
            self.assertEqual((got.status, got.stdout), (2, ""))
            self.assertEqual(got.stderr.splitlines()[0], f"wakelab schema: {said}")
