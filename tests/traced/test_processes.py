# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Which processes are traced: with their children, in a container, while they run already."""
import os
import re
import signal
import sys
import tempfile
import unittest

from harness import Process, alive, binary, wait_until
from shape import read_lines
from sleeping import await_sleep
from tracing import Traced, require_program, require_root


class Containers(unittest.TestCase):
    """In a PID namespace of its own, where numbers are not those of the kernel's first one."""

    def inside(self, *argv):
        require_root(self)
        run = Process(self, [require_program("unshare"), "-p", "-f", "--mount-proc", *argv])
        self.assertEqual(run.wait(), 0, run.stderr)
        return run, read_lines(run.stdout)[-1]

    def test_a_run(self):
        _, s = self.inside(binary(), "run", "epoll-et", "--port", "0", "--messages", "1",
                           "--format", "ndjson")
        self.assertIs(s["reconciled"], True, s["witnesses"])

    def test_the_numbers_are_those_of_the_namespace(self):
        run, s = self.inside(binary(), "trace", "--format", "ndjson", "--", "sh", "-c",
                             "sleep 0.5 & echo $! >&2; wait")
        self.assertLess(int(run.stderr), 20)
        self.assertIn(int(run.stderr), [row["pid"] for row in s["threads"]])

    def test_a_process_that_runs_already(self):
        _, s = self.inside("sh", "-c", 'sleep 100 & exec "$0" trace --format ndjson --seconds 0.05 '
                                       '-p $!', binary())
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])

    def test_where_proc_is_that_of_another_namespace(self):
        require_root(self)
        run = Process(self, [require_program("unshare"), "-p", "-f", "sh", "-c", """
            mkfifo "$2"
            "$1" -S -c 'import select, time; e = select.epoll(); \
                print(file=open("'"$2"'", "w")); time.sleep(100)' &
            read line < "$2"
            "$0" trace --strict --format ndjson --seconds 0.05 -p $!; exit $?""",
                             binary(), sys.executable, self.fifo()])
        self.assertEqual(run.wait(), 3, run.stderr)
        self.assertRegex(run.stderr, r"epoll registrations of process \d+: .*; mount the /proc of this PID name")

    def fifo(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return f"{folder.name}/fifo"

    def test_the_first_process(self):
        self.inside("sh", "-c", '"$0" trace --format ndjson --seconds 0.05 -p 1; exit $?', binary())


class Processes(unittest.TestCase):
    """trace -p: one process or several, with the children that they have."""

    FAMILY = """if True:
        import os, signal
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        depth = 0
        while depth < 2 and not os.fork():
            depth += 1
        os.write(1, b'%d %d\\n' % (depth, os.getpid()))
        for _ in range(2): # a call that began before the tracing is not counted
            signal.sigwait([signal.SIGUSR1])
        """

    def family(self):
        """Three processes, each the child of the one before, that end with the second SIGUSR1."""
        top = Process(self, [sys.executable, "-S", "-c", self.FAMILY])
        wait_until(lambda: top.stdout.count("\n") == 3, "the family")
        pids = dict(map(int, line.split()) for line in top.stdout.splitlines())
        return top, [pids[depth] for depth in range(3)]

    def woken(self, top, pids, *args):
        """The pids that are seen to wake, once each was told to, from the youngest on."""
        trace = Traced(self, "trace", *args)
        trace.started()
        for pid in reversed(pids):
            for _ in range(2):
                await_sleep(pid, "rt_sigtimedwait")
                os.kill(pid, signal.SIGUSR1)
            wait_until(lambda: not alive(pid), "its end")
        top.wait()
        return {row["pid"] for row in trace.summary()["threads"]}

    def test_children_that_exist(self):
        top, pids = self.family()
        self.assertEqual(self.woken(top, pids, "-p", top.pid), set(pids))

    def test_no_children(self):
        top, pids = self.family()
        self.assertEqual(self.woken(top, pids, "--no-children", "-p", top.pid), {top.pid})

    def test_a_shell_above_the_tracer_does_not_make_it_trace_itself(self):
        require_root(self)
        run = Process(self, ["sh", "-c", '"$0" trace --format ndjson --seconds 0.05 -p $$; :',
                             binary()])
        self.assertEqual(run.wait(), 0, run.stderr)
        self.assertEqual(read_lines(run.stdout)[-1]["syscalls"], [])

    def test_no_file_of_theirs_is_held(self):
        """While we held one that a server closes, its epoll instance would go on to report it: only
        what an epoll instance shows is opened, and no iterator goes through files."""
        target = Process(self, [sys.executable, "-S", "-c", """if 1:
            import select, socket, time
            ep, pair = select.epoll(), socket.socketpair()
            ep.register(pair[0])
            print(ep.fileno(), flush=True)
            time.sleep(100)"""])
        wait_until(lambda: "\n" in target.stdout, "its descriptors")
        run = Process(self, [require_program("strace"), "-f", "-qq", "-e", "trace=openat,bpf", binary(),
                             "trace", "--seconds", "0.01", "-o", "/dev/null", "-p", target.pid])
        self.assertEqual(run.wait(60), 0, run.stderr)
        looked = set(re.findall(rf"/proc/{target.pid}/[^\"]*fd[^\"]*", run.stderr))
        self.assertEqual(looked, {f"/proc/{target.pid}/task/{target.pid}/fdinfo/{int(target.stdout)}"})
        iterators = re.findall(r'prog_name="(\w+)".*expected_attach_type=BPF_TRACE_ITER', run.stderr)
        self.assertEqual(set(iterators), {"adopt_tasks"})

    def test_a_thread_with_descriptors_of_its_own(self):
        """Each table is looked through once: the third thread has that of the first."""
        target = Process(self, [sys.executable, "-S", "-c", """if 1:
            import ctypes, socket, threading, time
            CLONE_FILES = 0x400
            def other():
                assert ctypes.CDLL(None).unshare(CLONE_FILES) == 0
                mine = socket.socketpair()
                mine[1].send(b'x')
                print(both[0].fileno(), mine[0].fileno(), flush=True)
                time.sleep(100)
            both = socket.socketpair()
            both[1].send(b'x')
            for run in (other, lambda: time.sleep(100)):
                threading.Thread(target=run).start()
            time.sleep(100)"""])
        wait_until(lambda: "\n" in target.stdout, "its descriptors")
        both, mine = map(int, target.stdout.split())
        run = Traced(self, "trace", "--seconds", "0.01", "-p", target.pid)
        self.assertEqual(run.wait(), 0, run.stderr)
        self.assertEqual([row["fd"] for row in run.lines()[1]["unread"]], [both, both, mine])

    def test_several_until_the_last_has_ended(self):
        for form in (["-p", "{0},{1}"], ["-p", "{0} {1}"], ["-p", "{0}", "{1}"],
                     ["-p", "{0}", "-p", "{1}"], ["-p", "{0},{1}", "{0}"]):
            targets = [Process(self, ["sleep", "100"]) for _ in range(2)]
            pids = [target.pid for target in targets]
            trace = Traced(self, "trace", *(arg.format(*pids) for arg in form), "--interval", "0.02")
            self.assertEqual(trace.started()["target"], "processes {}, {}".format(*pids))
            targets[0].signal(signal.SIGTERM)
            targets[0].wait()
            seen = len(trace.lines())
            wait_until(lambda: len(trace.lines()) > seen + 2, "intervals after the first end")
            targets[1].signal(signal.SIGTERM)
            self.assertTrue(trace.summary()["completed"])

    def test_many_have_room_in_the_head(self):
        targets = [Process(self, ["sleep", "100"]) for _ in range(40)]
        trace = Traced(self, "trace", "--seconds", "0.01", "-p",
                       ",".join(str(target.pid) for target in targets))
        self.assertRegex(trace.started()["target"], r"^processes [0-9, ]*\d and \d+ more$")
        trace.summary()


if __name__ == "__main__":
    unittest.main()
