# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Processes with a name, a port or a control group, that poll as often as they are told to: what is
counted of them says which of them are traced."""
import itertools
import os
import signal
import sys
import tempfile
from pathlib import Path

from harness import Process, wait_until
from tracing import Traced, calls, require_root

numbers = itertools.count()

# Does one thing; polls N times when it is told to, in each of its threads, and then waits to be killed.
PROGRAM = """if True:
    import ctypes, os, select, signal, socket, sys, threading
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGUSR2})
    N = int(sys.argv[1])
    def named(name):
        with open('/proc/self/comm', 'w') as file:
            file.write(name)
    def listening(port, address='127.0.0.1', kind=socket.SOCK_STREAM):
        family = socket.AF_INET6 if ':' in address else socket.AF_INET
        s = socket.socket(family, kind)
        s.bind((address, port))
        if kind == socket.SOCK_STREAM:
            s.listen()
        return s
    def polls(n):
        p = select.poll()
        for _ in range(n):
            p.poll(0)
    def told(signum=signal.SIGUSR1):
        signal.sigwait({signum})
    def say(what):
        print(what, flush=True)
"""
REST = """
    say('ready')
    told()
    polls(N)
    say('done')
    signal.pause()
"""


def unique():
    """A name that no other process has."""
    return f"wl{os.getpid()}-{next(numbers)}"


class Poller(Process):
    """One that runs, and has done what it has to before it is told to poll."""

    def __init__(self, test, does="", n=10, rest=REST, before=(), program=sys.executable):
        require_root(test)
        super().__init__(test, [*before, program, "-S", "-c", PROGRAM + f"    {does}" + rest, n])
        self.n = n

    def said(self, word):
        return wait_until(lambda: word in self.stdout, f"{word}: {self.stderr}") and self

    def poll(self, pid=None):
        os.kill(pid or self.pid, signal.SIGUSR1)
        self.said("done")


def running(test, does="", n=10, **how):
    return Poller(test, does, n, **how).said("ready")


def group(test, name=None, below=None):
    """A new control group, which is gone in the end."""
    require_root(test)
    root = below or next((Path(line.split()[1]) for line in Path("/proc/self/mounts").open()
                          if line.split()[2] == "cgroup2"), None)
    if not root:
        test.skipTest("no cgroup2 is mounted")
    path = root / (name or unique())
    path.mkdir()
    test.addCleanup(path.rmdir)
    return path


def enter(path, pid):
    (path / "cgroup.procs").write_text(str(pid))


def link(test, name, program=sys.executable):
    """A program under another name."""
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    path = Path(folder.name, name)
    path.symlink_to(program)
    return path


class Tracing(Traced):
    """A trace of what the arguments choose."""

    def __init__(self, test, *args):
        super().__init__(test, "trace", *args)
        self.started()

    def polled(self):
        """The end: how often its target polled, in which processes."""
        self.signal(signal.SIGINT)
        s = self.summary()
        self.test.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        return calls(s, "poll")["calls"], {row["pid"] for row in s["threads"]}
