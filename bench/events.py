# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What showing each event costs, and how many can be kept: a program that writes and reads a pipe.

First, how many calls it makes when it makes as many as it can: alone, with --events, and under strace, one
after the other in each round, of which the best counts. Then, at a given number of calls a second, whether all events reach a file, and
how large that and its recording are; and how long it takes to read the recording.
"""
import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from built import BUILD, program
from records import Records, add_output, at_least, require_root

PACE = str(BUILD / "bench" / "pace")
STRACE = ["strace", "-f", "-o", "/dev/null"]


def calls_of(prefix, seconds):
    """How many calls it makes in a second, as it was started."""
    run = subprocess.run([*prefix, PACE, "0", str(seconds)], capture_output=True, text=True, check=True)
    return int(re.findall(r"^(\d+)$", run.stdout, re.M)[-1]) / seconds


def speeds(wakelab, rounds, seconds, put):
    ways = {"none": [], "events": [wakelab, "trace", "--events", "all", "-o", "/dev/null", "--"], "strace": STRACE}
    for number in range(rounds):
        names = list(ways)
        by = number % len(names)
        for name in names[by:] + names[:by]:
            put({"type": "speed", "round": number, "watcher": name, "calls": calls_of(ways[name], seconds)})


def cpu_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def keep(wakelab, rate, seconds, put):
    """A run at that rate, to a file and a recording, and the recording shown again."""
    with tempfile.TemporaryDirectory() as folder:
        out, record = Path(folder, "out"), Path(folder, "record")
        subprocess.run([wakelab, "trace", "--events", "all", "--format", "ndjson", "-o", out, "--record", record,
                        "--", PACE, str(rate), str(seconds)], stdout=subprocess.DEVNULL, check=True)
        with open(out, "rb") as file:
            file.seek(max(0, os.path.getsize(out) - (1 << 20)))
            counts = json.loads(file.read().splitlines()[-1])["events"].values()
        happened = sum(kind["happened"] for kind in counts)
        put({"type": "kept", "seconds": seconds, "happened": happened,
             "dropped": sum(kind["dropped"] for kind in counts), "bytes": os.path.getsize(out),
             "recorded": os.path.getsize(record)})
        for form in ("ndjson", "table"):
            begin, cpu = time.monotonic(), cpu_of_children()
            subprocess.run([wakelab, "replay", "--format", form, "-o", "/dev/null", record], check=True)
            put({"type": "replay", "form": form, "events": happened, "seconds": time.monotonic() - begin,
                 "cpu": cpu_of_children() - cpu})


def of_type(records, name):
    return [record for record in records if record["type"] == name]


def lines(records):
    """What was found, a sentence each."""
    best = {}
    for record in of_type(records, "speed"):
        best[record["watcher"]] = max(record["calls"], best.get(record["watcher"], 0))
    yield (f"calls a second at best: {best['none']:,.0f} alone, {best['events']:,.0f} with --events all, "
           f"{best['strace']:,.0f} under strace: {best['events'] / best['strace']:.1f} times fewer")
    for record in of_type(records, "kept"):
        n = record["happened"]
        yield (f"{n / record['seconds']:,.0f} events a second for {record['seconds']} s: {record['dropped']:,} of "
               f"{n:,} dropped, {record['bytes'] / n:.0f} bytes of NDJSON each, {record['recorded'] / n:.1f} "
               f"recorded ({record['recorded'] / 1e6:.0f} MB)")
    for record in of_type(records, "replay"):
        yield (f"replay as {record['form']}: {record['events'] / record['seconds'] / 1e6:.1f} million events a "
               f"second, {record['events'] / record['cpu'] / 1e6:.1f} in a second of CPU time")


def options():
    parser = argparse.ArgumentParser(prog="scripts/bench events", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=at_least(int, 1), default=6, metavar="N", help="of all watchers (6)")
    parser.add_argument("--slice", type=at_least(float, 0.05), default=0.5, metavar="S", help="seconds of each (0.5)")
    parser.add_argument("--rate", type=at_least(int, 1000), default=100000, metavar="N",
                        help="calls a second that are kept (100000)")
    parser.add_argument("--seconds", type=at_least(int, 1), default=60, metavar="S", help="for so long (60)")
    add_output(parser)
    return parser.parse_args()


def main():
    args = options()
    require_root()
    if not shutil.which(STRACE[0]):
        sys.exit("bench: strace is not there; the package strace has it")
    wakelab, records = program(), Records(args.ndjson)
    speeds(wakelab, args.rounds, args.slice, records.put)
    keep(wakelab, args.rate, args.seconds, records.put)
    print("\n".join(lines(records)))


if __name__ == "__main__":
    main()
