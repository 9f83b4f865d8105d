# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The unit tests in C: a cmocka program for each file of tests/unit."""
import os
import re
import signal
import subprocess
import threading
import time

from cases import ROOT, TESTS

TREES = {"unit": "build", "unit-san": "build-san"}


def tests_of(source):
    """The names of its tests, as cmocka prints them."""
    return re.findall(r"\bcmocka_unit_test\w*\(\s*(\w+)", source.read_text(encoding="utf-8"))


class Run:
    """One run of such a program: makes a test of each line of its TAP output."""

    def __init__(self, program, told):
        self.program, self.told = program, told
        self.planned = self.seen = self.bad = 0
        self.notes = []

    def take(self, line, seconds):
        plan = re.match(r"1\.\.(\d+)", line)
        result = re.match(r"(not )?ok (\d+) - (\S+)(.*)", line)
        if plan:
            self.planned += int(plan.group(1))
        if not result:
            self.notes.append(line)
            return
        self.seen += 1
        self.bad += bool(result.group(1))
        name = f"{self.program.name}.{result.group(3)}"
        notes, self.notes = "".join(self.notes), []
        if self.program.pattern not in name:
            return
        if "# SKIP" in result.group(4):
            self.told("skip", name, seconds, result.group(4).partition("# SKIP")[2].strip())
        elif result.group(1):
            self.told("FAIL", name, seconds, notes)
        else:
            self.told("ok", name, seconds, "")

    def conclude(self, status, seconds):
        """What no line told of: a crash, a sanitizer's report, tests that never came."""
        if (status == 0 or self.bad) and self.seen == self.planned and self.planned:
            return
        self.told("FAIL", self.program.name, seconds, f"{self.seen} of {self.planned} tests, "
                  f"status {status}\n{''.join(self.notes)}")


class Program:
    """One of them, as a job."""
    stage, alone = "unit", ""

    def __init__(self, prefix, path, pattern):
        self.path, self.pattern = path, pattern
        self.name = f"{prefix}/{path.name}"
        self.goal = path

    def run(self, worker, told):
        run = Run(self, told)
        env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP")
        start = last = time.monotonic()
        with subprocess.Popen([self.path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, text=True, env=env) as child:
            worker.program = child
            limit = threading.Timer(worker.timeout, child.kill)
            limit.start()
            for line in child.stdout:
                now = time.monotonic()
                run.take(line, now - last)
                last = now
            child.wait()
            limit.cancel()
            worker.program = None
        if child.returncode == -signal.SIGKILL:
            run.notes.append(f"killed, as it was not done after {worker.timeout} s\n")
        run.conclude(child.returncode, time.monotonic() - start)


def programs(pattern):
    """Those that have a test with the pattern in its name, in both builds."""
    found = []
    for prefix, tree in TREES.items():
        for source in sorted((TESTS / "unit").glob("*.c")):
            program = Program(prefix, ROOT / tree / "tests" / source.stem, pattern)
            if any(pattern in f"{program.name}.{test}" for test in tests_of(source)):
                found.append(program)
    return found
