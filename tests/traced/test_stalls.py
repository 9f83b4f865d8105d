# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Stalls: data that an edge-triggered reader was told of, left behind, and sleeps over."""
import os
import signal
import sys
import unittest

from harness import children
from stalling import NAPPING, await_warnings, warnings_of
from tracing import Traced, traced


def largest(s):
    """The most that was left, by its unit."""
    return {unit: n for unit, n in s["left_largest"].items() if n}


class Stalls(unittest.TestCase):
    def trace(self, code, *args, lasting=0):
        """The summary and the warnings of a traced Python program, so many of whose stalls last until
        they are seen."""
        run = Traced(self, "trace", *args, "--", sys.executable, "-S", "-c", NAPPING + code)
        for n in range(lasting):
            await_warnings(run, n + 1)
            program, = children(run.pid)
            os.kill(program, signal.SIGUSR1)
        s = run.summary()
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        return s, warnings_of(run)

    def left(self, code):
        """How often something was left behind, for however long."""
        s, _ = self.trace(code)
        i = s["interests"]
        self.assertGreaterEqual(i["left"], i["stalls"])
        self.assertGreaterEqual(i["left"], s["left_ns"]["count"])
        return i["left"]

    def test_the_fault(self):
        run = Traced(self, "run", "epoll-et", "--port", "0", "--fault", "et-no-drain", "--conns",
                     "1", "--messages", "1", "--size", "64", "--read-size", "16", "--timeout", "2")
        s = run.summary(1)
        warnings = warnings_of(run)
        # 32 where epoll told twice of the one arrival: the registration found it before its edge came
        self.assertIn([(w["unread"], w["unit"]) for w in warnings], ([(48, "bytes")], [(32, "bytes")]))
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
            ep.poll()
            s.recv(16)
            nap()
            nap()"""), 3)

    def test_a_partial_read_ends_it_too(self):
        self.assertEqual(self.left("""
        ep.register(s, select.EPOLLIN | ET)
        c.send(b'x' * 64)
        ep.poll()
        for _ in range(4):
            nap()
            s.recv(16)
        nap()"""), 4)

    def test_what_was_never_read_at_all(self):
        s, warnings = self.trace("""
        ep.register(s, select.EPOLLIN | ET)
        c.send(b'x' * 5)
        ep.poll()
        until_seen()""", "--stall-ms", "100", lasting=1)
        self.assertEqual([w["unread"] for w in warnings], [5])
        self.assertGreaterEqual(warnings[0]["stalled_ns"], 100e6)

    def test_short_ones_are_counted_without_a_warning(self):
        s, warnings = self.trace("""
        ep.register(s, select.EPOLLIN | ET)
        for _ in range(5):
            c.send(b'x' * 64)
            ep.poll()
            nap()
            s.recv(64)""", "--stall-ms", "86400000")
        i = s["interests"]
        self.assertEqual((i["left"], s["left_ns"]["count"], i["stalls"], i["stalled_ns"], warnings),
                         (5, 5, 0, 0, []))
        self.assertEqual([sum(row[n] for row in s["epolls"]) for n in ("left", "stalls")], [5, 0])
        # it is woken 20 ms after it was seen to sleep
        self.assertGreaterEqual(s["left_ns"]["min"], 20e6)

    def test_how_much_was_left(self):
        s, _ = self.trace("""
        ep.register(s, select.EPOLLIN | ET)
        for size in (64, 7, 1):
            c.send(b'x' * size)
            ep.poll()
            nap()
            s.recv(64)
        a, b = socket.socketpair(type=socket.SOCK_DGRAM)
        ep.register(a, select.EPOLLIN | ET)
        for _ in range(3): b.send(b'x')
        ep.poll()
        nap()""", "--stall-ms", "86400000")
        i = s["interests"]
        self.assertEqual(i["left"], 4)
        self.assertEqual(largest(s), {"bytes": 64, "packets": 3})
        self.assertEqual((s["left_last"]["unread"], s["left_last"]["unit"]), (3, "packets"))

    def test_each_that_lasts_is_a_stall_of_its_instance(self):
        s, warnings = self.trace("""
        ep.register(s, select.EPOLLIN | ET)
        for sleep in (nap, until_seen) * 2:
            c.send(b'x' * 64)
            ep.poll()
            sleep()
            s.recv(64)""", "--stall-ms", "1000", lasting=2)
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
            nap()
            for a in some:
                a.recv(1)
        for some in (sides[:10], sides, sides[:3000], sides[1000:1500]):
            told(some)""", "--stall-ms", "86400000")
        i = s["interests"]
        self.assertEqual((i["left"], s["left_ns"]["count"]), (8510, 8510))
        self.assertEqual(largest(s), {"packets": 1})

    def test_an_end_of_file_is_no_data(self):
        self.assertEqual(self.left("""
        ep.register(s, select.EPOLLIN | ET)
        c.shutdown(socket.SHUT_WR)
        ep.poll()
        nap()"""), 0)

    def test_data_before_an_end_of_file_is(self):
        s, warnings = self.trace("""
        ep.register(s, select.EPOLLIN | ET)
        c.send(b'x' * 10)
        c.shutdown(socket.SHUT_WR)
        while c.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != 5: pass # FIN_WAIT2: it is there
        assert ep.poll()[0][1] & select.EPOLLIN
        s.recv(4)
        until_seen()""", lasting=1)
        self.assertEqual([w["unread"] for w in warnings], [6])

    def test_connections_left_in_the_backlog(self):
        s, warnings = self.trace("""
        ep.register(listener, select.EPOLLIN | ET)
        clients = [arrive(listener) for _ in range(3)]
        ep.poll()
        listener.accept()
        until_seen()""", lasting=1)
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
        ep.poll()
        a.recv(1)
        until_seen()""", lasting=1)
        self.assertEqual([(w["unread"], w["unit"]) for w in warnings], [(2, "packets")])

    def test_none_where_nothing_is_left(self):
        self.assertEqual(self.left("""
        ep.register(s, select.EPOLLIN | ET)
        for _ in range(20):
            c.send(b'x' * 64)
            ep.poll()
            while True:
                try: s.recv(16, socket.MSG_DONTWAIT)
                except BlockingIOError: break
            nap()"""), 0)

    def test_none_where_the_level_is_told_again(self):
        self.assertEqual(self.left("""
        ep.register(s, select.EPOLLIN)
        c.send(b'x' * 64)
        ep.poll()
        s.recv(16)
        other = select.epoll()
        other.register(over, select.EPOLLIN)
        nap(other)"""), 0)


    def test_none_after_it_was_armed_again(self):
        self.assertEqual(self.left("""
        ep.register(s, select.EPOLLIN | ET)
        c.send(b'x' * 64)
        for _ in range(4):
            ep.poll()
            s.recv(16)
            ep.modify(s, select.EPOLLIN | ET)
        nap()"""), 0)

    def test_none_in_a_server_that_drains_under_load(self):
        s = traced(self, "run", "epoll-et", "--port", "0", "--conns", "100", "--messages", "200",
                   "--mode", "pipeline", "--read-size", "48")
        self.assertEqual((s["interests"]["stalls"], s["interests"]["stalled_ns"]), (0, 0))


if __name__ == "__main__":
    unittest.main()
