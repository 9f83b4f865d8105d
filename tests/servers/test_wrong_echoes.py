# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The load client as a witness: it finds every wrong echo."""
import socket
import unittest

from faulty import Faulty, FaultyDatagrams, echo, hold
from harness import load, own_port, receive

LONG = "1000"  # seconds of patience, where the end does not come by want of it
SHORT = "2"  # where it does, after the server has done its part


class Refused:
    """A port that nobody listens on."""

    def __init__(self, test, udp=False):
        self.port, self.udp = own_port(test), udp


class WrongEchoes(unittest.TestCase):
    def fails(self, handler, *args, timeout=LONG):
        """A load of one connection, burst 4, against handler, which must fail it."""
        mode = [] if "--mode" in args else ["--burst", "4"]
        got = load(self, Faulty(self, handler), "--conns", "1", "--messages", "8", "--timeout",
                   timeout, *mode, *args)
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
        self.assertRegex(got["error"], r"^connection 0: the echo of message 2 differs at byte 17: "
                                       r"sent 0x(..), received 0x(..)$")
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
        self.assertRegex(got["error"], "of message 1 differs")

    def test_missing_last_byte(self):
        def handler(sock):
            sock.sendall(receive(sock, 4 * 64)[:-1])
            echo(sock)

        got = self.fails(handler, timeout=SHORT)
        self.assertEqual((got["messages"], got["mismatches"], got["unanswered"]), (3, 0, 1))
        self.assertEqual(got["error"], "nothing came from the server for 2s, with 1 message in flight")

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
        self.assertEqual(got["error"], "connection 0: received 64 bytes while no message was in flight")

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
        self.assertRegex(got["error"], "connection 0: the server reset it with (1 message|[2-4] messages) "
                                       "unanswered")

    def test_never_answers(self):
        got = self.fails(lambda sock: receive(sock, 1 << 30), timeout=SHORT)
        self.assertEqual((got["messages"], got["mismatches"], got["unanswered"]), (0, 0, 4))
        self.assertEqual(got["error"], "nothing came from the server for 2s, with 4 messages in flight")
        self.assertEqual((got["latency_ns"]["count"], got["latency_ns"]["p50"]), (0, None))

    def test_never_closes(self):
        """All echoes are right, but our end of the stream is not answered by the server's."""
        def handler(sock):
            echo(sock)
            hold(sock)

        got = self.fails(handler, timeout=SHORT)
        self.assertEqual((got["messages"], got["unanswered"]), (8, 0))
        self.assertEqual(got["error"],
                         "the server kept 1 connection open for 2s after the client ended them")

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
        got = load(self, Refused(self, udp=True), "--messages", "1")
        self.assertEqual((got.status, got["messages"]), (1, 0))
        self.assertIn("Connection refused; start a server with: wakelab serve sigio", got.stderr)


class Datagrams(unittest.TestCase):
    def run_load(self, answer, *args, timeout=LONG):
        return load(self, FaultyDatagrams(self, answer), "--conns", "1", "--timeout", timeout, *args)

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
                            "--messages", "20", "--mode", "pipeline", "--depth", "4", timeout=SHORT)
        self.assertEqual((got.status, got["messages"], got["unanswered"]), (1, 19, 1))
        self.assertEqual(got["error"], "nothing came from the server for 2s, with 1 message in flight")

    def test_lost_in_lockstep_stops_the_connection(self):
        got = self.run_load(lambda number, data: [data] if number != 5 else [], "--messages", "20",
                            timeout=SHORT)
        self.assertEqual((got.status, got["messages"], got["unanswered"]), (1, 5, 1))

    def test_flipped_bit(self):
        def answer(number, data):
            return [data if number != 3 else data[:-1] + bytes([data[-1] ^ 1])]

        got = self.run_load(answer, "--messages", "20")
        self.assertEqual((got.status, got["messages"], got["mismatches"]), (1, 3, 1))
        self.assertIn("the echo of message 3 differs at byte 63", got["error"])

    def test_duplicate(self):
        got = self.run_load(lambda _, data: [data, data], "--messages", "20")
        self.assertEqual((got.status, got["mismatches"]), (1, 1))

    def test_cut_short(self):
        got = self.run_load(lambda _, data: [data[:60]], "--messages", "20")
        self.assertEqual((got.status, got["mismatches"]), (1, 1))
        self.assertEqual(got["error"],
                         "connection 0: the echo of message 0 has 60 bytes, but 64 were sent")
