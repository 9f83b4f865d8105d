# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Events: each count of a run is so many events of its kind, in the order of their times; what is
dropped is counted, and where; what is not asked for is not told."""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

from harness import MODELS, Process, children, expand, for_each, wait_until
from programs import program
from sleeping import NUMBER, await_sleep, await_stop
from told import IO, WAITS, check_counts, check_events, check_order, told
from tracing import Gated, Traced, require_program

STEPS = ["level", "edge", "once", "polled", "selected", "timer", "counter", "signals", "pipes",
         "messages", "overflow", "late", "alike", "odd", "parent"]
CALLS = ("wait", "io", "registration")
# It asks without a pause, so the longer its client takes the more events there are.
SPINS = {"nonblocking": ["--conns", "1", "--messages", "5"]}


def run(test, *args, status=0):
    """A run that tells events, and its lines."""
    traced = Traced(test, *args)
    traced.summary(status)
    return traced.lines()


def steps(test, name, *options):
    """The same of a program of a few calls."""
    return run(test, "trace", "--events", "all", *options, "--", program(test, "steps"), name)


class Waiting:
    """A program that says something once it is ready, and goes on once its standard input ends."""

    def __init__(self, test, code):
        self.process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        test.addCleanup(self.process.wait)
        test.addCleanup(self.process.stdout.close)
        test.addCleanup(self.go)
        self.pid = self.process.pid
        self.said = self.process.stdout.readline().strip()

    def say(self, text):
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def go(self):
        self.process.stdin.close()


def call_of(event):
    return event.get("call", "epoll_ctl")


@expand
class Ledgers(unittest.TestCase):
    @for_each(MODELS)
    def test_each_count_is_so_many_events(self, model):
        load = SPINS.get(model, ["--conns", "3", "--messages", "200"])
        lines = run(self, "run", model, "--port", "0", *load, "--events", "all")
        summary = check_events(self, lines)
        self.assertEqual(sum(summary["lost"].values()), 0)

    @for_each(["et-no-drain", "oneshot-no-rearm"])
    def test_also_where_a_server_hangs(self, scenario):
        lines = run(self, "run", "--scenario", scenario, "--port", "0", "--events", "all", status=1)
        check_events(self, lines)

    @for_each(STEPS)
    def test_also_of_others_programs(self, name):
        check_events(self, steps(self, name))


@expand
class Strace(unittest.TestCase):
    LINE = re.compile(r"^(\w+)\(.*\) += (-?\d+)(?: (E\w+))?")

    def seen(self, name):
        strace = require_program("strace")
        names = ",".join(f"?{call}" for call in sorted(WAITS | IO | {"epoll_ctl"}))
        with tempfile.NamedTemporaryFile("r") as out:
            Process(self, [strace, "-qq", "-e", "signal=none", "-e", f"trace={names}", "-o", out.name,
                           program(self, "steps"), name]).wait()
            return [(call, int(result), error or None)
                    for call, result, error in map(lambda line: self.LINE.match(line).groups(), out)]

    @for_each(STEPS)
    def test_the_same_calls_line_by_line(self, name):
        lines = steps(self, name)
        self.assertEqual([(call_of(e), -1 if e["error"] else e["result"], e["error"])
                          for e in told(lines, *CALLS)], self.seen(name))


class Words(unittest.TestCase):
    """What events say of programs that are known."""

    def test_a_level_is_told_again(self):
        lines = steps(self, "level")
        reports = told(lines, "report")
        self.assertEqual([e["judged"] for e in reports], ["fresh", "again"] * 3)
        self.assertEqual({(e["epoll"], e["events"], *e["file"].values()) for e in reports},
                         {(3, "EPOLLIN", 4, "unix_stream", "")})

    def test_an_edge_is_told_once(self):
        lines = steps(self, "edge")
        self.assertEqual([e["judged"] for e in told(lines, "report")], ["fresh"] * 3)
        self.assertEqual([(e["operation"], e["events"]) for e in told(lines, "registration")],
                         [("add", "EPOLLIN EPOLLET")])
        self.assertEqual([e["result"] for e in told(lines, "io") if e["call"] == "read"], [4, -11] * 3)

    def test_once_and_then_silence(self):
        lines = steps(self, "once")
        self.assertEqual([e["event"] for e in told(lines, "report", "disarm")],
                         ["report", "disarm"] * 3)
        self.assertEqual([(e["operation"], e["error"]) for e in told(lines, "registration")],
                         [("add", None), *[("modify", None)] * 3, ("remove", None), ("remove", "ENOENT"),
                          ("invalid", "EINVAL")])

    def test_poll_and_select(self):
        for name, calls in (("polled", {"poll", "ppoll"}), ("selected", {"select", "pselect6"})):
            polled = told(steps(self, name), "polled")
            self.assertEqual([(e["file"]["fd"], e["events"]) for e in polled], [(3, "POLLIN"), (4, "POLLOUT")])
            self.assertLessEqual({e["call"] for e in polled}, calls)

    def test_timeouts_are_decoded(self):
        self.assertEqual([e["timeout_ns"] for e in told(steps(self, "polled"), "wait")], [0, 1000000, None])
        self.assertEqual([e["timeout_ns"] for e in told(steps(self, "selected"), "wait")], [0, None])
        self.assertEqual([e["timeout_ns"] for e in told(steps(self, "signals"), "wait")], [0, 0])
        self.assertEqual([e["timeout_ns"] for e in told(steps(self, "messages"), "wait")], [1000000])

    def test_signals(self):
        lines = steps(self, "signals")
        self.assertEqual([(e["signal"], e["raised"]) for e in told(lines, "raise")],
                         [("SIGUSR1", "queued"), ("SIGUSR2", "queued"), ("SIGUSR2", "coalesced"),
                          ("SIGCHLD", "ignored")])
        self.assertEqual([(e["signal"], e["taken"]) for e in told(lines, "take")],
                         [("SIGUSR1", "delivered"), ("SIGUSR2", "consumed")])
        sender, = {(e["sender_tid"], e["sender_comm"]) for e in told(lines, "raise")}
        self.assertEqual(sender, (told(lines, "raise")[0]["tid"], "steps"))

    def test_signals_without_room(self):
        self.assertEqual([e["raised"] for e in told(steps(self, "overflow"), "raise")], ["overflow", "lost_info"])

    def test_what_was_late(self):
        late = told(steps(self, "late"), "late")
        self.assertEqual(len(late), 10)
        self.assertGreaterEqual(min(e["late_ns"] for e in late), 5000000)
        self.assertIn("asleep", {e["why"] for e in late[1::2]})  # of each, unless it had no CPU meanwhile

    def test_descriptors_that_are_not_open(self):
        lines = steps(self, "odd")
        read, = told(lines, "io")
        self.assertEqual((read["file"]["kind"], read["error"]), ("not_open", "EBADF"))
        self.assertEqual([(e["file"]["kind"], e["events"]) for e in told(lines, "polled")],
                         [("not_open", "POLLNVAL"), ("unix_stream", "POLLOUT POLLWRNORM")])
        self.assertEqual([(e["file"]["kind"], e["error"], e["events"]) for e in told(lines, "registration")],
                         [("not_open", "EBADF", "EPOLLIN"), ("unix_stream", "EFAULT", ""), ("unix_stream", None, ""),
                          ("unix_stream", None, "EPOLLIN EPOLLHUP EPOLLRDNORM 0x100000")])

    def test_timeouts_that_are_long_or_wrong(self):
        self.assertEqual([(e["timeout_ns"], e["error"]) for e in told(steps(self, "odd"), "wait")],
                         [(0, None), (2**63 - 1, None), (None, "EINVAL")])

    def test_codes_of_a_signal_have_their_names(self):
        lines = steps(self, "parent")
        self.assertEqual([(e["signal"], e["code"]) for e in told(lines, "raise")],
                         [("SIGCHLD", "CLD_EXITED"), ("SIGKILL", "SI_TKILL"), ("SIGCHLD", "CLD_KILLED")])
        self.assertEqual({row["signal"]: row["code"] for row in lines[-1]["signals"]},
                         {"SIGCHLD": "CLD_KILLED", "SIGKILL": "SI_TKILL"})

    @unittest.skipUnless("poll" in NUMBER, "poll() is made by ppoll() here, which needs no restart_syscall()")
    def test_a_poll_that_goes_on_after_a_stop(self):
        """What it found is an answer of restart_syscall()."""
        target = Waiting(self, """
            import os, select
            print(flush=True)
            os.read(0, 1)
            poll = select.poll()
            poll.register(0, select.POLLIN)
            poll.poll()""")
        traced = Traced(self, "trace", "--events", "all", "-p", target.pid)
        traced.started()
        target.say("x")
        await_sleep(target.pid, "poll")
        os.kill(target.pid, signal.SIGSTOP)
        await_stop(target.pid)
        os.kill(target.pid, signal.SIGCONT)
        await_sleep(target.pid, "restart_syscall")
        target.go()
        traced.summary()
        self.assertEqual([(e["call"], e["verdict"], e["error"], e["result"] > 0)
                          for e in told(traced.lines(), "wait")],
                         [("poll", "interrupted", "ERESTART_RESTARTBLOCK", False),
                          ("restart_syscall", "slept", None, True)])

    def test_two_with_the_same_data(self):
        self.assertEqual([e["judged"] for e in told(steps(self, "alike"), "report")], ["ambiguous"])

    def test_what_may_have_been_told_before(self):
        """Of a process that runs already: whether the first report is news is not known."""
        program = Waiting(self, """
            import os, select, socket
            a, b = socket.socketpair()
            b.send(b'abcd')
            ep = select.epoll()
            ep.register(a, select.EPOLLIN)
            print(flush=True)
            os.read(0, 1)
            ep.poll(0)""")
        traced = Traced(self, "trace", "--events", "reports", "-p", program.pid)
        traced.started()
        program.go()
        traced.summary()
        self.assertEqual([e["judged"] for e in told(traced.lines(), "report")], ["unknown"])

    def test_a_sleep_and_what_ended_it(self):
        wait, = (e for e in told(steps(self, "timer"), "wait"))
        self.assertEqual((wait["call"], wait["verdict"], wait["sleeps"]), ("epoll_wait", "slept", 1))
        self.assertIn(wait["woken_by"], ("hardirq", "softirq"))
        self.assertLessEqual(wait["to_run_ns"], wait["slept_ns"])
        self.assertLessEqual(wait["slept_ns"], wait["duration_ns"])


class Lines(unittest.TestCase):
    """The lines for people."""

    def test_what_a_wait_told_stands_in_its_line(self):
        shown = Process(self, [os.environ["WAKELAB"], "trace", "--events", "waits,reports", "--",
                               program(self, "steps"), "level"])
        self.assertEqual(shown.wait(), 0, shown.stderr)
        waits = re.findall(r"^[\d:.]+ steps/\d+ (epoll_wait\(.*)$", shown.stdout, re.M)
        self.assertEqual([re.sub(r" \S+s$", "", line) for line in waits],
                         ["epoll_wait(3, …, 4, -1) = 1 [fd 4 unix_stream EPOLLIN fresh]",
                          "epoll_wait(3, …, 4, 0) = 1 [fd 4 unix_stream EPOLLIN again]",
                          "epoll_wait(3, …, 4, 0) = 0"] * 3)
        self.assertNotIn("read(", shown.stdout)

    def lines(self, name):
        shown = Process(self, [os.environ["WAKELAB"], "trace", "--events", "all", "--", program(self, "steps"), name])
        self.assertEqual(shown.wait(), 0, shown.stderr)
        return re.findall(r"^[\d:.]+ steps/\d+ (\w+\(.*?)(?: \S+s)?$", shown.stdout, re.M)

    def test_what_is_odd_is_said(self):
        self.assertEqual(self.lines("odd"), [
            "read(fd 99 not_open, …, 4) = -1 EBADF",
            "poll(…, 1, 0) = 1 [fd 99 not_open POLLNVAL]",
            "epoll_ctl(3, add, fd 99 not_open, EPOLLIN) = -1 EBADF",
            "epoll_ctl(3, add, fd 4 unix_stream, ?) = -1 EFAULT",
            "epoll_ctl(3, add, fd 4 unix_stream, 0) = 0",
            "epoll_ctl(3, modify, fd 4 unix_stream, EPOLLIN EPOLLHUP EPOLLRDNORM 0x100000) = 0",
            "ppoll(…, 1, 9223372037s, NULL) = 1 [fd 4 unix_stream POLLOUT POLLWRNORM]",
            "ppoll(…, 1, ?, NULL) = -1 EINVAL"])

    def test_select_has_its_own_words(self):
        self.assertIn("[fd 3 unix_stream readable, fd 4 unix_stream writable]", self.lines("selected")[-2])


@expand
class Filters(unittest.TestCase):
    """They act where events happen: what is not asked for has not happened."""

    PARTS = {"waits": {"wait"}, "reports": {"report", "ready", "disarm"}, "io": {"io"},
             "registrations": {"registration"}, "io,waits": {"io", "wait"}}

    @for_each(list(PARTS))
    def test_parts(self, parts):
        lines = run(self, "trace", "--events", parts, "--", program(self, "steps"), "once")
        self.assertEqual({e["event"] for e in lines if e["type"] == "event"}, self.PARTS[parts])
        self.assertEqual({name for name, n in lines[-1]["events"].items() if n["happened"]}, self.PARTS[parts])

    def test_a_descriptor(self):
        every, lines = steps(self, "pipes"), steps(self, "pipes", "--fd", "3")
        self.assertEqual([e["call"] for e in told(lines, "io")],
                         [e["call"] for e in told(every, "io") if e["file"]["fd"] == 3])
        check_counts(self, lines, lines[-1])

    @for_each(["steps", "step", "stepsy"])
    def test_threads_of_a_name(self, name):
        lines = steps(self, "edge", "--thread", name)
        self.assertEqual(bool(told(lines, *CALLS)), name == "steps")

    def test_a_thread(self):
        for other in (0, 1):
            gated = Gated(self, program(self, "steps"), "edge")
            traced = Traced(self, "trace", "--events", "io", "--tid", gated.pid + other, "-p", gated.pid)
            traced.started()
            gated.go()
            traced.summary()
            self.assertEqual(bool(told(traced.lines(), "io")), not other)

    def test_a_verdict(self):
        every, lines = steps(self, "level"), steps(self, "level", "--verdict", "empty,timeout")
        self.assertEqual([e["call"] for e in told(lines, "wait", "io")],
                         [e["call"] for e in told(every, "wait", "io") if e["verdict"] in ("empty", "timeout")])
        self.assertEqual(told(lines, "report"), [])  # those waits told of nothing

    def test_how_long_it_took(self):
        lines = steps(self, "messages", "--min-us", "1000")
        self.assertIn("clock_nanosleep", [e["call"] for e in told(lines, "wait")])
        self.assertGreaterEqual(min(e["duration_ns"] for e in told(lines, "wait", "io")), 1000000)

    @for_each(["127.0.0.1", "127.0.0.2", "[::1]"])
    def test_a_peer(self, peer):
        lines = run(self, "run", "epoll-et", "--port", "0", "--conns", "1", "--messages", "5", "--events", "io",
                    "--peer", peer)
        read, = (row for row in lines[-1]["syscalls"] if row["name"] == "read")
        self.assertEqual(sum(e["call"] == "read" for e in told(lines, "io")), read["calls"] if peer == "127.0.0.1" else 0)

    def test_a_port_of_its_own(self):
        """Of the connections, and of the listener; not of what else there is."""
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))  # a port that nobody else has meanwhile
            for asked, calls in ((None, ["accept4", "sendto", "recvfrom"]), (other.getsockname()[1], [])):
                program = Waiting(self, """
                    import os, socket
                    with socket.create_server(('127.0.0.1', 0)) as listener:
                        print(listener.getsockname()[1], flush=True)
                        os.read(0, 1)
                        ours = socket.create_connection(listener.getsockname())
                        theirs, _ = listener.accept()
                        ours.send(b'abcd')
                        theirs.recv(4)
                        os.read(os.open('/dev/zero', os.O_RDONLY), 4)""")
                traced = Traced(self, "trace", "--events", "io", "--on-port", asked or program.said, "-p", program.pid)
                traced.started()
                program.go()
                traced.summary()
                self.assertEqual([e["call"] for e in told(traced.lines(), "io")], calls)


class Dropped(unittest.TestCase):
    """The target does not wait: what finds no room is counted, and where it was is told."""

    def test_a_reader_that_does_not_read(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        fifo = Path(folder.name, "fifo")
        os.mkfifo(fifo)
        code = "import os; fd = os.open('/dev/zero', os.O_RDONLY)\nfor _ in range(30000): os.read(fd, 1)"
        traced = Process(self, [os.environ["WAKELAB"], "trace", "--format", "ndjson", "--events", "io",
                                "--events-buffer", "1", "-o", fifo, "--", "python3", "-c", code])
        reader = os.open(fifo, os.O_RDONLY)
        self.addCleanup(os.close, reader)
        wait_until(lambda: children(traced.pid), "the program to start")
        wait_until(lambda: not children(traced.pid), "the program to end")
        self.check(self.rest(traced, reader))

    def rest(self, traced, reader):
        data = b""
        while chunk := os.read(reader, 1 << 20):
            data += chunk
        self.assertEqual(traced.wait(), 0, traced.stderr)
        return [json.loads(line) for line in data.decode().splitlines()]

    def check(self, lines):
        summary = lines[-1]
        check_counts(self, lines, summary)
        check_order(self, lines)
        read, = (row for row in summary["syscalls"] if row["name"] == "read")
        counts = summary["events"]["io"]
        self.assertGreater(counts["dropped"], 0)
        self.assertGreaterEqual(counts["happened"], read["calls"])
        last = {e["cpu"]: e["lost"] for e in told(lines, "io")}
        self.assertLessEqual(sum(last.values()), counts["dropped"])
