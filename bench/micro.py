# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What a watcher costs a program at each turn of a loop, in nanoseconds: best of interleaved rounds.

One process (bench/turns.c) does the same four kinds of turn over and over. In each round every
watcher is started in turn, attached, and taken away when the process has done a few short rounds of
each kind. What stands in the table is the best that each was seen with.
"""
import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from built import BUILD, program
from records import Records, add_output, require_root

TURNS = ("getppid", "read of 0 bytes", "epoll_wait, timeout 0", "write + epoll_wait + read")
LIMIT = 30  # seconds, for a watcher to start


def printed(text):
    """Whether a watcher has printed that, or anything."""
    return lambda child, output, process: text in output if text else bool(output)


def is_tracer(child, output, process):
    """strace is one as soon as it is attached."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return f"TracerPid:\t{child.pid}\n" in status


def has_events(child, output, process):
    """perf trace says nothing; it has opened its events then."""
    with contextlib.suppress(OSError):
        folder = f"/proc/{child.pid}/fd"
        return any(os.readlink(f"{folder}/{fd}") == "anon_inode:[perf_event]"
                   for fd in os.listdir(folder))
    return False


class Watcher:
    """A program that watches. argv: its command, of the process's number and a neighbour's; attached:
    how it is known to be; rounds: short ones that it stays for; package: where its program is."""

    def __init__(self, name, what, argv=None, attached=printed(""), rounds=15, package=None):
        self.name, self.what, self.argv, self.attached = name, what, argv, attached
        self.rounds, self.package = rounds, package

    def is_there(self):
        return not self.argv or shutil.which(self.argv(0, 0)[0])

    @contextlib.contextmanager
    def watching(self, process, neighbour):
        if not self.argv:
            yield
            return
        with tempfile.TemporaryFile("w+") as output:
            child = subprocess.Popen(self.argv(process.pid, neighbour.pid), stdin=subprocess.PIPE,
                                     stdout=output, stderr=subprocess.STDOUT, text=True)
            try:
                self.await_attached(child, output, process)
                yield
            finally:
                child.stdin.close()
                child.send_signal(signal.SIGINT)
                child.wait()

    def await_attached(self, child, output, process):
        limit = time.monotonic() + LIMIT
        while True:
            output.seek(0)
            text = output.read()
            if self.attached(child, text, process):
                return
            if child.poll() is not None or time.monotonic() > limit:
                sys.exit(f"bench: {self.name} does not watch: {text.strip() or 'it says nothing'}")
            time.sleep(0.02)


def watchers(wakelab):
    trace = [wakelab, "trace", "--format", "ndjson", "-p"]
    script = str(Path(__file__).resolve().parent / "calls.bt")
    return [
        Watcher("untraced", "nothing"),
        Watcher("floor", "empty programs on the six busiest hooks",
                lambda *_: [str(BUILD / "bench" / "floor")]),
        Watcher("neighbour", "wakelab, on another process",
                lambda _, other: [*trace, str(other)]),
        *(Watcher(part, f"wakelab --only {part}",
                  lambda pid, _, part=part: [*trace[:-1], "--only", part, "-p", str(pid)])
          for part in ("counts", "wakes", "interests")),
        Watcher("wakelab", "wakelab", lambda pid, _: [*trace, str(pid)]),
        Watcher("events", "wakelab --events all, to a file",
                lambda pid, _: [*trace[:-1], "--events", "all", "-p", str(pid)]),
        Watcher("bpftrace", "bpftrace, a part of that", lambda pid, _: ["bpftrace", script, str(pid)],
                printed("attached"), package="bpftrace"),
        Watcher("strace", "strace -c", lambda pid, _: ["strace", "-c", "-p", str(pid)],
                is_tracer, rounds=1, package="strace"),
        Watcher("calls", "strace, to a file", lambda pid, _: ["strace", "-p", str(pid)],
                is_tracer, rounds=1, package="strace"),
        Watcher("perf", "perf trace -s", lambda pid, _: ["perf", "trace", "-s", "-p", str(pid)],
                has_events, rounds=1, package="linux-perf"),
    ]


class Process:
    """One that does turns when it is asked to, and sleeps: see turns.c for its arguments."""

    def __init__(self, *args):
        argv = [str(BUILD / "bench" / "turns"), *map(str, args)]
        self.child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = self.child.pid
        if self.child.stdout.readline() != "ready\n":
            sys.exit(f"bench: \"{' '.join(argv)}\" failed")

    def turns(self, rounds):
        """The best of so many rounds of each kind, in nanoseconds a turn."""
        self.child.stdin.write(f"{rounds}\n")
        self.child.stdin.flush()
        return [float(ns) for ns in self.child.stdout.readline().split()]

    def end(self):
        self.child.stdin.close()
        self.child.wait()


def measure(chosen, rounds, put):
    process, neighbour = Process(), Process()
    process.turns(1)
    for number in range(rounds):
        by = number % len(chosen)
        for watcher in chosen[by:] + chosen[:by]:
            with watcher.watching(process, neighbour):
                ns = process.turns(watcher.rounds)
            put({"type": "micro", "round": number, "watcher": watcher.name, "what": watcher.what,
                 "ns": dict(zip(TURNS, ns))})
    process.end()
    neighbour.end()


def best_of(records):
    """What each watcher was -> the least of each kind of turn, in the order of the first round."""
    best = {}
    for record in records:
        if record["type"] == "micro":
            least = best.setdefault(record["watcher"], {"what": record["what"], **record["ns"]})
            for turn, ns in record["ns"].items():
                least[turn] = min(least[turn], ns)
    return best


def rows(records):
    """The table: the names of its columns, then what was watched with and its figures; in brackets
    how much that is above the empty programs."""
    best = best_of(records)
    floor = best.get("floor")
    yield ["ns a turn", *TURNS]
    for name, least in best.items():
        above = floor if name not in ("untraced", "floor") else None
        yield [least["what"], *(f"{least[turn]:,.0f}" +
                                (f" ({least[turn] - above[turn]:+,.0f})" if above else "")
                                for turn in TURNS)]


def options():
    parser = argparse.ArgumentParser(prog="scripts/bench micro", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="of all watchers (5)")
    parser.add_argument("--only", metavar="NAMES", help="these watchers, a comma list, of: untraced, "
                        "floor, neighbour, counts, wakes, interests, wakelab, events, bpftrace, strace, calls, perf")
    add_output(parser)
    args = parser.parse_args()
    args.watchers = watchers(program())
    names = args.only.split(",") if args.only else [w.name for w in args.watchers]
    unknown = set(names) - {w.name for w in args.watchers}
    if unknown or args.rounds < 1:
        parser.error(f"there is no watcher \"{min(unknown)}\"" if unknown else "--rounds is less than 1")
    args.watchers = [w for w in args.watchers if w.name in names]
    return args


def main():
    args = options()
    require_root()
    for watcher in [w for w in args.watchers if not w.is_there()]:
        print(f"bench: skipped: {watcher.name} is not there; the package {watcher.package} has it",
              file=sys.stderr)
        args.watchers.remove(watcher)
    records = Records(args.ndjson)
    measure(args.watchers, args.rounds, records.put)
    for row in rows(records):
        print(f"{row[0]:40}" + "".join(f"{cell:>27}" for cell in row[1:]))
    print("In brackets: above the empty programs, below which no tracer can be.")


if __name__ == "__main__":
    main()
