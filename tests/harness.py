# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What the tests of the servers and traced tiers share.

Everything that is started here belongs to a test: it is ended and reaped in that test's cleanup, by
its own pid. Nothing sleeps for a guessed time: wait_until() polls a condition up to a deadline.
"""
import contextlib
import json
import os
import random
import re
import resource
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from shape import check_lines

# Lines for people are as wide as COLUMNS says, and in the characters of the locale.
os.environ["LC_ALL"] = "C.UTF-8"
os.environ.pop("COLUMNS", None)

ROOT = Path(__file__).resolve().parent.parent
SLOW = float(os.environ.get("WAKELAB_SLOW", 1))  # how much slower than usual this machine is
WAIT = 60 * SLOW  # seconds until a condition that has not come about is a failure

TCP_MODELS = ["blocking", "fork", "thread", "nonblocking", "select", "poll", "epoll-lt", "epoll-et",
              "epoll-oneshot", "epoll-exclusive", "uring", "aio"]
UDP_MODELS = ["sigio", "sigio-rt"]
MODELS = TCP_MODELS + UDP_MODELS

PORTS = range(10000, 16384)  # below those that lab check takes, and that the kernel gives out


def binary():
    """The wakelab under test: WAKELAB, else build/wakelab. run.py sets it for the tier."""
    return os.environ.get("WAKELAB") or str(ROOT / "build" / "wakelab")


def wait_until(condition, what, seconds=WAIT):
    """Polls until condition() is true, and gives what it returned."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"did not come about in {seconds} s: {what}")
        time.sleep(0.002)


def alone(reason):
    """A decorator of a test, or of a class of tests: nothing else may run meanwhile, and why."""
    def mark(what):
        what.alone = reason
        return what
    return mark


def for_each(values):
    """A method decorator: one test for each value, given to it as its argument."""
    def mark(method):
        method.for_each = list(values)
        return method
    return mark


def expand(cls):
    """A class decorator: replaces for_each() methods by one method for each of their values."""
    for name, method in list(vars(cls).items()):
        values = getattr(method, "for_each", None)
        if values is None:
            continue
        delattr(cls, name)
        for value in values:
            def test(self, method=method, value=value):
                return method(self, value)
            label = value if isinstance(value, str) else "-".join(map(str, value))
            test.__name__ = f"{name}[{label}]"
            test.__doc__ = method.__doc__
            test.alone = getattr(method, "alone", "")
            setattr(cls, test.__name__, test)
    return cls


def is_free(port):
    """Whether nobody has it, of TCP or UDP."""
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        try:
            tcp.bind(("", port))
            udp.bind(("", port))
        except OSError:
            return False
        return True


def own_port(test):
    """A port that is the test's until it ends, whether or not somebody has it meanwhile: the kernel gives it to
    none who asks for any, and other tests find its name taken."""
    start = random.randrange(len(PORTS))
    for port in (*PORTS[start:], *PORTS[:start]):
        name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        with contextlib.suppress(OSError):
            name.bind(f"\0wakelab-test-port-{port}")
            if is_free(port):
                test.addCleanup(name.close)
                return port
        name.close()
    raise AssertionError("no port is free")


class Process:
    """A child in a session of its own; its output goes to files, so that it never blocks."""

    def __init__(self, test, argv, nofile=None, stdin=subprocess.DEVNULL, stdout=None,
                 stderr=None):
        self.stdout_file = tempfile.TemporaryFile("w+")
        self.stderr_file = tempfile.TemporaryFile("w+")

        def limit():
            if nofile:
                resource.setrlimit(resource.RLIMIT_NOFILE, (nofile, nofile))

        self.child = subprocess.Popen([str(a) for a in argv], stdin=stdin,
                                      stdout=stdout or self.stdout_file,
                                      stderr=stderr or self.stderr_file,
                                      start_new_session=True, preexec_fn=limit)
        self.pid = self.child.pid
        self.status = None
        test.addCleanup(self.reap)

    @staticmethod
    def _content(file):
        return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0).decode(errors="replace")

    @property
    def stdout(self):
        return self._content(self.stdout_file)

    @property
    def stderr(self):
        return self._content(self.stderr_file)

    def running(self):
        return self.child.poll() is None

    def wait(self, seconds=WAIT):
        """Its exit status; negative: the signal that ended it."""
        try:
            self.status = self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.child.args} did not end in {seconds} s") from None
        return self.status

    def signal(self, sig):
        self.child.send_signal(sig)

    def reap(self):
        """The end of whatever is left of it, its own children included."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.child.wait()
        self.stdout_file.close()
        self.stderr_file.close()


class Server(Process):
    """wakelab serve on a free port of the loopback."""

    def __init__(self, test, model, *args, address="127.0.0.1", nofile=None,
                 stderr=None):
        argv = [binary(), "serve", model, "--address", address, "--port", "0", *args]
        super().__init__(test, argv, nofile, stderr=stderr)
        self.test = test
        self.model = model
        self.address = address
        self.udp = model in UDP_MODELS
        self.collected = False
        wait_until(lambda: "\n" in self.stdout or not self.running(), "the server's first line")
        found = re.search(r":(\d+) \(", self.stdout)
        if not found:
            raise AssertionError(f"{model} did not start: {self.stdout}{self.stderr}")
        self.port = int(found.group(1))
        test.addCleanup(self.check)

    def check(self):
        """A server that a test left running has to end well, too."""
        if not self.collected:
            self.stop()

    def stop(self, sig=signal.SIGTERM):
        """Ends it by a signal, asserts a clean end, and gives its tally."""
        if self.running():
            self.signal(sig)
        return self.collect(0)

    def collect(self, status):
        self.collected = True
        self.wait()
        self.test.assertEqual(self.status, status, f"{self.model}: {self.stderr}")
        return tally(self.stdout)

    def connect(self, test=None):
        """A client's socket, closed with the test."""
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        kind = socket.SOCK_DGRAM if self.udp else socket.SOCK_STREAM
        sock = socket.socket(family, kind)
        (test or self.test).addCleanup(sock.close)
        sock.settimeout(WAIT)
        sock.connect((self.address, self.port))
        return sock


TALLY = {"accepted": "accepts", "refused": "refused", "closed": "closes", "reads": "reads",
         "bytes in": "bytes_in", "bytes out": "bytes_out", "waits": "waits", "EAGAIN": "eagain"}


def tally(text):
    """The counts at the end of serve's output, by the names of struct tally."""
    counts = {}
    for label, number in re.findall(r"(accepted|refused|closed|reads|bytes in|bytes out|waits|"
                                    r"EAGAIN) +(\d+(?: \d{3})*)", text):
        counts[TALLY[label]] = int(number.replace(" ", ""))
    return counts


class Load:
    """The end of a wakelab load: its status, what it printed, and result, the JSON of it."""

    def __init__(self, process):
        self.status = process.wait()
        self.stdout = process.stdout
        self.stderr = process.stderr
        self.result = json.loads(self.stdout) if self.stdout.startswith("{") else None
        check_lines([self.result] if self.result else [])

    def __getitem__(self, name):
        return self.result[name]


def start_load(test, server, *args, nofile=None):
    """wakelab load in the background; server has a port, and may have address and udp."""
    argv = [binary(), "load", "--format", "ndjson", "--port", server.port,
            "--address", getattr(server, "address", "127.0.0.1"), *args]
    if getattr(server, "udp", False):
        argv.append("--udp")
    return Process(test, argv, nofile)


def load(test, server, *args, nofile=None):
    return Load(start_load(test, server, *args, nofile=nofile))


def usage(test, *args):
    """A command that should not get far: its process, ended."""
    process = Process(test, [binary(), *args])
    process.wait()
    return process


def switches(pid):
    """How often a process went to sleep or was put off its CPU: grows when it does something."""
    text = Path(f"/proc/{pid}/status").read_text()
    return sum(int(n) for n in re.findall(r"ctxt_switches:\s+(\d+)", text))


def stat_of(pid):
    """What the kernel says of a process behind its name, which may be any bytes; the first is its state."""
    return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].decode().split()


def children(pid):
    """The pids and states of a process's children, zombies included."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = stat_of(entry.name)
            if int(fields[1]) == pid:
                found[int(entry.name)] = fields[0]
    return found


def forked(pid):
    """The children of a process with one thread in the order in which it forked them: the numbers of
    processes begin anew when the last one has been given."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def state(pid):
    """Of the process: R, S, T, ...; None once it is gone."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return stat_of(pid)[0]
    return None


def alive(pid):
    return state(pid) not in (None, "Z")


def receive(sock, size):
    """Exactly size bytes, or less when the stream ends before."""
    parts, left = [], size
    while left:
        part = sock.recv(min(left, 1 << 16))
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
