# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Who was woken, and by whom: rows by thread and by waker, beside the totals."""
import contextlib
import socket
import sys
import unittest
from pathlib import Path

from harness import Process, binary, expand, for_each, wait_until
from programs import program
from sleeping import NUMBER, await_sleep, sleeps
from tracing import TracedServer, traced

ET, ONESHOT = 0x80000001, 0x40000001  # with EPOLLIN


def python(test, code, *args):
    s = traced(test, "trace", *args, "--", sys.executable, "-S", "-c", "if True:\n" + code)
    test.assertEqual(sum(s["lost"].values()), 0, s["lost"])
    return s


@expand
class Wakes(unittest.TestCase):
    def test_by_another_task(self):
        """Two processes wake each other through pipes, the first time when the other one sleeps."""
        s = python(self, """
        import os
        def await_sleep(pid):
            while not open('/proc/%%d/syscall' %% pid).read().startswith('%d '):
                pass
        (r1, w1), (r2, w2) = os.pipe(), os.pipe()
        child = os.fork()
        if child:
            await_sleep(child)
            for _ in range(100):
                os.write(w1, b'x'); os.read(r2, 1)
            os.wait()
        else:
            os.read(r1, 1)
            await_sleep(os.getppid())
            os.write(w2, b'x')
            for _ in range(99):
                os.read(r1, 1); os.write(w2, b'x')
            os._exit(0)""" % NUMBER["read"])
        pids = {row["tid"] for row in s["threads"]}
        self.assertEqual(len(pids), 2, s["threads"])
        ours = [row for row in s["wakers"] if row["context"] == "task" and row["tid"] in pids]
        self.assertEqual({row["tid"] for row in ours}, pids, s["wakers"])
        self.assertTrue(all(row["comm"].startswith("python") for row in ours), ours)
        self.assertEqual(s["wakes"]["from"]["unknown"], 0)

    def test_by_a_timer(self):
        """Sleeps far longer than the scheduler ever keeps a thread from falling asleep."""
        s = python(self, """
        import time
        for _ in range(2):
            time.sleep(0.5)""")
        w = s["wakes"]
        self.assertEqual(w["timed"] + w["unseen"], 2)
        self.assertGreaterEqual(w["from"]["hardirq"], w["timed"])
        # more there are only if Python slept over a file of its own
        self.assertEqual(w["returned"] - w["timed"], w["useful"] + w["wasted"])

    def test_by_the_network(self):
        """What comes over TCP is delivered in a softirq, whatever task it interrupts."""
        run = TracedServer(self, "blocking")
        with socket.create_connection(run.address) as client:
            for _ in range(10):
                await_sleep(run.server, "read")
                client.sendall(b"x")
                self.assertEqual(client.recv(1), b"x")
        s = run.end()
        by = {row["context"]: row["wakes"] for row in s["wakers"]}
        self.assertGreaterEqual(by["softirq"], 10)
        # by tasks: the signal that ends the server, and the shutdown of its listener
        self.assertEqual(s["wakes"]["total"] - by["softirq"], by.get("task", 0))
        self.assertLessEqual(by.get("task", 0), 2)
        self.assertEqual({row["tid"] for row in s["wakers"] if row["context"] != "task"}, {0})

    def test_each_thread_has_its_own(self):
        """A message to each of four threads, when it sleeps; their main thread accepts when it does."""
        run = TracedServer(self, "thread")
        tasks = Path(f"/proc/{run.server}/task")

        def asleep(count):
            below = [int(task.name) for task in tasks.iterdir()]
            return len(below) == count + 1 and sleeps(run.server, "accept4") and all(
                sleeps(run.server, "read", tid=tid) for tid in below if tid != run.server)

        with contextlib.ExitStack() as held:
            clients = []
            for count in range(5):
                wait_until(lambda n=count: asleep(n), f"the sleep of {count} threads")
                if count < 4:
                    clients += held.enter_context(socket.create_connection(run.address)),
            for client in clients:
                client.sendall(b"x")
                self.assertEqual(client.recv(1), b"x")
            wait_until(lambda: asleep(4), "the sleep of all")
            s = run.end()
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


@expand
class Handoffs(unittest.TestCase):
    """A thread is told of 40 messages on a socket that another one reads (programs/handoff.c)."""

    MESSAGES = 40

    def hand_off(self, how, events):
        s = traced(self, "trace", "--stall-ms", "86400000", "--", program(self, "handoff"), how,
                   f"{events:x}", str(self.MESSAGES))
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        i = s["interests"]
        self.assertEqual((i["rereports"], i["unknown"], i["stalls"]), (0, 0, 0))
        main, = (row for row in s["threads"] if row["tid"] == row["pid"])
        self.assertEqual(main["absorbed"], 0)
        return s, main

    @for_each([f"{how}-{events}" for how in ("wake", "late", "early")
               for events in ("ET", "ONESHOT")])
    def test_is_no_waste(self, value):
        how, events = value.split("-")
        s, main = self.hand_off(how, {"ET": ET, "ONESHOT": ONESHOT}[events])
        # the last one is the end
        self.assertEqual((main["handed"], main["useful"], main["wasted"]), (self.MESSAGES, 1, 0))
        self.assertEqual((s["wakes"]["handed"], s["wakes"]["pending"]), (self.MESSAGES, 0))
        left = s["interests"]["left"]
        self.assertEqual(s["left_ns"]["count"], left)
        if how != "wake":  # the worker may be faster, and then nothing is left
            self.assertEqual(left, self.MESSAGES if (how, events) == ("late", "ET") else 0)

    @for_each(["ET", "ONESHOT"])
    def test_what_the_thread_itself_reads_later_is_none(self, events):
        s, main = self.hand_off("keep", {"ET": ET, "ONESHOT": ONESHOT}[events])
        self.assertEqual((main["handed"], main["useful"], main["wasted"]),
                         (0, self.MESSAGES, self.MESSAGES))
        self.assertEqual((s["wakes"]["handed"], s["wakes"]["pending"]), (0, 0))

    @for_each(["a.close()", "os._exit(0)"])
    def test_what_nobody_reads(self, end):
        """Closed, it was for nothing; of a process that ended nothing more is known."""
        s = python(self, """
        import os, select, socket
        a, b = socket.socketpair()
        ep = select.epoll()
        ep.register(a, select.EPOLLIN | select.EPOLLONESHOT)
        if not os.fork():
            while not open('/proc/%%d/syscall' %% os.getppid()).read().startswith('%d '): pass
            b.send(b'x')
            os._exit(0)
        ep.poll()
        os.wait()
        ep.poll(0.01)
        %s""" % (NUMBER["epoll_wait"], end))
        w = s["wakes"]
        self.assertEqual((w["handed"], w["wasted"], w["pending"]),
                         (0, 1, 0) if "close" in end else (0, 0, 1))


class Rows(unittest.TestCase):
    def test_top_limits_them_and_shows_them_in_the_table(self):
        s = python(self, """
        import os, threading
        r, w = os.pipe()
        threads = [threading.Thread(target=os.read, args=(r, 1)) for _ in range(3)]
        for thread in threads:
            thread.start()
            call = '/proc/self/task/%%d/syscall' %% thread.native_id
            while not open(call).read().startswith('%d '): pass
        os.write(w, b'xxx')""" % NUMBER["read"], "--top", "2")
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
