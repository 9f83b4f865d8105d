# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Events of a run against its ledgers: each count of the summary is so many events of its kind."""
from collections import Counter

from metrics import event_lines, events, table

# The calls that wait or sleep, and those that read, write or accept; as loader/snapshot/calls.c has them.
WAITS = set("""
    clock_nanosleep epoll_pwait epoll_pwait2 epoll_wait nanosleep pause poll ppoll pselect6
    restart_syscall rt_sigsuspend rt_sigtimedwait select""".split())
IO = set("""
    accept accept4 mq_timedreceive pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readv recvfrom
    recvmmsg recvmsg sendfile sendmmsg sendmsg sendto splice write writev""".split())
HEAD = {"type", "schema", *event_lines.HEAD}
VERDICTS = [row.name for row in table.fields_of("syscalls.verdicts") if row.counted]


def told(lines, *kinds):
    return [line for line in lines if line["type"] == "event" and line["event"] in kinds]


def check_counts(test, lines, summary):
    """What happened is what was shown and what was dropped, by kind."""
    shown = Counter(line["event"] for line in lines if line["type"] == "event")
    for event in events.EVENTS:
        counts = summary["events"][event.name]
        test.assertEqual(counts["shown"], shown[event.name], event.name)
        test.assertEqual(counts["happened"], counts["shown"] + counts["dropped"], event.name)


def check_fields(test, lines):
    """Each kind has its own, and no other."""
    for event in events.EVENTS:
        own = {member.name for member in event.fields} | {"error" for member in event.fields if member.type == "RESULT"}
        for line in told(lines, event.name):
            test.assertEqual(line.keys() - HEAD, own, event.name)


def check_order(test, lines):
    times = [line["time_ns"] for line in lines if line["type"] == "event"]
    test.assertEqual(times, sorted(times))


def check_calls(test, lines, summary):
    for row in summary["syscalls"]:
        if row["name"] in WAITS | IO:
            found = [e for e in told(lines, "wait", "io") if e["call"] == row["name"]]
        elif row["name"] == "epoll_ctl":
            found = told(lines, "registration")
        else:
            continue
        verdicts = Counter(e["verdict"] for e in found)
        test.assertEqual({name: verdicts[name] for name in VERDICTS},
                         {name: row["verdicts"][name] for name in VERDICTS}, row["name"])
        test.assertEqual(Counter(e["error"] for e in found if e["error"]), row["errors"], row["name"])
        test.assertEqual(sum(e["result"] == 0 for e in found), row["zero"], row["name"])
        if row["name"] in WAITS:
            test.assertEqual(sum(e["sleeps"] for e in found), row["sleeps"], row["name"])
        if row["bytes"]:
            test.assertEqual(sum(max(e["result"], 0) for e in found), row["bytes"], row["name"])


def check_reports(test, lines, summary):
    reports, counts = told(lines, "report"), summary["interests"]
    test.assertEqual(len(reports), counts["reports"])
    judged = Counter(e["judged"] for e in reports)
    decided = sum(e["reports"] for e in told(lines, "decide"))
    test.assertEqual([judged["fresh"], judged["again"] + decided, judged["ambiguous"],
                      judged["unknown"] - decided],
                     [counts[name] for name in ("fresh", "rereports", "ambiguous", "unknown")])
    flags = Counter(flag for e in reports for flag in e["events"].split())
    for flag, n in counts["flags"].items():
        if flag.startswith("EPOLL"):
            test.assertEqual(flags[flag], n, flag)
    test.assertEqual(len(told(lines, "polled")), summary["polls"]["reported"])


def check_wakes(test, lines, summary):
    found = told(lines, "wake")
    test.assertEqual(len(found), summary["wakes"]["total"])
    by = Counter(e["woken_by"] for e in found)
    test.assertEqual({name: by[name] for name in summary["wakes"]["from"]}, summary["wakes"]["from"])


def check_signals(test, lines, summary):
    raised = Counter((e["signal"], e["raised"]) for e in told(lines, "raise"))
    taken = Counter((e["signal"], e["taken"]) for e in told(lines, "take"))
    for row in summary["signals"]:
        for result in ("queued", "ignored", "coalesced", "overflow", "lost_info"):
            test.assertEqual(raised[row["signal"], result], row[result], row)
        for how in events.words_of("TAKEN"):
            test.assertEqual(taken[row["signal"], how], row[how], row)
    test.assertEqual(len(told(lines, "raise")), sum(row["generated"] for row in summary["signals"]))


def check_registered(test, lines, summary):
    counts = summary["interests"]
    test.assertEqual(len(told(lines, "ready")), counts["edges"])
    test.assertEqual(len(told(lines, "disarm")), counts["disarmed"])
    test.assertEqual(len(told(lines, "left")), counts["left"])
    test.assertEqual(len(told(lines, "goes_on")), summary["left_ns"]["count"])
    test.assertEqual(len(told(lines, "late")), summary["busy_ns"]["count"])


def check_events(test, lines):
    """All of it, of a run that told everything and dropped nothing; gives the summary."""
    summary = lines[-1]
    test.assertEqual(sum(counts["dropped"] for counts in summary["events"].values()), 0)
    for check in (check_counts, check_calls, check_reports, check_wakes, check_signals, check_registered):
        check(test, lines, summary)
    check_fields(test, lines)
    check_order(test, lines)
    return summary
