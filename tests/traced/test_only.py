# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""--only: what nobody asked for is not attached and not told, and what is told is as it was."""
import re
import signal
import sys
import unittest
from pathlib import Path

from harness import Process, binary, expand, for_each, wait_until
from shape import read_lines
from tracing import Traced, calls, require_root

# Ten bytes, of each of which epoll tells once and a read is woken; three signals that are caught.
PROGRAM = """if True:
    import os, select, signal, socket, threading
    a, b = socket.socketpair()
    ep = select.epoll()
    ep.register(a, select.EPOLLIN)
    for _ in range(10):
        b.send(b'x')
        assert ep.poll(10)[0][1] == select.EPOLLIN
        a.recv(1)
    signal.signal(signal.SIGUSR1, lambda *_: None)
    for _ in range(3):
        os.kill(os.getpid(), signal.SIGUSR1)
    import ctypes; ctypes.CDLL(None).usleep(1000)"""

PARTS = ("wakes", "interests", "signals")
FIELDS = {
    "wakes": ("wakeup_ns", "wakes", "threads", "wakers"),
    "interests": ("service_ns", "busy_ns", "interests", "left_largest", "left_last", "left_ns", "sockets",
                  "epolls", "stalled", "listeners"),
    "signals": ("sigio", "signals"),
}
# hooks by what needs them, as far as all kernels have them
HOOKS = {
    "wakes": {"sched_waking"},
    "interests": {"inet_sock_set_state"},
    "signals": {"signal_generate", "signal_deliver"},
}
ALWAYS = {"sys_enter", "sys_exit", "sched_switch", "task_newtask", "sched_process_exit",
          "sched_process_free"}
LISTS = ("counts", "wakes", "interests", "signals", "wakes,signals", "counts,wakes,interests,signals")


@expand
class Only(unittest.TestCase):
    def setUp(self):
        require_root(self)

    @for_each(LISTS)
    def test_a_part(self, names):
        chosen = set(names.split(",")) - {"counts"}
        run = Process(self, [binary(), "trace", "--format", "ndjson", "--only", names, "--",
                             sys.executable, "-S", "-c", PROGRAM])
        self.assertEqual(run.wait(), 0, run.stderr)
        lines = read_lines(run.stdout)
        start, summary = lines[0], lines[-1]
        self.assertEqual(start["watched"], ["counts", *(p for p in PARTS if p in chosen)])
        hooks = set(start["hooks"])
        self.assertLessEqual(ALWAYS, hooks)
        for part in PARTS:
            self.assertEqual(HOOKS[part] & hooks, HOOKS[part] if part in chosen else set())
            for field in FIELDS[part]:
                if part not in chosen:
                    self.assertIsNone(summary[field], field)
        self.assertEqual(sum(summary["lost"].values()), 0, summary["lost"])
        self.counted(summary, chosen)

    @for_each(PARTS)
    def test_lines_before_the_end(self, only):
        """They leave out what the summary does."""
        target = Process(self, ["sleep", "100"])
        run = Traced(self, "trace", "--only", only, "--interval", "0.01", "-p", str(target.pid))
        wait_until(lambda: len(run.lines()) > 2, "an interval has passed")
        run.signal(signal.SIGINT)
        run.wait()
        _, attached, interval, *_ = read_lines(run.stdout)
        self.assertEqual((attached["type"], interval["type"]), ("attached", "interval"))
        self.assertEqual(attached["stalled"], [] if only == "interests" else None)
        left_out = [field for part in PARTS if part != only for field in FIELDS[part] if field in interval]
        self.assertEqual([field for field in left_out if interval[field] is not None], [])

    def counted(self, summary, chosen):
        """The same as without --only."""
        row = calls(summary, "epoll_wait")
        self.assertEqual((row["calls"], row["verdicts"]["ready"]), (10, 10))
        self.assertEqual(calls(summary, "recvfrom")["bytes"], 10)
        self.assertEqual(summary["work"]["events"], 10)
        if "wakes" in chosen:
            self.assertEqual(summary["wakes"]["sleeps"],
                             sum(row["sleeps"] for row in summary["threads"]))
        if "interests" in chosen:
            self.assertEqual([summary["interests"][n] for n in ("reports", "fresh", "rereports")],
                             [10, 10, 0])
        if "signals" in chosen:
            (usr1,) = [row for row in summary["signals"] if row["signal"] == "SIGUSR1"]
            self.assertEqual((usr1["generated"], usr1["delivered"]), (3, 3))

    @for_each(PARTS)
    def test_maps_of_others_are_small(self, only):
        """No map that stands for 24 576 interests is there where they are not watched."""
        run = Traced(self, "trace", "--only", only, "--", "sleep", "100")
        run.started()
        infos = [info.read_text() for info in Path(f"/proc/{run.pid}/fdinfo").iterdir()]
        entries = [int(n) for info in infos for n in re.findall(r"^max_entries:\s+(\d+)$", info, re.M)]
        self.assertIn(16384, entries)  # tasks
        self.assertEqual(24576 in entries, only == "interests")
        self.assertEqual(65536 in entries, only != "signals")  # sockets
        run.signal(signal.SIGINT)
        run.wait()

    def test_says_what_it_leaves_out(self):
        run = Process(self, [binary(), "run", "epoll-et", "--port", "0", "--messages", "1", "--only",
                             "signals"])
        self.assertEqual(run.wait(), 0, run.stderr)
        self.assertIn("\nNot watched (--only): wakes, interests\n", run.stdout)
        self.assertNotIn("This kernel does not show when", run.stdout)  # as the head would say
        for words in ("unread data", "found work", "\n wake", "epoll reports"):
            self.assertNotIn(words, run.stdout)

    @for_each(["epoll-et", "sigio", "uring"])
    def test_witnesses_agree_on_what_is_seen(self, model):
        run = Process(self, [binary(), "run", model, "--port", "0", "--messages", "50", "--format",
                             "ndjson", "--only", "counts"])
        self.assertEqual(run.wait(), 0, run.stderr)
        summary = read_lines(run.stdout)[-1]
        self.assertIs(summary["reconciled"], True)
        seen = {row["what"]: row.get("kernel") for row in summary["witnesses"]}
        self.assertEqual((seen["messages"], seen["bytes received"], seen["reads with data"]),
                         (None, None, None))
        # io_uring sends without a system call
        self.assertEqual(seen["bytes sent back"],
                         None if model == "uring" else summary["server"]["bytes_out"])


@expand
class Refused(unittest.TestCase):
    @for_each(["", "wake", "wakes,", ",wakes", "wakes interests", "calls"])
    def test_before_anything_starts(self, names):
        run = Process(self, [binary(), "trace", "--only", names, "--", "true"])
        self.assertEqual((run.wait(), run.stdout), (2, ""))
        self.assertIn(f'invalid --only "{names}": must be a comma-separated list of counts, wakes, '
                      "interests, signals", run.stderr)
