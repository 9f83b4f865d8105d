# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What servers do under load: what tracing costs them, and wakelab's own beside two libraries.

Servers are started once. Then come rounds of short slices of load. What tracing costs: an untraced
slice before and after each watched one, so that a machine that slows down does so to both, and the
ratio of a watched slice to the mean of its two neighbours. The libraries: a slice on each server in
turn, and the ratio to the better library's slice of that round. One slice tells little, since the
machine does other things, too: what counts is the median of the ratios, and how many lie to one side.
"""
import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from built import BUILD, program
from plot import draw
from records import Records, add_output, at_least
from report import report
from subjects import (DATAGRAMS, LOCKSTEP, ONE, PIPELINED, Memcached, Missing, Nginx, Redis, library,
                      model)

MODELS = ("epoll-lt", "epoll-et", "poll", "uring")
LIBRARIES = ("libevent", "libuv")
WARM_UP = 0.2  # seconds


class Watcher:
    """A program that is attached from its first line on, until its input ends or it is interrupted."""

    def __init__(self, name, program, *args, takes_pid=False, interrupted=False):
        self.name, self.program, self.args = name, str(program), args
        self.takes_pid, self.interrupted = takes_pid, interrupted

    @contextlib.contextmanager
    def watching(self, pid):
        argv = [self.program, *self.args, *(["-p", str(pid)] if self.takes_pid else [])]
        with tempfile.TemporaryFile("w+") as errors:
            child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=errors, text=True)
            try:
                if child.stdout.readline():
                    yield
            finally:
                if self.interrupted:
                    child.send_signal(signal.SIGINT)
                child.communicate()
            if child.returncode:
                errors.seek(0)
                sys.exit(f"bench: \"{' '.join(argv)}\" failed: {errors.read().strip()}")


def watchers(wakelab):
    return [Watcher("floor", BUILD / "bench" / "floor"),
            Watcher("wakes", wakelab, "trace", "--format", "ndjson", "--only", "wakes",
                    takes_pid=True, interrupted=True),
            Watcher("wakelab", wakelab, "trace", "--format", "ndjson", takes_pid=True,
                    interrupted=True)]


class Bench:
    def __init__(self, args):
        self.args = args
        self.records = Records(args.ndjson)

    def slice(self, subject, **where):
        got = subject.slice(self.args.seconds)
        self.records.put({"type": "slice", **where, "server": subject.name, "load": subject.load, **got})

    def tracing(self, subjects, watched_by):
        """Untraced, watched, untraced, watched, ..., untraced; the next round turns that round."""
        for number in range(self.args.rounds):
            say(f"tracing: round {number + 1} of {self.args.rounds}")
            turn = watched_by[::-1] if number % 2 else watched_by
            for subject in rotated(subjects, number):
                where = {"part": "tracing", "round": number}
                self.slice(subject, **where, place=0, watcher="none")
                for i, watcher in enumerate(turn):
                    with watcher.watching(subject.pid):
                        self.slice(subject, **where, place=2 * i + 1, watcher=watcher.name)
                    self.slice(subject, **where, place=2 * i + 2, watcher="none")

    def libraries(self, groups):
        for number in range(self.args.rounds):
            say(f"libraries: round {number + 1} of {self.args.rounds}")
            for subjects in groups:
                for place, subject in enumerate(rotated(subjects, number)):
                    self.slice(subject, part="libraries", round=number, place=place,
                               watcher="none")


def say(text):
    print(f"bench: {text}", file=sys.stderr)


def rotated(things, by):
    by %= len(things) or 1
    return things[by:] + things[:by]


def available(makers, folder, stack):
    """Those that can be started, started and warm; the others are named."""
    subjects = []
    for make in makers:
        try:
            subject = make()
            stack.callback(subject.stop)
            subject.start(folder)
        except Missing as missing:
            say(f"skipped: {missing}")
            continue
        subject.slice(WARM_UP)
        subjects.append(subject)
    return subjects


def traced_subjects(wakelab):
    loads = {"blocking": ONE, "sigio": DATAGRAMS}
    names = [*MODELS[:3], "blocking", "sigio", "uring"]
    return [*(lambda name=name: model(name, wakelab, loads.get(name, PIPELINED)) for name in names),
            lambda: Redis("redis"), lambda: Memcached("memcached"), lambda: Nginx("nginx")]


def compared_subjects(wakelab, load):
    return [*(lambda name=name: library(name, BUILD, wakelab, load) for name in LIBRARIES),
            *(lambda name=name: model(name, wakelab, load) for name in MODELS)]


def measure_tracing(bench, wakelab, folder, stack):
    watched_by = [w for w in watchers(wakelab) if shutil.which(w.program)]
    if len(watched_by) < 2:
        say("skipped: the floor, build/bench/floor is not built (make bench)")
    bench.tracing(available(traced_subjects(wakelab), folder, stack), watched_by)


def measure_libraries(bench, wakelab, folder, stack):
    bench.libraries([available(compared_subjects(wakelab, load), folder, stack)
                     for load in (PIPELINED, LOCKSTEP)])


PARTS = {"tracing": measure_tracing, "libraries": measure_libraries}


def measure(args):
    """All slices, and the machine before them; each goes to args.ndjson at once, too."""
    wakelab = program()
    if args.part != "libraries" and os.geteuid():
        sys.exit("bench: tracing needs root: run it with sudo, or with --part libraries")
    with contextlib.ExitStack() as stack:
        bench = Bench(args)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for part, run in PARTS.items():
            if args.part in (part, "all"):
                run(bench, wakelab, folder, stack)
        return bench.records


def options():
    parser = argparse.ArgumentParser(prog="bench load", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=at_least(int, 1), default=6, metavar="N",
                        help="how often everything is measured (6); fewer than 6 prove nothing")
    parser.add_argument("--seconds", type=at_least(float, 0.1), default=0.5, metavar="S",
                        help="length of a slice (0.5); nginx's client does whole ones")
    parser.add_argument("--part", choices=[*PARTS, "all"], default="all", help="only this half")
    add_output(parser, "ratios")
    return parser.parse_args()


def main():
    args = options()
    records = args.recorded or measure(args)
    print(report(records), flush=True)
    if args.svg:
        args.svg.write(draw(records))


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, BrokenPipeError):
        os._exit(1)  # nobody is there any more to hear of it
