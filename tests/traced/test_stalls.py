# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Stalls: data that an edge-triggered reader was told of, left behind, and sleeps over."""
import signal
import sys
import unittest
from pathlib import Path

from harness import Process, binary, wait_until
from tracing import Traced, traced

PRELUDE = """if True:
        import os, select, socket
        listener = socket.create_server(('127.0.0.1', 0))
        c = socket.create_connection(listener.getsockname())
        s, _ = listener.accept()
        ET, NAP = select.EPOLLET, 0.02
        ep = select.epoll()
"""


class Stalls(unittest.TestCase):
    def trace(self, code, *args):
        """The summary and the warnings of a traced Python program."""
        run = Traced(self, "trace", *args, "--", sys.executable, "-S", "-c", PRELUDE + code)
        s = run.summary()
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        return s, [line for line in run.lines() if line["type"] == "stall"]

    def left(self, code):
        """How often something was left behind, for however long."""
        s, _ = self.trace(code)
        i = s["interests"]
        self.assertGreaterEqual(i["left"], i["stalls"])
        self.assertGreaterEqual(i["left"], s["left_ns"]["count"])
        return i["left"]

    def test_the_fault(self):
        run = Traced(self, "run", "epoll-et", "--port", "0", "--fault", "et-no-drain", "--conns",
                     "1", "--messages", "1", "--size", "64", "--read-size", "16", "--timeout", "1")
        s = run.summary(1)
        warnings = [line for line in run.lines() if line["type"] == "stall"]
        self.assertEqual([(w["unread"], w["unit"]) for w in warnings], [(48, "bytes")])
        self.assertGreaterEqual(warnings[0]["stalled_ns"], 50e6)
        self.assertRegex(warnings[0]["peer"], r"^127\.0\.0\.1:\d+$")
        self.assertEqual(s["interests"]["stalls"], 1)
        self.assertGreater(s["interests"]["stalled_ns"], warnings[0]["stalled_ns"])
        # the client's end is an edge, and with it the episode is over
        self.assertEqual((s["interests"]["stalled_bytes"], s["stalled"]), (0, []))

    def test_a_new_edge_ends_it_and_the_next_sleep_begins_another(self):
        self.assertEqual(self.left("""
        ep.register(s, select.EPOLLIN | ET)
        for _ in range(3):
            c.send(b'x' * 64)
            ep.poll(1)
            s.recv(16)
            ep.poll(NAP)
            ep.poll(NAP)"""), 3)

    def test_a_partial_read_ends_it_too(self):
        self.assertEqual(self.left("""
        ep.register(s, select.EPOLLIN | ET)
        c.send(b'x' * 64)
        ep.poll(1)
        for _ in range(4):
            ep.poll(NAP)
            s.recv(16)
        ep.poll(NAP)"""), 4)

    def test_what_was_never_read_at_all(self):
        s, warnings = self.trace("""
        ep.register(s, select.EPOLLIN | ET)
        c.send(b'x' * 5)
        ep.poll(1)
        ep.poll(0.2)""", "--stall-ms", "100")
        self.assertEqual([w["unread"] for w in warnings], [5])
        self.assertGreaterEqual(warnings[0]["stalled_ns"], 100e6)

    def test_short_ones_are_counted_without_a_warning(self):
        s, warnings = self.trace("""
        ep.register(s, select.EPOLLIN | ET)
        for _ in range(5):
            c.send(b'x' * 64)
            ep.poll(1)
            ep.poll(NAP)
            s.recv(64)""", "--stall-ms", "86400000")
        i = s["interests"]
        self.assertEqual((i["left"], s["left_ns"]["count"], i["stalls"], i["stalled_ns"], warnings),
                         (5, 5, 0, 0, []))
        self.assertEqual([sum(row[n] for row in s["epolls"]) for n in ("left", "stalls")], [5, 0])
        # the nap is 20 ms from the begin of the call on, and the thread falls asleep later
        self.assertGreaterEqual(s["left_ns"]["min"], 10e6)

    def test_how_much_was_left(self):
        s, _ = self.trace("""
        ep.register(s, select.EPOLLIN | ET)
        for size in (64, 7, 1):
            c.send(b'x' * size)
            ep.poll(1)
            ep.poll(NAP)
            s.recv(64)
        a, b = socket.socketpair(type=socket.SOCK_DGRAM)
        ep.register(a, select.EPOLLIN | ET)
        for _ in range(3): b.send(b'x')
        ep.poll(1)
        ep.poll(NAP)""", "--stall-ms", "86400000")
        i = s["interests"]
        self.assertEqual(i["left"], 4)
        self.assertEqual(s["left_largest"], {"bytes": 64, "packets": 3, "connections": 0})
        self.assertEqual((s["left_last"]["unread"], s["left_last"]["unit"]), (3, "packets"))

    def test_each_that_lasts_is_a_stall_of_its_instance(self):
        s, warnings = self.trace("""
        ep.register(s, select.EPOLLIN | ET)
        for nap in (0.001, 1, 0.001, 1):
            c.send(b'x' * 64)
            ep.poll(1)
            ep.poll(nap)
            s.recv(64)""", "--stall-ms", "500")
        i = s["interests"]
        self.assertEqual((i["left"], s["left_ns"]["count"], i["stalls"], len(warnings)),
                         (4, 4, 2, 2))
        self.assertEqual([sum(row[n] for row in s["epolls"]) for n in ("left", "stalls")], [4, 2])
        self.assertGreaterEqual(i["stalled_ns"], 2e9)

    def test_more_than_a_thousand_at_a_time(self):
        """Also where a thread had fewer before, and has fewer afterwards."""
        s, _ = self.trace("""
        import resource
        resource.setrlimit(resource.RLIMIT_NOFILE, (8192, 8192))
        b = socket.socket(type=socket.SOCK_DGRAM)
        sides = []
        for _ in range(5000):
            a = socket.socket(type=socket.SOCK_DGRAM)
            a.bind(('127.0.0.1', 0))
            ep.register(a, select.EPOLLIN | ET)
            sides.append(a)
        def told(some):
            for a in some:
                b.sendto(b'x', a.getsockname())
            n = 0
            while n < len(some):
                n += len(ep.poll(0, 500))
            ep.poll(0.001)
            for a in some:
                a.recv(1)
        for some in (sides[:10], sides, sides[:3000], sides[1000:1500]):
            told(some)""", "--stall-ms", "86400000")
        i = s["interests"]
        self.assertEqual((i["left"], s["left_ns"]["count"]), (8510, 8510))
        self.assertEqual(s["left_largest"], {"bytes": 0, "packets": 1, "connections": 0})

    def test_an_end_of_file_is_no_data(self):
        self.assertEqual(self.left("""
        ep.register(s, select.EPOLLIN | ET)
        c.shutdown(socket.SHUT_WR)
        ep.poll(1)
        ep.poll(NAP)"""), 0)

    def test_data_before_an_end_of_file_is(self):
        s, warnings = self.trace("""
        ep.register(s, select.EPOLLIN | ET)
        c.send(b'x' * 10)
        c.shutdown(socket.SHUT_WR)
        while not ep.poll(1)[0][1] & select.EPOLLIN: pass
        s.recv(4)
        ep.poll(0.2)""")
        # the FIN may come as an edge of its own after the first report
        self.assertEqual(warnings[-1]["unread"] if warnings else None, 6)

    def test_connections_left_in_the_backlog(self):
        s, warnings = self.trace("""
        ep.register(listener, select.EPOLLIN | ET)
        clients = [socket.create_connection(listener.getsockname()) for _ in range(3)]
        ep.poll(1)
        listener.accept()
        ep.poll(0.2)""")
        self.assertEqual([(w["unread"], w["unit"], w["peer"]) for w in warnings],
                         [(2, "connections", "")])
        self.assertEqual(s["interests"]["stalled_bytes"], 0)

    def test_datagrams(self):
        s, warnings = self.trace("""
        a, b = socket.socket(type=socket.SOCK_DGRAM), socket.socket(type=socket.SOCK_DGRAM)
        a.bind(('127.0.0.1', 0))
        ep.register(a, select.EPOLLIN | ET)
        for _ in range(3):
            b.sendto(b'x', a.getsockname())
        ep.poll(1)
        a.recv(1)
        ep.poll(0.2)""")
        self.assertEqual([(w["unread"], w["unit"]) for w in warnings], [(2, "packets")])

    def test_none_where_nothing_is_left(self):
        self.assertEqual(self.left("""
        ep.register(s, select.EPOLLIN | ET)
        for _ in range(20):
            c.send(b'x' * 64)
            ep.poll(1)
            while True:
                try: s.recv(16, socket.MSG_DONTWAIT)
                except BlockingIOError: break
            ep.poll(0.001)"""), 0)

    def test_none_where_the_level_is_told_again(self):
        self.assertEqual(self.left("""
        ep.register(s, select.EPOLLIN)
        c.send(b'x' * 64)
        ep.poll(1)
        s.recv(16)
        select.select([], [], [], NAP)"""), 0)

    def test_none_after_it_was_armed_again(self):
        self.assertEqual(self.left("""
        ep.register(s, select.EPOLLIN | ET)
        c.send(b'x' * 64)
        for _ in range(4):
            ep.poll(1)
            s.recv(16)
            ep.modify(s, select.EPOLLIN | ET)
        ep.poll(NAP)"""), 0)

    def test_none_in_a_server_that_drains_under_load(self):
        s = traced(self, "run", "epoll-et", "--port", "0", "--conns", "100", "--messages", "200",
                   "--mode", "pipeline", "--read-size", "48")
        self.assertEqual((s["interests"]["stalls"], s["interests"]["stalled_ns"]), (0, 0))

    def asleep(self, target):
        """Waits until it sleeps in a wait on the first descriptor that it printed; gives all."""
        wait_until(lambda: "\n" in target.stdout, "the descriptors")
        fds = [int(word) for word in target.stdout.split()]
        syscall = Path(f"/proc/{target.pid}/syscall")
        wait_until(lambda: f" {fds[0]:#x} " in syscall.read_text(), "its sleep")
        return fds

    def hanging(self):
        """A process that was told of 64 bytes, read 16 and sleeps over the rest."""
        target = Process(self, [sys.executable, "-S", "-c", PRELUDE + """
        import signal
        signal.signal(signal.SIGUSR1, lambda *_: s.recv(48))
        ep.register(s, select.EPOLLIN | ET)
        c.send(b'x' * 64)
        ep.poll(1)
        s.recv(16)
        print(ep.fileno(), s.fileno(), flush=True)
        ep.poll(100)"""])
        return target, *self.asleep(target)

    def test_one_that_was_under_way_before(self):
        target, epfd, fd = self.hanging()
        run = Traced(self, "trace", "-p", target.pid)
        wait_until(lambda: any(line["type"] == "stall" for line in run.lines()), "the warning")
        began = run.lines()[1]
        self.assertEqual(began["type"], "attached")
        self.assertEqual([(row["tid"], row["args"][0]) for row in began["sleeping"]],
                         [(target.pid, f"{epfd:#x}")])
        self.assertRegex(began["sleeping"][0]["call"], "^epoll_p?wait$")
        self.assertEqual([(row["pid"], row["fd"], row["unread"]) for row in began["unread"]],
                         [(target.pid, fd, 48)])
        self.assertEqual([(row["fd"], row["unread"], row["before"]) for row in began["stalled"]],
                         [(fd, 48, True)])
        run.signal(signal.SIGINT)
        s = run.summary()
        self.assertEqual((s["interests"]["stalls"], s["interests"]["stalled_bytes"]), (1, 48))
        self.assertEqual([row["stalls"] for row in s["epolls"]], [1])
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])

    def test_one_that_was_under_way_before_ends_with_a_read(self):
        target, _, _ = self.hanging()
        run = Traced(self, "trace", "--interval", "0.02", "-p", target.pid)
        wait_until(lambda: any(line["type"] == "stall" for line in run.lines()), "the warning")
        target.signal(signal.SIGUSR1)
        wait_until(lambda: not run.lines()[-1].get("interests", {}).get("stalled_bytes", 48),
                   "its end")
        run.signal(signal.SIGINT)
        s = run.summary()
        self.assertEqual((s["interests"]["stalls"], s["stalled"]), (1, []))
        self.assertGreater(s["interests"]["stalled_ns"], 0)

    def test_none_where_the_level_was_left_before(self):
        target = Process(self, [sys.executable, "-S", "-c", PRELUDE + """
        other = select.epoll()
        ep.register(s, select.EPOLLIN)
        c.send(b'x' * 64)
        print(other.fileno(), flush=True)
        other.poll(100)"""])
        self.asleep(target)
        run = Traced(self, "trace", "--seconds", "0.05", "-p", target.pid)
        s = run.summary()
        self.assertEqual([row["unread"] for row in run.lines()[1]["unread"]], [64])
        self.assertEqual(s["interests"]["stalls"], 0)

    def test_what_hangs_is_said_at_once(self):
        target, _, fd = self.hanging()
        run = Process(self, [binary(), "trace", "--seconds", "0.2", "-p", target.pid])
        self.assertEqual(run.wait(), 0, run.stderr)
        for line in ("when tracing began: asleep 1 · sockets with data unread 1 · left behind 1",
                     "sleeps in epoll_", f"48 bytes unread on descriptor {fd} of process ",
                     "went to sleep before tracing began: read until EAGAIN"):
            self.assertIn(line, " ".join(run.stdout.split()))  # wherever lines are broken

    TWO = PRELUDE + """
        import signal
        d = socket.create_connection(listener.getsockname())
        t, _ = listener.accept()
        signal.signal(signal.SIGUSR2, lambda *_: (s.recv(64), t.recv(64)))
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        for side in (s, t):
            ep.register(side, select.EPOLLIN | ET)
        print('ready', flush=True)
        signal.sigwait([signal.SIGUSR1])
        c.send(b'x' * 64)
        d.send(b'x' * 64)
        left = {s, t}
        while left:
            for fd, _ in ep.poll(1):
                side, = {side for side in left if side.fileno() == fd}
                side.recv(16)
                left.remove(side)
        ep.poll(100)"""

    def under_way(self, run):
        """The intervals of a run so far, and the bytes that stalls had left at the end of each."""
        intervals = [line for line in run.lines() if line["type"] == "interval"]
        return intervals, [line["interests"]["stalled_bytes"] for line in intervals]

    def test_its_time_lies_in_the_intervals(self):
        target = Process(self, [sys.executable, "-S", "-c", self.TWO])
        wait_until(lambda: "ready" in target.stdout, "the program to be ready")
        run = Traced(self, "trace", "--interval", "0.02", "-p", target.pid)
        run.started()
        target.signal(signal.SIGUSR1)
        wait_until(lambda: self.under_way(run)[1].count(96) > 5, "both under way for some time")
        target.signal(signal.SIGUSR2)
        wait_until(lambda: self.under_way(run)[1][-1] == 0, "their end")
        run.signal(signal.SIGINT)
        s = run.summary()
        intervals, left = self.under_way(run)
        self.assertEqual(s["interests"]["stalls"], 2)
        self.assertEqual(sum(i["interests"]["stalls"] for i in intervals), 2)
        self.assertEqual(sum(i["interests"]["stalled_ns"] for i in intervals),
                         s["interests"]["stalled_ns"])
        whole = [interval for at, interval in enumerate(intervals) if left[at - 2:at + 1] == [96] * 3]
        self.assertGreater(len(whole), 3)
        for interval in whole:  # both were under way all the time
            self.assertEqual(interval["interests"]["stalled_ns"], 2 * interval["interval_ns"])

    def test_its_time_on_the_screen(self):
        target = Process(self, [sys.executable, "-S", "-c", self.TWO])
        wait_until(lambda: "ready" in target.stdout, "the program to be ready")
        run = Process(self, [binary(), "trace", "--interval", "0.02", "-p", target.pid])
        wait_until(lambda: "attached" in run.stdout, "its first line")
        target.signal(signal.SIGUSR1)
        wait_until(lambda: run.stdout.count("2 now: 96 bytes unread") > 5, "some intervals")
        run.signal(signal.SIGINT)
        self.assertEqual(run.wait(), 0, run.stderr)
        lines = [line for line in run.stdout.splitlines() if line.startswith(" stalls ")]
        self.assertGreater(len(lines), 6)
        self.assertEqual([line for line in lines if " 0ns in all" in line], [])
        both = [line for line in lines if "2 now" in line]
        for line in both[1:]:
            self.assertRegex(line, r"reached 50ms · \d+(\.\d)?ms in all · 2 now: 96 bytes unread$")

    def test_in_a_process_whose_first_thread_has_ended(self):
        target = Process(self, [sys.executable, "-S", "-c", PRELUDE + """
        import ctypes, platform, signal, threading
        def body():
            ep.register(s, select.EPOLLIN | ET)
            print('ready', flush=True)
            signal.sigwait([signal.SIGUSR1])
            c.send(b'x' * 64)
            ep.poll(1)
            s.recv(16)
            ep.poll(100)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        threading.Thread(target=body).start()
        ctypes.CDLL(None).syscall(93 if platform.machine() == 'aarch64' else 60, 0)"""])
        state = Path(f"/proc/{target.pid}/stat")
        wait_until(lambda: "ready" in target.stdout and ") Z" in state.read_text(), "its end")
        run = Traced(self, "trace", "-p", str(target.pid))
        run.started()
        target.signal(signal.SIGUSR1)
        wait_until(lambda: any(line["type"] == "stall" for line in run.lines()), "the warning")
        run.signal(signal.SIGINT)
        s = run.summary()
        self.assertEqual([row["unread"] for row in s["stalled"]], [48])
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])

    def test_one_under_way_when_tracing_ends(self):
        target = Process(self, [sys.executable, "-S", "-c", PRELUDE + """
        import signal
        ep.register(s, select.EPOLLIN | ET)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        print('ready', flush=True)
        signal.sigwait([signal.SIGUSR1])
        c.send(b'x' * 64)
        ep.poll(1)
        s.recv(16)
        ep.poll(100)"""])
        wait_until(lambda: "ready" in target.stdout, "the program to be ready")
        run = Traced(self, "trace", "-p", str(target.pid))
        run.started()
        target.signal(signal.SIGUSR1)
        wait_until(lambda: any(line["type"] == "stall" for line in run.lines()), "the warning")
        run.signal(signal.SIGINT)
        s = run.summary()
        self.assertEqual((s["interests"]["stalls"], s["interests"]["stalled_bytes"]), (1, 48))
        self.assertEqual([row["stalls"] for row in s["epolls"]], [1])
        self.assertEqual([(row["unread"], row["tid"]) for row in s["stalled"]], [(48, target.pid)])
        self.assertGreater(s["interests"]["stalled_ns"], 50e6)


if __name__ == "__main__":
    unittest.main()
