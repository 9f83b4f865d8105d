# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What waits at listeners, docs/metrics.md, "Listeners": how many, since when, what was dropped; and the
finding of those that nobody accepts from, which does not accuse who is only late."""
import sys
import unittest

from harness import Process, wait_until
from sleeping import await_sleep
from tracing import Traced, require_root, traced

PRELUDE = """if True:
        import contextlib, ctypes, os, resource, select, signal, socket, time
        def listener(room):
            return socket.create_server(('127.0.0.1', 0), backlog=room)
        def come(at, n):
            return [socket.create_connection(at.getsockname()) for _ in range(n)]
        def late(at):
            last = socket.socket()
            last.settimeout(.05)
            return last.connect_ex(at.getsockname())
"""
TCP = """
        l = listener(8)
        c = come(l, 3)"""
UNIX = """
        l = socket.socket(socket.AF_UNIX)
        l.bind(f'\\0wakelab-{os.getpid()}')
        l.listen(8)
        c = [socket.socket(socket.AF_UNIX) for _ in range(3)]
        for one in c: one.connect(l.getsockname())"""


def backlogs(summary):
    return [f for f in summary["findings"] if f["id"] == "backlog"]


class Listeners(unittest.TestCase):
    def summary(self, code):
        return traced(self, "trace", "--", sys.executable, "-S", "-c", PRELUDE + code)

    def row(self, code):
        """Of the only listener, which is closed; and what is found of it."""
        s = self.summary(code + """
        l.close()""")
        row, = s["listeners"]
        return row, backlogs(s)

    def counts(self, row):
        return tuple(row[name] for name in ("waiting", "limit", "dropped", "accepted", "closed"))

    def in_vain(self, code, family):
        row, (found,) = self.row(code + """
        time.sleep(.3)""")
        self.assertEqual(self.counts(row), (3, 8, 0, 0, True))
        self.assertEqual((row["family"], row["longest_ns"]), (family, 0))
        self.assertGreaterEqual(row["waited_ns"], 300_000_000)
        self.assertEqual((found["cause"], found["weight"]), ("waiting", "wrong"))
        self.assertEqual((found["subject"]["pid"], found["subject"]["fd"]), (row["pid"], row["fd"]))
        self.assertEqual((found["evidence"]["waiting"], found["evidence"]["limit"]), (3, 8))
        self.assertIn(row["address"], found["text"])

    def test_that_nobody_accepts_from(self):
        self.in_vain(TCP, "tcp")

    def test_of_unix_streams(self):
        self.in_vain(UNIX, "unix")

    def test_some_were_accepted_and_the_rest_never(self):
        row, (found,) = self.row(TCP + """
        a = [l.accept() for _ in range(2)]
        time.sleep(.3)""")
        self.assertEqual(self.counts(row), (1, 8, 0, 2, True))
        self.assertEqual(found["evidence"]["accepted"], 2)

    def accepted_late(self, code):
        s = self.summary(code + """
        time.sleep(.3)
        a = [l.accept() for _ in range(3)]
        time.sleep(.3)""")
        self.assertEqual((s["listeners"], backlogs(s)), ([], []))

    def test_accepted_late_is_silent(self):
        self.accepted_late(TCP)

    def test_accepted_late_from_unix_streams_is_silent(self):
        self.accepted_late(UNIX)

    def test_who_was_as_late_before_is_silent(self):
        self.assertEqual(backlogs(self.summary(TCP + """
        time.sleep(.6)
        a = [l.accept() for _ in range(3)]
        c += come(l, 1)
        time.sleep(.1)""")), [])

    def test_attempts_that_found_no_room(self):
        row, (found,) = self.row("""
        l = listener(1)
        c = come(l, 2)
        errors = [late(l) for _ in range(2)]
        a = [l.accept() for _ in range(2)]""")
        self.assertEqual(self.counts(row), (0, 1, 2, 2, True))
        self.assertEqual((found["cause"], found["evidence"]["dropped"]), ("dropped", 2))

    def test_what_waits_for_data_is_not_dropped(self):
        """The kernel counts its bare ACK as a drop, and does not take it for one."""
        s = self.summary("""
        l = listener(8)
        l.setsockopt(socket.IPPROTO_TCP, 9, 5) # TCP_DEFER_ACCEPT
        c, = come(l, 1)
        c.send(b'x')
        l.accept()""")
        self.assertEqual((s["listeners"], backlogs(s)), ([], []))

    def test_what_accept_fails_on_is_said_once(self):
        s = self.summary("""
        l = listener(8)
        c = come(l, 1)
        limit = c[0].fileno() + 1
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        with contextlib.suppress(OSError): l.accept()
        time.sleep(.3)""")
        self.assertEqual([f["id"] for f in s["findings"] if f["weight"] == "wrong"], ["accept-failed"])


class Adopted(unittest.TestCase):
    def target(self, code):
        require_root(self)
        target = Process(self, [sys.executable, "-S", "-c", PRELUDE + code])
        wait_until(lambda: "ready" in target.stdout, "its connections")
        return target

    def traced(self, target):
        s = Traced(self, "trace", "--seconds", "0.5", "-p", target.pid).summary()
        row, = s["listeners"]
        return row, backlogs(s)

    def who_sleeps_elsewhere(self, code):
        target = self.target(code + """
        print('ready', flush=True)
        signal.pause()""")
        await_sleep(target.pid, "pause")
        row, (found,) = self.traced(target)
        self.assertEqual((row["waiting"], row["limit"], row["closed"], row["asleep_in"]),
                         (3, 8, False, "pause"))
        subject = found["subject"]
        self.assertEqual((subject["pid"], subject["tid"], subject["fd"], subject["call"]),
                         (target.pid, target.pid, row["fd"], "pause"))
        self.assertIn(f"Thread {target.pid} sleeps in pause.", found["text"])

    def test_who_sleeps_elsewhere(self):
        self.who_sleeps_elsewhere(TCP)

    def test_who_sleeps_elsewhere_with_unix_streams(self):
        self.who_sleeps_elsewhere(UNIX)

    def test_who_is_busy_is_silent(self):
        row, found = self.traced(self.target(TCP + """
        print('ready', flush=True)
        while True: pass"""))
        self.assertEqual((row["waiting"], row["asleep_in"], found), (3, None, []))


if __name__ == "__main__":
    unittest.main()
