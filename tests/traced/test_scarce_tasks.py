# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Servers that may start no further thread or process say so, and by which limit."""
import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import Process, binary, expand, for_each, wait_until
from tracing import require_program, require_root

PIDS = Path("/sys/fs/cgroup/pids")  # a hierarchy of its own, or else that of all
CALLS = {"thread": "pthread_create", "fork": "fork"}


def remove(cgroup):
    """Once the last of those in it has gone."""
    def gone():
        with contextlib.suppress(OSError):
            cgroup.rmdir()
        return not cgroup.exists()
    wait_until(gone, f"{cgroup} to be empty")


def limited(test, most):
    """A command that has what follows run with so many tasks at most, and the name of its cgroup."""
    require_root(test)
    root = PIDS if PIDS.is_dir() else PIDS.parent
    cgroup = Path(root, f"wakelab-test-{os.getpid()}")
    try:
        cgroup.mkdir()
        test.addCleanup(remove, cgroup)
        (cgroup / "pids.max").write_text(str(most))
    except OSError as why:
        test.skipTest(f"no cgroup with a limit on tasks can be made: {why}")
    return ["sh", "-c", f'echo $$ >{cgroup}/cgroup.procs; exec "$@"', "sh"], f"/{cgroup.name}"


@expand
class Scarce(unittest.TestCase):
    @for_each(CALLS)
    def test_a_cgroup(self, model):
        """The run's message has both ends' words: the client sees only that it is refused."""
        limit, cgroup = limited(self, 16)
        run = Process(self, [*limit, binary(), "run", model, "--port", "0", "--conns", "40"])
        self.assertEqual(run.wait(), 1, run.stderr)
        said = (f"{model}: the connection of a client is closed: {CALLS[model]} fails with EAGAIN: the cgroup "
                f"{cgroup} has reached its pids.max of 16\n")
        *_, first, last = run.stderr.splitlines(keepends=True)
        self.assertEqual(first, f"wakelab: {said}")
        self.assertRegex(last, r"^wakelab: connection \d+: .*; the last output of the server: ")
        self.assertTrue(last.endswith(f"; the last output of the server: wakelab: {said}"), last)
        self.assertNotIn("which is no failure", run.stdout)

    def test_workers(self):
        limit, cgroup = limited(self, 16)
        run = Process(self, [*limit, binary(), "serve", "epoll-oneshot", "--threads", "64", "--port", "0"])
        self.assertEqual(run.wait(), 1)
        self.assertEqual(run.stderr, "wakelab: epoll-oneshot: cannot start thread 17 of 64: "
                         f"pthread_create fails with EAGAIN: the cgroup {cgroup} has reached "
                         "its pids.max of 16\n")

    @for_each(CALLS)
    def test_a_user(self, model):
        """Who has one process, this one, and no other: the limit is for all of a user's."""
        require_root(self)
        user = str(1_000_000 + os.getpid())
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        server = Process(self, [require_program("prlimit"), "--nproc=1",
                                require_program("setpriv"), "--reuid", user, "--clear-groups",
                                "--bounding-set", "-all", "--inh-caps", "-all",
                                shutil.copy(binary(), folder.name), "serve", model, "--port", "0"])
        port = wait_until(lambda: re.search(r":(\d+) \(", server.stdout), "the server to listen")
        subprocess.run([binary(), "load", "--port", port.group(1), "--conns", "1", "--messages", "1"],
                       capture_output=True, check=False)
        self.assertRegex(server.stderr, f"^wakelab: {model}: the connection of a client is closed: {CALLS[model]} fails "
                         r"with EAGAIN: a limit was reached; check RLIMIT_NPROC \(ulimit -u, here 1\), ")


if __name__ == "__main__":
    unittest.main()
