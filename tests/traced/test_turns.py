# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What was ready waited, since its thread was between two waits."""
import sys
import unittest

from tracing import Traced

# How often a turn was so long that less than half of it may have been the sleep, and how often what came last
# had waited: whoever has not had the CPU meanwhile is told so.
PRELUDE = """if True:
        import ctypes, select, socket, sys, time
        libc = ctypes.CDLL(None)
        ep = select.epoll()
        a, b = socket.socketpair()
        ep.register(a, select.EPOLLIN)
        def compute():
            end = time.monotonic() + 0.02
            while time.monotonic() < end: pass
        def sleep(): libc.clock_nanosleep(1, 0, (ctypes.c_long * 2)(0, 20000000), None)
        def nothing(): pass
        def turns(before, meanwhile):
            long = late = 0
            turned = began
            for _ in range(10):
                before()
                sent = time.monotonic()
                b.send(b'x')
                meanwhile()
                waits = time.monotonic()
                ep.poll()
                long += time.monotonic() - turned >= 0.04
                late += time.monotonic() - sent >= 0.001
                turned = waits
                a.recv(1)
            print(long, late, file=sys.stderr)
        began = time.monotonic()
        b.send(b'x')
        ep.poll()
        a.recv(1)
"""


class Turns(unittest.TestCase):
    def busy(self, code):
        """How often that was, and by what and in which call, by the evidence; its times; and what the
        program itself has seen of them."""
        run = Traced(self, "trace", "--", sys.executable, "-S", "-c", PRELUDE + code)
        s = run.summary()
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        rows = [row for row in s["evidence"] if row["of"] in ("computed", "asleep", "not_run")]
        self.assertEqual(sum(row["count"] for row in rows), s["busy_ns"]["count"])
        return rows, s["busy_ns"], *map(int, run.stderr.split())

    def test_it_slept_in_another_call(self):
        rows, times, long, _ = self.busy("""
        turns(nothing, sleep)""")
        asleep = [row for row in rows if row["of"] == "asleep"]
        self.assertGreaterEqual(sum(row["count"] for row in asleep), 10 - long)
        for row in asleep:
            self.assertEqual((row["call"], row["kind"]), ("clock_nanosleep", "unix_stream"))
        self.assertEqual(times["count"], 10)
        self.assertGreaterEqual(times["min"], 20e6)

    def test_what_waited_longest_has_its_own_peer(self):
        rows, *_ = self.busy("""
        listener = socket.create_server(('127.0.0.1', 0))
        c = socket.create_connection(listener.getsockname())
        s, _ = listener.accept()
        ep.register(s, select.EPOLLIN)
        c.send(b'x')
        sleep()
        ep.poll()
        s.recv(1)
        turns(nothing, lambda: [sleep() for _ in range(5)])""")
        asleep = [row for row in rows if row["of"] == "asleep"]
        self.assertEqual([(row["kind"], row["peer"]) for row in asleep], [("unix_stream", "")])

    def test_it_computed(self):
        """Or would have, on a CPU that others use."""
        rows, times, *_ = self.busy("""
        turns(nothing, compute)""")
        self.assertLessEqual({row["of"] for row in rows}, {"computed", "not_run"})
        self.assertEqual(times["count"], 10)

    def test_what_is_ready_at_the_end_has_not_waited(self):
        _, times, _, late = self.busy("""
        turns(sleep, nothing)""")
        self.assertLessEqual(times["count"], late)

    def test_another_thread_is_told_there_too(self):
        """What is ready was that one's to take as well."""
        rows, times, *_ = self.busy("""
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
