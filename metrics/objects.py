# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The objects that several lines of NDJSON have: counts and latencies as the tables give them, and what
else is in them."""
from metrics import table
from metrics.shapes import array, by_name, count, flag, ident, maybe, part, real, record, ref, text

PID = ident("Process ID, in the PID namespace of wakelab.")
TID = ident("Thread ID, in the PID namespace of wakelab.")
FD = ident("Number of the descriptor.")
COMM = text("Name of the thread.")
PEER = text("Address and port of the other end; empty if there is none.")
KIND = text("Kind of the file: tcp, udp, pipe, eventfd, ...")
COMMAND_LINE = text("Command line of the process, shortened if it is long.")
ELAPSED = count("ns", "Time since the start.")
CONNS = count("connections", "Number of connections.")
ACTIVE = count("connections", "Number of them that send messages.")
COMPLETED = flag("False after a signal or a failure.")


def field(row):
    """Of a row of the tables, without what it says of the page that it stands on."""
    means = " ".join(filter(None, (row.means.replace(", see below", ""), table.NEEDS.get(row.needs))))
    if row.is_latency:
        schema = ref("times", means)
    elif row.span:
        return by_name(row.unit, means)
    else:
        schema = count(row.unit, means)
    return maybe(schema) if row.needs else schema


def fields(object_, keep=lambda row: True):
    rows = table.fields_of(object_) + [row for row in table.LATENCIES if row.object == object_]
    return {row.name: field(row) for row in rows if row.name and keep(row)}


def of_interest(row):
    return row.keeper == "interest"


UNREAD = {"fd": FD, "peer": PEER, "kind": KIND,
          "unread": count("that of `unit`", "Amount of unread data."),
          "unit": ref("unit", "Unit of `unread`.")}
STALL = {
    **UNREAD, "tid": ident("Thread that went to sleep without reading the data."), "pid": PID,
    "stalled_ns": count("ns", "Time since the data was left unread."),
    "before": flag("Whether the stall was under way when tracing began. Then its time counts from that moment."),
}

CPU = {"user": count("ns", "Time in user mode."), "system": count("ns", "Time in the kernel.")}
RUNS = {"runs": maybe(count("runs", "Number of times that it ran; null without CAP_SYS_ADMIN.")),
        "run_ns": maybe(count("ns", "Total time that it ran; null without CAP_SYS_ADMIN.")),
        "missed": maybe(count("events", "Events for which the kernel skipped it; null if not known."))}

# A finding, with its rule's id and cause. Which figures it has depends on the rule.
FINDING = {
    "id": ref("rule", "Id of the rule; `wakelab findings ID` explains it."),
    "cause": maybe(ref("cause", "Which cause of the rule applies; null if it has only one.")),
    "weight": text("wrong: something should be fixed; note: worth knowing.", ["wrong", "note"]),
    "subject": part("What the finding is about. A field is null if it does not apply or is not known.", {
        "pid": maybe(PID), "tid": maybe(TID), "comm": maybe(COMM), "command": maybe(COMMAND_LINE),
        "fd": maybe(FD), "kind": maybe(KIND), "peer": maybe(text("Address and port of the other end.")),
        "call": maybe(text("System call.")),
        "epoll": maybe(part("The epoll instance that watches it.", {
            "pid": ident("Process that created it."), "fd": FD}))}),
    "evidence": {"type": "object", "additionalProperties": {"type": ["integer", "string"]},
                 "description": "Numbers that the finding rests on, by name; those whose names end in _ns are in ns. "
                                "`unit`, `errno`, `events` and `signal` are text. `more` is the number of other "
                                "subjects of the same rule that are not listed."},
    "cost": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0},
             "description": "What the problem costs, by name; numbers whose names end in _ns are in ns."},
    "text": text("What was seen, why, and what to change. The words may change at any time."),
}

TIMES = {
    "count": count("times", "Number of measurements."), "sum": count("ns", "Sum of all measurements."),
    "min": count("ns", "Shortest time; 0 if nothing was measured."), "max": count("ns", "Longest time."),
    "p50": maybe(count("ns", "Median; null over too few samples.")),
    "p90": maybe(count("ns", "90th percentile; null over too few samples.")),
    "p99": maybe(count("ns", "99th percentile; null over too few samples.")),
    "p999": maybe(count("ns", "99.9th percentile; null over too few samples.")),
}

CALL = {
    "name": text("Name of the call. `other` stands for all calls without a row of their own."), **fields("syscalls"),
    "errors": by_name("calls", "Calls that failed, by the name of the error."),
    "verdicts": part("How the calls ended, by verdict.", fields("syscalls.verdicts")),
    "duration_ns": ref("times", "Time spent in the call."),
}

SERVER = {
    "accepts": count("connections", "Connections that the server accepted."), "refused": count(
        "connections", "Connections that it closed at once, for lack of a thread, a process or a descriptor."),
    "closes": count("connections", "Connections that the server closed."),
    "messages": count("messages", "Messages that it echoed."),
    "reads": count("calls", "Reads that returned data."), "bytes_in": count("bytes", "Bytes that it read."),
    "bytes_out": count("bytes", "Bytes that it wrote."), "urgent": count("bytes", "Urgent bytes that it read."),
    "waits": count("calls", "Wait calls that returned."), "eagain": count("calls", "Calls that failed with EAGAIN."),
}

CLIENT = {
    "connections": count("connections", "Connections that the client established."),
    "sent": count("messages", "Messages that it sent."),
    "messages": count("messages", "Messages that came back complete and equal."),
    "bytes": count("bytes", "Bytes in these messages."), "urgent": count("bytes", "Urgent bytes that it sent."),
    "mismatches": count("messages", "Echoes that differ from what was sent."),
    "unanswered": count("messages", "Messages that were sent and got no echo."),
}
ROUND_TRIP = {"latency_ns": ref("times", "Round trip, from the send of a message to the end of its echo.")}

LISTENER = {
    "pid": maybe(ident("Process that has the listener open; null if none was seen.")),
    "comm": maybe(COMM), "fd": maybe(FD),
    "family": text("Family of its address.", ["tcp", "unix"]), "address": text("Address and port, or path."),
    "waiting": count("connections", "Connections in the queue now, or when the listener was closed."),
    "limit": count("connections", "Limit of the queue: the argument of listen(), at most net.core.somaxconn."),
    "dropped": count("connections", "Attempts to connect that found the queue full."),
    "accepted": count("calls", "Calls of accept since tracing began."),
    "waited_ns": count("ns", "Time since the queue last moved; 0 if nothing waits."),
    "longest_ns": count("ns", "The longest such time that an accept ended."),
    "closed": flag("Whether it was closed."),
    "asleep_in": maybe(text("Call in which the thread that accepts sleeps; null if it runs, or if nothing waits.")),
}

EVIDENCE = {
    "of": text("What happened: ends, failed, accept, spin, stale, leak, ... (docs/metrics.md)."),
    "pid": PID, "fd": FD, "tid": ident("Thread that did it last."), "comm": text("Name of that thread."),
    "count": count("times", "Number of times, in a row or in total."),
    "ns": count("ns", "Longest time; 0 for what takes no time."),
    "amount": count("that of `unit`", "Amount of data to read at that time."), "unit": ref("unit", "Unit of `amount`."),
    "limit": count("descriptors, connections", "Limit that was reached; 0 for none."),
    "err": maybe(text("Error of the call; null for none.")),
    "events": text("Last events that epoll or poll reported for it."), "kind": KIND, "peer": PEER,
    "call": maybe(text("Call in which it happened.")),
    "part": ident("1 if the thread had taken a part of what was left, otherwise 0."),
}

SELF = {
    **RUNS, "why_not": maybe(text("Why the runs are not known; null if they are.")),
    "programs": array(record({"hook": text("Where it is attached."), "program": text("Name of the BPF program."),
                              **RUNS}), "The BPF programs, sorted by hook."),
    "start_cpu_ns": part("CPU time of wakelab until the run began.", CPU),
    "cpu_ns": part("CPU time of wakelab since then.", CPU),
    "traced_ns": count("ns", "Length of the traced time."),
    "cpu_share": real("share of one CPU", "`cpu_ns` divided by `traced_ns`."),
    "rss_bytes": maybe(count("bytes", "Resident memory of wakelab; null if not known.")),
    "rss_most_bytes": maybe(count("bytes", "Maximum of that; null if not known.")),
    "maps_bytes": maybe(count("bytes", "Memory of all BPF maps; null if not known.")),
    "maps": array(record({"name": text("Name of the map."),
                          "bytes": maybe(count("bytes", "Memory of the map; null if not known."))}),
                  "The BPF maps, the largest first."),
}

# By name.
SHARED = {
    "times": record(TIMES),
    "call": record(CALL),
    "wakeup_ns": record(fields("wakeup_ns")),
    "wakes": record({**fields("wakes"), "from": part("Wakes by where they came from.", fields("wakes.from")),
                     "by": part("Wakes by what caused them.", fields("wakes.by"))}),
    "work": record(fields("work")),
    "polls": record({**fields("polls"), "flags": part("Reports by flag.", fields("polls.flags"))}),
    "interests": record({**fields("interests"),
                         "stalled_bytes": count("bytes", "Bytes unread now, in the TCP stalls under way."),
                         "flags": part("Reports by flag.", fields("interests.flags"))}),
    "sockets": record(fields("sockets")),
    "sigio": record({**fields("sigio"), "sources": maybe(array(record({
        "pid": PID, "fd": FD, "generated": count("signals", "Signals that it raised since the start.")}),
        "Descriptors that raised signals; null where the kernel does not show them."))}),
    "signal": record({
        "signal": text("Name of the signal."), **fields("sigio", lambda row: not row.is_latency),
        "code": text("si_code of the last signal, as sigaction(2) names it."),
        "sender": maybe(ident(
            "Thread that sent the last signal; 0 if it is outside this PID namespace; null if no task sent it.")),
        "sender_comm": maybe(text("Name of that thread."))}),
    "fcntl": record({
        "call": text("Name of the call.", ["fcntl", "ioctl"]), "cmd": text("Command of the call."),
        "calls": count("calls", "Calls that succeeded."), "failed": count("calls", "Calls that failed."),
        "last_arg": {"type": "integer", "description": "Argument of the last call."},
        "on": by_name("calls", "Calls that set a flag, by flag."),
        "off": by_name("calls", "Calls that cleared a flag, by flag.")}),
    "server": record(SERVER),
    "client": record({**CLIENT, **ROUND_TRIP}),
    "lost": record(fields("lost")),
    "thread": record({"tid": TID, "pid": PID, "comm": COMM,
                      **{row.alone: field(row) for row in table.COUNTS
                         if row.keeper == "thread" and row.counted}}),
    "waker": record({
        "context": text("Where the wakes came from.", [row.name for row in table.fields_of("wakes.from")]),
        "tid": ident("Thread that woke others; 0 for an interrupt, or if it is outside this PID namespace."),
        "comm": COMM,
        "wakes": count("wakes", "Number of wakes that it made.")}),
    "interest": record({
        "fd": FD, "data": text("Data of the registration, in hexadecimal."),
        "events": text("Events of the registration."),
        "registrations": count("registrations", "Registrations that had this data."), "kind": KIND,
        **fields("interests", of_interest)}),
    "epoll": record({
        "pid": ident("Process that created it."), "fd": FD,
        "interests": count("interests", "Interests that are registered now."),
        **fields("interests", of_interest),
        "busiest": array(ref("interest", "An interest."), "The busiest interests.")}),
    "stalled": record(STALL),
    "listener": record(LISTENER),
    "evidence": record(EVIDENCE),
    "found": record(FINDING),
    "rule": text("Id of a rule of findings.", sorted({rule.id for rule in table.RULES})),
    "cause": text("Cause of a finding.", sorted({rule.cause for rule in table.RULES if rule.cause})),
    "unit": text("Unit of data that is unread.", [row.name for row in table.fields_of("left_largest")]),
    "self": record(SELF),
    "totals": record({
        "messages": CLIENT["messages"],
        "connections": CLIENT["connections"],
        "accepts": SERVER["accepts"], "closes": SERVER["closes"], "eagain": SERVER["eagain"],
        **{row.alone: field(row) for row in table.COUNTS if row.total},
        "pending": count("edges", "Edges that no report carries."),
        "cpu_ns": count("ns", "CPU time of the server, start and stop included."),
        "load_ns": count("ns", "Time in which messages were sent."),
        "load_cpu_ns": count("ns", "CPU time of the server in that time."),
        "load_messages": count("messages", "Messages that were echoed in that time."),
        "lost": count("events", "Lost events of all kinds."),
        "syscalls": by_name("calls", "Calls that returned, by name.")},
        ("load_ns", "load_cpu_ns", "load_messages")),
    "spread": record({
        "median": real("that of the metric", "Median of the rounds."),
        "min": real("that of the metric", "Smallest value."),
        "max": real("that of the metric", "Largest value."), "rounds": count("rounds", "Rounds that had a value.")}),
}
