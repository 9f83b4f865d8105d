# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Outputs that nobody reads, and how far a wakelab has come that cannot say so."""
import contextlib
import fcntl
import os
import re
import signal
from pathlib import Path

from harness import wait_until

CAP_SYS_ADMIN = 21  # include/uapi/linux/capability.h


class Full:
    """A pipe without room: tail is its write end, for a child."""

    def __init__(self, test):
        self.head, self.tail = os.pipe()
        self.open = [self.head, self.tail]
        test.addCleanup(self.close)
        flags = fcntl.fcntl(self.tail, fcntl.F_GETFL)
        fcntl.fcntl(self.tail, fcntl.F_SETFL, flags | os.O_NONBLOCK)
        self.filled = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                self.filled += os.write(self.tail, bytes(4096))
        fcntl.fcntl(self.tail, fcntl.F_SETFL, flags)

    def read(self):
        """All that was written behind what it is filled with; every writer has to end."""
        self.drop(self.tail)
        with os.fdopen(os.dup(self.head), "rb") as file:
            return file.read()[self.filled:].decode()

    def drop(self, end):
        os.close(end)
        self.open.remove(end)

    def close(self):
        for end in self.open:
            os.close(end)


def mask(process, name):
    """A set of bits that the kernel shows of it."""
    text = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(rf"{name}:\s*(\w+)", text).group(1), 16)


def takes_signals(process):
    """Waits until SIGTERM no longer ends it by default."""
    wait_until(lambda: mask(process, "SigBlk") & 1 << signal.SIGTERM - 1,
               "its signals to be blocked")


def programs(process):
    """How many programs, links and maps it has."""
    links = []
    for fd in os.listdir(f"/proc/{process.pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            links.append(os.readlink(f"/proc/{process.pid}/fd/{fd}"))
    return sum("bpf" in link for link in links)


def has_target(process):
    """Whether it has no privilege any more that it needs to take a target in."""
    return not mask(process, "CapEff") & 1 << CAP_SYS_ADMIN


def tracing(process):
    """Waits until it traces: more than one program to try the kernel with."""
    wait_until(lambda: programs(process) > 30 and has_target(process), "tracing")


def tracing_over(process):
    """Waits until it has traced and does no more, though nobody looked meanwhile: only its output is left
    to be done."""
    wait_until(lambda: has_target(process) and not programs(process), "the end of tracing")
