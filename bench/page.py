# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""docs/performance.md, of what the other parts of scripts/bench wrote with --ndjson."""
import argparse
from pathlib import Path

import micro
import report
import scale
from plot import draw
from records import recorded

DOCS = Path(__file__).resolve().parent.parent / "docs"

HEAD = """# What tracing costs

This page is made by `scripts/bench page` of measurements, and is not edited: `sudo scripts/bench micro`,
`sudo scripts/bench load` and `sudo scripts/bench scale` measure on any machine.

"""
MICRO = """## One process at its turns

{machine}.
One process does the same turn over and over, of four kinds; the least of many short rounds of each, in
which nothing else disturbed it. In brackets: above empty programs on the same hooks, which is
what a tracepoint itself costs. bpftrace keeps counts and histograms of calls and one of wakeups
(`bench/calls.bt`), which is a part of what wakelab keeps.

{table}

What is left above the empty programs, of a plain system call, is mostly two readings of the clock (some
30 ns each on this machine), the ledger's row with its histogram, and the way from the hook to the thread's
state: about as much as `--only counts` takes, which does nothing else. A wait of epoll's is
given a verdict besides, ends the work that the wait before it led to, and begins the next. A turn with a
message runs ten programs, two of which are not among the empty ones, and reads the clock eight times: twice
for the duration of each of three calls, when the data was ready, and when it was read. By the rows above, a third of it is the three calls, a third is the
notice of readiness and the latency of the read (`--only wakes`), and the rest is the report, whose events are
read from the target's memory, and the two ends of an edge (`--only interests`). A profile of such turns has
one place where much of it is spent, the clock, with some 300 ns. The rest is 60 ns a call in `on_sys_enter`
and as much in `on_sys_exit`, then 73 in the verdict of the wait, 57 in `on_recv`, 56 in `on_data_ready`, 55 in
five histograms, 51 in the reports, 50 in the edge, and less. To take less is to tell less.

"""
LOAD = """## Servers under load

{machine}.
Short slices of load, each traced one between two untraced ones; shown is the median of the
ratios with its quartiles, and how likely it is, were there no difference, that so many of them lie to
one side of 1 (sign test, two-sided), or a star where that is less than 0.05. floor: the empty programs;
wakes: `--only wakes`, which is calls and wakes; wakelab: everything. Server, client and tracer share the
processors, so that what a tracer takes of the client's calls and of the kernel's own work shows, too.

```
{tables}
```

These servers do nothing but calls: two or three a message, of 4 to 5 us in all. As the first table has it, to
count a call and its time takes some 150 to 190 ns above an empty program, so what `--only counts` takes of them is
two or three times that, and the notices of readiness and of receipt come on top. A server that computes pays
in proportion less. What a tracer of calls can do about it is to see fewer of them: uring makes half a call a
message, and is slowed little more than by the empty programs.

After each message epoll-et asks once more, and is told that there is nothing (`EAGAIN`): that is what edges
take, and what libevent's and libuv's level-triggered echo does without.

![The ratios, each a dot](performance.svg)

"""
SCALE = """## Ever more connections and threads

{machine}.
One process has both ends of all connections (several processes have 5 000 each), and a turn is a message:
written, told of by `epoll_wait`, read; on one connection after the other. Or it has threads that wait in
`read`, and a turn is that one of them answers. Shown is the least of many short rounds, and what wakelab
says of itself (`--self`) with a sample a second: the loader's part of one processor, its resident memory,
and that of its maps in the kernel, for which `--room` was given where there are more than 10 000.

{table}

Attaching is work of the processor alone, and the last column is older than the way in which it is done now. On
another machine (Intel, 2 processors, Linux 6.18.44, the least of 30 interleaved runs at a real-time priority,
so that nothing else ran) it took 121 ms in that way and takes 38 now, 17 where it was 78 with `--only counts`,
and on one processor alone 62 where it was 113. The first run on a kernel, which makes the
[extract of its types](kernels.md#what-it-keeps), takes 54. At most 6.6 MiB are resident, 14.7 in that first
run, where it was 20 in each. What is left are 73 ms of CPU time, of which a profile (`perf record`) has two
thirds in the kernel's verifier: 33 in following every path of some 30 programs, 11 in its rewriting of them,
where each change moves all that comes behind it, and 4 in compiling. 11 are the room in the maps, which is
zeroed, and 7 are libbpf and wakelab. None of these can be left out: the kernel gives back a program that it
has verified only to who pinned it, and nothing is to be left behind; and a map that has no room yet would
lose events. Nor do more than two processors help much: the program at the exit of system calls takes 20 ms
by itself.

The programs find a connection's state by a look-up or two, however many there are. What grows is the memory
that they, like the kernel itself, touch: with thousands of connections in turn, each was used last thousands
of turns ago, is not in the processor's nearest caches any more, and every line of it is waited for. In a
profile of turns over 9 000 connections the look-ups in hashes take 630 ns (36 with one connection), the edge
210 (45), and the kernel's own look-up of the connection, `__inet_lookup_established`, 430 (60), which is why
untraced turns grow by a quarter, too. Another way to find a socket's state would not help: by socket storage,
which hangs on the socket itself, programs that do nothing but one look-up take 228 ns with 9 000 connections
in turn and 19 with ten, and by the hash 270 and 45.

![What a turn takes, by connections and by threads](performance-scale.svg)
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
    args = parser.parse_args()
    page = HEAD + MICRO.format(machine=machine(args.micro), table=table(micro.rows(args.micro)))
    page += LOAD.format(machine=machine(args.load), tables=report.report(args.load))
    page += SCALE.format(machine=machine(args.scale), table=table(scale.rows(args.scale)))
    (DOCS / "performance.md").write_text(page, encoding="utf-8")
    (DOCS / "performance.svg").write_text(draw(args.load), encoding="utf-8")
    (DOCS / "performance-scale.svg").write_text(scale.picture(args.scale), encoding="utf-8")


if __name__ == "__main__":
    main()
