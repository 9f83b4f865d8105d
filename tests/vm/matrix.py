# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Boots the kernels, two at a time, and reports each of their tests as one of ours."""
import re
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .guest import Guest
from .machine import Machine
from .problems import Failure, Unavailable, explain, require_programs

# What runs in the guests: files, or classes of them, of the traced tier.
CHOSEN = ("test_kernel.", "test_models.Exact.", "test_verdicts.", "test_wakes.", "test_interests.",
          "test_scenarios.", "test_stalls.", "test_session.Endings.")
AT_A_TIME = 2
BOOT_LIMIT = 180  # seconds
TESTS_LIMIT = 900
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
        mark = re.match(r"@@ (\w+)", line)
        result = RESULT.match(line)
        if mark or result:
            self.conclude_failure()
        if mark:
            self.state = mark.group(1)
        elif result:
            self.take_result(*result.groups())
        elif self.state == "dmesg":
            self.complaints.append(line)
        elif self.failure:
            self.failure[2].append(line)

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

    def ready(self, kernel):
        """Whether it can be booted; if not, that is reported."""
        try:
            self.prepare(kernel)
            return True
        except Unavailable as reason:
            self.report.skip(f"vm/{kernel.name}", 0, reason)
        except Failure as reason:
            self.report.fail(f"vm/{kernel.name}", 0, str(reason))
        except OSError as error:
            self.report.fail(f"vm/{kernel.name}", 0, str(explain(error)))
        return False

    def boot(self, kernel, names):
        """Runs the tests of these names in a guest, to its end."""
        with tempfile.TemporaryDirectory() as work:
            image = self.guests[kernel.arch].initramfs(names, Path(work))
            machine = Machine(kernel, image)
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

    def run(self, chosen):
        """chosen: kernels with the names of their tests."""
        jobs = [(kernel, names) for kernel, names in chosen if names and self.ready(kernel)]
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            futures = [pool.submit(self.boot, *job) for job in jobs]
            try:
                for (kernel, _), future in zip(jobs, futures):
                    self.collect(kernel, future)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self.stop()
                raise

    def collect(self, kernel, future):
        try:
            future.result()
        except Failure as reason:
            self.report.fail(f"vm/{kernel.name}", 0, str(reason))
        except OSError as error:
            self.report.fail(f"vm/{kernel.name}", 0, str(explain(error)))


def choose(kernels, tests, pattern):
    """For each kernel the names of those of the traced tests that are to run there."""
    fitting = [test for test in tests if test.startswith(CHOSEN)]
    return [(kernel, [test for test in fitting if pattern in f"vm/{kernel.name}/{test}"])
            for kernel in kernels]
