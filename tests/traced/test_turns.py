# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What was ready waited, since its thread was between two waits."""
import sys
import unittest

from tracing import traced

PRELUDE = """if True:
        import select, socket, time
        ep = select.epoll()
        a, b = socket.socketpair()
        ep.register(a, select.EPOLLIN)
        def compute():
            end = time.monotonic() + 0.02
            while time.monotonic() < end: pass
        def sleep(): time.sleep(0.02)
        def nothing(): pass
        def turns(before, meanwhile):
            for _ in range(10):
                before()
                b.send(b'x')
                meanwhile()
                ep.poll()
                a.recv(1)
        b.send(b'x')
        ep.poll()
        a.recv(1)
"""


class Turns(unittest.TestCase):
    def busy(self, code):
        """How often that was, and by what and in which call, by the evidence; its times."""
        s = traced(self, "trace", "--", sys.executable, "-S", "-c", PRELUDE + code)
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        rows = [row for row in s["evidence"] if row["of"] in ("computed", "asleep", "not_run")]
        self.assertEqual(sum(row["count"] for row in rows), s["busy_ns"]["count"])
        return rows, s["busy_ns"]

    def test_it_slept_in_another_call(self):
        rows, times = self.busy("""
        turns(nothing, sleep)""")
        self.assertEqual([(row["of"], row["count"], row["call"], row["kind"]) for row in rows],
                         [("asleep", 10, "clock_nanosleep", "unix_stream")])
        self.assertGreaterEqual(times["min"], 20e6)

    def test_it_computed(self):
        """Or would have, on a CPU that others use."""
        rows, times = self.busy("""
        turns(nothing, compute)""")
        self.assertLessEqual({row["of"] for row in rows}, {"computed", "not_run"})
        self.assertEqual(times["count"], 10)

    def test_what_is_ready_at_the_end_has_not_waited(self):
        rows, times = self.busy("""
        turns(sleep, nothing)""")
        self.assertEqual((rows, times["count"]), ([], 0))

    def test_another_thread_is_told_there_too(self):
        """What is ready was that one's to take as well."""
        rows, times = self.busy("""
        import threading
        other = threading.Thread(target=ep.poll)
        b.send(b'x')
        other.start()
        other.join()
        a.recv(1)
        turns(nothing, sleep)""")
        self.assertEqual((rows, times["count"]), ([], 0))


if __name__ == "__main__":
    unittest.main()
