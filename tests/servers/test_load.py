# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The load client as a witness: it finds every wrong echo, and measures without flattery."""
import select
import signal
import socket
import threading
import time
import unittest

from harness import (WAIT, Faulty, FaultyDatagrams, Load, Process, binary, expand, for_each, load,
                     receive, start_load, switches, wait_until)


def echo(sock):
    while data := sock.recv(1 << 16):
        sock.sendall(data)


def hold(sock):
    """Keeps the connection open and untouched until the test's end shuts it down."""
    poll = select.poll()
    poll.register(sock, 0)  # POLLHUP, as soon as both directions are shut down
    poll.poll()


class Refused:
    """A port that nobody listens on: bound, so that nobody else takes it."""

    def __init__(self, test, kind=socket.SOCK_STREAM):
        self.socket = socket.socket(socket.AF_INET, kind)
        test.addCleanup(self.socket.close)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.udp = kind == socket.SOCK_DGRAM
        if self.udp:  # a bound UDP socket would take the datagrams
            self.socket.close()


class WrongEchoes(unittest.TestCase):
    def fails(self, handler, *args):
        """A load of one connection, burst 4, against handler, which must fail it."""
        mode = [] if "--mode" in args else ["--burst", "4"]
        got = load(self, Faulty(self, handler), "--conns", "1", "--messages", "8", "--timeout",
                   "0.3", *mode, *args)
        self.assertEqual(got.status, 1)
        self.assertEqual(got["connections"], 1)
        # each message has one fate; an echo too many is a mismatch without a message
        self.assertEqual(got["sent"] + ("echo nothing" in got["error"]),
                         got["messages"] + got["mismatches"] + got["unanswered"])
        self.assertEqual(got["bytes"], 64 * got["messages"])
        self.assertEqual(got["latency_ns"]["count"], got["messages"])
        self.assertEqual(got.stderr, f"wakelab: {got['error']}\n")
        return got

    def test_right_echo_passes(self):
        got = load(self, Faulty(self, echo), "--conns", "3", "--messages", "8", "--burst", "4")
        self.assertEqual((got.status, got.stderr), (0, ""))
        self.assertEqual((got["connections"], got["messages"], got["bytes"]), (3, 24, 24 * 64))
        self.assertNotIn("error", got.result)

    def test_flipped_bit(self):
        def handler(sock):
            data = bytearray(receive(sock, 4 * 64))
            data[2 * 64 + 17] ^= 0x20
            sock.sendall(data)
            echo(sock)

        got = self.fails(handler)
        self.assertEqual((got["messages"], got["mismatches"], got["unanswered"]), (2, 1, 1))
        self.assertRegex(got["error"], r"^connection 0: echo differed at byte 17 of message 2: "
                                       r"sent 0x(..), got 0x(..)$")
        sent, back = (int(word, 16) for word in got["error"].replace(",", "").split()
                      if word.startswith("0x"))
        self.assertEqual(sent ^ back, 0x20)

    def test_first_and_last_byte(self):
        for place in (0, 4 * 64 - 1):
            def handler(sock, place=place):
                data = bytearray(receive(sock, 4 * 64))
                data[place] ^= 1
                sock.sendall(data)
                echo(sock)

            with self.subTest(place=place):
                got = self.fails(handler)
                self.assertEqual((got["messages"], got["mismatches"]), (place // 64, 1))

    def test_missing_byte_shifts_the_rest(self):
        def handler(sock):
            data = receive(sock, 4 * 64)
            sock.sendall(data[:70] + data[71:])
            echo(sock)

        got = self.fails(handler)
        self.assertEqual((got["messages"], got["mismatches"], got["unanswered"]), (1, 1, 2))
        self.assertRegex(got["error"], "of message 1:")

    def test_missing_last_byte(self):
        def handler(sock):
            sock.sendall(receive(sock, 4 * 64)[:-1])
            echo(sock)

        got = self.fails(handler)
        self.assertEqual((got["messages"], got["mismatches"], got["unanswered"]), (3, 0, 1))
        self.assertEqual(got["error"], "nothing came back for 0.3 s with 1 message in flight")

    def test_duplicated_byte(self):
        def handler(sock):
            data = receive(sock, 4 * 64)
            sock.sendall(data[:100] + data[99:])
            echo(sock)

        got = self.fails(handler)
        self.assertEqual((got["messages"], got["mismatches"], got["unanswered"]), (1, 1, 2))

    def test_duplicated_message(self):
        def handler(sock):
            data = receive(sock, 4 * 64)
            sock.sendall(data[:64] + data)
            echo(sock)

        got = self.fails(handler)
        self.assertEqual((got["messages"], got["mismatches"], got["unanswered"]), (1, 1, 2))

    def test_duplicated_last_message(self):
        """Nothing comes after it that could disagree: it is too much, and that is seen."""
        def handler(sock):
            for _ in range(2):
                data = receive(sock, 4 * 64)
                sock.sendall(data)
            sock.sendall(data[-64:])
            echo(sock)

        got = load(self, Faulty(self, handler), "--conns", "1", "--messages", "8", "--burst", "4")
        self.assertEqual(got.status, 1)
        self.assertEqual((got["sent"], got["messages"], got["mismatches"], got["unanswered"]),
                         (8, 8, 1, 0))
        self.assertEqual(got["error"], "connection 0: 64 bytes came that echo nothing")

    def test_swapped_messages(self):
        def handler(sock):
            data = receive(sock, 4 * 64)
            sock.sendall(data[:64] + data[128:192] + data[64:128] + data[192:])
            echo(sock)

        got = self.fails(handler)
        self.assertEqual((got["messages"], got["mismatches"], got["unanswered"]), (1, 1, 2))

    def test_message_of_another_connection(self):
        waiting = []

        def handler(sock):
            waiting.append((sock, receive(sock, 64)))
            if len(waiting) == 2:
                (a, of_a), (b, of_b) = waiting
                a.sendall(of_b)
                b.sendall(of_a)
            echo(sock)

        got = load(self, Faulty(self, handler), "--conns", "2", "--messages", "8")
        self.assertEqual((got.status, got["messages"], got["mismatches"]), (1, 0, 1))

    def test_greeting_that_nobody_asked_for(self):
        def handler(sock):
            sock.sendall(b"welcome to the echo server\n")
            echo(sock)

        got = self.fails(handler)
        self.assertEqual((got["messages"], got["mismatches"]), (0, 1))

    def test_closed_early(self):
        def handler(sock):
            receive(sock, 4 * 64)
            sock.sendall(b"")
            sock.shutdown(socket.SHUT_WR)
            receive(sock, 1)

        got = self.fails(handler)
        self.assertEqual((got["messages"], got["mismatches"], got["unanswered"]), (0, 0, 4))
        self.assertEqual(got["error"],
                         "connection 0: the server closed it with 4 messages unanswered")

    def test_reset(self):
        def handler(sock):
            sock.sendall(receive(sock, 4 * 64))
            receive(sock, 64)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

        got = self.fails(handler)
        self.assertEqual((got["messages"], got["mismatches"]), (4, 0))
        self.assertRegex(got["error"], "connection 0: the server reset it with [1-4] messages "
                                       "unanswered")

    def test_never_answers(self):
        got = self.fails(lambda sock: receive(sock, 1 << 30))
        self.assertEqual((got["messages"], got["mismatches"], got["unanswered"]), (0, 0, 4))
        self.assertEqual(got["error"], "nothing came back for 0.3 s with 4 messages in flight")
        self.assertEqual((got["latency_ns"]["count"], got["latency_ns"]["p50"]), (0, None))

    def test_never_closes(self):
        """All echoes are right, but our end of the stream is not answered by the server's."""
        def handler(sock):
            echo(sock)
            hold(sock)

        got = self.fails(handler)
        self.assertEqual((got["messages"], got["unanswered"]), (8, 0))
        self.assertEqual(got["error"],
                         "the server kept 1 connections open for 0.3 s after their end")

    def test_swallowed_in_pipeline(self):
        def handler(sock):
            sock.sendall(receive(sock, 64))
            receive(sock, 64)
            echo(sock)

        got = self.fails(handler, "--mode", "pipeline", "--depth", "4")
        self.assertEqual((got["messages"], got["mismatches"]), (1, 1))

    def test_connection_refused(self):
        refused = Refused(self)
        got = load(self, refused, "--messages", "1")
        self.assertEqual((got.status, got["connections"]), (1, 0))
        self.assertEqual(got.stderr, f"wakelab: cannot connect to 127.0.0.1:{refused.port}: "
                         "Connection refused; start a server with: wakelab serve epoll-et --port "
                         f"{refused.port}\n")

    def test_connection_refused_over_udp(self):
        got = load(self, Refused(self, socket.SOCK_DGRAM), "--messages", "1")
        self.assertEqual((got.status, got["messages"]), (1, 0))
        self.assertIn("Connection refused; start a server with: wakelab serve sigio", got.stderr)


class Datagrams(unittest.TestCase):
    def run_load(self, answer, *args):
        return load(self, FaultyDatagrams(self, answer), "--conns", "1", "--timeout", "0.3", *args)

    def test_right_echo_passes(self):
        got = self.run_load(lambda _, data: [data], "--messages", "100")
        self.assertEqual((got.status, got["messages"], got["bytes"]), (0, 100, 6400))

    def test_largest_datagram(self):
        got = self.run_load(lambda _, data: [data], "--messages", "3", "--size", "65507")
        self.assertEqual((got.status, got["bytes"]), (0, 3 * 65507))

    def test_reordered_datagrams_are_right(self):
        held = []

        def answer(number, data):
            held.append(data)
            return [held.pop(), held.pop()] if number % 2 else []

        got = self.run_load(answer, "--messages", "20", "--burst", "4")
        self.assertEqual((got.status, got["messages"], got["mismatches"]), (0, 20, 0))

    def test_lost_datagram(self):
        got = self.run_load(lambda number, data: [data] if number != 5 else [],
                            "--messages", "20", "--mode", "pipeline", "--depth", "4")
        self.assertEqual((got.status, got["messages"], got["unanswered"]), (1, 19, 1))
        self.assertEqual(got["error"], "nothing came back for 0.3 s with 1 message in flight")

    def test_lost_in_lockstep_stops_the_connection(self):
        got = self.run_load(lambda number, data: [data] if number != 5 else [], "--messages", "20")
        self.assertEqual((got.status, got["messages"], got["unanswered"]), (1, 5, 1))

    def test_flipped_bit(self):
        def answer(number, data):
            return [data if number != 3 else data[:-1] + bytes([data[-1] ^ 1])]

        got = self.run_load(answer, "--messages", "20")
        self.assertEqual((got.status, got["messages"], got["mismatches"]), (1, 3, 1))
        self.assertIn("echo differed at byte 63 of message 3", got["error"])

    def test_duplicate(self):
        got = self.run_load(lambda _, data: [data, data], "--messages", "20")
        self.assertEqual((got.status, got["mismatches"]), (1, 1))

    def test_cut_short(self):
        got = self.run_load(lambda _, data: [data[:60]], "--messages", "20")
        self.assertEqual((got.status, got["mismatches"]), (1, 1))
        self.assertEqual(got["error"],
                         "connection 0: echo of message 0 has 60 bytes, 64 were sent")


class Modes(unittest.TestCase):
    def test_open_mode_counts_what_a_stall_delays(self):
        """1000 messages, one a millisecond, and a stall of 300 ms: it meets some 300 of them."""
        def handler(sock):
            left, seen = 100 * 64, 0
            while seen < left:
                data = sock.recv(left - seen)
                seen += len(data)
                sock.sendall(data)
            time.sleep(0.3)
            echo(sock)

        got = load(self, Faulty(self, handler), "--conns", "1", "--messages", "1000", "--mode",
                   "open", "--rate", "1000")
        self.assertEqual((got.status, got["messages"], got["latency_ns"]["count"]),
                         (0, 1000, 1000))
        self.assertGreater(got["latency_ns"]["p90"], 100e6)
        self.assertGreater(got["latency_ns"]["max"], 200e6)
        self.assertGreater(got["elapsed_ns"], 990e6)  # the schedule's end: 999 ms

    def test_lockstep_meets_a_stall_once(self):
        """The same in lockstep: one message waits, and the others are not even sent."""
        def handler(sock):
            for _ in range(100):
                sock.sendall(receive(sock, 64))
            time.sleep(0.3)
            echo(sock)

        got = load(self, Faulty(self, handler), "--conns", "1", "--messages", "1000")
        self.assertEqual((got.status, got["messages"]), (0, 1000))
        self.assertGreater(got["latency_ns"]["max"], 200e6)
        self.assertLess(got["latency_ns"]["p90"], 100e6)

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
        # 100 were due; the one in hand when the time was over is neither sent nor overdue
        self.assertEqual(got["sent"] + 1 + got["overdue"], 100)
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
        """Exactly count messages come before the first echo: the server waits for them."""
        def handler(sock):
            data = receive(sock, count * 64)
            sock.settimeout(0.05)
            try:
                sock.recv(1)
                return
            except TimeoutError:
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
        process = start_load(self, Faulty(self, echo))
        wait_until(lambda: switches(process.pid) > 500, "a load under way")
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
        """Five times longer without a message than --timeout: nothing is awaited meanwhile."""
        got = load(self, Faulty(self, echo), "--conns", "2", "--messages", "2", "--mode", "open",
                   "--rate", "4", "--timeout", "0.05")
        self.assertEqual((got.status, got["messages"], got.stderr), (0, 4, ""))

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
                (["--udp", "--urgent"], "--urgent needs TCP"),
                (["--udp", "--reset"], "--reset needs TCP"),
                (["--udp", "--one-by-one"], "--one-by-one needs TCP"),
                (["--urgent", "--mode", "pipeline"], "--urgent needs --mode lockstep"),
                (["--urgent", "--burst", "2"], "--urgent needs --mode lockstep"),
                (["--one-by-one", "--mode", "open"], "--mode open needs all of them"),
                (["--one-by-one", "--conns", "9", "--active", "2"], "--active needs all of them")):
            run = Process(self, [binary(), "load", "--port", "1", *args])
            self.assertEqual(run.wait(), 2, args)
            self.assertIn(message, run.stderr)
