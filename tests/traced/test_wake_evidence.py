# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What a wake led to, where that was no read: tests/programs/wakes.c."""
import sys
import unittest

from harness import expand, for_each
from programs import program
from tracing import traced

ROUNDS = 30


@expand
class Led(unittest.TestCase):
    def wakes(self, how):
        """Of the thread that is woken; what is not seen to wake it, on some kernels, is no wake."""
        s = traced(self, "trace", "--", program(self, "wakes"), how, ROUNDS)
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        row = max(s["threads"], key=lambda row: row["wakes"])
        self.assertEqual(row["returned"] + row["unseen"], ROUNDS)
        return row

    def expect(self, how, **counts):
        row = self.wakes(how)
        for name in ("useful", "wasted", "refused", "failed_io", "accepted"):
            self.assertEqual(row[name], row["returned"] if counts.get(name) else 0, (name, row))

    @for_each(["waker", "read"])
    def test_by_an_eventfd(self, how):
        """Read or not, what it tells of lies in memory."""
        self.expect(how, useful=True)

    def test_by_an_eventfd_that_is_read_at_times(self):
        row = self.wakes("some")
        self.assertEqual((row["useful"], row["wasted"]), (1, row["returned"] - 1), row)

    def test_nothing_was_there_any_more(self):
        self.expect("refused", wasted=True, refused=True)

    def test_a_call_that_failed(self):
        self.expect("failed", wasted=True, failed_io=True)

    def test_nothing_was_tried(self):
        self.expect("nothing", wasted=True)

    def test_room_again_and_again_in_one_call(self):
        """What such a write is woken for it takes, and sleeps on: that is no look at nothing."""
        s = traced(self, "trace", "--", sys.executable, "-S", "-c", """if True:
            import os, socket
            a, b = socket.socketpair()
            if not os.fork():
                a.close()
                while b.recv(4096): pass
                os._exit(0)
            a.sendall(b'x' * (8 << 20))""")
        self.assertGreater(s["wakes"]["absorbed"], 0)
        self.assertEqual(s["wakes"]["slept_on"], 0)

    def test_a_connection_that_is_accepted(self):
        row = self.wakes("accept")
        self.assertEqual((row["useful"], row["accepted"]), (row["returned"], ROUNDS))
