# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Stalls of a process that ran already: those under way before, and what is said while they last."""
import signal
import sys
import unittest
from pathlib import Path

from harness import Process, binary, wait_until
from sleeping import await_sleep
from stalling import PRELUDE, await_warnings
from tracing import Traced


class Hanging(unittest.TestCase):
    def asleep(self, target):
        """Waits until it sleeps in a wait on the first descriptor that it printed; gives all."""
        wait_until(lambda: "\n" in target.stdout, "the descriptors")
        fds = [int(word) for word in target.stdout.split()]
        await_sleep(target.pid, "epoll_wait", fds[0])
        return fds

    def hanging(self):
        """A process that was told of 64 bytes, read 16 and sleeps over the rest."""
        target = Process(self, [sys.executable, "-S", "-c", PRELUDE + """
        import signal
        signal.signal(signal.SIGUSR1, lambda *_: s.recv(48))
        ep.register(s, select.EPOLLIN | ET)
        c.send(b'x' * 64)
        ep.poll()
        s.recv(16)
        print(ep.fileno(), s.fileno(), flush=True)
        until_seen()"""])
        return target, *self.asleep(target)

    def test_one_that_was_under_way_before(self):
        target, epfd, fd = self.hanging()
        run = Traced(self, "trace", "-p", target.pid)
        await_warnings(run)
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
        await_warnings(run)
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
        self.assertEqual([row["unread"] for row in run.lines()[1]["unread"] if row["unit"] == "bytes"],
                         [64])
        self.assertEqual(s["interests"]["stalls"], 0)

    def test_what_hangs_is_said_at_once(self):
        target, _, fd = self.hanging()
        run = Process(self, [binary(), "trace", "--seconds", "0.2", "-p", target.pid])
        self.assertEqual(run.wait(), 0, run.stderr)
        for line in ("When tracing began: 1 thread asleep · 1 descriptor had unread input · 1 left unread",
                     "sleeps in epoll_", f"48 bytes unread on fd {fd} of process ",
                     "went to sleep with input left, before tracing began. Fix: read until EAGAIN"):
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
            for fd, _ in ep.poll():
                side, = {side for side in left if side.fileno() == fd}
                side.recv(16)
                left.remove(side)
        until_seen()"""

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
        self.assertEqual([line for line in lines if " 0ns in total" in line], [])
        both = [line for line in lines if "2 now" in line]
        for line in both[1:]:
            self.assertRegex(line, r"of 50ms or longer \(--stall-ms\) · \d+(\.\d+)?m?s in total · 2 now: 96 bytes unread$")

    def test_in_a_process_whose_first_thread_has_ended(self):
        target = Process(self, [sys.executable, "-S", "-c", PRELUDE + """
        import ctypes, platform, signal, threading
        def body():
            ep.register(s, select.EPOLLIN | ET)
            print('ready', flush=True)
            signal.sigwait([signal.SIGUSR1])
            c.send(b'x' * 64)
            ep.poll()
            s.recv(16)
            until_seen()
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        threading.Thread(target=body).start()
        ctypes.CDLL(None).syscall(93 if platform.machine() == 'aarch64' else 60, 0)"""])
        state = Path(f"/proc/{target.pid}/stat")
        wait_until(lambda: "ready" in target.stdout and ") Z" in state.read_text(), "its end")
        run = Traced(self, "trace", "-p", str(target.pid))
        run.started()
        target.signal(signal.SIGUSR1)
        await_warnings(run)
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
        ep.poll()
        s.recv(16)
        until_seen()"""])
        wait_until(lambda: "ready" in target.stdout, "the program to be ready")
        run = Traced(self, "trace", "-p", str(target.pid))
        run.started()
        target.signal(signal.SIGUSR1)
        await_warnings(run)
        run.signal(signal.SIGINT)
        s = run.summary()
        self.assertEqual((s["interests"]["stalls"], s["interests"]["stalled_bytes"]), (1, 48))
        self.assertEqual([row["stalls"] for row in s["epolls"]], [1])
        self.assertEqual([(row["unread"], row["tid"]) for row in s["stalled"]], [(48, target.pid)])
        self.assertGreater(s["interests"]["stalled_ns"], 50e6)


if __name__ == "__main__":
    unittest.main()
