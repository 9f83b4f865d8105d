# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Boots the kernels, two at a time, and reports each of their tests as one of ours."""
import re
import signal
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .guest import Guest
from .kernels import KERNELS
from .machine import Machine, of_kernel
from .problems import Failure, Unavailable, explain, interrupted, require_programs
from .table import remember

# What runs in the guests, of the traced tier: what a kernel can get wrong. A test takes some five
# seconds there, on the newest kernel eight, most of which are loading and attaching.
CHOSEN = ("test_kernel.", "test_hooks.")
# What is read of the kernel's structures; what lies between has the hooks of one of these two.
MORE = ("test_scenarios.Correct.", "test_scenarios.Faults.", "test_interests.Programs.",
        "test_positions.Kinds.", "test_wakes.Wakes.test_identities")
# What is made of that, with the hooks that other kernels do not need.
MADE = ("test_interests.Running.", "test_waiters.", "test_stalls.", "test_wakes.Handoffs.",
        "test_only.Only.test_a_part")
OLDEST = KERNELS[0].name
BESIDES = {OLDEST: MORE + MADE, "newest": MORE}
# Where functions are hooked, test_hooks sees to what they show; once is enough to have both.
OLDEST_ONLY = "-auto]"
AT_A_TIME = 2
BOOT_LIMIT = 180  # seconds
TESTS_LIMIT = 2100
CONSOLE_LINES = 60  # of the console, that a failure shows

RESULT = re.compile(r"(ok|FAIL|skip) +([\d.]+)s  traced/(\S+)(?:  \((.*)\))?$")


class Log:
    """Makes results of the console of one guest."""

    def __init__(self, kernel, names, report):
        self.kernel, self.report = kernel, report
        self.missing = list(names)
        self.lines, self.complaints, self.failure = [], [], None
        self.state = "boot"

    def name(self, test):
        return f"vm/{self.kernel.name}/{test}"

    def take(self, line):
        self.lines.append(line)
        mark = re.match(r"@@ (\w+) ?(.*)", line)
        result = RESULT.match(line)
        if mark or result:
            self.conclude_failure()
        if mark:
            self.take_mark(*mark.groups())
        elif result:
            self.take_result(*result.groups())
        elif self.state == "dmesg":
            self.complaints.append(line)
        elif self.failure:
            self.failure[2].append(line)

    def take_mark(self, state, rest):
        self.state = state
        if state == "doctor":
            remember(self.kernel, rest)

    def take_result(self, verdict, seconds, test, reason):
        if test in self.missing:
            self.missing.remove(test)
        if verdict == "ok":
            self.report.ok(self.name(test), float(seconds))
        elif verdict == "skip":
            self.report.skip(self.name(test), float(seconds), reason)
        else:
            self.failure = (test, float(seconds), [])

    def conclude_failure(self):
        """Reports the failed test whose details have all been read."""
        if self.failure:
            test, seconds, details = self.failure
            self.report.fail(self.name(test), seconds, "\n".join(details))
        self.failure = None

    def conclude(self, timed_out):
        """What no line told of: complaints of the kernel, an end that came too early."""
        self.conclude_failure()
        if self.complaints:
            self.report.fail(self.name("dmesg"), 0, "\n".join(self.complaints))
        elif self.state == "end":
            self.report.ok(self.name("dmesg"), 0)
        if self.state != "end" or self.missing:
            how = "did not end in time" if timed_out else "ended"
            tests = f"; not run: {' '.join(self.missing)}" if self.missing else ""
            self.report.fail(self.name("end"), 0, f"the guest {how} in the state {self.state}"
                             f"{tests}\n" + "\n".join(self.lines[-CONSOLE_LINES:]))


def is_chosen(kernel, test):
    if test.endswith(OLDEST_ONLY) and kernel.name != OLDEST:
        return False
    return test.startswith(CHOSEN + BESIDES.get(kernel.name, ()))


def choose(kernel, tests, pattern):
    return [test for test in tests
            if is_chosen(kernel, test) and pattern in f"vm/{kernel.name}/{test}"]


class Matrix:
    def __init__(self, report):
        self.report = report
        self.lock = threading.Lock()
        self.guests, self.machines = {}, []
        self.stopped = False

    def prepare(self, kernel):
        """Fetches and builds what the kernel's guest needs."""
        require_programs(kernel.arch.qemu)
        if kernel.arch not in self.guests:
            guest = Guest(kernel.arch.name)
            guest.prepare()
            self.guests[kernel.arch] = guest
        kernel.fetch()

    def attempt(self, kernel, action, *args):
        """Whether it could be done; if not, why is reported."""
        name = f"vm/{kernel.name}"
        try:
            action(kernel, *args)
            return True
        except Unavailable as reason:
            with self.lock:
                self.report.skip(name, 0, reason)
        except (Failure, OSError) as error:
            reason = explain(error) if isinstance(error, OSError) else error
            with self.lock:
                self.report.fail(name, 0, str(reason))
        return False

    def boot(self, kernel, names):
        """Runs the tests of these names in a guest, to its end."""
        with tempfile.TemporaryDirectory() as work:
            image = self.guests[kernel.arch].initramfs(names, Path(work))
            machine = Machine(kernel.arch, of_kernel(kernel, image))
            with self.lock:
                if self.stopped:
                    return
                machine.start()
                self.machines.append(machine)
            self.follow(machine, Log(kernel, names, self.report))

    def follow(self, machine, log):
        machine.allow(BOOT_LIMIT)
        try:
            for line in machine.lines():
                if line.startswith("@@ booted"):
                    machine.allow(TESTS_LIMIT)
                with self.lock:
                    log.take(line)
        finally:
            machine.stop()
        with self.lock:
            if not self.stopped:
                log.conclude(machine.timed_out)

    def stop(self):
        with self.lock:
            self.stopped = True
            for machine in self.machines:
                machine.stop()

    def run(self, kernels, tests, pattern):
        """Runs on each kernel those of the traced tests that are chosen and fit the pattern."""
        signal.signal(signal.SIGTERM, interrupted)
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            try:
                for future in self.submit(pool, kernels, tests, pattern):
                    future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self.stop()
                raise

    def submit(self, pool, kernels, tests, pattern):
        """The first machine boots while what the others need is fetched."""
        futures = []
        for kernel in kernels:
            names = choose(kernel, tests, pattern)
            if names and self.attempt(kernel, self.prepare):
                futures.append(pool.submit(self.attempt, kernel, self.boot, names))
        return futures
