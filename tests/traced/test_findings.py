# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Every finding by its id: what is shown to raise it does, and its correct twin does not."""
import shlex
import sys
import unittest

from harness import ROOT, expand, for_each
from shape import read_lines
from tracing import Traced

sys.path.insert(0, str(ROOT))

from raised import SILENT, raising


def findings(test, command):
    """What wakelab finds."""
    args = shlex.split(command)
    if args[0] == "run":
        args[1:1] = ["--port", "0"]
    run = Traced(test, *args)
    run.wait()
    lines = read_lines(run.stdout)
    return lines, lines[-1]["findings"]


@expand
class Findings(unittest.TestCase):
    @for_each(raising())
    def test_is_raised(self, case):
        lines, found = findings(self, raising()[case])
        finding = {(f["id"], f["cause"] or ""): f for f in reversed(found)}[case]
        self.assertTrue(finding["text"])
        if finding["weight"] == "wrong" and finding["subject"]["fd"] is not None:
            self.assertIn(f"fd {finding['subject']['fd']} ", finding["text"].lower())
            self.assertIn(f"process {finding['subject']['pid']} (", finding["text"])
        said = [(l["id"], l["cause"], l["subject"]["fd"]) for l in lines if l["type"] == "finding"]
        self.assertEqual(len(said), len(set(said)))

    @for_each(SILENT)
    def test_its_twin_is_silent(self, id_):
        _, found = findings(self, SILENT[id_])
        self.assertNotIn(id_, [f["id"] for f in found])
        self.assertEqual([f["text"] for f in found if f["weight"] == "wrong"], [])


if __name__ == "__main__":
    unittest.main()
