# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The line of an event, of events.def: the fields of all kinds, of which each has some."""
from metrics import events, table
from metrics.objects import KIND, PEER
from metrics.shapes import array, count, ident, maybe, part, ref, text

VERDICTS = [row.name for row in table.fields_of("syscalls.verdicts") if row.counted]
WAKERS = [row.name for row in table.fields_of("wakes.from")]
RAISED = [row.name for row in table.COUNTS if row.macro == "SIGNAL_RESULT"]


def signed(means):
    """A number that may be below 0."""
    return {"type": "integer", "description": means}


def file(means):
    return maybe(part(f"{means} Null if there is none.",
                      {"fd": ident("Its number."), "kind": KIND, "peer": PEER}))


# Of each type of a member its schema.
OF = {
    "CALL": text, "VERDICT": lambda means: text(means, VERDICTS), "RESULT": signed,
    "ARGS": lambda means: array(text("An argument, as 0x..."), means), "FILE": file, "FD": signed,
    "NS": lambda means: count("ns", means),
    "TIMEOUT": lambda means: maybe(count("ns", f"{means} Null for none, or if it is not seen.")),
    "UNREAD": lambda means: maybe(count("bytes; packets of datagrams, connections of a listener",
                                        f"{means} Null if it is not seen: of what is no socket.")),
    "AMOUNT": lambda means: count("that of `unit`", means), "NUMBER": lambda means: count("times", means),
    "EVENTS": text, "TOLD": text, "POLLED": text, "DATA": text, "SIGNAL": text, "CODE": text, "COMM": text, "TID": ident,
    "WAKER": lambda means: maybe(text(f"{means} Null if nobody did.", WAKERS)),
    "RAISED": lambda means: text(means, RAISED), "UNIT": lambda means: ref("unit", means),
}


def of_member(member):
    if member.type in events.GROUPS:
        return text(member.means, events.words_of(member.type))
    return OF[member.type](member.means)


def members():
    """The fields of all kinds. Where several have one, it is the same."""
    found = {}
    for event in events.EVENTS:
        for member in event.fields:
            found.setdefault(member.name, of_member(member))
    return {**found, "error": maybe(text("Name of the error that `result` is; null if it is none."))}


HEAD = {
    "event": text("Its kind.", [event.name for event in events.EVENTS]),
    "time_ns": count("ns", "When it was seen, since 1970."), "cpu": ident("Where it was seen."),
    "lost": count("events", "Events of that CPU that were dropped up to here."),
    "pid": ident("Process that it happened to."),
    "tid": ident("Thread that it happened to; 0 if it happened to none."),
    "comm": text("Name of that thread; empty if it happened to none."),
}
OPTIONAL = tuple(members())
EVENT = {**HEAD, **members()}
COUNTS = {event.name: part(event.means, {
    "happened": count("events", "Events that were asked for."), "shown": count("events", "Events that were shown or recorded."),
    "dropped": count("events", "Events for which there was no room.")}) for event in events.EVENTS}
