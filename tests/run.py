#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Runs the tests, tier by tier, one line a test.

  tests/run.py                      all tiers
  tests/run.py unit servers         these tiers
  tests/run.py servers -k half      the tests with "half" in their name

unit: the cmocka binaries in build/tests and build-san/tests, built by "make unit"; the layout of
the sources.
servers: every model against clients, without privileges, with build-san/wakelab if there is one.
traced: exact counts on known workloads, as root.
vm: many of the traced tests again, on other kernels in virtual machines, and the image for a course
room, see scripts/vm --help; WAKELAB_VM=0 leaves them out.
WAKELAB chooses another binary. The last line counts; the status is 1 when a test failed or none ran.
"""
import argparse
import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
TIERS = ("unit", "servers", "traced", "vm")


class TestTimeout(BaseException):
    """Not an Exception: a test that catches those must not swallow it."""


class Report:
    """Prints a line for each test, and the details of failures at the end or at once."""

    def __init__(self, at_once=False):
        self.at_once = at_once
        self.passed = self.failed = self.skipped = 0
        self.details = []

    def line(self, verdict, name, seconds, note=""):
        print(f"{verdict:4} {seconds:7.2f}s  {name}{'  ' + note if note else ''}", flush=True)

    def ok(self, name, seconds):
        self.passed += 1
        self.line("ok", name, seconds)

    def fail(self, name, seconds, detail):
        self.failed += 1
        self.line("FAIL", name, seconds)
        if self.at_once:
            print(detail.rstrip(), flush=True)
        else:
            self.details.append((name, detail))

    def skip(self, name, seconds, reason):
        self.skipped += 1
        self.line("skip", name, seconds, f"({reason})")

    def finish(self):
        for name, detail in self.details:
            print(f"\n--- {name}\n{detail.rstrip()}")
        if self.details:
            print()
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed or not self.passed else 0


class UnitBinary:
    """One cmocka program: a test for each line of its TAP output."""

    def __init__(self, path, pattern, report):
        self.path = path
        self.pattern = pattern
        self.report = report
        san = "-san" if "-san" in path.parent.parent.name else ""
        self.prefix = f"unit{san}/{path.name}"
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
        name = f"{self.prefix}.{result.group(3)}"
        notes, self.notes = "".join(self.notes), []
        if self.pattern not in name:
            return
        if "# SKIP" in result.group(4):
            self.report.skip(name, seconds, result.group(4).partition("# SKIP")[2].strip())
        elif result.group(1):
            self.report.fail(name, seconds, notes)
        else:
            self.report.ok(name, seconds)

    def run(self, timeout):
        env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP")
        start = last = time.monotonic()
        with subprocess.Popen([self.path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, text=True, env=env) as child:
            try:
                with alarm(timeout):
                    for line in child.stdout:
                        now = time.monotonic()
                        self.take(line, now - last)
                        last = now
                    child.wait()
            except TestTimeout:
                child.kill()
                self.notes.append(f"not done after {timeout} s: killed\n")
        self.conclude(child.returncode, time.monotonic() - start)

    def conclude(self, status, seconds):
        """What no line told of: a crash, a sanitizer's report, tests that never came."""
        if (status == 0 or self.bad) and self.seen == self.planned and self.planned:
            return
        self.report.fail(self.prefix, seconds, f"{self.seen} of {self.planned} tests, status "
                         f"{status}\n{''.join(self.notes)}")


@contextlib.contextmanager
def alarm(seconds):
    """Raises TestTimeout in the block when it takes longer, whatever it is waiting for."""
    def ring(_signal, _frame):
        raise TestTimeout(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def run_unit(pattern, timeout, report):
    binaries = [p for tree in ("build", "build-san")
                for p in sorted((ROOT / tree / "tests").glob("*"))
                if p.suffix != ".d" and p.is_file() and os.access(p, os.X_OK)]
    if not binaries:
        report.fail("unit", 0, "no unit tests are built: run make unit")
    for path in binaries:
        UnitBinary(path, pattern, report).run(timeout)


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        else:
            yield test


def name_of(tier, test):
    return f"{tier}/{test.id()}"


def discover(tier):
    """The tests of a tier in Python."""
    sys.path.insert(0, str(TESTS))
    folder = str(TESTS / tier)
    return list(flatten(unittest.TestLoader().discover(folder, "test_*.py", folder)))


def names_of(tier):
    """Their names, without the tier's."""
    return [test.id() for test in discover(tier)]


def run_one(tier, test, timeout, report):
    name = name_of(tier, test)
    result = unittest.TestResult()
    output = io.StringIO()
    start = time.monotonic()
    try:
        with alarm(timeout), contextlib.redirect_stdout(output):
            unittest.TestSuite([test]).run(result)
    except TestTimeout:
        result.errors.append((test, f"not done after {timeout} s\n"))
        test.doCleanups()
    seconds = time.monotonic() - start
    problems = [text for _, text in result.errors + result.failures]
    if result.unexpectedSuccesses:
        problems.append("expected to fail, and did not\n")
    if problems:
        report.fail(name, seconds, "\n".join(problems) + output.getvalue())
    elif result.skipped:
        report.skip(name, seconds, result.skipped[0][1])
    else:
        report.ok(name, seconds)


def choose_binary(tier):
    """The servers tier looks for memory errors too; tracing one would trace the sanitizer."""
    san = ROOT / "build-san" / "wakelab"
    if tier == "servers" and san.exists():
        return str(san)
    return str(ROOT / "build" / "wakelab")


def run_python(tier, chosen, timeout, report):
    given = os.environ.get("WAKELAB")
    os.environ["WAKELAB"] = given or choose_binary(tier)
    try:
        if not os.access(os.environ["WAKELAB"], os.X_OK):
            report.fail(tier, 0, f"{os.environ['WAKELAB']} is not there: run make")
            return
        for test in discover(tier):
            if chosen(name_of(tier, test)):
                run_one(tier, test, timeout, report)
    finally:
        if given is None:
            del os.environ["WAKELAB"]


def run_vm(pattern, report):
    if os.environ.get("WAKELAB_VM") == "0":
        report.skip("vm", 0, "WAKELAB_VM=0")
        return
    from vm.kernels import KERNELS  # a guest has no such folder
    from vm import room
    from vm.matrix import Matrix
    Matrix(report).run(KERNELS, names_of("traced"), pattern)
    room.check(report, pattern)


def main():
    for ignored in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):  # by nohup, or a shell's "&"
        if signal.getsignal(ignored) == signal.SIG_IGN:
            signal.signal(ignored, signal.SIG_DFL)
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tiers", nargs="*", metavar="TIER", help="unit, servers, traced, vm (all)")
    parser.add_argument("-k", dest="pattern", default="", metavar="NAME",
                        help="only tests with NAME in their name")
    parser.add_argument("--timeout", type=float, default=90, metavar="S",
                        help="seconds after which a test has failed (90)")
    parser.add_argument("--names", type=argparse.FileType(), metavar="FILE",
                        help="only the tests whose names are lines of FILE")
    parser.add_argument("--at-once", action="store_true",
                        help="details of a failure right after it, not at the end")
    args = parser.parse_args()
    for tier in args.tiers:
        if tier not in TIERS:
            parser.error(f"no tier \"{tier}\"; there are {', '.join(TIERS)}")
    report = Report(args.at_once)
    listed = args.names and set(args.names.read().split())

    def chosen(name):
        return args.pattern in name and (listed is None or name in listed)

    for tier in args.tiers or TIERS:
        if tier == "unit":
            run_unit(args.pattern, args.timeout, report)
            run_python(tier, chosen, args.timeout, report)
        elif tier == "vm":
            run_vm(args.pattern, report)
        else:
            run_python(tier, chosen, args.timeout, report)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
