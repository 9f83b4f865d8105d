# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Level against edge: which report was news, and which told the same level again."""
import sys
import unittest

from harness import expand, for_each
from tracing import calls, run_model, traced


@expand
class Reports(unittest.TestCase):
    @for_each(["8", "16", "32", "64"])
    def test_level_triggered_reports_again_until_all_is_read(self, read_size):
        s = run_model(self, "epoll-lt", "--conns", "1", "--messages", "1000", "--read-size",
                      read_size)
        i = s["interests"]
        # each message, the accept and the end of file are edges; so is the listener's shutdown, by
        # which the server is stopped: that one is never reported
        self.assertEqual((i["edges"], i["fresh"], i["merged"], i["pending"]), (1003, 1002, 0, 1))
        self.assertEqual(i["rereports"], 1000 * (64 // int(read_size) - 1))
        self.assertEqual((i["ambiguous"], i["unknown"], i["stalls"]), (0, 0, 0))
        self.assertEqual(i["flags"]["EPOLLIN"], i["reports"])

    @for_each(["8", "16", "64"])
    def test_edge_triggered_never_reports_again(self, read_size):
        s = run_model(self, "epoll-et", "--conns", "1", "--messages", "1000", "--read-size",
                      read_size)
        i = s["interests"]
        self.assertEqual(i["edges"], 1003)
        self.assertEqual((i["rereports"], i["stalls"]), (0, 0))
        # what comes while the last is still drained is read with it and needs no report
        self.assertEqual(i["fresh"] + i["merged"] + i["pending"], 1003)
        self.assertEqual(i["reports"], i["fresh"])

    def test_every_model_of_many_connections_adds_up(self):
        for model in ("epoll-lt", "epoll-et", "epoll-oneshot", "epoll-exclusive"):
            s = run_model(self, model, "--conns", "50", "--messages", "50")
            self.assertEqual(s["lost"]["unclassified"], 0)
            self.assertEqual(s["interests"]["ambiguous"], 0)


class Programs(unittest.TestCase):
    PRELUDE = """if True:
        import os, select, socket
        a, b = socket.socketpair()
        ep = select.epoll()
"""

    def program(self, code):
        s = traced(self, "trace", "--", sys.executable, "-S", "-c", self.PRELUDE + code)
        self.assertEqual(sum(s["lost"].values()), 0)
        return s["interests"]

    def counts(self, i):
        return {k: v for k, v in i.items() if v and k not in ("flags", "reports")}

    def test_level(self):
        i = self.program("""
        ep.register(a, select.EPOLLIN)
        for _ in range(10):
            b.send(b'x')
            ep.poll(1); ep.poll(1); ep.poll(1)
            a.recv(1)""")
        self.assertEqual(self.counts(i), {"edges": 10, "fresh": 10, "rereports": 20})

    def test_edges_merge(self):
        i = self.program("""
        ep.register(a, select.EPOLLIN | select.EPOLLET)
        for _ in range(10):
            b.send(b'x'); b.send(b'x'); b.send(b'x')
            ep.poll(1); ep.poll(0)""")
        self.assertEqual(self.counts(i), {"edges": 30, "fresh": 10, "merged": 20})

    def test_registration_of_a_ready_descriptor_arms(self):
        i = self.program("""
        b.send(b'x')
        ep.register(a, select.EPOLLIN | select.EPOLLET)
        ep.poll(1)
        ep.modify(a, select.EPOLLIN | select.EPOLLET)
        ep.poll(1)""")
        self.assertEqual(self.counts(i), {"edges": 2, "arms": 2, "fresh": 2})

    def test_two_descriptors_of_the_same_data_are_ambiguous(self):
        i = self.program("""
        import ctypes, struct
        libc = ctypes.CDLL(None)
        for fd in (a.fileno(), b.fileno()):
            event = struct.pack('=IQ', select.EPOLLIN, 77)
            assert libc.epoll_ctl(ep.fileno(), 1, fd, event) == 0
        b.send(b'x')
        ep.poll(1)""")
        self.assertEqual(self.counts(i), {"edges": 1, "ambiguous": 1, "pending": 1})

    def test_data_may_be_a_pointer_and_a_descriptor_a_duplicate(self):
        i = self.program("""
        import ctypes, struct
        libc = ctypes.CDLL(None)
        two = os.dup(a.fileno())
        for fd, data in ((a.fileno(), 0x7fffdeadbeef0010), (two, 0x7fffdeadbeef0020)):
            event = struct.pack('=IQ', select.EPOLLIN, data)
            assert libc.epoll_ctl(ep.fileno(), 1, fd, event) == 0
        b.send(b'x')
        events = ctypes.create_string_buffer(12 * 8)
        assert libc.epoll_wait(ep.fileno(), events, 8, 1000) == 2""")
        self.assertEqual(self.counts(i), {"edges": 2, "fresh": 2})

    def test_a_number_that_is_used_again_is_another_interest(self):
        i = self.program("""
        number = a.fileno()
        for _ in range(5):
            a, b = socket.socketpair()
            os.dup2(a.fileno(), number)
            ep.register(number, select.EPOLLIN)
            b.send(b'x')
            ep.poll(1)
            ep.unregister(number)
            a.close(); b.close()""")
        self.assertEqual(self.counts(i), {"edges": 5, "fresh": 5})

    def test_descriptors_without_visible_edges_are_unknown(self):
        i = self.program("""
        r, w = os.pipe()
        ep.register(r, select.EPOLLIN)
        os.write(w, b'x')
        ep.poll(1); ep.poll(1)""")
        self.assertEqual(self.counts(i), {"unknown": 2})

    def test_flags(self):
        i = self.program("""
        listener = socket.create_server(('127.0.0.1', 0))
        c = socket.create_connection(listener.getsockname())
        s, _ = listener.accept()
        ep.register(s, select.EPOLLIN | select.EPOLLPRI | select.EPOLLRDHUP)
        c.send(b'!', socket.MSG_OOB)
        assert ep.poll(1)[0][1] & select.EPOLLPRI
        ep.modify(s, select.EPOLLOUT)
        assert ep.poll(1)[0][1] == select.EPOLLOUT
        c.shutdown(socket.SHUT_WR)
        ep.modify(s, select.EPOLLRDHUP)
        assert ep.poll(1)[0][1] & select.EPOLLRDHUP""")
        self.assertEqual((i["flags"]["EPOLLPRI"], i["flags"]["EPOLLOUT"],
                          i["flags"]["EPOLLRDHUP"]), (1, 1, 1))

    def test_a_thousand_reports_of_one_wait_are_all_classified(self):
        i = self.program("""
        import resource
        resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        pairs = [socket.socketpair() for _ in range(1024)]
        for x, y in pairs:
            ep.register(x, select.EPOLLIN)
            y.send(b'x')
        assert len(ep.poll(1, 1024)) == 1024""")
        self.assertEqual(self.counts(i), {"edges": 1024, "fresh": 1024})
