# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What the slices of bench/load.py say: paired ratios, and tables of them."""
from collections import namedtuple

from pairs import median, quartiles, sign_test

# ratios: of one server in one respect (a name of MEASURES), a value for each pair of slices
Ratios = namedtuple("Ratios", "part server load watcher measure ratios")

MEASURES = {
    "speed": ("messages a second", lambda s: s["messages"] / s["seconds"]),
    "cpu": ("CPU time of the server a message", lambda s: s["cpu_ns"] / s["messages"]),
    "p50": ("round trip p50", lambda s: s["p50_ns"]),
    "p99": ("round trip p99", lambda s: s["p99_ns"]),
}
LIBRARIES = ("libevent", "libuv")
# empty programs; calls and wakes (--only wakes); everything
WATCHERS = ("floor", "wakes", "wakelab")


def slices_of(records, part, **like):
    return [r for r in records if r["type"] == "slice" and r["part"] == part and
            all(r[key] == value for key, value in like.items())]


def servers(slices):
    """Names and loads, in the order in which they first came."""
    return list(dict.fromkeys((s["server"], s["load"]) for s in slices))


def values(slices, measure):
    """What is known of these."""
    known = (MEASURES[measure][1](s) for s in slices)
    return [value for value in known if value is not None]


def watched_ratios(slices, measure):
    """Of each watched slice of one server to the mean of the untraced ones beside it."""
    at = {(s["round"], s["place"]): MEASURES[measure][1](s) for s in slices}
    for s in slices:
        where, place = s["round"], s["place"]
        if s["watcher"] != "none" and at[where, place] is not None:
            mean = (at[where, place - 1] + at[where, place + 1]) / 2
            yield s["watcher"], at[where, place] / mean


def tracing(records):
    """What watching changes, for each server, watcher and measure."""
    everything = slices_of(records, "tracing")
    for server, load in servers(everything):
        own = slices_of(records, "tracing", server=server)
        for measure in MEASURES:
            pairs = list(watched_ratios(own, measure))
            for watcher in WATCHERS:
                ratios = [ratio for who, ratio in pairs if who == watcher]
                if ratios:
                    yield Ratios("tracing", server, load, watcher, measure, ratios)


def better_library(slices):
    """The faster one, by the median of its slices; None: none was measured."""
    found = {s["server"] for s in slices} & set(LIBRARIES)
    return max(sorted(found), default=None, key=lambda name: median(
        values([s for s in slices if s["server"] == name], "speed")))


def libraries(records):
    """Each server beside the better library under the same load, round by round."""
    everything = slices_of(records, "libraries")
    for load in dict.fromkeys(s["load"] for s in everything):
        slices = slices_of(records, "libraries", load=load)
        best = better_library(slices)
        of_best = {s["round"]: s for s in slices if s["server"] == best}
        for server, _ in servers(slices):
            for measure, (_, value) in MEASURES.items():
                ratios = [value(s) / value(of_best[s["round"]]) for s in slices
                          if s["server"] == server and s["round"] in of_best]
                if ratios:
                    yield Ratios("libraries", server, load, "none", measure, ratios)


def all_ratios(records):
    return [*tracing(records), *libraries(records)]


def time(ns):
    for unit, size in (("ms", 1e6), ("us", 1e3)):
        if ns >= size:
            return f"{ns / size:.{1 if ns < 100 * size else 0}f}{unit}"
    return f"{ns:.0f}ns"


def absolute(slices, measure):
    known = values(slices, measure)
    if not known:
        return "-"
    return f"{median(known):.0f}" if measure == "speed" else time(median(known))


def cell(ratios):
    """Median, quartiles and how likely that is by chance, of 27 characters."""
    if not ratios:
        return f"{'-':>7}{'':20}"
    low, middle, high = quartiles(ratios)
    span = f"{low:.2f}..{high:.2f}"
    return f"{middle:7.3f} {span:>12}{sign_test(ratios):7.3f}"


LIKELY = 0.05  # by chance: ratios that are less so are marked


def brief_cell(ratios):
    """The same in 18, with a mark instead of how likely it is."""
    if not ratios:
        return f"{'-':>6}{'':12}"
    low, middle, high = quartiles(ratios)
    mark = "*" if sign_test(ratios) < LIKELY else " "
    return f"{middle:6.3f}{f'{low:.2f}..{high:.2f}':>11}{mark}"


def tracing_tables(records):
    found = {(r.server, r.watcher, r.measure): r.ratios for r in tracing(records)}
    slices = slices_of(records, "tracing", watcher="none")
    for measure, (what, _) in MEASURES.items():
        if not slices:
            return
        yield f"\n{what}: untraced, and as a ratio to the untraced slices on either side"
        heads = [f"{who:>7}{'quartiles':>10} " for who in WATCHERS]
        yield f"{'':31}{'untraced':>11} {' '.join(heads)}".rstrip()
        for server, load in servers(slices):
            own = [s for s in slices if s["server"] == server]
            cells = [brief_cell(found.get((server, who, measure))) for who in WATCHERS]
            yield f"{server:10}{load:21}{absolute(own, measure):>11} {' '.join(cells)}".rstrip()


def library_tables(records):
    found = {(r.load, r.server, r.measure): r.ratios for r in libraries(records)}
    slices = slices_of(records, "libraries")
    for load in dict.fromkeys(s["load"] for s in slices):
        under = [s for s in slices if s["load"] == load]
        best = better_library(under)
        yield f"\n{load}: compared with {best or 'no library, none was built'}, round by round"
        for measure in ("speed", "cpu"):
            yield f"{MEASURES[measure][0]:38}{'ratio':>7}{'quartiles':>13}{'p':>7}"
            for server, _ in servers(under):
                own = [s for s in under if s["server"] == server]
                yield (f"  {server:20}{absolute(own, measure):>10}      " +
                       cell(found.get((load, server, measure))))


def machine(records):
    m = records[0]
    rounds = 1 + max((r["round"] for r in records[1:]), default=-1)
    return (f"{m['cpu']}, {m['cpus']} CPUs, Linux {m['kernel']}; "
            f"{rounds} round{'' if rounds == 1 else 's'}")


def report(records):
    """All of it, for people."""
    return "\n".join([machine(records), *tracing_tables(records), *library_tables(records),
                      "\nmedian and quartiles of the ratios; p: the probability that so many of them lie to "
                      "one side of 1\nif there is no difference (sign test, two-sided); *: less "
                      f"than {LIKELY}"])
