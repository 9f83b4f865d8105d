# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What poll and select look at, and what they find: tests/programs/polls.c."""
import unittest

from harness import expand, for_each
from programs import program
from tracing import calls, traced

ROUNDS = 50
DESCRIPTORS, MANY, BELOW, KINDS = 20, 1028, 50, 6
FLAGS = ("POLLIN", "POLLPRI", "POLLOUT", "POLLERR", "POLLHUP", "POLLNVAL")


@expand
class Polls(unittest.TestCase):
    ALL = dict.fromkeys(FLAGS, 1) | {"POLLIN": 2}  # one of them with POLLHUP

    def summary(self, how):
        s = traced(self, "trace", "--", program(self, "polls"), how, ROUNDS)
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        return s

    def expect(self, s, looked_at, reported, flags, unknown=0):
        polls = s["polls"]
        self.assertEqual((polls["looked_at"], polls["reported"], polls["flags_unknown"]),
                         (looked_at * ROUNDS, reported * ROUNDS, unknown * ROUNDS))
        self.assertEqual(polls["flags"], {name: flags.get(name, 0) * ROUNDS for name in FLAGS})

    @for_each(["poll", "ppoll"])
    def test_one_of_each_kind(self, how):
        s = self.summary(how)
        self.assertEqual(calls(s, how)["calls"], ROUNDS)
        self.expect(s, DESCRIPTORS, KINDS, self.ALL)

    def test_beyond_what_is_read(self):
        self.expect(self.summary("many"), MANY, KINDS, {"POLLIN": 1, "POLLPRI": 1},
                    unknown=KINDS - 2)

    def test_nothing_is_found(self):
        self.expect(self.summary("nothing"), DESCRIPTORS - KINDS, 0, {})

    def test_a_call_that_is_refused_looks_at_nothing(self):
        s = self.summary("refused")
        self.assertEqual(calls(s, "poll")["errors"], {"EINVAL": ROUNDS})
        self.expect(s, 0, 0, {})

    @for_each(["select", "pselect6"])
    def test_select(self, how):
        s = self.summary(how)
        self.assertEqual(calls(s, how)["calls"], ROUNDS)
        self.expect(s, BELOW, 2, {})

    def test_select_looks_no_further_than_there_is_room(self):
        """The kernel has room for 64 descriptors, or more, of which it makes a power of two."""
        self.expect(self.summary("high"), 64, 2, {})

    def test_epoll_is_none_of_them(self):
        s = self.summary("epoll")
        self.assertEqual(s["interests"]["reports"], 1 + ROUNDS)  # one of the urgent data
        self.expect(s, 0, 0, {})


if __name__ == "__main__":
    unittest.main()
