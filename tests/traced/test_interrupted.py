# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Interrupts that fall into a program: it is kept from them, and a second one takes them.

How many there are is chance. What neither has is lost, and counted: it may be an interrupt in the few
instructions before the second program is entered. Without that program all of them would be.
"""
import sys
import unittest

from interrupted import NETWORK, connections, kept
from tracing import traced


class Interrupted(unittest.TestCase):
    def few_of(self, s, program):
        """What was lost is far less than what the first program was kept from."""
        lost, missed = s["lost"]["recursion"], kept(s, program)
        self.assertEqual(sum(s["lost"].values()), lost, s["lost"])
        if missed is not None:  # this kernel counts them
            self.assertLessEqual(lost, 1 + missed // 2)

    def test_what_the_network_brings_while_a_system_call_tells(self):
        s = traced(self, "trace", "--self", "--", sys.executable, "-S", "-c", NETWORK, "100000")
        self.few_of(s, "on_data_ready")
        i = s["interests"]
        if not s["lost"]["recursion"]:
            self.assertEqual((i["rereports"], i["unknown"]), (0, 0))
        self.assertGreater(i["fresh"], 0)

    def test_connections_that_the_other_cpu_brings(self):
        """How many of them this kernel shows is measured in tests/measured."""
        s = connections(self)
        self.few_of(s, "on_sock_state")
        self.assertGreater(s["sockets"]["established"], 0)


if __name__ == "__main__":
    unittest.main()
