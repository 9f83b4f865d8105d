# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A program that wakelab and perf count at the same time: they must agree."""
import signal
import unittest

from harness import alive, children, wait_until
from tracing import Gated, Perf, Traced, calls

WAITS = ["epoll_wait", "epoll_pwait", "epoll_pwait2", "poll", "ppoll", "select", "pselect6",
         "rt_sigtimedwait", "rt_sigsuspend", "pause", "nanosleep", "clock_nanosleep",
         "io_uring_enter"]
SETUP = ["fcntl", "ioctl", "epoll_ctl", "epoll_create1", "socket", "bind", "listen", "close"]
IO = ["accept", "accept4", "read", "readv", "pread64", "write", "writev", "recvfrom", "recvmsg",
      "sendto", "sendmsg"]


def descendants(pid):
    """The processes below one."""
    below = list(children(pid))
    return below + [process for child in below for process in descendants(child)]


class Observed(unittest.TestCase):
    def observe(self, program, names):
        """Puts both observers on a gated program and lets it go; its Traced and Perf. Each ends when the last of
        its processes has: one that stays at its gate keeps them from ending before what the program leaves."""
        self.last = Gated(self, "true")
        pids = f"{program.pid},{self.last.pid}"
        tracer = Traced(self, "trace", "-p", pids)
        tracer.started()
        perf = Perf.of_calls(self, pids, names)
        program.go()
        return tracer, perf

    def compare(self, tracer, perf, left=()):
        """Once the program has ended, and what it leaves: call for call, and nothing was lost."""
        wait_until(lambda: not any(alive(pid) for pid in left), "the end of what the program leaves")
        self.last.signal(signal.SIGKILL)
        self.last.wait()
        s = tracer.summary()
        counted = perf.counts()
        self.assertTrue(counted)
        ours = {name: calls(s, name)["calls"] for name in counted}
        self.assertEqual(ours, counted)
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        return s
