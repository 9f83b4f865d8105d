# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Connections that are accepted, whose peers close, and that nobody closes here; docs/metrics.md,
"Connections that are kept". And those that are kept for a while, or for good reason."""
import signal
import sys
import unittest

from adopted import adopted
from tracing import traced

# Descriptors are numbers here: else Python itself closes what it forgets.
PRELUDE = """if True:
        import os, socket, struct, time
        l = socket.create_server(('127.0.0.1', 0), backlog=64)
        def come(): return socket.create_connection(l.getsockname())
        def accept(): return l._accept()[0]
        def ends(c): # a byte, and the end
            while c.fileno() >= 0 and not c.close(): pass
        def served(c):
            fd = accept()
            ends(c)
            assert os.read(fd, 9) == b''
            return fd
        def done():
            time.sleep(.1)
            os._exit(0)
"""


def leaks(summary):
    """What is evidence of kept connections, and what is found."""
    rows = [(r["count"], r["amount"], r["limit"]) for r in summary["evidence"] if r["of"] == "leak"]
    found = [(f["evidence"]["kept"], f["evidence"]["ended"]) for f in summary["findings"]
             if f["id"] == "descriptor-leak"]
    return rows, found


class Leaks(unittest.TestCase):
    def summary(self, code, *options):
        s = traced(self, "trace", *options, "--", sys.executable, "-S", "-c", PRELUDE + code + """
        done()""")
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        return s

    def kept(self, code, count, of):
        s = self.summary(code)
        rows, found = leaks(s)
        self.assertEqual(found, [(count, of)], rows)
        (kept, for_good, ended), = rows
        self.assertEqual((kept, ended), (count, of))
        self.assertGreaterEqual(for_good, kept - 1)
        return s

    def silent(self, code, *options):
        self.assertEqual(leaks(self.summary(code, *options)), ([], []))

    def test_none_is_closed(self):
        s = self.kept("""
        kept = [served(come()) for _ in range(30)]""", 30, 30)
        finding, = [f for f in s["findings"] if f["id"] == "descriptor-leak"]
        row, = [r for r in s["evidence"] if r["of"] == "leak"]
        self.assertEqual((finding["subject"]["fd"], finding["subject"]["peer"]), (row["fd"], row["peer"]))
        self.assertEqual((finding["weight"], finding["subject"]["kind"]), ("wrong", "tcp"))
        self.assertIn(f"at port {finding['evidence']['port']} ", finding["text"])
        self.assertGreaterEqual(finding["evidence"]["oldest_ns"], 100e6)

    def test_every_other_one_is_closed(self):
        self.kept("""
        for n in range(50):
            fd = served(come())
            if n % 2: os.close(fd)""", 25, 50)

    def test_nobody_looks_at_them_any_more(self):
        self.kept("""
        for _ in range(30):
            c = come()
            c.send(b'x')
            os.read(accept(), 1)
            c.close()""", 30, 30)

    def test_their_peers_reset_them(self):
        self.kept("""
        for _ in range(30):
            c = come()
            c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            fd = accept()
            c.close()""", 30, 30)

    def test_they_were_shut_down_only(self):
        self.kept("""
        for _ in range(30):
            c = come()
            s = socket.socket(fileno=accept())
            s.shutdown(socket.SHUT_RDWR)
            s.detach()
            c.close()""", 30, 30)

    def test_a_child_has_closed_its_own_only(self):
        self.kept("""
        for _ in range(20):
            c = come()
            fd = accept()
            child = os.fork()
            if not child:
                os.close(fd)
                os._exit(0)
            os.waitpid(child, 0)
            c.close()
        served(come())""", 21, 21)

    def test_another_descriptor_is_the_same_connection(self):
        self.kept("""
        for _ in range(20): os.dup(served(come()))
        served(come())""", 21, 21)

    def test_few(self):
        self.silent("""
        kept = [served(come()) for _ in range(19)]""")

    def test_they_are_closed_at_the_end(self):
        self.silent("""
        for _ in range(60): os.close(served(come()))""")

    def test_they_are_closed_late(self):
        self.silent("""
        kept = []
        for _ in range(40):
            c = come()
            kept.append(accept())
            c.shutdown(socket.SHUT_WR)
        time.sleep(.3)
        for fd in kept:
            os.write(fd, b'x')
            os.close(fd)""")

    def test_they_are_closed_by_calls_that_tell_no_descriptor(self):
        self.silent("""
        null = os.open('/dev/null', os.O_RDONLY)
        kept = [served(come()) for _ in range(30)]
        for fd in kept[:15]: os.dup2(null, fd)
        os.closerange(kept[15], kept[-1] + 1)""")

    def test_most_are_closed(self):
        rows, found = leaks(self.summary("""
        for n in range(70):
            fd = served(come())
            if n % 3: os.close(fd)"""))
        self.assertEqual((rows, found), ([(24, 23, 70)], []))

    def test_they_wait_for_their_turn(self):
        """A pool that lags behind: what it has closed had its end before."""
        self.silent("""
        kept = [served(come()) for _ in range(40)]
        for _ in range(9): os.close(kept.pop(0))""")

    def test_all_end_at_once(self):
        """As where the load stops: nobody has come since."""
        self.silent("""
        c = [come() for _ in range(30)]
        for _ in c: accept()
        for one in c: one.close()""")

    def test_something_is_still_sent(self):
        self.silent("""
        c = [come() for _ in range(30)]
        kept = [accept() for _ in c]
        for one in c: one.shutdown(socket.SHUT_WR)
        c.append(come())
        accept()
        begin = time.monotonic()
        while time.monotonic() < begin + 1.5:
            for fd in kept: os.write(fd, b'x')
            for one in c[:30]: one.recv(99)
        os._exit(0)""", "--stall-ms", "1000")

    def test_what_it_has_connected_itself(self):
        self.silent("""
        l.listen(8)
        kept = []
        for _ in range(30):
            c = come()
            os.close(accept())
            kept.append(c.detach())
        os.close(served(come()))""")


class Adopted(unittest.TestCase):
    def test_it_had_kept_them_before(self):
        run = adopted(self, PRELUDE + """
        kept = [served(come()) for _ in range(40)]""", """
        for _ in range(30): os.close(served(come()))
        time.sleep(1.2)""")
        run.signal(signal.SIGINT)
        self.assertEqual(leaks(run.summary()), ([], []))

    def test_it_keeps_them_now(self):
        run = adopted(self, PRELUDE + """
        c = [come() for _ in range(30)]
        kept = [accept() for _ in c]""", """
        for one in c: one.close()
        time.sleep(1.2)
        os.close(served(come()))""")
        run.signal(signal.SIGINT)
        self.assertEqual(leaks(run.summary()), ([(30, 30, 31)], [(30, 31)]))

    def test_it_keeps_them_for_a_second_before_they_are_found(self):
        run = adopted(self, PRELUDE, """
        kept = [served(come()) for _ in range(30)]""")
        run.signal(signal.SIGINT)
        s = run.summary()
        self.assertTrue(all(f["evidence"]["oldest_ns"] >= 1e9 for f in s["findings"]
                            if f["id"] == "descriptor-leak"), s["findings"])


if __name__ == "__main__":
    unittest.main()
