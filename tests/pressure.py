# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What makes the machine slow: processes that keep its CPUs busy, and a share of a CPU."""
import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

PERIOD = 100000  # microseconds


@contextlib.contextmanager
def busy():
    """As many processes that never wait as there are CPUs, while the block runs."""
    hogs = [subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"],
                             stdin=subprocess.DEVNULL, start_new_session=True)
            for _ in os.sched_getaffinity(0)]
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()


def of_cpu():
    """The folder of the control groups that share out the CPUs, and how their quota is written: that
    of version 2 or, where it is mounted, of version 1."""
    for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        _, where, kind, options, *_ = line.split()
        folder = Path(where)
        if kind == "cgroup2" and "cpu" in (folder / "cgroup.controllers").read_text().split():
            (folder / "cgroup.subtree_control").write_text("+cpu")
            return folder, {"cpu.max": "{quota} {period}"}
        if kind == "cgroup" and "cpu" in options.split(","):
            return folder, {"cpu.cfs_period_us": "{period}", "cpu.cfs_quota_us": "{quota}"}
    raise OSError("no control groups that share out the CPU are mounted (cgroup2, or cgroup with cpu)")


class Share:
    """A group whose processes have a share of one CPU together: Share(0.1).take(pid)."""

    def __init__(self, share):
        folder, files = of_cpu()
        self.folder = Path(tempfile.mkdtemp(prefix="wakelab-soak-", dir=folder))
        for name, text in files.items():
            (self.folder / name).write_text(text.format(quota=int(share * PERIOD), period=PERIOD))

    def take(self, pid):
        """The process, and whatever it starts from now on."""
        (self.folder / "cgroup.procs").write_text(str(pid))

    def end(self):
        """What is left in it, which has been killed, may still be ending: it goes back to the others."""
        for pid in (self.folder / "cgroup.procs").read_text().split():
            with contextlib.suppress(OSError):  # it has ended now
                (self.folder.parent / "cgroup.procs").write_text(pid)
        self.folder.rmdir()
