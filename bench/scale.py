# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What an event, and the loader, cost with ever more connections and threads.

Processes as those of micro (bench/turns.c) have all of the connections, and send a message on one after
the other; or they have threads, each of which answers in its turn. Each size is measured untraced, with
empty programs and with wakelab, best of interleaved rounds. Then wakelab watches for some seconds more
and tells of itself.
"""
import argparse
import json
import subprocess
import sys
import tempfile

from built import BUILD, program
from curves import draw
from micro import Process, Watcher
from records import Records, add_output, at_least, require_root

SIZES = {"connections": (1, 10, 100, 1000, 10000, 50000), "threads": (1, 10, 100, 1000)}
EACH = 5000  # connections of a process at most, which has both ends
TELLS = 5  # seconds that wakelab watches, once a second, to tell of itself


class Group:
    """The processes that have so many connections, or threads, between them. pid: a list of theirs,
    as wakelab takes it."""

    def __init__(self, by, n):
        if by == "threads":
            shares = [(1, n)]
        else:
            parts = -(-n // EACH)
            shares = [(n // parts + (i < n % parts), 0) for i in range(parts)]
        self.processes = [Process(*share) for share in shares]
        self.pid = ",".join(str(process.pid) for process in self.processes)
        self.turns(3)

    def turns(self, rounds):
        """The best of so many rounds, in nanoseconds a turn; one process after the other, and the
        mean of them."""
        best = [process.turns(rounds)[0] for process in self.processes]
        return sum(best) / len(best)

    def end(self):
        for process in self.processes:
            process.end()


def watchers(wakelab, n):
    return [Watcher("untraced", "nothing"),
            Watcher("floor", "empty programs", lambda *_: [str(BUILD / "bench" / "floor")]),
            Watcher("wakelab", "wakelab", lambda pids, _: [*trace(wakelab, n), "-p", pids])]


def trace(wakelab, n):
    """Room for both ends of each."""
    return [wakelab, "trace", "--format", "ndjson", "--room", str(max(2 * n, 24576))]


def tells(wakelab, group, n):
    """What wakelab says of itself, after some seconds of turns."""
    argv = [*trace(wakelab, n), "--self", "--seconds", str(TELLS), "-p", group.pid]
    with tempfile.TemporaryFile("w+") as output:
        child = subprocess.Popen(argv, stdout=output)
        while child.poll() is None:
            group.turns(1)
        output.seek(0)
        start, *_, summary = map(json.loads, output.read().splitlines())
    own = summary["self"]
    return {"attach_ns": start["attach_ns"], "cpu_share": own["cpu_share"], "rss_bytes": own["rss_bytes"],
            "maps_bytes": own["maps_bytes"], "lost": sum(summary["lost"].values()),
            "programs": {row["program"]: row["run_ns"] / row["runs"] for row in own["programs"]
                         if row["runs"]}}


def measure(by, n, wakelab, rounds, put):
    group = Group(by, n)
    watched_by = watchers(wakelab, n)
    for number in range(rounds):
        turn = number % len(watched_by)
        for watcher in watched_by[turn:] + watched_by[:turn]:
            with watcher.watching(group, group):
                ns = group.turns(10)
            put({"type": "scale", "by": by, "n": n, "round": number, "watcher": watcher.name, "ns": ns})
    put({"type": "self", "by": by, "n": n, "processes": len(group.processes),
         **tells(wakelab, group, n)})
    group.end()


def sizes(records):
    """What was measured: ("connections", 1), ..."""
    return list(dict.fromkeys((r["by"], r["n"]) for r in records if r["type"] == "self"))


def best(records, by, n):
    """The least of each watcher, ns a turn."""
    least = {}
    for r in records:
        if r["type"] == "scale" and (r["by"], r["n"]) == (by, n):
            least[r["watcher"]] = min(r["ns"], least.get(r["watcher"], r["ns"]))
    return least


def curves(records):
    """What is drawn: by -> what was watched with -> [(n, ns a turn)]."""
    found = {}
    for by, n in sizes(records):
        for name, ns in best(records, by, n).items():
            found.setdefault(by, {}).setdefault(name, []).append((n, ns))
    return found


def picture(records):
    m = records[0]
    return draw(f"{m['cpu']}, {m['cpus']} CPUs, Linux {m['kernel']}; the best of several rounds",
                curves(records))


def rows(records):
    """The table: the names of its columns, then a row for each size."""
    yield ["", "ns a turn", "empty programs", "wakelab", "above empty programs", "loader's CPU time",
           "its memory", "its maps", "attached in"]
    for by, n in sizes(records):
        least = best(records, by, n)
        own = next(r for r in records if r["type"] == "self" and (r["by"], r["n"]) == (by, n))
        yield [f"{n:,} {by if n > 1 else by[:-1]}",
               *(f"{least[name]:,.0f}" for name in ("untraced", "floor", "wakelab")),
               f"{least['wakelab'] - least['floor']:,.0f}", f"{100 * own['cpu_share']:.2f} %",
               *(f"{own[name] / 2 ** 20:,.1f} MiB" for name in ("rss_bytes", "maps_bytes")),
               f"{own['attach_ns'] / 1e6:,.0f} ms"]


def options():
    parser = argparse.ArgumentParser(prog="scripts/bench scale", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=at_least(int, 1), default=5, metavar="N",
                        help="of all watchers (5)")
    parser.add_argument("--most", type=at_least(int, 1), default=50000, metavar="N",
                        help="leave out the sizes above that (50000)")
    add_output(parser, "curves")
    return parser.parse_args()


def measure_all(args):
    require_root()
    wakelab = program()
    records = Records(args.ndjson)
    for by, all_sizes in SIZES.items():
        for n in all_sizes:
            if n <= args.most:
                print(f"bench: scale: {n} {by}", file=sys.stderr)
                measure(by, n, wakelab, args.rounds, records.put)
    return records


def main():
    args = options()
    records = args.recorded or measure_all(args)
    for row in rows(records):
        print(f"{row[0]:20}" + "".join(f"{cell:>22}" for cell in row[1:]))
    if args.svg:
        args.svg.write(picture(records))


if __name__ == "__main__":
    main()
