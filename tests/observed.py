# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A program that wakelab and perf count at the same time: they must agree."""
import unittest

from tracing import Perf, Traced, calls

WAITS = ["epoll_wait", "epoll_pwait", "epoll_pwait2", "poll", "ppoll", "select", "pselect6",
         "rt_sigtimedwait", "rt_sigsuspend", "pause", "nanosleep", "clock_nanosleep",
         "io_uring_enter"]
SETUP = ["fcntl", "ioctl", "epoll_ctl", "epoll_create1", "socket", "bind", "listen", "close"]
IO = ["accept", "accept4", "read", "readv", "pread64", "write", "writev", "recvfrom", "recvmsg",
      "sendto", "sendmsg"]


class Observed(unittest.TestCase):
    def observe(self, program, names):
        """Puts both observers on a gated program and lets it go; its Traced and Perf."""
        tracer = Traced(self, "trace", "-p", str(program.pid))
        tracer.started()
        perf = Perf.of_calls(self, program.pid, names)
        program.go()
        return tracer, perf

    def compare(self, tracer, perf):
        """Once the program has ended: call for call, and nothing was lost."""
        s = tracer.summary()
        counted = perf.counts()
        self.assertTrue(counted)
        ours = {name: calls(s, name)["calls"] for name in counted}
        self.assertEqual(ours, counted)
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        return s
