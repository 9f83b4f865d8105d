# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Output that nobody takes: wakelab has signals and children to look after nevertheless."""
import contextlib
import json
import os
import pty
import re
import signal
import socket
import tempfile
import unittest
from pathlib import Path

from harness import Process, binary, children, expand, for_each, forked, usage, wait_until
from tracing import Terminal, of_session, require_program, require_root
from unread import Full, takes_signals, tracing, tracing_over

NOBODY = r"wakelab: cannot write the last \d+ bytes to standard output: it has no reader\n"


class Blocked(unittest.TestCase):
    def setUp(self):
        require_root(self)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start(self, *args, stdout=None, stderr=None):
        return Process(self, [binary(), *args], stdout=stdout, stderr=stderr)

    def sleeper(self):
        return Process(self, ["sleep", "100"])

    def test_a_signal_ends_each_command(self):
        """All at once, for each has its 5 seconds."""
        target, runs = self.sleeper(), []
        for form in ("table", "ndjson"):
            for command in (["trace", "--", "sleep", "100"], ["trace", "-p", target.pid],
                            ["run", "poll", "--port", "0"], ["compare", "epoll-lt", "epoll-et"]):
                how = ["--format", form] + ([] if command[0] == "compare" else ["--interval", "0.05"])
                runs.append(self.start(command[0], *how, *command[1:], stdout=Full(self).tail))
        for n, run in enumerate(runs):
            (tracing if "-p" in run.child.args else takes_signals)(run)
            run.signal(signal.SIGINT if n % 2 else signal.SIGTERM)
        for run in runs:
            self.assertEqual(run.wait(), 1, run.stderr)
            self.assertRegex(run.stderr, f"^{NOBODY}$")
            self.assertEqual(of_session(run.pid), [])
        self.assertTrue(target.running())

    def test_a_second_signal_does_not_wait(self):
        target = self.sleeper()
        once, twice = (self.start("trace", "-p", target.pid, stdout=Full(self).tail) for _ in "12")
        for run in (twice, once):
            tracing(run)
            run.signal(signal.SIGTERM)
        tracing_over(twice)
        twice.signal(signal.SIGTERM)
        self.assertEqual(twice.wait(), 1)
        self.assertTrue(once.running())
        self.assertEqual(once.wait(), 1)

    def test_a_reader_who_comes_late_has_all_of_it(self):
        """What was not taken makes one interval that is longer; the target is not held up."""
        for command in (["--", "sleep", "0.3"], ["--seconds", "0.3", "--", "sleep", "100"],
                        ["--seconds", "0.3", "-p", self.sleeper().pid]):
            full = Full(self)
            run = self.start("trace", "--format", "ndjson", "--interval", "0.02", *command,
                             stdout=full.tail)
            tracing_over(run)
            lines = [json.loads(line) for line in full.read().splitlines()]
            self.assertEqual(run.wait(), 143 if command[-1] == "100" else 0, run.stderr)
            lines = [line for line in lines if line["type"] != "attached"]
            self.assertEqual([line["type"] for line in lines], ["start", "interval", "summary"])
            self.assertEqual(lines[1]["interval_ns"], lines[1]["elapsed_ns"])

    def test_a_reader_who_goes_away(self):
        full = Full(self)
        run = self.start("trace", "--", "sleep", "100", stdout=full.tail)
        takes_signals(run)
        full.drop(full.head)
        self.assertEqual(run.wait(), 1)
        self.assertEqual(run.stderr, "wakelab: cannot write to standard output: Broken pipe\n")
        self.assertEqual(of_session(run.pid), [])

    def test_nobody_reads_standard_error(self):
        """Messages are dropped, and the status tells the same."""
        trace = self.start("trace", "--", "sleep", "100", stdout=Full(self).tail,
                           stderr=Full(self).tail)
        takes_signals(trace)
        trace.signal(signal.SIGTERM)
        run = self.start("run", "poll", "--port", "0", "-o", "/dev/null", stderr=Full(self).tail)
        wait_until(lambda: len(children(run.pid)) == 2, "server and client")
        _, client = forked(run.pid)
        os.kill(client, signal.SIGKILL)
        self.assertEqual((run.wait(), trace.wait()), (1, 1))
        self.assertEqual(of_session(trace.pid), [])

    def fifo(self):
        path = f"{self.folder}/fifo{len(os.listdir(self.folder))}"
        os.mkfifo(path)
        return path

    def waiting(self, path, *args):
        run = self.start(args[0], "-o", path, *args[1:])
        wait_until(lambda: run.stderr == f"wakelab: waiting for a reader of {path}\n" or
                   not run.running(), "its message")
        self.assertTrue(run.running(), run.stderr)
        return run

    def test_a_fifo_without_a_reader(self):
        for sig in (signal.SIGINT, signal.SIGTERM):
            for command in (["trace", "--", "touch", f"{self.folder}/began"], ["run", "poll"],
                            ["compare", "epoll-lt", "epoll-et"]):
                run = self.waiting(self.fifo(), *command)
                run.signal(sig)
                self.assertEqual(run.wait(), -sig)
                self.assertEqual(of_session(run.pid), [])
        self.assertFalse(os.path.exists(f"{self.folder}/began"))
        for wrong in (["trace"], ["run", "none"], ["compare", "epoll-lt"]):
            self.assertEqual(usage(self, wrong[0], "-o", self.fifo(), *wrong[1:]).status, 2)

    def test_a_fifo_whose_reader_comes_later(self):
        path = self.fifo()
        run = self.waiting(path, "trace", "--format", "ndjson", "--", "true")
        with open(path) as file:
            lines = [json.loads(line) for line in file]
        self.assertEqual(run.wait(), 0, run.stderr)
        self.assertEqual((lines[0]["type"], lines[-1]["type"]), ("start", "summary"))

    def test_a_terminal_that_is_stopped(self):
        for goes_on in (True, False):
            t = Terminal(self, binary(), "trace", "--interval", "0.02", "-p", str(self.sleeper().pid))
            t.shows("wakelab trace")
            t.hold()
            os.kill(t.pid, signal.SIGTERM)
            tracing_over(t)
            if goes_on:
                t.key("Q")
                t.shows("Stopped after")
            self.assertEqual(t.wait(), 0 if goes_on else 1)


# what only asks about a descriptor
HARMLESS = ("fcntl(%d, F_GETFD", "fstat(%d,", "newfstatat(%d,", "ioctl(%d, TCGETS",
            "ioctl(%d, TIOCGWINSZ")
# what begins with another number
NO_DESCRIPTOR = ("eventfd", "eventfd2", "epoll_create1")
KINDS = ["null", "file", "pipe", "socket", "terminal"]
# of standard input, output and error: each kind is each of them once
THREE = [tuple((KINDS + KINDS)[n:n + 3]) for n in range(len(KINDS))]
CLOSED = ()
COMMANDS = {
    "trace": ["--", "sh", "-c", ":"],
    "run": ["poll", "--port", "0", "--messages", "2"],
    "compare": ["epoll-lt", "epoll-et", "--rounds", "1", "--messages", "2"],
}


@expand
class Strace(unittest.TestCase):
    """The standard descriptors: nothing is done to them but to write the output asked for."""

    def setUp(self):
        require_root(self)
        self.strace = require_program("strace")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def keep(self, fd):
        self.addCleanup(os.close, fd)
        return fd

    def descriptor(self, kind, n):
        """One of that kind, with something to read; and what looks at what it was done to."""
        if kind == "null":
            return self.keep(os.open("/dev/null", os.O_RDWR)), lambda: None
        if kind == "file":
            path = Path(f"{self.folder}/{n}")
            path.write_text("abc")
            fd = self.keep(os.open(path, os.O_RDWR))
            return fd, lambda: (path.read_text(), os.lseek(fd, 0, os.SEEK_CUR))
        if kind == "pipe":
            path = f"{self.folder}/{n}"
            os.mkfifo(path)
            fd = self.keep(os.open(path, os.O_RDWR | os.O_NONBLOCK))
            return fd, lambda: None
        if kind == "terminal":
            ours, theirs = pty.openpty()
            self.keep(ours)
            return self.keep(theirs), lambda: None
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        self.addCleanup(theirs.close)
        ours.send(b"abc")
        return theirs.fileno(), lambda: theirs.recv(16, socket.MSG_PEEK)

    def touched(self, kinds, *argv):
        """What was done to the descriptors: (number, call); and whether they are as before."""
        log = f"{self.folder}/log"
        closing = " <&- >&- 2>&-" if kinds == CLOSED else ""
        fds = [self.descriptor(kind, n) for n, kind in enumerate(kinds)]
        before = [look() for _, look in fds]
        std = dict(zip(("stdin", "stdout", "stderr"), (fd for fd, _ in fds)))
        run = Process(self, [self.strace, "-f", "-qq", "-o", log, "-e", "trace=execve,%desc,%network",
                             "sh", "-c", f'exec "$@"{closing}', "sh", binary(), *argv], **std)
        self.assertEqual(run.wait(60), 0)
        lines = Path(log).read_text().splitlines()
        loaded = next(n for n, line in enumerate(lines) if f'execve("{binary()}"' in line)
        begin = next(n for n in range(loaded, len(lines)) if "fcntl(0, F_GETFD" in lines[n])  # main()
        found, executed, gated = set(), set(), set()
        for line in lines[begin + 1:]:
            pid, call = line.split(maxsplit=1)
            if call.startswith("execve("):
                executed.add(pid)  # a command, whose descriptors are its own
            if re.match(r"dup2\(\d+, 0\)", call):
                gated.add(pid)  # the gate of a server or a client is its standard input
            if pid in executed or (pid in gated and re.match(r"read\(0,", call)):
                continue
            match = re.match(r"(\w+)\(([012])[,)]", call)
            if match and match[1] not in NO_DESCRIPTOR and not call.startswith(tuple(h % int(match[2]) for h in HARMLESS)):
                found.add((int(match[2]), match[1]))
        return found, [look() for _, look in fds] == before

    @for_each([*(("trace", *kinds) for kinds in THREE), ("run", *THREE[1]), ("compare", *THREE[3]),
               *((command, *CLOSED) for command in COMMANDS)])
    def test_output_to_a_file(self, which):
        command, *kinds = which
        out = f"{self.folder}/out"
        found, same = self.touched(tuple(kinds), command, "-o", out, *COMMANDS[command])
        self.assertEqual((found, same), (set(), True))
        self.assertTrue(Path(out).read_text())

    @for_each(THREE)
    def test_output_to_standard_output(self, kinds):
        found, _ = self.touched(kinds, "trace", *COMMANDS["trace"])
        self.assertEqual(found, {(1, "write")})


if __name__ == "__main__":
    unittest.main()
