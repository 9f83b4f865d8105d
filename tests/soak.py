# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Repeats tests while the machine is busy, and counts how often each one failed.

  scripts/soak                      all tests, 200 times each
  scripts/soak 50 -k test_wakes     tests with "test_wakes" in their name, 50 times
  scripts/soak -j 8 -k Signals      eight tests at a time

During the repetitions, one busy process for each CPU runs beside the tests. Then each test runs once more
(--tenth) with a tenth of a CPU for itself and everything that it starts, limited by a control group. The
first failure of each test is shown in full. A test that must be alone runs alone. The last line counts; the
status is 1 if a test failed or none ran.
"""
import argparse
import os
import sys
import threading

from jobs import TIMEOUT, Pool, Worker
from pressure import Share, busy
from results import Report
from run import TIERS, Parser, builds, take_interrupts

REPEATED = ("unit", "servers", "traced", "documents")
TENTH = 0.1
SLOWER = 10  # times, that a test may take then
STEPS = 10  # lines of progress


class Tally:
    """How often each test ran, failed and was skipped, by its name."""

    def __init__(self):
        self.runs, self.failures, self.reasons = {}, {}, {}
        self.lock = threading.Lock()

    def take(self, verdict, name, _seconds, detail=""):
        with self.lock:
            if verdict == "skip":
                self.reasons[name] = detail
                return
            self.runs[name] = self.runs.get(name, 0) + 1
            if verdict == "FAIL":
                self.failures[name] = self.failures.get(name, 0) + 1
                if self.failures[name] == 1:
                    print(f"FAIL  {name}, the first time, in run {self.runs[name]}\n"
                          f"{detail.rstrip()}", flush=True)

    def finish(self):
        """A line for each test that ever failed or never ran; the exit status."""
        skipped = self.reasons.keys() - self.runs.keys()
        print()
        for name in sorted(skipped):
            print(f"skipped            {name}  ({self.reasons[name]})")
        for name, runs in sorted(self.runs.items()):
            print(f"failed {self.failures.get(name, 0):4} of {runs:4}  {name}")
        print(f"{sum(self.runs.values())} runs of {len(self.runs)} tests: "
              f"{len(self.runs) - len(self.failures)} never failed, {len(self.failures)} failed, "
              f"{len(skipped)} skipped")
        return 1 if self.failures or not self.runs else 0


class Progress:
    """A job that tells how far it is."""
    alone = ""

    def __init__(self, text):
        self.text = text

    def run(self, _worker, _told):
        print(self.text, flush=True)


def repeated(jobs, rounds, how):
    """All of them, then all of them again, and so on; those that have to be alone as often."""
    listed = []
    for number in range(rounds):
        if number % max(1, rounds // STEPS) == 0:
            listed.append(Progress(f"soak: {how}, round {number + 1} of {rounds}"))
        listed += jobs
    return listed


def while_busy(jobs, args, tally):
    with busy():
        Pool(tally.take).run(repeated(jobs, args.rounds, "all CPUs are busy"), args.width)


class Narrow(Worker):
    """A worker with a tenth of a CPU."""

    def __init__(self):
        super().__init__(TIMEOUT * SLOWER, dict(os.environ, WAKELAB_SLOW=str(SLOWER)))
        self.share = None

    def start(self):
        self.share = Share(TENTH)
        super().start()
        self.share.take(self.child.pid)

    def end(self):
        status = super().end()
        if self.share:
            self.share.end()
        self.share = None
        return status


def with_a_tenth(jobs, args, tally):
    try:
        Share(TENTH).end()
    except OSError as reason:
        tally.take("skip", "a tenth of a CPU", 0, str(reason))
        return
    Pool(tally.take, Narrow).run(repeated(jobs, args.tenth, "a tenth of a CPU"), args.width)


def positive(text):
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"\"{text}\" is no number of times from 1 on")
    return int(text)


def parse():
    parser = Parser(prog="scripts/soak", description=__doc__,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rounds", nargs="?", type=positive, default=200, metavar="N",
                        help="how often (200)")
    parser.add_argument("-k", dest="pattern", default="", metavar="NAME",
                        help="only tests with NAME in their name")
    parser.add_argument("-j", dest="width", type=positive, default=4, metavar="N",
                        help="so many at a time (4)")
    parser.add_argument("--tenth", type=int, default=1, metavar="N",
                        help="how often with a tenth of a CPU after that (1)")
    return parser, parser.parse_args()


def build(jobs):
    """Whether all that they need is built."""
    report = Report()
    for tree in ("build", "build-san"):
        Pool(report.take).run(builds(jobs, tree), 1)
    return not report.has_failed("make/")


def main():
    take_interrupts()
    parser, args = parse()
    jobs = [job for tier in REPEATED for job in TIERS[tier](args.pattern)]
    if not jobs:
        parser.error(f"no test of {', '.join(REPEATED)} has \"{args.pattern}\" in its name")
    if not build(jobs):
        return 1
    tally = Tally()
    try:
        while_busy(jobs, args, tally)
        with_a_tenth(jobs, args, tally)
    except KeyboardInterrupt:
        print("soak: interrupted", file=sys.stderr)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
