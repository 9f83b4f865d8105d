# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Who was woken, and by whom: rows by thread and by waker, beside the totals."""
import json
import sys
import unittest

from harness import Process, binary, expand, for_each
from programs import program
from tracing import require_program, run_model, traced

ET, ONESHOT = 0x80000001, 0x40000001  # with EPOLLIN


def python(test, code, lost=0):
    """Traces a program; lost: the most events that may be lost."""
    s = traced(test, "trace", "--", sys.executable, "-S", "-c", "if True:\n" + code)
    test.assertLessEqual(sum(s["lost"].values()), lost, s["lost"])
    return s


@expand
class Wakes(unittest.TestCase):
    def test_by_another_task(self):
        """Two processes wake each other through pipes, the first time when the other one sleeps."""
        s = python(self, """
        import os
        read = {'x86_64': '0 ', 'aarch64': '63 '}[os.uname().machine]
        def await_sleep(pid):
            while not open('/proc/%d/syscall' % pid).read().startswith(read):
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
            os._exit(0)""")
        pids = {row["tid"] for row in s["threads"]}
        self.assertEqual(len(pids), 2, s["threads"])
        ours = [row for row in s["wakers"] if row["context"] == "task" and row["tid"] in pids]
        self.assertEqual({row["tid"] for row in ours}, pids, s["wakers"])
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
            call = '/proc/%%d/syscall' %% os.getppid()
            while open(call).read().startswith('running'): pass  # until it has been switched out
            b.send(b'x')
            os._exit(0)
        ep.poll()
        os.wait()
        ep.poll(0.01)
        %s""" % end)
        w = s["wakes"]
        self.assertEqual((w["handed"], w["wasted"], w["pending"]),
                         (0, 1, 0) if "close" in end else (0, 0, 1))


class Interrupted(unittest.TestCase):
    def test_what_the_network_brings_while_a_system_call_tells(self):
        """
        One CPU: a UNIX socket tells of 400 000 datagrams, each from a system call, and TCP, which a
        timer paces, delivers in interrupts. Some fifty of these fall into the program that handles
        the former, are kept from it, and go to the second one; all but those of a few instructions.
        """
        s = python(self, """
        import os, select, socket
        SO_MAX_PACING_RATE = 47
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        listener = socket.create_server(('127.0.0.1', 0))
        c = socket.create_connection(listener.getsockname())
        s, _ = listener.accept()
        c.setsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE, 20_000_000)
        c.setblocking(False); s.setblocking(False)
        a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        ep = select.epoll()
        ep.register(s, select.EPOLLIN | select.EPOLLET)
        for i in range(400_000):
            if i % 20 == 0:
                try: c.send(b'x' * 20000)
                except BlockingIOError: pass
                for _ in ep.poll(0):
                    try:
                        while s.recv(65536): pass
                    except BlockingIOError: pass
            a.send(b'x'); b.recv(1)""", lost=3)
        i = s["interests"]
        self.assertEqual((i["rereports"], i["unknown"]), (0, 0))
        self.assertGreater(i["fresh"], 0)

    def test_connections_that_the_other_cpu_brings(self):
        """
        The loopback of a network namespace hands half of its packets to another CPU (RPS), where
        they are delivered in an interrupt, whatever it falls into: with three programs that connect
        and close all the time, dozens a run fall into the one that handles a change of state.
        """
        code = """
        import ctypes, fcntl, glob, os, socket, struct, subprocess, sys
        control = socket.socket()
        up = struct.pack('16sH14x', b'lo', 1 | 0x40)  # IFF_UP | IFF_RUNNING
        fcntl.ioctl(control, 0x8914, up)  # SIOCSIFFLAGS
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.mount(b'none', b'/sys', b'sysfs', 0, None):
            sys.exit('no sysfs')
        try:
            with open('/sys/class/net/lo/queues/rx-0/rps_cpus', 'w') as file:
                file.write('3')
        except OSError as error:
            sys.exit(f'no RPS: {error}')
        churning = []
        for _ in range(2):
            churning.append(os.fork())
            if churning[-1]:
                continue
            listener = socket.create_server(('127.0.0.1', 0), backlog=512)
            reset = struct.pack('ii', 1, 0)
            while True:
                clients = [socket.create_connection(listener.getsockname()) for _ in range(100)]
                for client in clients:
                    listener.accept()[0].close()
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
                    client.close()
        status = subprocess.run(sys.argv[1:]).returncode
        for pid in churning:
            os.kill(pid, 9)
        sys.exit(status)"""
        run = Process(self, [require_program("unshare"), "-n", "-m", sys.executable, "-S", "-c",
                             "if True:\n" + code, binary(), "run", "poll", "--conns", "400",
                             "--active", "1", "--messages", "1000", "--format", "ndjson"])
        if run.wait() and "no RPS" in run.stderr:
            self.skipTest(run.stderr.strip())
        self.assertEqual(run.status, 0, run.stderr)
        s = json.loads(run.stdout.splitlines()[-1])
        lost = sum(s["lost"].values())
        self.assertLessEqual(lost, 3, s["lost"])
        self.assertLessEqual(400 - lost, s["sockets"]["established"])
        self.assertLessEqual(s["sockets"]["established"], 400)


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
