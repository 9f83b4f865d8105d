# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Who is who: what is the target's is counted, and nothing that is a stranger's, though the kernel
gives out addresses, numbers and ports again."""
import os
import subprocess
import sys
import threading
import unittest

from tracing import calls, traced


def python(code):
    return [sys.executable, "-S", "-c", f"if True:\n{code}"]


class Strangers:
    """Shells that start and end programs which sleep, for as long as it is open."""

    def __init__(self):
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(2)]

    def run(self):
        while not self.over.is_set():
            subprocess.run(["sh", "-c", "for i in 1 2 3 4 5; do sleep 0.001; done"], check=True)

    def __enter__(self):
        for thread in self.threads:
            thread.start()

    def __exit__(self, *error):
        self.over.set()
        for thread in self.threads:
            thread.join()


class Tasks(unittest.TestCase):
    def test_strangers_are_not_traced(self):
        """The kernel does not show the end of every task, and another one lives there next."""
        with Strangers():
            s = traced(self, "trace", "--", *python("""
                import os
                for i in range(4000):
                    pid = os.fork()
                    if not pid:
                        os._exit(0)
                    os.waitpid(pid, 0)"""))
        seen = {name: calls(s, name)["calls"]
                for name in ("clone", "wait4", "clock_nanosleep", "vfork")}
        self.assertEqual(seen, {"clone": 4000, "wait4": 4000, "clock_nanosleep": 0, "vfork": 0})
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])

    def test_a_thread_that_executes_a_program(self):
        """It becomes the leader of its group, and as old as that was: it is followed all the same."""
        s = traced(self, "trace", "--", *python("""
            import os, threading, sys
            more = ["import fcntl", "for i in range(1000): fcntl.fcntl(0, fcntl.F_GETFL)"]
            threading.Thread(target=lambda: os.execv(sys.executable, [
                sys.executable, "-S", "-c", chr(10).join(more)])).start()
            threading.Event().wait()"""))
        got = [f for f in s["fcntl"] if f["cmd"] == "F_GETFL"]
        self.assertEqual(got[0]["calls"], 1000, s["fcntl"])


if __name__ == "__main__":
    unittest.main()
