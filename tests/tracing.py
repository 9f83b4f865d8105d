# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What the tests of the traced tier share: traced runs, their NDJSON, and an independent count."""
import contextlib
import ctypes
import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import terminals
from harness import Process, binary, children, stat_of, wait_until
from shape import check_lines  # knows where metrics/ is

from metrics import table

IO_URING_SETUP = 425  # on all architectures
MAX_ROWS = 64  # a summary has the busiest threads, wakers and epoll instances only


def require_root(test):
    if os.geteuid():
        raise unittest.SkipTest("tracing needs root")


def require_program(name):
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if not path:
        raise unittest.SkipTest(f"{name} is not installed: scripts/setup check")
    return path


def require_io_uring():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(IO_URING_SETUP, 0, None) < 0 and ctypes.get_errno() in (errno.ENOSYS,
                                                                            errno.EPERM):
        raise unittest.SkipTest("this kernel has no io_uring")


class Traced(Process):
    """A wakelab run or trace with --format ndjson."""

    def __init__(self, test, *args):
        require_root(test)
        self.test, self.args = test, args
        super().__init__(test, [binary(), args[0], "--format", "ndjson", *args[1:]])

    def text(self):
        return self.stdout

    def lines(self):
        text = self.text()
        return [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]

    def started(self):
        """Waits until every hook is attached and the target is followed."""
        wait_until(lambda: self.lines() or not self.running(), "the tracer's first line")
        self.test.assertTrue(self.lines(), self.stderr)
        return self.lines()[0]

    def summary(self, status=0):
        self.wait()
        lines = self.lines()
        last = lines[-1] if lines else {}
        self.test.assertEqual(self.status, status, f"{self.stderr}{last.get('witnesses', '')}")
        self.test.assertEqual(last["type"], "summary")
        check_lines(lines)
        check_identities(self.test, last, whole="--top" not in self.args)
        return last


def traced(test, *args, status=0):
    """Runs it to its end and gives the summary, whose identities hold."""
    return Traced(test, *args).summary(status)


class TracedServer(Traced):
    """A server of ours under wakelab trace, from its first call on."""

    def __init__(self, test, model, *args, options=()):
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        self.out = Path(folder.name, "out")
        super().__init__(test, "trace", *options, "-o", self.out, "--", binary(), "serve", model,
                         "--port", "0", *args)
        port = wait_until(lambda: re.search(r":(\d+) \(", self.stdout), "the server to listen")
        self.address = "127.0.0.1", int(port.group(1))
        self.server, = children(self.pid)

    def text(self):
        return self.out.read_text()  # standard output is the server's

    def end(self):
        """Ends the server, and gives the summary."""
        os.kill(self.server, signal.SIGTERM)
        return self.summary()


def run_model(test, model, *args):
    """A run whose witnesses agree and that lost nothing."""
    s = traced(test, "run", model, "--port", "0", "--size", "64", *args)
    test.assertTrue(s["completed"])
    test.assertIs(s["reconciled"], True, s.get("witnesses"))
    test.assertEqual(sum(s["lost"].values()), 0, s["lost"])
    test.assertEqual((s["client"]["mismatches"], s["client"]["unanswered"]), (0, 0))
    return s


LEVEL, EDGE = "0", "select.EPOLLET"
BOTH = [(mode, hooks) for hooks in ("auto", "tracepoint") for mode in (LEVEL, EDGE)]


# connect() may be back before a softirq hands the connection over. What a client sends then is
# acknowledged only after that (net/ipv4/tcp_minisocks.c, tcp_child_process()).
ARRIVE = """
        import fcntl, socket, termios
        def arrive(listener):
            client = socket.create_connection(listener.getsockname())
            client.send(b'x')
            while any(fcntl.ioctl(client, termios.TIOCOUTQ, bytes(4))):
                pass
            return client
"""


class Verdicts(unittest.TestCase):
    """Small programs of which it is known which report is news, registered in MODE."""
    PRELUDE = """if True:
        import ctypes, fcntl, os, select, signal, socket, struct, termios
        libc = ctypes.CDLL(None)
        ep = select.epoll()
        a, b = socket.socketpair()
""" + ARRIVE

    def summary(self, code, mode=LEVEL, hooks="auto"):
        s = traced(self, "trace", "--hooks", hooks, "--", sys.executable, "-S", "-c",
                   self.PRELUDE + f"        MODE = {mode}\n" + code)
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        return s

    def expect(self, how, code, level, edge):
        """level and edge: what it comes to in fresh and re-reports, in each mode."""
        mode, hooks = how
        i = self.summary(code, mode, hooks)["interests"]
        self.assertEqual((i["fresh"], i["rereports"], i["unknown"], i["ambiguous"]),
                         ((level if mode == LEVEL else edge) + (0, 0)), i)


ARM64 = os.uname().machine == "aarch64"
# What the C library calls where the kernel has no such call.
ARM64_CALLS = {"epoll_wait": "epoll_pwait", "poll": "ppoll", "select": "pselect6", "pause": "ppoll"}


def calls(summary, name):
    """The ledger's row of a call; one of zeros when there was none."""
    if ARM64:
        name = ARM64_CALLS.get(name, name)
    for row in summary["syscalls"]:
        if row["name"] == name:
            return row
    return {"calls": 0, "errors": {}, "zero": 0, "bytes": 0, "sleeps": 0,
            "verdicts": {row.name: 0 for row in table.fields_of("syscalls.verdicts")}}


def amount(s, row):
    """What a summary has of a row of the tables, of a latency how often it was measured; None: it
    is not known."""
    for name in [*filter(None, row.object.split(".")), row.name]:
        if s is None:
            return None
        s = s[name]
    if row.is_latency:
        return s and s["count"]
    return sum(s.values()) if isinstance(s, dict) else s


def check_identity(test, identity, s):
    left, right = ([amount(s, row) for row in rows] for rows in table.sides(identity))
    if None not in left:
        check = test.assertEqual if identity.sign == "EQUAL" else test.assertGreaterEqual
        check(sum(left), sum(n or 0 for n in right), f"{identity}: {left}, {right}")


def parts(s, identity):
    """Where it must hold: in the summary, or in each row of calls or signals."""
    within = table.sides(identity)[0][0].object
    if within == "syscalls":
        return [{within: row} for row in s["syscalls"]]
    if within == "sigio":
        return [{within: row} for row in (s["sigio"], *s["signals"])]
    return [s]


def check_rows(test, s, keeper, rows, alive):
    """The rows of all its keepers come to the totals, which are read a moment earlier."""
    for row in table.COUNTS:
        total = amount(s, row) if row.keeper == keeper and row.counted else None
        if total is not None and row.unit != "ns":  # time that goes on is no count
            check = test.assertLessEqual if alive else test.assertEqual
            check(total, sum(one[row.alone] for one in rows), row.name)


def check_identities(test, s, whole=True):
    """What metrics/ says must hold in every run; of the rows, unless --top cut them."""
    alive = any(row["verdicts"]["in_flight"] for row in s["syscalls"])
    for identity in table.IDENTITIES:
        if identity.when == "ALWAYS" or not alive:
            for part in parts(s, identity):
                check_identity(test, identity, part)
    if whole and len(s["threads"]) < MAX_ROWS:
        check_rows(test, s, "thread", s["threads"], alive)
    if whole and len(s["epolls"]) < MAX_ROWS:
        check_rows(test, s, "interest", s["epolls"], alive)
    if whole and len(s["wakers"]) < MAX_ROWS:
        rows = sum(row["wakes"] for row in s["wakers"])
        (test.assertLessEqual if alive else test.assertEqual)(s["wakes"]["total"], rows, s["wakers"])


class Terminal(terminals.Terminal):
    """The same of what traces."""

    def __init__(self, test, *argv, **options):
        require_root(test)
        super().__init__(test, *argv, **options)


def programs_of(pid):
    """The ids of the BPF programs that a process has open; none once it has ended."""
    ids = set()
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for info in Path(f"/proc/{pid}/fdinfo").iterdir():
            with contextlib.suppress(FileNotFoundError):
                ids.update(int(n) for n in re.findall(r"^prog_id:\s+(\d+)$", info.read_text(), re.M))
    return ids


def of_session(pid):
    """The processes of a session that are left."""
    left = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                if int(stat_of(entry.name)[3]) == pid:
                    left.append(entry.name)
    return left


def of_file(path):
    """The processes that have it as a word of their command line: a program has left its session,
    but not its name."""
    left = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if os.fsencode(path) in line.read_bytes().split(b"\0"):
                left.append(line.parent.name)
    return left


LEAST = "-all,+bpf,+perfmon"


def least(test, *args):
    """wakelab as nobody with two capabilities, and as before 5.11 the memory for its maps."""
    require_root(test)
    setpriv = require_program("setpriv")
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    os.chmod(folder.name, 0o755)
    wakelab = shutil.copy(binary(), folder.name)  # where anybody can run it
    return Process(test, ["sh", "-c", 'ulimit -l unlimited 2>/dev/null; exec "$@"', "sh",
                          setpriv, "--reuid", "65534", "--regid", "65534", "--clear-groups",
                          "--inh-caps", LEAST, "--ambient-caps", LEAST, "--bounding-set", LEAST,
                          "--no-new-privs", wakelab, *args])


class Gated(Process):
    """A program stopped before its first instruction, until go(): observers attach meanwhile."""

    def __init__(self, test, *argv):
        super().__init__(test, ["/bin/sh", "-c", 'kill -STOP $$; exec "$@"', "sh", *argv])
        wait_until(lambda: self.state() == "T", "the program to stop at the gate")

    def state(self):
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]

    def go(self):
        self.signal(signal.SIGCONT)


class Perf:
    """perf stat counting tracepoints; where is -p PID (with all that it starts) or -a with filters."""

    def __init__(self, test, where, events):
        require_program("perf")
        subprocess.run(["mountpoint", "-q", "/sys/kernel/tracing"]).returncode and subprocess.run(
            ["mount", "-t", "tracefs", "nodev", "/sys/kernel/tracing"], check=True)
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        self.out = f"{folder.name}/out"
        for name in ("ctl", "ack"):
            os.mkfifo(f"{folder.name}/{name}")
        known = [arg for event, *rest in events
                 if Path(f"/sys/kernel/tracing/events/{event.replace(':', '/')}").exists()
                 for arg in ("-e", event, *rest)]
        self.process = Process(test, ["perf", "stat", "-x", ",", "-o", self.out, "-D", "-1",
                                      *known, *where, "--control",
                                      f"fifo:{folder.name}/ctl,{folder.name}/ack"])
        with open(f"{folder.name}/ctl", "w") as ctl, open(f"{folder.name}/ack") as ack:
            ctl.write("enable\n")
            ctl.flush()
            test.assertIn("ack", ack.readline())

    @classmethod
    def of_calls(cls, test, pid, names):
        """Entries into system calls of a process and all that it starts."""
        return cls(test, ["-p", pid], [(f"syscalls:sys_enter_{name}",) for name in names])

    def stop(self):
        self.process.signal(signal.SIGINT)
        return self.counts()

    def counts(self):
        self.process.wait()
        found = {}
        for line in Path(self.out).read_text().splitlines():
            fields = line.split(",")
            if len(fields) > 2 and fields[0].isdigit():
                name = fields[2].removeprefix("syscalls:sys_enter_")
                found[name] = found.get(name, 0) + int(fields[0])
        return found
