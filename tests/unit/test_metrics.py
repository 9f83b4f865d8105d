# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The tables of metrics/: that they are in order, that docs/ says the same, how they are read, and how
lines are checked by the schema that is made of them."""
import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from metrics import pages, schema, shapes, table
from shape import SCHEMA, problems, problems_of_line

SHOWN = [row for row in table.COUNTS + table.LATENCIES if row.name]


def source(path):
    return (ROOT / path).read_text(encoding="utf-8")


class Tables(unittest.TestCase):
    def test_a_field_is_there_once(self):
        names = [(row.object, row.name) for row in SHOWN]
        self.assertEqual(sorted(names), sorted(set(names)))

    def test_every_field_has_its_place(self):
        for object_ in {row.object for row in table.COUNTS if row.name}:
            fields = table.fields_of(object_)
            self.assertEqual({row.id for row in fields},
                             {row.id for row in table.COUNTS if row.object == object_})
            limit = re.search(r"#define MAX_FIELDS (\d+)", source("loader/snapshot/counts.h"))
            self.assertLessEqual(len(fields), int(limit[1]))

    def test_hooks_are_those_of_the_loader(self):
        known = {*pages.hooks(), "N_HOOKS"}
        self.assertGreater(len(known), 10)
        self.assertEqual([row.id for row in table.COUNTS + table.LATENCIES if row.hook not in known],
                         [])

    def test_what_a_row_needs_is_known(self):
        known = re.findall(r"^\t(SEES_\w+) = \d+,", source("loader/snapshot/snapshot.h"), re.M)
        needs = {row.needs for row in SHOWN} - {""}
        self.assertEqual((needs - set(known), needs - set(table.NEEDS)), (set(), set()))

    def test_both_sides_of_an_identity_are_there(self):
        named = {name for row in SHOWN for name in row.whole | row.part}
        self.assertEqual(named, {identity.id for identity in table.IDENTITIES})
        for identity in table.IDENTITIES:
            self.assertTrue(all(table.sides(identity)), identity)
            self.assertIn((identity.sign, identity.when),
                          [(sign, when) for sign in ("EQUAL", "AT_LEAST")
                           for when in ("ALWAYS", "AT_REST")])

    def test_what_is_left_belongs_to_one_sum(self):
        for row in table.COUNTS:
            if not row.counted:
                self.assertEqual(len(row.whole | row.part), 1, row)

    def test_totals_of_compare_have_a_place_each(self):
        places = sorted(row.total for row in table.COUNTS if row.total)
        self.assertEqual(places, list(range(1, len(places) + 1)))

    def test_every_row_is_one_sentence_or_more(self):
        for row in table.COUNTS + table.LATENCIES:
            self.assertRegex(row.means, r"^[A-Z0-9].*\.$")

    def test_docs_say_the_same(self):
        self.assertEqual([str(file) for file in pages.lagging()], [], "run scripts/metrics")

    def test_docs_have_every_field(self):
        text = source("docs/metrics.md")
        self.assertEqual([row.id for row in SHOWN if row.object and f"| `{row.name}` |" not in text],
                         [])

    def test_compare_counts_only_what_is_counted(self):
        self.assertEqual([row.id for row in table.COUNTS if row.total and not row.counted], [])


class Reading(unittest.TestCase):
    def row(self, text):
        found, = table.Reader(text, "it.def").rows()
        return table.number(found, "it.def")

    def refused(self, text, why):
        with self.assertRaisesRegex(table.TableError, why):
            self.row(text)

    def test_a_row(self):
        row = self.row('/* two\n   lines */\n#define X(...)\nRUN_COUNT(A, HOOK_B, SUM(calls), "Say "\n'
                       '\t"\\"so\\".", .in = "o.p", .name = "n", .part = SUM_X | SUM_Y, .total = 3)\n')
        self.assertEqual((row.id, row.hook, row.adds, row.unit, row.means),
                         ("A", "HOOK_B", "SUM", "calls", 'Say "so".'))
        self.assertEqual((row.object, row.name, row.alone, row.label, row.part, row.total),
                         ("o.p", "n", "n", "n", {"SUM_X", "SUM_Y"}, 3))
        self.assertEqual((row.keeper, row.counted, row.is_latency), ("run", True, False))

    def test_what_is_no_row(self):
        for text, why in (
                ('RUN_COUNT(A, B, SUM(c), "d", .name "n")', r"it\.def:1: =, not"),
                ('\nRUN_COUNT(A, B, SUM(c), "d", .name = "n"', r"it\.def:0: , or \), not the end"),
                ('RUN_COUNT(A, B, SUM(c), "d", .name = "n", E)', r"a \.field, not E"),
                ('RUN_COUNT(A, B, SUM(c), "d", .name = "n", .name = "m")', r"\.name is there twice"),
                ('RUN_COUNT(A, B, SUM(c), "d", .nmae = "n")', r"\.nmae of A"),
                ('RUN_COUNT(A, B, SUM(c), "d", .total = "1")', r"\.total of A"),
                ('NO_COUNT(A, B, SUM(c), "d")', "NO_COUNT is no keeper"),
                ('RUN_COUNT(A, B, "d")', "the arguments of RUN_COUNT"),
                ('RUN_COUNT(A, B, MEAN(c), "d")', "the arguments of RUN_COUNT"),
                ('RUN_COUNT(A, SUM(c), "d")', "the arguments of RUN_COUNT"),
                ("RUN_COUNT(A, 'b')", r"it\.def:1: \"'b'\)\"")):
            self.refused(text, why)

    def test_fields_follow_one_another_unless_they_stand_behind_one(self):
        names = [row.name for row in table.fields_of("sigio")]
        self.assertEqual(names[:4], ["generated", "queued", "coalesced", "ignored"])


# Numbers that name something, and are no amount.
IDENTS = {"pid", "tid", "fd", "sender", "part", "last_arg", "round", "question", "listens_elsewhere", "left_open_fd",
          "exit_status", "killed_by", "cpu", "waker_tid", "sender_tid", "told_tid", "result", "epoll"}


def amount(inner):
    types = inner.get("type", ())
    types = {types} if isinstance(types, str) else set(types)
    return bool(types & {"integer", "number"}) and "string" not in types


def fields_of(properties, path):
    """The path and the schema of every field of every object."""
    for name, inner in properties.items():
        if path:
            yield f"{path}.{name}", inner
        for deeper in (inner, inner.get("items", {}), *inner.get("anyOf", ())):
            yield from fields_of(deeper.get("properties", {}), f"{path}.{name}")


class Schema(unittest.TestCase):
    STALL = {"type": "stall", "schema": 3, "elapsed_ns": 1, "fd": 3, "peer": "", "kind": "tcp", "unread": 1,
             "unit": "bytes", "tid": 1, "pid": 1, "stalled_ns": 5, "before": False}

    def problems(self, **change):
        return problems_of_line({**self.STALL, **change})

    def test_a_line_in_order(self):
        self.assertEqual(self.problems(), [])
        self.assertEqual(list(problems(self.STALL, SCHEMA, SCHEMA)), [])

    def test_lines_that_are_not(self):
        for change, said in (({"fd": -1}, "stall.fd is below 0: -1"),
                             ({"fd": None}, "stall.fd is no integer: None"),
                             ({"fd": True}, "stall.fd is no integer: True"),
                             ({"fd": 1.5}, "stall.fd is no integer: 1.5"),
                             ({"before": 0}, "stall.before is no boolean: 0"),
                             ({"schema": 1}, "stall.schema is not 3: 1"),
                             ({"more": 1}, "stall.more is in no schema")):
            self.assertEqual(self.problems(**change), [said])
        self.assertRegex(self.problems(unit="bits")[0], r"stall\.unit is none of \['bytes',")
        self.assertEqual(problems_of_line({"type": "nosuch"}),
                         ["no such type of a line: 'nosuch'"])
        without = {name: value for name, value in self.STALL.items() if name != "tid"}
        self.assertEqual(problems_of_line(without), ["stall.tid is missing"])

    def test_every_field_says_what_it_means_and_every_amount_its_unit(self):
        for path, inner in fields_of(SCHEMA["$defs"], ""):
            self.assertRegex(inner["description"], r"^\S.*\.$", path)
            if inner.get("x-unit"):
                self.assertTrue(amount(inner), path)
            elif amount(inner):
                self.assertIn(path.rpartition(".")[2], IDENTS, path)

    def test_each_schema_has_what_it_refers_to(self):
        for name, one in schema.schemas().items():
            known = set(one.get("$defs", {}))
            used = set(re.findall(r"'#/\$defs/(\w+)'", repr(one)))
            self.assertEqual(used, known, name)

    def test_another_validator_takes_them(self):
        try:
            from jsonschema import Draft202012Validator
        except ImportError:
            self.skipTest("python3-jsonschema is not installed: scripts/setup check")
        for one in schema.schemas().values():
            Draft202012Validator.check_schema(one)
        for name in ("any", "stall"):
            validator = Draft202012Validator(schema.schemas()[name])
            self.assertTrue(validator.is_valid(self.STALL))
            for change in ({"fd": -1}, {"before": 0}, {"schema": 1}, {"more": 1}, {"unit": "bits"}):
                self.assertFalse(validator.is_valid({**self.STALL, **change}), change)

    def test_what_is_wrong_in_a_part_that_may_be_null_is_named(self):
        root = {"$defs": {"o": shapes.record({"n": shapes.ident("N.")})}}
        inner = shapes.record({"o": shapes.maybe(shapes.ref("o", "O.")),
                               "l": shapes.array(shapes.text("L."), "Ls.")})
        self.assertEqual(list(problems({"o": None, "l": []}, inner, root)), [])
        self.assertEqual(list(problems({"o": {"n": -1}, "l": ["a", 1]}, inner, root)),
                         ["line.o.n is below 0: -1", "line.l[1] is no string: 1"])


if __name__ == "__main__":
    unittest.main()
