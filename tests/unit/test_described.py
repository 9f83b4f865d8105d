# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""How the tests know that all that the schemas describe comes."""
import re
import tempfile
import unittest
from pathlib import Path

import described
from described import SCHEMA, everything, missing, needed, of_schema, of_value

NEEDED = sorted(needed())


class Described(unittest.TestCase):
    def judge(self, names):
        """What is said after tests, in two processes, that have seen these."""
        with tempfile.TemporaryDirectory() as folder:
            for process in range(2):
                Path(folder, str(process)).write_text("".join(f"{name}\n" for name in names[process::2]))
            return missing(folder)

    def test_all_of_it(self):
        self.assertEqual(self.judge(NEEDED), [])
        self.assertEqual(self.judge([*NEEDED, "waker.context = unknown"]), [])

    def test_what_never_comes_is_named(self):
        self.assertEqual(self.judge([name for name in NEEDED if name not in ("stall.fd", "unit = bytes")]),
                         ["stall.fd", "unit = bytes"])

    def test_what_need_not_come_is_described(self):
        for pattern in described.ELSEWHERE:
            self.assertTrue([name for name in everything() if re.fullmatch(pattern, name)], pattern)

    def test_every_value_shows_what_is_described(self):
        """Each kind of a schema: fields, absent ones, types, words, arrays, objects of counts, references."""
        line = {"type": "load", "schema": 3, "latency_ns": {"count": 1, "p50": None}, "error": "no"}
        seen = set(of_value(line, SCHEMA["$defs"]["load"], "load"))
        self.assertLessEqual({"load", "load.error", "load.latency_ns", "times.count", "times.p50: null",
                              "load.sent -"}, seen)
        self.assertNotIn("load.error -", seen)
        finding = {"id": "stall", "cause": None, "evidence": {"n": 1, "unit": "bytes"}, "weight": "wrong"}
        seen = set(of_value(finding, SCHEMA["$defs"]["found"], "found"))
        self.assertLessEqual({"rule = stall", "found.cause: null", "found.evidence[]: integer",
                              "found.evidence[]: string", "found.weight = wrong"}, seen)

    def test_what_a_schema_describes(self):
        one = {"type": "object", "properties": {
            "a": {"type": ["integer", "null"]}, "b": {"type": "array", "items": {"enum": ["x", None]}}},
            "required": ["a"]}
        self.assertEqual(list(of_schema(one, "o")),
                         ["o", "o.a", "o.a: integer", "o.a: null", "o.b", "o.b[]", "o.b[] = x", "o.b -"])


if __name__ == "__main__":
    unittest.main()
