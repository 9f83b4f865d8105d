# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Models under the tracer: known workloads, exact answers. That the witnesses of each agree is tested in
test_kernel.py, as it has to hold on every kernel."""
import unittest

from harness import TCP_MODELS, expand, for_each
from tracing import calls, run_model

MUX = ["epoll_wait", "epoll_pwait", "epoll_pwait2", "poll", "ppoll", "select", "pselect6"]


def cut_short(s):
    """1 where the SIGTERM that ends the server found it in its wait, 0 where it found it at work."""
    count = calls(s, "epoll_wait")["errors"].get("EINTR", 0)
    assert count <= 1, count
    return count


@expand
class Service(unittest.TestCase):
    @for_each(TCP_MODELS)
    def test_latency_is_measured_once_a_message(self, model):
        s = run_model(self, model, "--conns", "2", "--messages", "500")
        self.assertEqual(s["service_ns"]["count"], 1000)


class Short(unittest.TestCase):
    def test_a_load_that_ends_while_it_connects(self):
        """What has been answered and not been looked at was accepted: both count it."""
        s = run_model(self, "epoll-lt", "--conns", "4000", "--seconds", "0.02")
        self.assertTrue(s["reconciled"], s["witnesses"])


class Exact(unittest.TestCase):
    ARGS = ["--conns", "1", "--messages", "1000", "--read-size", "16", "--mode", "lockstep"]

    def test_epoll_lt(self):
        s = run_model(self, "epoll-lt", *self.ARGS)
        read, wait = calls(s, "read"), calls(s, "epoll_wait")
        self.assertEqual(read["bytes"], 64000)
        self.assertEqual(read["calls"], 4001)  # 4 a message, and the end of file
        self.assertEqual((read["zero"], read["errors"]), (1, {}))
        self.assertEqual(read["calls"] - read["zero"], 4000)
        self.assertEqual(s["server"]["reads"], 4000)
        self.assertEqual(wait["calls"], s["server"]["waits"])
        # a report for each read, the accept and the end of file; and the SIGTERM, if it found the
        # server in its wait
        self.assertEqual(wait["calls"], 4002 + cut_short(s))
        self.assertEqual(calls(s, "epoll_ctl")["calls"], 2)

    def test_epoll_et(self):
        s = run_model(self, "epoll-et", *self.ARGS)
        read, wait = calls(s, "read"), calls(s, "epoll_wait")
        self.assertEqual(read["bytes"], 64000)
        self.assertEqual(read["calls"] - read["zero"] - read["errors"]["EAGAIN"], 4000)
        self.assertEqual(read["errors"]["EAGAIN"] + calls(s, "accept")["errors"]["EAGAIN"],
                         s["server"]["eagain"])
        self.assertEqual(wait["calls"], s["server"]["waits"])
        # one report a message at most (one that comes while another is drained needs none), the
        # accept, the end of file and the SIGTERM
        self.assertLessEqual(wait["calls"], 1003)
        self.assertEqual(wait["calls"], sum(wait["verdicts"].values()))

    def test_nonblocking_never_waits_and_never_sleeps(self):
        s = run_model(self, "nonblocking", "--conns", "4", "--messages", "1000")
        for name in MUX:
            self.assertEqual(calls(s, name)["calls"], 0, name)
        self.assertEqual(sum(row["sleeps"] for row in s["syscalls"]), 0)
        eagain = sum(calls(s, n)["errors"].get("EAGAIN", 0) for n in ("accept", "read", "write"))
        self.assertEqual(eagain, s["server"]["eagain"])
        self.assertGreater(eagain, 0)
        self.assertEqual(s["service_ns"]["count"], 4000)

    def test_sigio(self):
        s = run_model(self, "sigio", "--conns", "4", "--messages", "1000")
        sig = s["sigio"]
        # one is queued at a time, so each that reached the handler has its latency
        self.assertEqual(sig["latency_ns"]["count"], sig["delivered"])
        self.assertGreater(sig["delivered"], 0)
        self.assertEqual(s["sockets"]["datagrams_arrived"], 4000)
        self.assertEqual(s["sockets"]["datagrams_read"], 4000)
        fcntl = {row["cmd"]: row for row in s["fcntl"]}
        self.assertEqual(fcntl["F_SETOWN"]["calls"], 1)
        self.assertEqual(fcntl["F_SETFL"]["on"]["O_ASYNC"], 1)
        self.assertEqual(fcntl["F_SETFL"]["on"]["O_NONBLOCK"], 1)

    def test_sigio_rt(self):
        s = run_model(self, "sigio-rt", "--conns", "4", "--messages", "1000")
        fcntl = {row["cmd"]: row for row in s["fcntl"]}
        self.assertEqual(fcntl["F_SETSIG"]["calls"], 1)
        taken = calls(s, "rt_sigtimedwait")["verdicts"]
        self.assertEqual(s["sigio"]["consumed"], taken["ready"] + taken["slept"])

    def test_every_wake_of_a_lockstep_server_is_useful_but_the_last(self):
        s = run_model(self, "epoll-lt", "--conns", "1", "--messages", "1000")
        w = s["wakes"]
        # each message but those that were there already woke it, and so did accept and EOF
        self.assertLessEqual(w["wasted"], cut_short(s))
        self.assertEqual((w["absorbed"], w["timed"], w["pending"]), (0, 0, 0))
        self.assertEqual(w["returned"] + w["unseen"],
                         calls(s, "epoll_wait")["verdicts"]["slept"] + w["wasted"])

    def test_work_per_wait(self):
        s = run_model(self, "epoll-lt", "--conns", "1", "--messages", "1000")
        self.assertEqual(s["work"]["returns"], 1002 + cut_short(s))
        self.assertEqual(s["work"]["events"], 1002)
        self.assertEqual(s["work"]["bytes"], 64000)
