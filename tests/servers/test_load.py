# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The load client: how it sends, measures without flattery, and ends."""
import os
import select
import signal
import socket
import threading
import time
import unittest

from faulty import Faulty, echo, hold
from harness import (WAIT, Load, Process, binary, children, expand, for_each, load, receive,
                     start_load, wait_until)
from sleeping import await_sleep


class Modes(unittest.TestCase):
    def stalling(self, begins):
        """A handler that stands still for 300 ms or more after 100 messages, and then answers to what
        begins() has given; how long it stood, ns."""
        stood = []

        def handler(sock):
            data = begins(sock)
            start = time.monotonic_ns()
            time.sleep(0.3)
            stood.append(time.monotonic_ns() - start)
            sock.sendall(data)
            echo(sock)
        return handler, stood

    def test_open_mode_counts_what_a_stall_delays(self):
        """1000 messages, one a millisecond: those that are due while the server stands still wait for
        the rest of that time, and later ones are no faster."""
        def begins(sock):
            left, seen = 100 * 64, 0
            while seen < left:
                data = sock.recv(left - seen)
                seen += len(data)
                sock.sendall(data)
            return b""

        handler, stood = self.stalling(begins)
        got = load(self, Faulty(self, handler), "--conns", "1", "--messages", "1000", "--mode",
                   "open", "--rate", "1000")
        self.assertEqual((got.status, got["messages"], got["latency_ns"]["count"]),
                         (0, 1000, 1000))
        # a bucket of the histogram is 3.2 % wide
        self.assertGreater(got["latency_ns"]["p90"], 0.95 * (stood[0] - 110e6))
        self.assertGreater(got["latency_ns"]["max"], stood[0] - 10e6)
        self.assertGreater(got["elapsed_ns"], 990e6)  # the schedule's end: 999 ms

    def test_lockstep_meets_a_stall_once(self):
        """The same in lockstep: one message waits, and the others are not even sent. So it is the one
        that took that long of all the time there was."""
        def begins(sock):
            for _ in range(100):
                sock.sendall(receive(sock, 64))
            return receive(sock, 64)

        handler, stood = self.stalling(begins)
        got = load(self, Faulty(self, handler), "--conns", "1", "--messages", "1000")
        latency = got["latency_ns"]
        self.assertEqual((got.status, got["messages"]), (0, 1000))
        self.assertGreaterEqual(latency["max"], stood[0])
        # one after the other: together they take no longer than the whole run
        self.assertLessEqual(latency["sum"], got["elapsed_ns"])

    def test_open_mode_sends_what_is_due(self):
        got = load(self, Faulty(self, echo), "--conns", "3", "--seconds", "0.5", "--mode", "open",
                   "--rate", "1000")
        self.assertEqual((got.status, got["messages"] + got["overdue"]), (0, 500))

    def test_open_mode_reports_what_it_could_not_send(self):
        """A server that never reads: the socket fills up, and the rest is overdue."""
        got = load(self, Faulty(self, hold), "--conns", "1", "--seconds", "0.5", "--mode", "open",
                   "--rate", "200", "--size", "1000000", "--timeout", "1")
        self.assertEqual((got.status, got["messages"]), (1, 0))
        self.assertEqual(got["unanswered"], got["sent"])
        # 100 were due; one in hand when the time was over is neither sent nor overdue
        self.assertIn(100 - got["sent"] - got["overdue"], (0, 1))
        self.assertGreater(got["overdue"], 0)

    def test_lockstep_has_one_in_flight(self):
        """The server holds each echo back until it knows that nothing else comes with it."""
        def handler(sock):
            while data := sock.recv(1 << 16):
                if len(data) > 64:
                    return
                sock.sendall(data)

        got = load(self, Faulty(self, handler), "--messages", "100")
        self.assertEqual((got.status, got["messages"]), (0, 400))

    def in_flight(self, count, *args):
        """Exactly count messages come before the first echo: then the client sleeps."""
        def handler(sock):
            data = receive(sock, count * 64)
            pid, = children(os.getpid())
            await_sleep(pid, "epoll_wait")
            sock.setblocking(False)
            try:
                sock.recv(1)
                return
            except BlockingIOError:
                sock.settimeout(WAIT)
            sock.sendall(data)
            echo(sock)

        got = load(self, Faulty(self, handler), "--conns", "1", "--messages", "100", *args)
        self.assertEqual((got.status, got["messages"]), (0, 100))

    def test_pipeline_has_depth_in_flight(self):
        self.in_flight(7, "--mode", "pipeline", "--depth", "7")

    def test_burst_is_sent_back_to_back(self):
        self.in_flight(5, "--burst", "5")

    def test_burst_is_cut_by_the_last_message(self):
        self.in_flight(100, "--burst", "300")

    def test_fragments_and_size(self):
        got = load(self, Faulty(self, echo), "--conns", "2", "--messages", "5", "--size", "100001",
                   "--fragment", "999")
        self.assertEqual((got.status, got["messages"], got["bytes"]), (0, 10, 1000010))

    def test_seed_changes_the_bytes(self):
        def bytes_of(seed):
            def handler(sock):
                data = receive(sock, 64)
                seen.append(data)
                sock.sendall(data)
                echo(sock)

            seen = []
            got = load(self, Faulty(self, handler), "--conns", "1", "--messages", "1", "--seed",
                       seed)
            self.assertEqual(got.status, 0)
            return seen[0]

        self.assertEqual(bytes_of("7"), bytes_of("7"))
        self.assertNotEqual(bytes_of("7"), bytes_of("8"))

    def test_messages_differ(self):
        def handler(sock):
            data = receive(sock, 10 * 64)
            seen.extend(data[i:i + 64] for i in range(0, 640, 64))
            sock.sendall(data)
            echo(sock)

        seen = []
        got = load(self, Faulty(self, handler), "--conns", "5", "--messages", "10", "--burst", "10")
        self.assertEqual((got.status, len(seen), len(set(seen))), (0, 50, 50))

    def test_idle_connections_stay_until_the_end(self):
        """Only 2 of 20 send; while an echo is still awaited, none of the others has ended."""
        def handler(sock):
            data = receive(sock, 64)
            if not data:
                idle_ends.append(sock)
                return
            for i in range(49):
                sock.sendall(data)
                data = receive(sock, 64)
            ended.append(len(idle_ends))
            sock.sendall(data)
            echo(sock)

        idle_ends, ended = [], []
        got = load(self, Faulty(self, handler), "--conns", "20", "--active", "2", "--messages",
                   "50")
        self.assertEqual((got.status, got["connections"], got["messages"]), (0, 20, 100))
        wait_until(lambda: len(idle_ends) == 18, "the ends of the idle connections")
        self.assertEqual(ended, [0, 0])

    def test_messages_and_seconds_whichever_is_first(self):
        got = load(self, Faulty(self, echo), "--messages", "5", "--seconds", "1000")
        self.assertEqual((got.status, got["messages"]), (0, 20))
        got = load(self, Faulty(self, echo), "--messages", "1000000000", "--seconds", "0.1")
        self.assertEqual((got.status, got["unanswered"]), (0, 0))
        self.assertEqual(got["sent"], got["messages"])


@expand
class Ends(unittest.TestCase):
    def test_one_client_at_a_time(self):
        server = Faulty(self, echo, one_at_a_time=True)
        got = load(self, server, "--conns", "20", "--messages", "10")
        self.assertEqual((got.status, got["messages"]), (0, 200))

    def test_one_client_at_a_time_with_seconds(self):
        """The connections that were not served while the time ran get their one echo after it."""
        server = Faulty(self, echo, one_at_a_time=True)
        got = load(self, server, "--conns", "6", "--seconds", "0.2")
        self.assertEqual((got.status, got["unanswered"]), (0, 0))
        self.assertGreaterEqual(got["messages"], 6)
        self.assertEqual(got["sent"], got["messages"])

    @for_each(["SIGINT", "SIGTERM"])
    def test_signal_ends_it_cleanly(self, name):
        echoed = threading.Event()

        def handler(sock):
            while data := sock.recv(1 << 16):
                sock.sendall(data)
                echoed.set()

        process = start_load(self, Faulty(self, handler))
        self.assertTrue(echoed.wait(WAIT))
        process.signal(getattr(signal, name))
        got = Load(process)
        self.assertEqual((got.status, got.stderr, got["unanswered"]), (0, "", 0))
        self.assertGreater(got["messages"], 0)

    def test_signal_while_nothing_comes_back(self):
        seen = []

        def handler(sock):
            seen.append(receive(sock, 64))
            receive(sock, 1)

        process = start_load(self, Faulty(self, handler), "--conns", "3", "--timeout", "1000")
        wait_until(lambda: len(seen) == 3, "three messages")
        process.signal(signal.SIGINT)
        got = Load(process)
        self.assertEqual((got.status, got["messages"], got["unanswered"]), (1, 0, 3))

    def test_signal_while_it_waits_for_its_schedule(self):
        """The first message is due at once, the second after a quarter of an hour."""
        echoed = threading.Event()

        def handler(sock):
            while data := sock.recv(1 << 16):
                sock.sendall(data)
                echoed.set()

        process = start_load(self, Faulty(self, handler), "--mode", "open", "--rate", "0.001")
        self.assertTrue(echoed.wait(WAIT))
        process.signal(signal.SIGTERM)
        got = Load(process)
        self.assertEqual((got.status, got["unanswered"]), (0, 0))

    def test_slow_schedule_is_no_stall(self):
        """Longer without a message than --timeout: nothing is awaited meanwhile."""
        got = load(self, Faulty(self, echo), "--conns", "1", "--messages", "2", "--mode", "open",
                   "--rate", "0.5", "--timeout", "1")
        self.assertEqual((got.status, got["messages"], got.stderr), (0, 2, ""))

    def test_human_output(self):
        server = Faulty(self, echo)
        process = Process(self, [binary(), "load", "--port", server.port, "--messages", "5"])
        self.assertEqual(process.wait(), 0, process.stderr)
        self.assertRegex(process.stdout, r"(?m)^messages +20 +echoed and equal$")
        self.assertRegex(process.stdout, r"(?m)^mismatches +0$")
        # 20 samples: enough for p50 and p90, too few for p99 and p99.9
        self.assertRegex(process.stdout, r"(?m)^ +[\d.]+[mu]?s +[\d.]+[mu]?s +- +- +[\d.]+[mu]?s$")
        self.assertTrue(all(len(line) <= 100 for line in process.stdout.splitlines()))


class Manners(unittest.TestCase):
    """How connections begin and end, and what goes beside the stream."""

    def test_one_by_one(self):
        """The next client comes only when the server has closed the one before."""
        live, seen = [], []

        def handler(sock):
            live.append(sock)
            seen.append(len(live))
            echo(sock)
            live.remove(sock)

        got = load(self, Faulty(self, handler), "--conns", "20", "--messages", "3", "--one-by-one")
        self.assertEqual((got.status, got["connections"], got["messages"]), (0, 20, 60))
        self.assertEqual(seen, [1] * 20)

    def test_reset(self):
        ends = []

        def handler(sock):
            try:
                echo(sock)
                ends.append("end of file")
            except ConnectionResetError:
                ends.append("reset")

        server = Faulty(self, handler)
        got = load(self, server, "--conns", "3", "--messages", "2", "--reset")
        self.assertEqual((got.status, got["messages"], got["unanswered"]), (0, 6, 0))
        server.close()
        self.assertEqual(ends, ["reset"] * 3)

    def test_urgent(self):
        """The urgent byte is out of the stream, and there is one before each message."""
        urgent = []

        def handler(sock):
            poll = select.poll()
            poll.register(sock, select.POLLIN | select.POLLPRI)
            while True:
                if poll.poll()[0][1] & select.POLLPRI:
                    urgent.append(sock.recv(1, socket.MSG_OOB))
                    continue
                data = sock.recv(1 << 16)
                if not data:
                    return
                sock.sendall(data)

        got = load(self, Faulty(self, handler), "--conns", "1", "--messages", "50", "--urgent")
        self.assertEqual((got.status, got["messages"], got["urgent"]), (0, 50, 50))
        self.assertEqual(urgent, [b"!"] * 50)

    def test_refusals(self):
        for args, message in (
                (["--udp", "--urgent"], "--urgent requires TCP"),
                (["--udp", "--reset"], "--reset requires TCP"),
                (["--udp", "--one-by-one"], "--one-by-one requires TCP"),
                (["--urgent", "--mode", "pipeline"], "--urgent requires --mode lockstep"),
                (["--urgent", "--burst", "2"], "--urgent requires --mode lockstep"),
                (["--one-by-one", "--mode", "open"], "--mode open requires all of them"),
                (["--one-by-one", "--conns", "9", "--active", "2"], "--active requires all of them")):
            run = Process(self, [binary(), "load", "--port", "1", *args])
            self.assertEqual(run.wait(), 2, args)
            self.assertIn(message, run.stderr)
