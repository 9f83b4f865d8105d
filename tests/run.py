#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Builds what the tests need, and runs them, one line for each test.

  scripts/check                       installs what is missing, and runs all tiers except the last three
  scripts/check traced                runs one tier, or several; installs nothing
  scripts/check traced -k test_wakes  runs its tests with "test_wakes" in their name
  scripts/check kernels -k /6.1/      runs the tests on one kernel

The tiers:

  form       clang-format, shellcheck, clang-tidy, the analyzer of gcc
  unit       tests in C, also with sanitizers; the layout of the sources; the links and words of the pages
  documents  the pages show what wakelab prints; needs root
  traced     exact counts on known workloads; needs root
  servers    every model with clients, without privileges, with sanitizers
  smoke      virtual machines with the oldest and the newest kernel and arm64: each model, exact counts, a stall
  kernels    most of the traced tier on each kernel, and the machine for a course room; takes half an hour
  packages   the packages of scripts/package: checked by lintian and rpmlint, built twice with the same result, and
             installed, used and purged on Debian 12 and 13; needs scripts/setup package and the network; takes ten
             minutes
  measured   rates, which needs root, and a minute of libFuzzer for each reader of foreign input. The results
             depend on chance, so they do not decide whether a change may go in

Kernels come from the Debian archive of the system's own package sources, and are stored in
~/.cache/wakelab/vm (or below XDG_CACHE_HOME). The variable WAKELAB names another binary to test. What cannot
run here is skipped, with the reason. The last line counts the tests; the status is 1 if a test failed or none
ran.
"""
import argparse
import contextlib
import os
import signal
import sys
import tempfile

import cases
import cmocka
import commands
import described
import fuzzing
from jobs import Case, Pool
from results import Report
from packages import tier
from vm import matrix

TREES = {"build": [], "build-san": ["SAN=1"], "build-fuzz": ["FUZZ=1"]}  # and what make calls them
WIDTH = 4  # tests at a time: most of them wait
GUESTS = 2  # at a time, each keeps a CPU busy; beside other tests one


def tests_of(tier):
    """What makes the jobs of the Python tests of a tier whose names have a pattern."""
    def jobs(pattern):
        return [Case(tier, name) for name in cases.names_of(tier) if pattern in f"{tier}/{name}"]
    return jobs


def with_pattern(make_jobs):
    return lambda pattern: [job for job in make_jobs() if pattern in job.name]


def unit(pattern):
    return cmocka.programs(pattern) + tests_of("unit")(pattern)


def form(pattern):
    return with_pattern(commands.quick_form)(pattern) + with_pattern(commands.slow_form)(pattern)


def measured(pattern):
    return tests_of("measured")(pattern) + with_pattern(fuzzing.jobs)(pattern)


TIERS = {
    "form": form,
    "unit": unit,
    "servers": tests_of("servers"),
    "traced": tests_of("traced"),
    "documents": with_pattern(commands.documents),
    "smoke": matrix.smoke,
    "kernels": matrix.kernels,
    "packages": tier.packages,
    "measured": measured,
}
GATE = ("form", "unit", "documents", "traced", "servers", "smoke")  # the longest tests first


class Parser(argparse.ArgumentParser):
    """What is wrong is one line."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {message}\n")


def choose(args, parser):
    """The jobs that were asked for."""
    for tier in args.tiers:
        if tier not in TIERS:
            parser.error(f"no tier \"{tier}\"; there are {', '.join(TIERS)}")
    tiers = args.tiers or GATE
    jobs = [job for tier in tiers for job in TIERS[tier](args.pattern)]
    if not jobs and args.pattern:
        families = sorted({job.name.partition(".")[0] for tier in args.tiers for job in TIERS[tier]("")})
        parser.error(f"no test of {', '.join(tiers)} has \"{args.pattern}\" in its name; there are "
                     f"{', '.join(families or TIERS)}")
    return jobs


def builds(jobs, tree):
    """A job that makes the goals of jobs in a tree of the build; none if there are none."""
    goals = sorted({job.goal.relative_to(cases.ROOT).as_posix() for job in jobs
                    if job.goal and job.goal.is_relative_to(cases.ROOT / tree)})
    return [commands.Command("build", f"make/{tree}", commands.make(*TREES[tree], *goals))] if goals else []


def staged(jobs, *stages):
    return [job for job in jobs if job.stage in stages]


def run(jobs, pool, report):
    """What is quick comes first, and what is built is told of before what needs it."""
    units = staged(jobs, "unit")
    plain = [job for job in units if not builds([job], "build-san")]
    pool.run(staged(jobs, "form"), 1, (builds(jobs, "build"), 1))
    if not report.has_failed("make/"):
        pool.run(plain, WIDTH, (builds(jobs, "build-san") + builds(jobs, "build-fuzz"), 1))
    if not report.has_failed("make/"):
        rest = [job for job in units if job not in plain] + staged(jobs, "tests")
        pool.run(rest, WIDTH, (staged(jobs, "slow"), 1), (staged(jobs, "guest"), 1 if rest else GUESTS))


@contextlib.contextmanager
def all_described(args, report):
    """Where all tests run that check lines, whether what the schemas describe came in one of them."""
    if args.pattern or not {"traced", "servers"} <= set(args.tiers or GATE):
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ[described.WHERE] = folder
        yield
        described.judge(folder, report.take)


def take_interrupts():
    """A KeyboardInterrupt by SIGINT and SIGTERM; also where nohup, or a shell's "&", had them ignored,
    since tests send them."""
    for ignored in (signal.SIGQUIT, signal.SIGHUP):
        if signal.getsignal(ignored) == signal.SIG_IGN:
            signal.signal(ignored, signal.SIG_DFL)
    for ends in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ends, signal.default_int_handler)


def main():
    take_interrupts()
    parser = Parser(prog="scripts/check", description=__doc__,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tiers", nargs="*", metavar="TIER", help=", ".join(TIERS))
    parser.add_argument("-k", dest="pattern", default="", metavar="NAME",
                        help="only tests with NAME in their name")
    args = parser.parse_args()
    jobs = choose(args, parser)
    report = Report()
    try:
        with all_described(args, report):
            run(jobs, Pool(report.take), report)
    except KeyboardInterrupt:
        print("check: interrupted", file=sys.stderr)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
