# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What the tests of events know of calls, where the sources are not at hand."""
import re
import unittest

from harness import ROOT
from told import IO, WAITS


class Calls(unittest.TestCase):
    def test_they_are_those_of_the_ledger(self):
        text = (ROOT / "loader/snapshot/calls.c").read_text(encoding="utf-8")
        classes = dict(re.findall(r'\{\.name = "(\w+)",\s*\.class = CLASS_(\w+)', text))
        self.assertEqual({name for name, kind in classes.items() if kind in ("MUX", "SLEEP")}, WAITS)
        self.assertEqual({name for name, kind in classes.items() if kind == "IO"}, IO)
