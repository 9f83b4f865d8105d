# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A kernel as a job: it boots in a virtual machine, where tests of the traced tier run."""
import re
import tempfile
import threading
from pathlib import Path

from .guest import Guest
from .machine import Machine, of_kernel
from .problems import Failure, Unavailable, explain, require_programs
from .table import check, remember

BOOT_LIMIT = 180  # seconds
TESTS_LIMIT = 2100
CONSOLE_LINES = 60  # of the console, that a failure shows

RESULT = re.compile(r"(ok|FAIL|skip) +([\d.]+)s  traced/(\S+)(?:  \((.*)\))?$")
GUESTS = {}  # by architecture, once they are prepared
PREPARING = threading.Lock()


class Log:
    """Makes results of the console of one guest."""

    def __init__(self, boot, told):
        self.boot, self.told = boot, told
        self.missing = list(boot.tests)
        self.lines, self.complaints, self.failure = [], [], None
        self.state = "boot"

    def name(self, test):
        return f"{self.boot.name}/{test}"

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
            remember(self.boot.kernel, rest)
            verdict, why = check(rest)
            self.told(verdict, self.name("hooks"), 0, why)

    def take_result(self, verdict, seconds, test, reason):
        if test in self.missing:
            self.missing.remove(test)
        if verdict == "FAIL":
            self.failure = (test, float(seconds), [])
        else:
            self.told(verdict, self.name(test), float(seconds), reason)

    def conclude_failure(self):
        """Tells of the failed test whose details have all been read."""
        if self.failure:
            test, seconds, details = self.failure
            self.told("FAIL", self.name(test), seconds, "\n".join(details))
        self.failure = None

    def conclude(self, timed_out):
        """What no line told of: complaints of the kernel, an end that came too early."""
        self.conclude_failure()
        if self.complaints:
            self.told("FAIL", self.name("dmesg"), 0, "\n".join(self.complaints))
        elif self.state == "end":
            self.told("ok", self.name("dmesg"), 0)
        if self.state != "end" or self.missing:
            how = "did not end in time" if timed_out else "ended"
            tests = f"; not run: {' '.join(self.missing)}" if self.missing else ""
            self.told("FAIL", self.name("end"), 0, f"the guest {how} in the state {self.state}"
                      f"{tests}\n" + "\n".join(self.lines[-CONSOLE_LINES:]))


def prepare(kernel):
    """Fetches and builds what the kernel's guest needs; one at a time, the first boots meanwhile."""
    require_programs(kernel.arch.qemu)
    with PREPARING:
        if kernel.arch not in GUESTS:
            guest = Guest(kernel.arch.name)
            guest.prepare()
            GUESTS[kernel.arch] = guest
        kernel.fetch()
    return GUESTS[kernel.arch]


class Boot:
    """The tests of these names on a kernel."""
    stage, alone, goal = "guest", "", None

    def __init__(self, tier, kernel, tests):
        self.kernel, self.tests = kernel, tests
        self.name = f"{tier}/{kernel.name}"

    def run(self, worker, told):
        try:
            guest = prepare(self.kernel)
            with tempfile.TemporaryDirectory() as work:
                image = guest.initramfs(self.tests, Path(work))
                self.follow(Machine(self.kernel.arch, of_kernel(self.kernel, image)), worker, told)
        except Unavailable as reason:
            told("skip", self.name, 0, str(reason))
        except (Failure, OSError) as error:
            told("FAIL", self.name, 0, str(explain(error) if isinstance(error, OSError) else error))

    def follow(self, machine, worker, told):
        log = Log(self, told)
        machine.start()
        worker.program = machine.child
        machine.allow(BOOT_LIMIT)
        try:
            for line in machine.lines():
                if line.startswith("@@ booted"):
                    machine.allow(TESTS_LIMIT)
                log.take(line)
        finally:
            worker.program = None
            machine.stop()
        log.conclude(machine.timed_out)
