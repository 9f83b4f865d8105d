# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Models under the tracer: known workloads, exact answers. That the witnesses of each agree is tested in
test_kernel.py, as it has to hold on every kernel."""
import os
import signal
import socket
import unittest

from harness import TCP_MODELS, WAIT, expand, for_each
from sleeping import await_sleep, await_stop
from tracing import TracedServer, calls, run_model

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


@expand
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
        self.assertEqual(read["errors"]["EAGAIN"] + calls(s, "accept4")["errors"]["EAGAIN"],
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
        eagain = sum(calls(s, n)["errors"].get("EAGAIN", 0) for n in ("accept4", "read", "write"))
        self.assertEqual(eagain, s["server"]["eagain"])
        self.assertGreater(eagain, 0)
        self.assertEqual(s["service_ns"]["count"], 4000)

    @for_each(["blocking", "fork", "thread", "aio"])
    def test_who_may_block_sets_nothing(self, model):
        s = run_model(self, model, "--conns", "3", "--messages", "10", "--one-by-one")
        self.assertEqual((calls(s, "fcntl")["calls"], s["fcntl"]), (0, []))
        self.assertEqual(calls(s, "accept4")["verdicts"]["ready"] +
                         calls(s, "accept4")["verdicts"]["slept"], 3)

    @for_each(["nonblocking", "select", "poll", "epoll-lt", "epoll-et", "epoll-oneshot"])
    def test_only_the_listener_takes_a_call_not_to_block(self, model):
        """The connections have O_NONBLOCK from the accept4() that gave them."""
        s = run_model(self, model, "--conns", "3", "--messages", "10")
        rows = {row["cmd"]: row for row in s["fcntl"]}
        self.assertEqual({cmd: row["calls"] for cmd, row in rows.items()}, {"F_GETFL": 1, "F_SETFL": 1})
        self.assertEqual(rows["F_SETFL"]["on"], {"O_NONBLOCK": 1})
        self.assertEqual(calls(s, "accept4")["verdicts"]["ready"], 3)
        slept = [row["name"] for row in s["syscalls"] if row["sleeps"]]
        self.assertTrue(set(slept) <= set(MUX) | {"futex"}, slept)

    def test_a_process_each_takes_that_call_for_its_listener(self):
        s = run_model(self, "epoll-exclusive", "--procs", "3", "--conns", "5", "--messages", "10")
        rows = {row["cmd"]: row["calls"] for row in s["fcntl"]}
        self.assertEqual(rows, {"F_GETFL": 3, "F_SETFL": 3})
        self.assertEqual(calls(s, "accept4")["verdicts"]["ready"], 5)

    def test_oneshot_takes_one_report_at_a_time(self):
        """Twenty clients are ready when it asks: each is the report of a wait of its own."""
        run = TracedServer(self, "epoll-oneshot", "--threads", "1")
        clients = [socket.create_connection(run.address) for _ in range(20)]
        for client in clients:
            self.addCleanup(client.close)
            client.settimeout(WAIT)
            client.sendall(b"x")
            self.assertEqual(client.recv(2), b"x")
        await_sleep(run.server, "epoll_wait")
        os.kill(run.server, signal.SIGSTOP)
        await_stop(run.server)
        for client in clients:
            client.sendall(b"y")
        os.kill(run.server, signal.SIGCONT)
        for client in clients:
            self.assertEqual(client.recv(2), b"y")
        s = run.end()
        self.assertGreaterEqual(s["work"]["events"], 60)  # its arrival, and two messages of each
        self.assertLessEqual(s["work"]["events"], s["work"]["returns"])

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
