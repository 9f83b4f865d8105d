# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What a watcher costs a program at each turn of a loop, in nanoseconds: best of interleaved rounds.

One process (bench/turns.c) does the same four kinds of turn over and over. In each round every
watcher is started in turn, attached, and taken away when the process has done a few short rounds of
each kind. What stands in the table is the best that each was seen with.
"""
import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import time

from machine import describe

TURNS = ("getppid", "read of 0 bytes", "epoll_wait, time-out 0", "write + epoll_wait + read")
SHORT_ROUNDS = 15
LIMIT = 30  # seconds, for a watcher to start


class Watcher:
    """A way to watch. argv: its command, of the process's and a neighbour's number; told: what it
    prints when it is attached; None: when it has printed anything."""

    def __init__(self, name, what, argv, told=None, package=None, ends="SIGINT"):
        self.name, self.what, self.argv, self.told = name, what, argv, told
        self.package, self.ends = package, ends


def watchers(wakelab):
    def trace(*args):
        return lambda pid, _: [wakelab, "trace", "--format", "ndjson", *args, "-p", str(pid)]

    return (
        Watcher("untraced", "nothing", None),
        Watcher("floor", "empty programs on the six busiest hooks", lambda *_: ["build/bench/floor"]),
        Watcher("neighbour", "wakelab, on another process",
                lambda _, other: trace()(other, None)),
        Watcher("wakelab", "wakelab, everything", trace()),
        Watcher("bpftrace", "bpftrace, counts and histograms of calls, one wakeup histogram",
                lambda pid, _: ["bpftrace", "bench/calls.bt", str(pid)], "attached",
                package="bpftrace"),
        Watcher("strace -c", "strace, counts", lambda pid, _: ["strace", "-f", "-c", "-p", str(pid)],
                "attached", package="strace"),
        Watcher("perf trace -s", "perf trace, a summary",
                lambda pid, _: ["perf", "trace", "-s", "-p", str(pid)], "", package="linux-perf"),
    )


class Process:
    """One that does turns when it is asked, and sleeps."""

    def __init__(self):
        self.child = subprocess.Popen(["build/bench/turns"], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True)
        self.pid = self.child.pid

    def turns(self, rounds):
        """The best of so many rounds of each kind, in nanoseconds a turn."""
        self.child.stdin.write(f"{rounds}\n")
        self.child.stdin.flush()
        return [float(ns) for ns in self.child.stdout.readline().split()]

    def end(self):
        self.child.stdin.close()
        self.child.wait()


def tracers_of(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("TracerPid:"):
            return int(line.split()[1])
    return 0


def is_attached(watcher, child, output, process):
    if watcher.name == "strace -c":
        return tracers_of(process.pid)
    if watcher.name == "perf trace -s":  # it says nothing; its events are open then
        return perf_events_of(child.pid) > 0
    output.seek(0)
    text = output.read()
    return watcher.told in text if watcher.told else text


def perf_events_of(pid):
    import os
    n = 0
    with contextlib.suppress(OSError):
        for fd in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                n += os.readlink(f"/proc/{pid}/fd/{fd}") == "anon_inode:[perf_event]"
    return n


@contextlib.contextmanager
def watching(watcher, process, neighbour):
    if not watcher.argv:
        yield
        return
    with tempfile.TemporaryFile("w+") as output:
        child = subprocess.Popen(watcher.argv(process.pid, neighbour.pid), stdin=subprocess.PIPE,
                                 stdout=output, stderr=subprocess.STDOUT, text=True)
        limit = time.monotonic() + LIMIT
        try:
            while not is_attached(watcher, child, output, process):
                if child.poll() is not None or time.monotonic() > limit:
                    output.seek(0)
                    sys.exit(f"bench: {watcher.name} cannot watch: {output.read().strip()}")
                time.sleep(0.02)
            yield
        finally:
            child.stdin.close()
            child.send_signal(2)
            child.wait()


def measure(chosen, rounds, note):
    best = {w.name: [float("inf")] * len(TURNS) for w in chosen}
    process, neighbour = Process(), Process()
    process.turns(1)
    for n in range(rounds):
        for watcher in chosen[n % len(chosen):] + chosen[:n % len(chosen)]:
            short = SHORT_ROUNDS if watcher.name not in ("strace -c", "perf trace -s") else 1
            with watching(watcher, process, neighbour):
                ns = process.turns(short)
            best[watcher.name] = [min(a, b) for a, b in zip(best[watcher.name], ns)]
            note({"type": "micro", "watcher": watcher.name, "round": n, "ns": ns})
    process.end()
    neighbour.end()
    return best


def table(chosen, best):
    width = max(len(w.what) for w in chosen)
    print(" " * width + "".join(f"{t:>27}" for t in TURNS))
    for w in chosen:
        cells = []
        for k, ns in enumerate(best[w.name]):
            above = ns - best["floor"][k] if "floor" in best and w.name not in ("untraced", "floor") else None
            cells.append(f"{ns:,.0f}" + ("" if above is None else f" ({above:+,.0f})"))
        print(f"{w.what:{width}}" + "".join(f"{c:>27}" for c in cells))
    print("ns a turn; in parentheses: above the empty programs")


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench micro", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of all watchers (5)")
    parser.add_argument("--only", metavar="NAMES", help="these watchers, a comma list: untraced, floor, ...")
    parser.add_argument("--ndjson", metavar="FILE", type=argparse.FileType("w"))
    parser.add_argument("--wakelab", default="build/wakelab", metavar="FILE")
    args = parser.parse_args()
    chosen = list(watchers(args.wakelab))
    if args.only:
        chosen = [w for w in chosen if w.name in args.only.split(",")]
    missing = [w for w in chosen if w.package and not shutil.which(w.name.split()[0])]
    for w in missing:
        print(f"bench: left out: {w.name}: apt-get install {w.package}", file=sys.stderr)
        chosen.remove(w)

    def note(row):
        if args.ndjson:
            print(json.dumps(row), file=args.ndjson, flush=True)

    note(describe())
    table(chosen, measure(chosen, args.rounds, note))


if __name__ == "__main__":
    main()
