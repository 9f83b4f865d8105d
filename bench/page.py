# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""docs/performance.md, of what the other parts of scripts/bench wrote with --ndjson."""
import argparse
from pathlib import Path

import events
import micro
import report
import scale
from plot import draw
from records import recorded

DOCS = Path(__file__).resolve().parent.parent / "docs"

HEAD = """# What tracing costs

`scripts/bench page` makes this page from measurements, so do not edit it. `sudo scripts/bench micro`,
`sudo scripts/bench load`, `sudo scripts/bench scale` and `sudo scripts/bench events` measure on any machine.

"""
MICRO = """## One process in a loop

{machine}.
One process repeats the same turn, of four kinds. Each number is the minimum of many short rounds, in which
nothing else disturbed the process. In parentheses: the difference to empty programs on the same hooks, which
is what tracepoints themselves cost. bpftrace keeps counts and histograms of calls and one histogram of
wakeups (`bench/calls.bt`), which is a part of what wakelab keeps.

{table}

The cost of a plain system call beyond the empty programs is mostly two readings of the clock (some 30 ns each
on this machine), the ledger's row with its histogram, and the way from the hook to the thread's state: about
as much as `--only counts` costs, which does nothing else. An epoll wait also gets a verdict, ends the work
that the previous wait led to, and begins the next. A turn with a message runs ten programs, two of which are
not among the empty ones, and reads the clock eight times: twice for the duration of each of three calls, when
the data is ready, and when it is read. By the rows above, a third of the cost is the three calls, a third is
the notification and the latency of the read (`--only wakes`), and the rest is the report, whose events are
read from the target's memory, and the two ends of an edge (`--only interests`). A profile of such turns shows
one place where much of the time goes, the clock, with some 300 ns. The rest is 60 ns for each call in
`on_sys_enter` and as much in `on_sys_exit`, then 73 in the verdict of the wait, 57 in `on_recv`, 56 in
`on_data_ready`, 55 in five histograms, 51 in the reports, 50 in the edge, and smaller parts. It can cost less
only if it measures less.

"""
LOAD = """## Servers under load

{machine}.
Short slices of load, each traced slice between two untraced ones. Shown are the median of the ratios, its
quartiles, and the probability that so many of the ratios lie to one side of 1 if there is no difference (sign
test, two-sided), or a star if that is less than 0.05. floor: the empty programs; wakes: `--only wakes`, which
is calls and wakes; wakelab: everything. Server, client and tracer share the processors, so the overhead on
the client's calls and on the kernel's own work shows, too.

```
{tables}
```

These servers do nothing but system calls: two or three for each message, 4 to 5 us in total. According to the
first table, counting a call and its time costs some 150 to 190 ns beyond an empty program, so `--only counts`
costs two or three times that for each message, and the notifications of readiness and of receipt come on top.
A server that computes pays proportionally less. A tracer of calls pays for each call, so a server that makes
fewer calls is slowed less: uring makes half a call for each message, and is slowed little more than by the
empty programs.

After each message epoll-et asks once more and finds nothing (`EAGAIN`). That is the cost of edges, and the
level-triggered echo servers of libevent and libuv do without it.

![The ratios, each a dot](performance.svg)

"""
SCALE = """## Ever more connections and threads

{machine}.
One process has both ends of all connections (several processes have 5 000 each), and a turn is a message:
written, reported by `epoll_wait`, read; on one connection after the other. Or it has threads that wait in
`read`, and in a turn one of them answers. Each number is the minimum of many short rounds. The last columns
are what wakelab reports about itself (`--self`) with a sample each second: the loader's share of one
processor, its resident memory, the memory of its maps in the kernel, for which `--room` was given if there
are more than 10 000 connections, and the time to attach.

{table}

Attaching is purely a matter of CPU time, and the last column is older than the present way of attaching. On
another machine (Intel, 2 processors, Linux 6.18.44, the minimum of 30 interleaved runs at a real-time
priority, so that nothing else ran) it took 121 ms before and takes 38 now; with `--only counts` 17 instead of
78; and on a single processor 62 instead of 113. The first run on a kernel, which makes the
[extract of its types](kernels.md#what-it-keeps), takes 54 ms. At most 6.6 MiB are resident, 14.7 in that
first run; before, it was 20 in each. What remains is 73 ms of CPU time. According to a profile (`perf
record`), two thirds of it are in the kernel's verifier: 33 ms to follow every path of some 30 programs, 11 to
rewrite them, where each change moves everything behind it, and 4 to compile. 11 ms are the room in the maps,
which must be zeroed, and 7 are libbpf and wakelab. None of these can be left out: the kernel returns a
program that it has verified only to whoever pinned it, and nothing may be left behind; and a map without room
would lose events. More than two processors do not help much either, because the program at the exit of system
calls takes 20 ms by itself.

The programs find a connection's state with one or two look-ups, however many connections there are. What
grows is the memory that they, like the kernel itself, touch. With thousands of connections in turn, each was
last used thousands of turns ago and is no longer in the processor's nearest caches, so every cache line must
be waited for. In a profile of turns over 9 000 connections, the look-ups in hashes take 630 ns (36 with one
connection), the edge 210 (45), and the kernel's own look-up of the connection,
`__inet_lookup_established`, 430 (60), which is why untraced turns also grow by a quarter. Another way to find
a socket's state would not help: with socket storage, which is attached to the socket itself, programs that do
nothing but one look-up take 228 ns with 9 000 connections in turn and 19 with ten; with the hash, 270 and 45.

![What a turn takes, by connections and by threads](performance-scale.svg)
"""
EVENTS = """
## Each event

{machine}.
A program writes a byte to a pipe and reads it, over and over. First it makes as many calls as it can: alone, with
`--events all` and the output in /dev/null, and under `strace -f` with the same; shown is the best of several short
slices of each. Then it makes a given number of calls a second, and each event goes to a file as NDJSON and to a
recording.

```
{lines}
```

The programs write a record of 100 to 200 bytes for each event, and never wait. strace stops the program twice at
each call. A program that does little but system calls gains most from the difference: with a server, the rest of
its work, which is the same under both, bounds the ratio. What comes faster than it can be printed is dropped, and
counted. Most of what an event costs the loader is its text, so a recording with `--summary` costs least.
"""


def cells(row):
    return "| " + " | ".join(row) + " |"


def table(rows):
    head, *rows = rows
    return "\n".join([cells(head), cells(["---"] + ["---:"] * (len(head) - 1)), *map(cells, rows)])


def machine(records):
    m = records[0]
    return f"{m['cpu']}, {m['cpus']} processors, Linux {m['kernel']}"


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench page", description=__doc__)
    parser.add_argument("micro", type=recorded, metavar="MICRO", help="what micro --ndjson has written")
    parser.add_argument("load", type=recorded, metavar="LOAD", help="what load --ndjson has written")
    parser.add_argument("scale", type=recorded, metavar="SCALE", help="what scale --ndjson has written")
    parser.add_argument("events", type=recorded, metavar="EVENTS", help="what events --ndjson has written")
    args = parser.parse_args()
    page = HEAD + MICRO.format(machine=machine(args.micro), table=table(micro.rows(args.micro)))
    page += LOAD.format(machine=machine(args.load), tables=report.report(args.load))
    page += SCALE.format(machine=machine(args.scale), table=table(scale.rows(args.scale)))
    page += EVENTS.format(machine=machine(args.events), lines="\n".join(events.lines(args.events)))
    (DOCS / "performance.md").write_text(page, encoding="utf-8")
    (DOCS / "performance.svg").write_text(draw(args.load), encoding="utf-8")
    (DOCS / "performance-scale.svg").write_text(scale.picture(args.scale), encoding="utf-8")


if __name__ == "__main__":
    main()
