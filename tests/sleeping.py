# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Whether a thread sleeps in a call, by the kernel's own word: the gate of tests that may not depend
on who is faster.

/proc/PID/syscall tells of a call only when the thread has been switched out in it, and of a thread
that was woken only when it sleeps again. Programs of tests ask for themselves, with NUMBER.
"""
import os
from pathlib import Path

from harness import children, state, wait_until

# As the C library makes the call of that name.
NUMBER = {
    "x86_64": {"read": 0, "poll": 7, "pause": 34, "recvfrom": 45, "wait4": 61, "rt_sigtimedwait": 128,
               "rt_sigsuspend": 130, "restart_syscall": 219, "epoll_wait": 232, "accept4": 288},
    "aarch64": {"read": 63, "poll": 73, "pause": 73, "recvfrom": 207, "wait4": 260, "rt_sigtimedwait": 137,
                "rt_sigsuspend": 133, "epoll_wait": 22, "accept4": 242},
}[os.uname().machine]


def sleeps(pid, call, *arguments, tid=None):
    """Whether it does so now, with those numbers as the first arguments."""
    try:
        words = Path(f"/proc/{pid}/task/{tid or pid}/syscall").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return words[:1 + len(arguments)] == [str(NUMBER[call]), *map(hex, arguments)]


def await_sleep(pid, call, *arguments, tid=None):
    wait_until(lambda: sleeps(pid, call, *arguments, tid=tid), f"the sleep of {pid} in {call}")


def await_children(pid, count, call):
    """Until so many children sleep in the call; their pids."""
    def asleep():
        below = children(pid)
        return len(below) == count and all(sleeps(child, call) for child in below) and list(below)
    return wait_until(asleep, f"the sleep of the {count} children of {pid} in {call}")


def await_stop(pid):
    """Until a SIGSTOP has stopped it."""
    wait_until(lambda: state(pid) == "T", f"the stop of {pid}")
