# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A target that cannot run: what is said of it, and that nobody waits for it."""
import os
import re
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import Process, binary, wait_until
from tracing import require_program, require_root


def state(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


class Freezer:
    """A cgroup whose processes are frozen, of the first version or of the second."""

    # where it is; the file that it is frozen by, how, and how it is thawed; where it is said to be, and how
    KINDS = (("/sys/fs/cgroup/freezer", "freezer.state", "FROZEN", "THAWED", "freezer.state", "FROZEN"),
             ("/sys/fs/cgroup/unified", "cgroup.freeze", "1", "0", "cgroup.events", "frozen 1"),
             ("/sys/fs/cgroup", "cgroup.freeze", "1", "0", "cgroup.events", "frozen 1"))

    def __init__(self, test):
        for root, name, frozen, thawed, says, word in self.KINDS:
            if not Path(root, "cgroup.procs").exists():
                continue
            self.folder = Path(root, f"wakelab-test-{os.getpid()}")
            self.folder.mkdir()
            test.addCleanup(self.remove)
            self.file, self.frozen, self.thawed = self.folder / name, frozen, thawed
            self.is_frozen = lambda: word in (self.folder / says).read_text()
            if self.file.exists():
                return
            raise unittest.SkipTest(f"{root} does not freeze")
        raise unittest.SkipTest("there are no cgroups here")

    def remove(self):
        wait_until(lambda: not (self.folder / "cgroup.procs").read_text(), "the end of all in it")
        self.folder.rmdir()

    def freeze(self):
        self.file.write_text(self.frozen)
        wait_until(self.is_frozen, "all in it to be frozen")

    def thaw(self):
        self.file.write_text(self.thawed)


class States(unittest.TestCase):
    def setUp(self):
        require_root(self)

    def says(self, pid):
        run = Process(self, [binary(), "trace", "--seconds", "0.05", "-p", pid])
        self.assertEqual(run.wait(), 0, run.stderr)
        return re.search(r"when last checked, it was (.*)\.", re.sub(r"\s+", " ", run.stdout)).group(1)

    def test_stopped(self):
        target = Process(self, ["sleep", "100"])
        target.signal(signal.SIGSTOP)
        wait_until(lambda: state(target.pid) == "T", "its stop")
        self.assertEqual(self.says(target.pid), "stopped by a signal")

    def test_stopped_by_a_debugger(self):
        gdb = require_program("gdb")
        target = Process(self, ["sleep", "100"])
        debugger = Process(self, [gdb, "-nx", "-q", "-p", target.pid], stdin=subprocess.PIPE)
        wait_until(lambda: state(target.pid) == "t", "its stop")
        self.assertEqual(self.says(target.pid), "stopped by a debugger")
        debugger.child.stdin.close()

    def test_a_zombie(self):
        target = subprocess.Popen(["true"])
        self.addCleanup(target.wait)
        wait_until(lambda: state(target.pid) == "Z", "its end")
        self.assertEqual(self.says(target.pid),
                         "a zombie: it had ended, but its parent had not waited for it")

    def test_frozen(self):
        freezer = Freezer(self)
        target = Process(self, ["sleep", "100"])
        self.addCleanup(target.reap)
        (freezer.folder / "cgroup.procs").write_text(str(target.pid))
        freezer.freeze()
        self.addCleanup(freezer.thaw)
        self.assertEqual(self.says(target.pid), "frozen by its cgroup")

    def test_nobody_waits_for_the_thaw(self):
        """A command that freezes itself."""
        freezer = Freezer(self)
        freezer.freeze()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(freezer.thaw)
        run = Process(self, [binary(), "trace", "-o", "/dev/null", "--seconds", "0.05", "--", "sh", "-c",
                             f"echo $$ > {freezer.folder}/cgroup.procs; exit 7"])
        self.assertEqual(run.wait(), 1 if "freezer" in str(freezer.file) else 128 + signal.SIGKILL)
        if "freezer" in str(freezer.file):  # the second version lets it be killed
            self.assertRegex(run.stderr, r"process \d+ was killed but has not ended yet: it is frozen by "
                                         "its cgroup\n$")


if __name__ == "__main__":
    unittest.main()
