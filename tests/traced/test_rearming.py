# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What waits at one-shot registrations that nobody arms again, or late."""
import signal
import sys
import unittest

from adopted import adopted
from sleeping import NUMBER
from tracing import traced

PRELUDE = """if True:
        import os, select, socket, threading, time
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

    def test_it_is_answered_and_closed(self):
        """One request is answered, and what came behind it is thrown away."""
        self.assertEqual(self.evidence("""
        a.recv(8)
        b.send(b'x' * 5)
        time.sleep(.1)
        a.send(b'answer')
        a.close()
        sleeps()"""), [])

    def test_it_is_worked_on_and_closed(self):
        self.assertEqual(self.evidence("""
        a.recv(8)
        b.send(b'x' * 5)
        time.sleep(.1)
        a.close()
        sleeps()"""), [])

    def test_it_is_worked_on_to_the_end(self):
        self.assertEqual(self.evidence("""
        a.recv(8)
        b.send(b'x' * 5)
        time.sleep(.1)"""), [])

    # A worker that does not wait with epoll itself; the thread that does, waits on.
    WORKER = """
        def work(job):
            thread = threading.Thread(target=job)
            thread.start()
            sleeps()
            thread.join()
            sleeps()
"""

    def test_a_worker_answers_and_closes(self):
        self.assertEqual(self.evidence(self.WORKER + """
        def job():
            a.recv(3)
            time.sleep(.1)
            a.send(b'answer')
            os.write(w, b'a log')
            a.close()
        work(job)"""), [])

    def test_a_worker_closes(self):
        self.assertEqual(self.evidence(self.WORKER + """
        def job():
            a.recv(3)
            time.sleep(.1)
            a.close()
        work(job)"""), [])

    def test_a_worker_leaves_it(self):
        self.assertEqual(self.evidence(self.WORKER + """
        def job():
            a.recv(8)
        work(job)
        b.send(b'x' * 5)
        sleeps()
        a.close()"""), [("rearm", "unix_stream", 5, "bytes")])

    FILES = {
        "pipe": ("r", "os.write(w, b'x' * 9)", "os.read(r, 9)", ("pipe", 9, "bytes")),
        "fifo": ("f", "os.write(f, b'x' * 9)", "os.read(f, 9)", ("pipe", 9, "bytes")),
        "eventfd": ("v", "os.eventfd_write(v, 9)", "os.eventfd_read(v)", ("eventfd", 9, "count")),
    }
    OPENED = """
        a.recv(8)
        name = f'/tmp/wakelab-{os.getpid()}'
        os.mkfifo(name)
        f = os.open(name, os.O_RDWR)
        os.unlink(name)
        v = os.eventfd(0)
"""

    def file(self, kind, code):
        fd, write, read, row = self.FILES[kind]
        code = code.replace("FD", fd).replace("WRITE", write).replace("READ", read)
        return self.evidence(self.OPENED + code), [("rearm", *row)]

    def each(self, code, found):
        for kind in self.FILES:
            with self.subTest(kind=kind):
                rows, row = self.file(kind, code)
                self.assertEqual(rows, row if found else [])

    ONCE = """
        ep.register(FD, ONE)
        WRITE
        told(FD)
        READ
"""

    def test_a_file_is_written_while_it_is_silent(self):
        self.each(self.ONCE + """
        WRITE
        sleeps()
        sleeps()""", True)

    def test_a_file_is_written_while_its_thread_sleeps(self):
        self.each(self.ONCE + """
        over, end = os.pipe()
        ep.register(over, select.EPOLLIN)
        def write():
            while not open(f'/proc/self/task/{os.getpid()}/syscall').read().startswith('%d '): pass
            WRITE
            time.sleep(.1)
            os.write(end, b'x')
        thread = threading.Thread(target=write)
        thread.start()
        told(over)
        thread.join()""" % NUMBER["epoll_wait"], True)

    def test_a_file_is_armed_in_time(self):
        self.each(self.ONCE + """
        for _ in range(20):
            ep.modify(FD, ONE)
            WRITE
            told(FD)
            READ
        sleeps()
        sleeps()""", False)

    def test_a_file_is_armed_later_and_nothing_was_there(self):
        self.each(self.ONCE + """
        sleeps()
        ep.modify(FD, ONE)
        sleeps()
        WRITE
        told(FD)
        READ
        sleeps()""", False)

    def test_a_timer(self):
        self.assertEqual(self.evidence("""
        import ctypes, struct
        a.recv(8)
        c = ctypes.CDLL(None)
        timer = c.timerfd_create(1, 0)
        def run(ns): assert not c.timerfd_settime(timer, 0, struct.pack('4q', 0, 0, 0, ns), None)
        ep.register(timer, ONE)
        run(1000)
        told(timer)
        os.read(timer, 8)
        run(1000)
        for _ in range(3): sleeps()"""), [("rearm", "timerfd", 1, "expirations")])

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


class Adopted(unittest.TestCase):
    def waiting(self, code):
        run = adopted(self, PRELUDE + """
        a.recv(8)""", """
        ep.modify(a, ONE)
        b.send(b'x' * 8)
        told(a.fileno())
        a.recv(8)
        b.send(b'x' * 5)""" + code)
        run.signal(signal.SIGINT)
        return [(r["of"], r["amount"]) for r in run.summary()["evidence"] if r["of"] in ("rearm", "late")]

    def test_it_is_forgotten(self):
        self.assertEqual(self.waiting("""
        sleeps()"""), [("rearm", 5)])

    def test_it_is_worked_on(self):
        self.assertEqual(self.waiting("""
        time.sleep(.1)"""), [])


if __name__ == "__main__":
    unittest.main()
