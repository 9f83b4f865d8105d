# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Who was woken, and by whom: rows by thread and by waker, beside the totals."""
import sys
import unittest

from harness import Process, binary, expand, for_each
from tracing import run_model, traced


def python(test, code):
    s = traced(test, "trace", "--", sys.executable, "-S", "-c", "if True:\n" + code)
    test.assertEqual(sum(s["lost"].values()), 0)
    return s


@expand
class Wakes(unittest.TestCase):
    def test_by_another_task(self):
        """Two processes wake each other through pipes."""
        s = python(self, """
        import os
        (r1, w1), (r2, w2) = os.pipe(), os.pipe()
        if os.fork():
            for _ in range(100):
                os.write(w1, b'x'); os.read(r2, 1)
            os.wait()
        else:
            for _ in range(100):
                os.read(r1, 1); os.write(w2, b'x')
            os._exit(0)""")
        pids = {row["tid"] for row in s["threads"]}
        ours = [row for row in s["wakers"] if row["context"] == "task" and row["tid"] in pids]
        self.assertGreater(sum(row["wakes"] for row in ours), 0, [s["threads"], s["wakers"]])
        self.assertTrue(all(row["comm"].startswith("python") for row in ours), ours)
        self.assertEqual(s["wakes"]["from"]["unknown"], 0)

    def test_by_a_timer(self):
        s = python(self, """
        import time
        for _ in range(10):
            time.sleep(0.002)""")
        w = s["wakes"]
        self.assertEqual(w["timed"] + w["unseen"], 10)
        self.assertGreaterEqual(w["from"]["hardirq"], w["timed"])
        # more there are only if Python slept over a file of its own
        self.assertEqual(w["returned"] - w["timed"], w["useful"] + w["wasted"])

    def test_by_the_network(self):
        """What comes over TCP is delivered in a softirq, whatever task it interrupts."""
        s = run_model(self, "blocking", "--conns", "1", "--messages", "100")
        by = {row["context"]: row["wakes"] for row in s["wakers"]}
        # by tasks: the signal that ends the server, and the shutdown of its listener
        self.assertEqual(s["wakes"]["total"] - by["softirq"], by.get("task", 0))
        self.assertLessEqual(by.get("task", 0), 2)
        self.assertEqual({row["tid"] for row in s["wakers"] if row["context"] != "task"}, {0})

    def test_each_thread_has_its_own(self):
        s = run_model(self, "thread", "--conns", "4", "--messages", "50")
        rows = s["threads"]
        self.assertEqual(len({row["tid"] for row in rows}), 5)
        self.assertEqual(len({row["pid"] for row in rows}), 1)
        for row in rows:
            self.assertEqual(row["wakes"], row["early"] + row["absorbed"] + row["returned"], row)
            self.assertEqual(row["sleeps"], row["absorbed"] + row["returned"] + row["unseen"], row)

    @for_each(["epoll", "poll", "select", "blocking"])
    def test_identities(self, how):
        """Ten messages, each sent when the reader sleeps: ten wakes, ten sleeps, all useful."""
        s = python(self, """
        import os, select, socket, threading, time
        a, b = socket.socketpair()
        tid = threading.get_native_id()

        def asleep():
            return open('/proc/self/task/%%d/stat' %% tid).read().rpartition(')')[2].split()[0] == 'S'

        def send():
            for _ in range(10):
                while not asleep(): pass
                b.send(b'x')
                answer.acquire()

        answer = threading.Semaphore(0)
        ep, po = select.epoll(), select.poll()
        ep.register(a, select.EPOLLIN); po.register(a, select.POLLIN)
        wait = {'epoll': lambda: ep.poll(), 'poll': lambda: po.poll(),
                'select': lambda: select.select([a], [], []), 'blocking': lambda: None}['%s']
        threading.Thread(target=send).start()
        for _ in range(10):
            wait(); a.recv(1); answer.release()""" % how)
        call = {"epoll": "epoll_wait", "poll": "poll", "select": "pselect6",
                "blocking": "recvfrom"}[how]
        row = next(r for r in s["syscalls"] if r["name"] == call)
        self.assertEqual(row["verdicts"]["ready"] + row["verdicts"]["slept"], 10)
        main = max(s["threads"], key=lambda t: t["tid"] == t["pid"])
        self.assertEqual(main["returned"], main["useful"] + main["wasted"] + main["timed"])
        # besides, Python may have slept in a read of its own modules
        self.assertGreaterEqual(main["useful"], row["verdicts"]["slept"] - main["unseen"])
        self.assertEqual(main["wasted"], 0)


class Rows(unittest.TestCase):
    def test_top_limits_them_and_shows_them_in_the_table(self):
        s = run_model(self, "thread", "--conns", "4", "--messages", "20", "--top", "2")
        self.assertEqual(len(s["threads"]), 2)
        wakes = [row["wakes"] for row in s["threads"]]
        self.assertEqual(wakes, sorted(wakes, reverse=True))
        run = Process(self, [binary(), "run", "epoll-lt", "--port", "0", "--messages", "20", "--top",
                             "2"])
        self.assertEqual(run.wait(), 0, run.stderr)
        for head in ("threads woken", "woken by", "epoll instances"):
            self.assertRegex(run.stdout, rf"(?m)^{head} ")
        self.assertTrue(all(len(line) <= 100 for line in run.stdout.splitlines()))


if __name__ == "__main__":
    unittest.main()
