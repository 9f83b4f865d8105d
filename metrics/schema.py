# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The schema of NDJSON lines (docs/ndjson.schema.json): counts and latencies from the tables, and here
what else a line has. Each object has the fields that are said, and no other."""
from metrics import table

COUNT = {"type": "integer", "minimum": 0}
TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
REAL = {"type": "number"}
COUNTS_BY_NAME = {"type": "object", "additionalProperties": COUNT}


def maybe(schema):
    """The same, or null."""
    return {**schema, "type": [schema["type"], "null"]}


def array(items):
    return {"type": "array", "items": items}


def ref(name):
    return {"$ref": f"#/$defs/{name}"}


def maybe_ref(name):
    return {"anyOf": [ref(name), {"type": "null"}]}


def record(properties, optional=()):
    return {"type": "object", "properties": properties,
            "required": [name for name in properties if name not in optional],
            "additionalProperties": False}


def counts(*names):
    return dict.fromkeys(names, COUNT)


def field(row):
    """Of a row of the tables."""
    if row.is_latency:
        schema = maybe_ref("times") if row.needs else ref("times")
    elif row.span:
        schema = COUNTS_BY_NAME
    else:
        schema = maybe(COUNT) if row.needs else COUNT
    return {**schema, "description": row.means}


def fields(object_, keep=lambda row: True):
    rows = table.fields_of(object_) + [row for row in table.LATENCIES if row.object == object_]
    return {row.name: field(row) for row in rows if row.name and keep(row)}


def of_interest(row):
    return row.keeper == "interest"


UNREAD = {"fd": COUNT, "peer": TEXT, "kind": TEXT, "unread": COUNT,
          "unit": {"enum": [row.name for row in table.fields_of("left_largest")]}}
STALL = {**UNREAD, "tid": COUNT, "pid": COUNT, "stalled_ns": COUNT, "before": FLAG}
HEAD = {"schema": {"const": 3}}

CPU = record(counts("user", "system"))
RUNS = dict.fromkeys(("runs", "run_ns", "missed"), maybe(COUNT))

# A finding, with its rule's id and cause. Which figures it has depends on the rule.
FINDING = {
    "id": {"enum": sorted({rule.id for rule in table.RULES})},
    "cause": {"enum": [*sorted({rule.cause for rule in table.RULES if rule.cause}), None]},
    "weight": {"enum": ["wrong", "note"]},
    "subject": record({"pid": maybe(COUNT), "tid": maybe(COUNT), "comm": maybe(TEXT), "command": maybe(TEXT),
                       "fd": maybe(COUNT), "kind": maybe(TEXT), "peer": maybe(TEXT),
                       "call": maybe(TEXT),
                       "epoll": {"anyOf": [record(counts("pid", "fd")), {"type": "null"}]}}),
    "evidence": {"type": "object", "additionalProperties": {"type": ["integer", "string"]}},
    "cost": COUNTS_BY_NAME, "text": TEXT,
}

# What several lines have, by name.
SHARED = {
    "times": record({**counts("count", "sum", "min", "max"),
                     **dict.fromkeys(("p50", "p90", "p99", "p999"), maybe(COUNT))}),
    "call": record({"name": TEXT, **fields("syscalls"), "errors": COUNTS_BY_NAME,
                    "verdicts": record(fields("syscalls.verdicts")), "duration_ns": ref("times")}),
    "wakeup_ns": record(fields("wakeup_ns")),
    "wakes": record({**fields("wakes"), "from": record(fields("wakes.from")),
                     "by": record(fields("wakes.by"))}),
    "work": record(fields("work")),
    "polls": record({**fields("polls"), "flags": record(fields("polls.flags"))}),
    "interests": record({**fields("interests"), "stalled_bytes": COUNT,
                         "flags": record(fields("interests.flags"))}),
    "sockets": record(fields("sockets")),
    "sigio": record({**fields("sigio"), "sources": maybe(array(
        record(counts("pid", "fd", "generated"))))}),
    "signal": record({"signal": TEXT, **fields("sigio", lambda row: not row.is_latency),
                      "code": maybe(TEXT), "sender": maybe(COUNT), "sender_comm": maybe(TEXT)}),
    "fcntl": record({"call": {"enum": ["fcntl", "ioctl"]}, "cmd": TEXT, "calls": COUNT,
                     "failed": COUNT, "last_arg": {"type": "integer"}, "on": COUNTS_BY_NAME,
                     "off": COUNTS_BY_NAME}),
    "server": record(counts("accepts", "refused", "closes", "messages", "reads", "bytes_in",
                            "bytes_out", "urgent", "waits", "eagain")),
    "client": record({**counts("connections", "sent", "messages", "bytes", "urgent", "mismatches",
                               "unanswered"), "latency_ns": ref("times")}),
    "lost": record(fields("lost")),
    "thread": record({"tid": COUNT, "pid": COUNT, "comm": TEXT,
                      **{row.alone: field(row) for row in table.COUNTS
                         if row.keeper == "thread" and row.counted}}),
    "waker": record({"context": {"enum": [row.name for row in table.fields_of("wakes.from")]},
                     "tid": COUNT, "comm": TEXT, "wakes": COUNT}),
    "interest": record({"fd": COUNT, "data": TEXT, "events": TEXT, "registrations": COUNT,
                        "kind": TEXT, **fields("interests", of_interest)}),
    "epoll": record({"pid": COUNT, "fd": COUNT, "interests": COUNT,
                     **fields("interests", of_interest), "busiest": array(ref("interest"))}),
    "stalled": record(STALL),
    "listener": record({
        "pid": maybe(COUNT), "comm": maybe(TEXT), "fd": maybe(COUNT), "family": {"enum": ["tcp", "unix"]},
        "address": TEXT, **counts("waiting", "limit", "dropped", "accepted", "waited_ns",
                                  "longest_ns"), "closed": FLAG, "asleep_in": maybe(TEXT)}),
    "evidence": record({
        "of": TEXT, **counts("pid", "fd", "tid"), "comm": TEXT, **counts("count", "ns", "amount"),
        "unit": UNREAD["unit"], "limit": COUNT, "err": maybe(TEXT), "events": TEXT, "kind": TEXT,
        "peer": TEXT, "call": maybe(TEXT), "part": COUNT}),
    "found": record(FINDING),
    "self": record({
        **RUNS, "why_not": maybe(TEXT),
        "programs": array(record({"hook": TEXT, "program": TEXT, **RUNS})),
        "start_cpu_ns": CPU, "cpu_ns": CPU, "traced_ns": COUNT, "cpu_share": maybe(REAL),
        "rss_bytes": maybe(COUNT), "rss_most_bytes": maybe(COUNT), "maps_bytes": maybe(COUNT),
        "maps": array(record({"name": TEXT, "bytes": maybe(COUNT)}))}),
    "totals": record({
        **counts("messages", "connections", "accepts", "closes", "eagain"),
        **{row.alone: field(row) for row in table.COUNTS if row.total},
        **counts("pending", "cpu_ns", "load_ns", "load_cpu_ns", "load_messages", "lost"),
        "syscalls": COUNTS_BY_NAME}, ("load_ns", "load_cpu_ns", "load_messages")),
    "spread": record({"median": REAL, "min": REAL, "max": REAL, "rounds": COUNT}),
}

SNAPSHOT = {
    **HEAD, "model": maybe(TEXT), "tier": TEXT, "elapsed_ns": COUNT,
    "syscalls": array(ref("call")), "other_calls": COUNTS_BY_NAME, "wakeup_ns": maybe_ref("wakeup_ns"), "wakes": maybe_ref("wakes"),
    "work": ref("work"), "polls": ref("polls"), **fields(""), "interests": maybe_ref("interests"),
    "left_largest": maybe(record(fields("left_largest"))),
    "left_last": maybe(record(UNREAD)), "left_ns": maybe_ref("times"),
    "sockets": maybe_ref("sockets"), "sigio": maybe_ref("sigio"),
    "signals": maybe(array(ref("signal"))), "fcntl": array(ref("fcntl")), "server": ref("server"),
    "client": ref("client"), "lost": ref("lost"),
}
SUMMARY = {
    **SNAPSHOT, "threads": maybe(array(ref("thread"))), "wakers": maybe(array(ref("waker"))),
    "epolls": maybe(array(ref("epoll"))), "stalled": maybe(array(ref("stalled"))),
    "listeners": maybe(array(ref("listener"))),
    "evidence": array(ref("evidence")), "self": maybe_ref("self"), "completed": FLAG, "reconciled": FLAG,
    "witnesses": array(record({"what": TEXT, **counts("server", "client", "kernel")},
                              ("server", "client", "kernel"))),
    "findings": array(ref("found")), "nothing_wrong": maybe(TEXT), "look_at": maybe(TEXT),
}
SPREADS = {"values": array(maybe_ref("spread")), "differs": FLAG}
OF_A_RUN = ("server", "client")
STEP = {"conns": COUNT, "active": COUNT}
COMPARED = {"subjects": array(TEXT), "completed": FLAG, "sentences": array(TEXT)}

# Of each type of a line its fields, and those that it need not have.
LINES = {
    "start": ({**HEAD, "version": TEXT, "command": {"enum": ["run", "trace", "compare"]},
               "model": maybe(TEXT), "target": TEXT, "load": TEXT, "kernel": TEXT, "tier": TEXT,
               "attach_ns": COUNT, "watched": array(TEXT), "hooks": array(TEXT),
               "subjects": array(TEXT), "rounds": COUNT, "conns": array(COUNT)},
              ("model", "target", "attach_ns", "watched", "hooks", "subjects", "rounds", "conns")),
    "attached": ({**HEAD, "sleeping": array(record({
        "pid": COUNT, "tid": COUNT, "comm": TEXT, "call": TEXT, "args": array(TEXT)})),
        "unread": array(record({"pid": COUNT, **UNREAD})),
        "stalled": maybe(array(ref("stalled")))}, ()),
    "interval": ({**SNAPSHOT, "interval_ns": COUNT}, OF_A_RUN),
    "stall": ({**HEAD, "elapsed_ns": COUNT, **STALL}, ()),
    "finding": ({**HEAD, "elapsed_ns": COUNT, **FINDING}, ()),
    "summary": (SUMMARY, (*OF_A_RUN, "reconciled", "witnesses")),
    "round": ({**HEAD, "round": COUNT, **STEP, "subject": TEXT,
               "metrics": {"type": "object", "additionalProperties": maybe(REAL)},
               "totals": ref("totals")}, ()),
    "comparison": ({**HEAD, **COMPARED, **STEP,
                    "metrics": array(record({"name": TEXT, "unit": TEXT, **SPREADS})),
                    "failures": array(record({"subject": TEXT, "rounds": COUNT, "why": TEXT})),
                    "findings": array(record({
                        **{name: FINDING[name] for name in ("id", "cause", "weight")},
                        "rounds": array(COUNT), "differs": FLAG}))}, ()),
    "growth": ({**HEAD, **COMPARED, "name": TEXT, "steps": array(record({**STEP, **SPREADS}))}, ()),
    "load": ({**HEAD, **counts("connections", "sent", "messages", "bytes", "urgent", "mismatches",
                               "unanswered", "overdue", "elapsed_ns"),
              "latency_ns": ref("times"), "error": TEXT}, ("error",)),
    "doctor": ({**HEAD, "version": TEXT, "possible": FLAG, "why": maybe(TEXT),
                "findings": array(record({"name": TEXT, "value": TEXT, "stops": FLAG,
                                          "remedy": maybe(TEXT)})),
                "tier": maybe(TEXT), "preemptible": FLAG, "steady": FLAG,
                "hooks": array(record({
                    "what": TEXT, "metrics": TEXT, "name": maybe(TEXT), "hooked": FLAG,
                    "exact": FLAG, "weaker": maybe(TEXT),
                    "refused": array(record({"name": TEXT, "why": TEXT}))}))},
               ("preemptible", "steady", "hooks")),
}


def schema():
    """All of it. A line is of the type that it names."""
    lines = {kind: record({"type": {"const": kind}, **own}, optional)
             for kind, (own, optional) in LINES.items()}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "A line of wakelab's NDJSON output",
            "oneOf": [ref(kind) for kind in lines], "$defs": {**lines, **SHARED}}
