# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Level against edge: which report was news, and which told the same level again."""
import signal
import sys
import unittest

from harness import Process, expand, for_each, wait_until
from tracing import Traced, run_model, traced


@expand
class Reports(unittest.TestCase):
    @for_each(["8", "64"])
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

    @for_each(["8", "64"])
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
        event_layout = '=IQ' if os.uname().machine == 'x86_64' else 'IQ'  # packed there only
"""

    def summary(self, code, *options):
        s = traced(self, "trace", *options, "--", sys.executable, "-S", "-c", self.PRELUDE + code)
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        return s

    def program(self, code, *options):
        return self.summary(code, *options)["interests"]

    def by_tracepoints(self, code):
        """Of what no tracepoint shows; where functions are hooked it is known: test_callbacks."""
        return self.program(code, "--hooks", "tracepoint")

    def counts(self, i):
        return {k: v for k, v in i.items()
                if v and k not in ("flags", "reports", "unknown_by", "level", "edge_triggered")}

    def found(self, i, n):
        """Where the kernel shows no readiness at all, nothing tells which report had been notified."""
        return {} if i["found"] is None else {"found": n}

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
            event = struct.pack(event_layout, select.EPOLLIN, 77)
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
            event = struct.pack(event_layout, select.EPOLLIN, data)
            assert libc.epoll_ctl(ep.fileno(), 1, fd, event) == 0
        b.send(b'x')
        events = ctypes.create_string_buffer(16 * 8)
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

    def test_descriptors_without_visible_edges_have_none(self):
        i = self.by_tracepoints("""
        r, w = os.pipe()
        ep.register(r, select.EPOLLIN)
        os.write(w, b'x')
        ep.poll(1); ep.poll(1)""")
        self.assertEqual(self.counts(i), {"fresh": 1, "rereports": 1, **self.found(i, 1)})

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

    def test_close_ends_an_interest(self):
        """The same number and the same data, five times, and never an EPOLL_CTL_DEL."""
        s = self.summary("""
        a.close(); b.close()
        for _ in range(5):
            a, b = socket.socketpair()
            ep.register(a, select.EPOLLIN)
            b.send(b'x')
            ep.poll(1)
            a.close(); b.close()""")
        self.assertEqual(self.counts(s["interests"]), {"edges": 5, "fresh": 5})
        self.assertEqual(sum(e["interests"] for e in s["epolls"]), 0)

    def test_more_interests_than_there_is_room_for_at_a_time(self):
        s = self.summary("""
        for _ in range(30000):
            one = os.dup(a.fileno())
            ep.register(one, select.EPOLLIN)
            ep.unregister(one)
            os.close(one)
        for _ in range(30000):
            one = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            ep.register(one, select.EPOLLIN)
            one.close()""")
        self.assertEqual(sum(e["interests"] for e in s["epolls"]), 0)

    def test_a_close_that_leaves_a_duplicate_ends_nothing(self):
        i = self.program("""
        ep.register(a, select.EPOLLIN)
        other = os.dup(a.fileno())
        a.close()
        b.send(b'x')
        ep.poll(1); ep.poll(1)""")
        self.assertEqual(self.counts(i), {"edges": 1, "fresh": 1, "rereports": 1, "stale": 2})

    def test_across_fork(self):
        """The child waits on the epoll instance that its parent made, and reads the socket."""
        i = self.program("""
        ep.register(a, select.EPOLLIN | select.EPOLLET)
        if not os.fork():
            for _ in range(10):
                ep.poll(); a.recv(100)
                b.send(b'x')
            os._exit(0)
        b.send(b'x')
        os.wait()""")
        self.assertEqual(self.counts(i), {"edges": 11, "fresh": 10, "pending": 1})

    def test_instances_are_told_apart(self):
        s = self.summary("""
        ep.register(a, select.EPOLLIN)
        two = select.epoll()
        two.register(a, select.EPOLLIN | select.EPOLLET)
        b.send(b'x')
        for _ in range(5):
            ep.poll(1); two.poll(0)
        number = two.fileno()
        two.close()
        for _ in range(3):
            again = select.epoll()
            assert again.fileno() == number
            again.register(a, select.EPOLLIN)
            again.poll(1)
            again.close()""")
        rows = [(e["reports"], e["fresh"], e["rereports"], e["arms"]) for e in s["epolls"]
                if e["reports"]]
        self.assertEqual(sorted(rows), [(1, 1, 0, 0)] + [(1, 1, 0, 1)] * 3 + [(5, 1, 4, 0)])
        self.assertEqual(s["interests"]["ambiguous"], 0)

    def test_one_shots_are_disarmed_and_armed_again(self):
        i = self.program("""
        ep.register(a, select.EPOLLIN | select.EPOLLONESHOT)
        for n in range(5):
            b.send(b'x')
            assert ep.poll(1)
            b.send(b'x')
            assert not ep.poll(0)
            a.recv(100)
            if n < 4: ep.modify(a, select.EPOLLIN | select.EPOLLONESHOT)""")
        # what comes while it is disarmed is no edge of it
        self.assertEqual(self.counts(i), {"edges": 5, "fresh": 5, "disarmed": 5, "rearmed": 4})

    def test_what_was_registered_for_levels_and_for_edges(self):
        i = self.program("""
        ep.register(a, select.EPOLLIN)
        ep.register(b, select.EPOLLIN | select.EPOLLET)
        for _ in range(3): ep.modify(a, select.EPOLLOUT)
        for _ in range(5): ep.modify(a, select.EPOLLIN | select.EPOLLET | select.EPOLLONESHOT)
        ep.unregister(a)
        for again in lambda: ep.modify(a, select.EPOLLIN), lambda: ep.register(b, select.EPOLLIN):
            try: again()
            except OSError: pass
            else: raise AssertionError""")
        self.assertEqual((i["level"], i["edge_triggered"]), (4, 6))

    def test_a_registration_that_fails_changes_nothing(self):
        s = self.summary("""
        ep.register(a, select.EPOLLIN)
        for fd in a.fileno(), os.open('/etc/passwd', os.O_RDONLY):
            try: ep.register(fd, select.EPOLLIN)
            except OSError: pass
            else: raise AssertionError(fd)
        b.send(b'x')
        ep.poll(1); ep.poll(1)""")
        self.assertEqual(self.counts(s["interests"]), {"edges": 1, "fresh": 1, "rereports": 1})
        self.assertEqual(sum(e["interests"] for e in s["epolls"]), 0)

    def test_what_is_not_asked_for_is_no_edge(self):
        i = self.by_tracepoints("""
        ep.register(a, select.EPOLLOUT | select.EPOLLET)
        ep.poll(1)
        for _ in range(5):
            b.send(b'x')
        assert not ep.poll(0)""")
        self.assertEqual(self.counts(i), {"fresh": 1, **self.found(i, 1)})

    def test_a_reset_is_an_edge(self):
        i = self.program("""
        import struct
        listener = socket.create_server(('127.0.0.1', 0))
        c = socket.create_connection(listener.getsockname())
        s, _ = listener.accept()
        ep.register(s, select.EPOLLIN | select.EPOLLRDHUP)
        c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        c.close()
        events = ep.poll(1)[0][1]
        assert events & select.EPOLLERR and events & select.EPOLLHUP""")
        self.assertEqual(self.counts(i), {"edges": 1, "fresh": 1})
        self.assertEqual((i["flags"]["EPOLLERR"], i["flags"]["EPOLLHUP"]), (1, 1))


class Room(unittest.TestCase):
    """Three processes that register 10 000 descriptors each, where there is room for 24 576."""
    PROGRAM = """if True:
        import os, resource, select
        resource.setrlimit(resource.RLIMIT_NOFILE, (10100, 10100))
        held, hold = os.pipe()
        said, say = os.pipe()
        for _ in range(3):
            if os.fork():
                continue
            os.close(hold)
            ep = select.epoll()
            for _ in range(10000):
                ep.register(os.eventfd(0), select.EPOLLIN)
            os.write(say, b'x')
            os.read(held, 1)
            os._exit(0)
        for _ in range(3):
            os.read(said, 1)
        os.close(hold)
        for _ in range(3):
            os.wait()"""

    def lost(self, *options):
        s = traced(self, "trace", *options, "--", sys.executable, "-S", "-c", self.PROGRAM)
        return {name: n for name, n in s["lost"].items() if n}

    def test_as_usual(self):
        self.assertEqual(self.lost(), {"interests": 30000 - 24576})

    def test_as_much_as_is_asked_for(self):
        self.assertEqual(self.lost("--room", "30000"), {})


class Running(unittest.TestCase):
    """A process that has its interests already when tracing begins."""

    def test_registrations_are_taken_in(self):
        target = Process(self, [sys.executable, "-S", "-c", Programs.PRELUDE + """
        import ctypes, signal, struct
        libc = ctypes.CDLL(None)
        c, d = socket.socketpair()
        ep.register(a, select.EPOLLIN | select.EPOLLET)
        two = os.dup(a.fileno())
        event = struct.pack(event_layout, select.EPOLLIN, 0x7fffdeadbeef0010)
        assert libc.epoll_ctl(ep.fileno(), 1, two, event) == 0
        ep.register(c, select.EPOLLIN)
        d.send(b'ready before')
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGUSR2])
        print('ready', flush=True)
        signal.sigwait([signal.SIGUSR1])
        events = ctypes.create_string_buffer(16 * 8)
        wait = lambda: libc.epoll_wait(ep.fileno(), events, 8, 1000)
        assert wait() == 1          # c: whether that is news is not known
        assert wait() == 1          # c again
        b.send(b'x')
        assert wait() == 3          # a, its duplicate, and c again
        assert wait() == 2          # the level-triggered ones
        a.recv(1)
        print('done', flush=True)
        signal.sigwait([signal.SIGUSR2])"""])
        wait_until(lambda: "ready" in target.stdout or not target.running(), "its registrations")
        run = Traced(self, "trace", "-p", str(target.pid))
        run.started()
        target.signal(signal.SIGUSR1)
        wait_until(lambda: "done" in target.stdout or not target.running(), "its waits")
        run.signal(signal.SIGINT)
        s = run.summary()
        i = s["interests"]
        self.assertEqual(i["unknown_by"], {"unix_stream": 1})
        self.assertEqual({k: v for k, v in i.items()
                          if v and k not in ("flags", "reports", "unknown_by", "level",
                                             "edge_triggered")},
                         {"edges": 2, "fresh": 2, "rereports": 4, "unknown": 1})
        (epoll,) = s["epolls"]
        self.assertEqual(epoll["interests"], 3)
        self.assertEqual(sorted((r["events"], r["reports"]) for r in epoll["busiest"]),
                         [("EPOLLIN", 2), ("EPOLLIN", 4), ("EPOLLIN EPOLLET", 1)])
        self.assertIn("0x7fffdeadbeef0010", [r["data"] for r in epoll["busiest"]])
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
