# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""lab check: ports, the CPU, the network and /proc are the machine's, and so is their want; what is
waited for is said."""
import contextlib
import os
import re
import resource
import signal
import socket
import stat
import unittest
from pathlib import Path

from harness import wait_until
from stranger import EXERCISE, Course, judged
from tracing import require_program, require_root


class Ports(unittest.TestCase):
    def test_names_of_other_users_are_nothing_to_us(self):
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (20000, max(20000, limit[1])))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, limit)
        for port in range(16384, 32768):
            held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self.addCleanup(held.close)
            with contextlib.suppress(OSError):
                held.bind(f"\0wakelab-lab-port-{port}".encode().ljust(108, b"\0"))
        judged(self, "echo(listen())")

    def test_locks_are_for_nobody_else(self):
        judged(self, "echo(listen())")
        st = os.stat("/run/wakelab-ports")
        self.assertEqual((st.st_uid, stat.S_IMODE(st.st_mode)), (0, 0o600))

    def test_one_that_is_taken_meanwhile(self):
        """By a program that is none of ours: the server is given another one."""
        course = Course(self, """
try:
    os.mkfifo(here + '/taken')
    open(here + '/port', 'w').write(f'{port}\\n')
    open(here + '/taken').read()
except FileExistsError: pass
echo(listen())""")
        asked = course.path / "port"
        run = course.check()
        wait_until(lambda: asked.exists() and asked.read_text().endswith("\n"), "the port that it has")
        with socket.create_server(("127.0.0.1", int(asked.read_text()))):
            with open(course.path / "taken", "w"):
                pass
            self.assertEqual(run.wait(), 0, run.stdout + run.stderr)


class Machines(unittest.TestCase):
    """What the machine lacks is not said of the server."""

    def unable(self, said, *before):
        run = Course(self, "echo(listen())").check(before=before)
        self.assertEqual((run.wait(), run.stdout), (4, ""), run.stderr)
        self.assertRegex(run.stderr, f"^wakelab: {said}\n$")

    def test_the_loopback_is_down(self):
        self.unable("lab check needs 127.0.0.1, .*: bring up the loopback interface .*: Network is unreachable",
                    require_program("unshare"), "-n")

    def test_proc_is_that_of_another_namespace(self):
        self.unable("lab check needs the /proc of this PID namespace: mount it .*",
                    require_program("unshare"), "-p", "-f")


class Waits(unittest.TestCase):
    EXERCISE = {**EXERCISE, "loads": [{**EXERCISE["loads"][0], "clients": ["half-close"]}]}

    def test_are_told_of(self):
        """A byte now and then is not the end."""
        course = Course(self, """
client = listen().accept()[0]
while data := client.recv(1):
    client.sendall(data)
    time.sleep(0.5)""", self.EXERCISE)
        run = course.check()
        wait_until(lambda: "waiting" in run.stdout or not run.running(), "word of it")
        self.assertRegex(run.stdout, r"\n  waiting for half-close, \ds more at most\n")
        run.signal(signal.SIGKILL)
        run.wait()
        wait_until(lambda: not course.left(), "the end of all")


def slow_cgroup(test):
    """A cgroup whose processes have a hundredth of a CPU: the file that one writes its number to."""
    for root, settings in ((Path("/sys/fs/cgroup/cpu"), {"cpu.cfs_period_us": "1000000",
                                                         "cpu.cfs_quota_us": "10000"}),
                           (Path("/sys/fs/cgroup"), {"cpu.max": "10000 1000000"})):
        group = root / f"wakelab-test-{os.getpid()}"
        if not (root / "cgroup.procs").exists():
            continue
        group.mkdir()
        test.addCleanup(group.rmdir)
        if not all((group / name).exists() for name in settings):
            break
        for name, value in settings.items():
            (group / name).write_text(value)
        return group / "cgroup.procs"
    raise unittest.SkipTest("there are no cgroups here that limit the CPU")


class Starved(unittest.TestCase):
    def test_a_server_is_tried_again(self):
        """Once it has a hundredth of a CPU, where each message takes it 100 ms of one."""
        require_root(self)
        slow = slow_cgroup(self)
        course = Course(self, f"""
l = listen()
again = os.path.exists(here + '/again')
open(here + '/again', 'w').close()
if not again: open('{slow}', 'w').write('0')
client = l.accept()[0]
while data := client.recv(65536):
    end = time.process_time() + (0 if again else 0.1)
    while time.process_time() < end: pass
    client.sendall(data)
signal.pause()""")
        run = course.check()
        self.assertEqual(run.wait(), 0, run.stdout + run.stderr)
        self.assertRegex(re.sub(r"\s+", " ", run.stdout), r"for \d+\.\ds the server was runnable, but "
                         "other processes had the CPU: trying again with timeouts 3 times as long load echo: ")
        self.assertRegex(run.stdout, r"(?m)^Score: 1/1$")

    def test_what_keeps_itself_from_the_cpu_is_judged(self):
        """Each of its processes waits for the others."""
        run = judged(self, """
l = listen()
for _ in range(8):
    if not os.fork():
        while True: pass
l.accept()
while True: pass""", status=1)
        self.assertRegex(run.stdout, r"(?m)^Score: 0/1$")


if __name__ == "__main__":
    unittest.main()
