# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What waits at one-shot registrations that nobody arms again, or late."""
import sys
import unittest

from tracing import traced

PRELUDE = """if True:
        import os, select, socket
        ep = select.epoll()
        ONE = select.EPOLLIN | select.EPOLLONESHOT
        a, b = socket.socketpair()
        r, w = os.pipe()
        def sleeps(): assert not ep.poll(0.1)
        def told(fd): assert ep.poll() == [(fd, select.EPOLLIN)]
        ep.register(a, ONE)
        b.send(b'x' * 8)
        told(a.fileno())
"""


class Rearming(unittest.TestCase):
    def evidence(self, code):
        s = traced(self, "trace", "--", sys.executable, "-S", "-c", PRELUDE + code)
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        self.assertEqual(s["interests"]["stalls"], 0)
        rows = [row for row in s["evidence"] if row["of"] in ("rearm", "late")]
        for row in rows:
            self.assertGreaterEqual(row["ns"], 100e6)
            self.assertEqual((row["count"], row["comm"][:6]), (1, "python"))
        return [(row["of"], row["kind"], row["amount"], row["unit"]) for row in rows]

    def test_what_comes_while_it_is_silent(self):
        self.assertEqual(self.evidence("""
        a.recv(8)
        b.send(b'x' * 5)
        sleeps()"""), [("rearm", "unix_stream", 5, "bytes")])

    def test_what_was_left(self):
        self.assertEqual(self.evidence("""
        a.recv(3)
        sleeps()"""), [("rearm", "unix_stream", 5, "bytes")])

    def test_until_it_is_closed(self):
        self.assertEqual(self.evidence("""
        sleeps()
        a.close()
        sleeps()"""), [("rearm", "unix_stream", 8, "bytes")])

    def test_a_pipe(self):
        self.assertEqual(self.evidence("""
        a.recv(8)
        ep.register(r, ONE)
        os.write(w, b'x' * 3000)
        told(r)
        sleeps()"""), [("rearm", "pipe", 3000, "bytes")])

    def test_armed_late(self):
        self.assertEqual(self.evidence("""
        sleeps()
        ep.modify(a, ONE)
        told(a.fileno())
        a.recv(8)
        sleeps()"""), [("late", "unix_stream", 8, "bytes")])

    def test_read_late(self):
        self.assertEqual(self.evidence("""
        sleeps()
        a.recv(8)
        sleeps()"""), [("late", "unix_stream", 8, "bytes")])

    def test_in_time(self):
        self.assertEqual(self.evidence("""
        for _ in range(20):
            a.recv(8)
            ep.modify(a, ONE)
            b.send(b'x' * 8)
            told(a.fileno())
        a.recv(8)
        sleeps()"""), [])

    def test_an_end_is_nothing_to_read(self):
        self.assertEqual(self.evidence("""
        a.recv(8)
        b.close()
        sleeps()"""), [])


if __name__ == "__main__":
    unittest.main()
