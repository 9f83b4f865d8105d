# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Taking in a process that runs already: how much work it is, when its clock begins, what ends it."""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from unittest import TestCase

from harness import Process, binary, wait_until
from programs import program
from sleeping import await_children
from tracing import Traced, require_program, require_root

TICK_NS = 10_000_000
TICKS = f"""if True:
    import select, time
    ep = select.epoll()
    print(ep.fileno(), flush=True)
    while True:
        time.sleep({TICK_NS} / 1e9)
"""


WORKERS = """if True:
    import os, select, signal, socket
    listeners = [socket.create_server(('127.0.0.1', 0)) for _ in range(LISTENERS)]
    print(*[l.getsockname()[1] for l in listeners], flush=True)
    for n in range(3):
        if os.fork(): continue
        ep = select.epoll()
        l = listeners[n % LISTENERS]
        ep.register(l, select.EPOLLIN | select.EPOLLEXCLUSIVE)
        while True:
            ep.poll()
            l.accept()[0].close()
    signal.pause()
"""


class Adopting(TestCase):
    def started(self, *argv):
        target = Process(self, argv)
        wait_until(lambda: target.stdout.endswith("\n") or not target.running(), "its first line")
        self.assertTrue(target.running(), target.stderr)
        return target

    def bpf_calls(self, threads):
        """How many calls of bpf() wakelab makes to take in so many threads with an instance each."""
        target = self.started(program(self, "many"), str(threads))
        with tempfile.NamedTemporaryFile("r") as out:
            run = Process(self, [require_program("strace"), "-c", "-e", "trace=bpf", "-o", out.name,
                                 binary(), "trace", "-p", target.pid, "--seconds", "0.01"])
            self.assertEqual(run.wait(), 0, run.stderr)
            target.signal(signal.SIGKILL)
            return int(re.search(r"(\d+)(?: +\d+)? bpf$", out.read(), re.MULTILINE).group(1))

    def test_the_work_grows_with_the_threads_and_no_faster(self):
        require_root(self)
        few, more, most = map(self.bpf_calls, (50, 100, 200))
        self.assertGreater(most, more)
        self.assertLess(most - more, 3 * (more - few))  # the square of it would be four times

    def test_the_clock_begins_with_the_counts(self):
        """However long it takes: here it is held up when it reads what an epoll instance has."""
        require_root(self)
        target = self.started(sys.executable, "-S", "-c", TICKS)
        fdinfo = f"/proc/{target.pid}/task/{target.pid}/fdinfo/{target.stdout.strip()}"
        run = Process(self, [require_program("strace"), "-o", "/dev/null", "-P", fdinfo,
                             "-e", "inject=openat:delay_enter=500000",
                             binary(), "trace", "--format", "ndjson", "-p", target.pid,
                             "--seconds", "0.1"])
        self.assertEqual(run.wait(), 0, run.stderr)
        ticks = max(map(int, re.findall(r'"name":"clock_nanosleep","calls":(\d+)', run.stdout)))
        elapsed = max(map(int, re.findall(r'"elapsed_ns":(\d+)', run.stdout)))
        self.assertGreater(elapsed, 500_000_000)
        self.assertLessEqual((ticks - 1) * TICK_NS, elapsed)

    def test_a_signal_ends_it(self):
        """It is waiting to be taken when wakelab starts."""
        require_root(self)
        target = self.started(program(self, "many"), "2")
        run = Process(self, [sys.executable, "-S", "-c",
                             "import os, signal, sys; "
                             "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT]); "
                             "os.kill(os.getpid(), signal.SIGINT); os.execv(sys.argv[1], sys.argv[1:])",
                             binary(), "trace", "-p", target.pid])
        self.assertEqual(run.wait(), 1)
        self.assertEqual(run.stdout, "")
        self.assertIn("told to stop while the state of the target was still being read: nothing was counted",
                      run.stderr)


class Watching(TestCase):
    def imbalances(self, listeners):
        """Three processes had registered a listener each, or the same, when tracing began."""
        require_root(self)
        target = Process(self, [sys.executable, "-S", "-c",
                                WORKERS.replace("LISTENERS", str(listeners))])
        workers = await_children(target.pid, 3, "epoll_wait")
        run = Traced(self, "trace", "-p", target.pid)
        run.started()
        for n in range(30):
            port = target.stdout.split()[n % listeners]
            socket.create_connection(("127.0.0.1", int(port))).close()
            await_children(target.pid, 3, "epoll_wait")
        run.signal(signal.SIGINT)
        found = [f for f in run.summary()["findings"] if f["id"] == "imbalance"]
        for pid in [*workers, target.pid]:
            os.kill(pid, signal.SIGKILL)
        return workers, found

    def test_one_of_several_gets_all(self):
        """Where one is woken it is the first that registered, if it sleeps."""
        workers, (found,) = self.imbalances(1)
        self.assertIn(found["subject"]["pid"], workers)
        self.assertEqual(found["evidence"], {"accepted": 30, "connections": 30, "workers": 3})

    def test_each_has_its_own(self):
        self.assertEqual(self.imbalances(3)[1], [])


class Descriptors(TestCase):
    def with_limit(self, soft, hard, *args):
        require_root(self)
        return Process(self, ["sh", "-c", 'ulimit -Sn "$0" && ulimit -Hn "$1" && shift && exec "$@"',
                              soft, hard, binary(), *args])

    def test_a_soft_limit_is_raised_and_the_target_keeps_it(self):
        run = self.with_limit("20", "1000", "trace", "--", "sh", "-c", "ulimit -n")
        self.assertEqual(run.wait(), 0, run.stderr)
        self.assertIn("20", run.stdout.splitlines())

    def test_a_hard_limit_is_named_before_anything_starts(self):
        for limit in ("12", "40", "100", "255"):
            run = self.with_limit(limit, limit, "trace", "--", "echo", "it ran")
            self.assertEqual(run.wait(), 4, run.stderr)
            self.assertEqual(run.stdout, "")
            self.assertEqual(run.stderr, "wakelab: cannot trace: attaching needs up to 256 descriptors, "
                             f"but the hard limit of this process is {limit}; raise it "
                             "(ulimit -Hn)\n")


class Room(TestCase):
    def refused(self, number, most, *argv):
        run = Process(self, [*argv, "trace", "--room", number, "--", "echo", "it ran"])
        self.assertEqual((run.wait(), run.stdout), (2, ""), run.stderr)
        self.assertIn(f'invalid --room "{number}": must be a whole number from 24576 to {most}\n', run.stderr)

    def test_no_less_than_there_is_anyway_and_no_more_than_a_gigabyte(self):
        for number in ("5", "24575", "1048577"):
            self.refused(number, 1048576, binary())

    def test_file_capabilities_give_less(self):
        require_root(self)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        given = shutil.copy(binary(), folder.name)
        if subprocess.run([require_program("setcap"), "cap_bpf,cap_perfmon+ep", given],
                          capture_output=True, check=False).returncode:
            self.skipTest("this file system keeps no capabilities")
        self.refused("131073", 131072, require_program("setpriv"), "--reuid", "65534",
                     "--clear-groups", given)


class TimeNamespace(TestCase):
    def test_times_are_the_kernels(self):
        """In one whose clock is 100 000 s ahead data lies about no longer than the run lasts."""
        require_root(self)
        unshare = require_program("unshare")
        run = Process(self, [unshare, "-T", "--monotonic", "100000", binary(), "run", "--scenario",
                             "et-no-drain", "--port", "0", "--format", "ndjson"])
        self.assertEqual(run.wait(), 1, run.stderr)
        stalled = [int(n) for n in re.findall(r'"stalled_ns":(\d+)', run.stdout)]
        elapsed = max(map(int, re.findall(r'"elapsed_ns":(\d+)', run.stdout)))
        self.assertTrue(any(stalled))
        self.assertLessEqual(max(stalled), elapsed)
