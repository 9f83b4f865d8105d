# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The lines of NDJSON: their types, of lines.def, and the fields of each."""
from dataclasses import dataclass

from metrics import event_lines, table
from metrics.objects import (ACTIVE, CLIENT, COMM, COMPLETED, CONNS, ELAPSED, FINDING, PID, ROUND_TRIP, STALL, TID,
                             UNREAD, fields)
from metrics.shapes import array, by_name, count, flag, ident, maybe, part, real, record, ref, text

SCHEMA = 3
HEAD = {"schema": {"const": SCHEMA,
                   "description": "Version of the format. It changes when a name or its meaning changes."}}
MODEL = maybe(text("Model of the server; null for trace."))
TIER = text("How the kernel is hooked: tracepoint, tracepoint+fentry, ...")
VERSION = text("Version of wakelab.")
KERNEL = text("Release of the kernel.")
LESSON = text("Name of the lesson's directory.")


@dataclass(frozen=True)
class Line:
    """A row of lines.def."""
    type: str
    by: str
    means: str


def rows():
    return [Line(*row.arguments, row.fields["by"], row.fields["means"]) for row in table.read("lines.def")]


def rows_of(name, means):
    """What is null where --only leaves it out."""
    return maybe(array(ref(name, "One row."), f"{means}; null if --only leaves it out."))


SNAPSHOT = {
    **HEAD, "model": MODEL, "tier": TIER, "elapsed_ns": ELAPSED,
    "syscalls": array(ref("call", "One row."), "System calls that were entered, one row for each name."),
    "other_calls": by_name("calls", "Calls in the row `other`, by name."),
    "wakeup_ns": maybe(ref("wakeup_ns", "Stages of wakeups; null if --only leaves them out.")),
    "wakes": maybe(ref("wakes", "Wakes by what they led to; null if --only leaves them out.")),
    "work": ref("work", "What the waits led to."),
    "polls": ref("polls", "What poll and select looked at."), **fields(""),
    "interests": maybe(ref("interests", "Reports of epoll; null if --only leaves them out.")),
    "left_largest": maybe(part("Most that was left unread at a time, by unit, since the start; null if --only "
                               "leaves it out.", fields("left_largest"))),
    "left_last": maybe(part("What was left unread last, since the start; null if nothing was.", UNREAD)),
    "left_ns": maybe(ref("times", "How long data was left unread; null if --only leaves it out.")),
    "sockets": maybe(ref("sockets", "What sockets received; null if --only leaves it out.")),
    "sigio": maybe(ref("sigio", "SIGIO and signals like it; null if --only leaves them out.")),
    "signals": rows_of("signal", "The same for each signal that was generated or delivered"),
    "fcntl": array(ref("fcntl", "One command."), "Flags and owners that were set with fcntl and ioctl."),
    "server": ref("server", "What the server counted; only in run."),
    "client": ref("client", "What the client counted; only in run."),
    "lost": ref("lost", "What tracing missed."),
}

SUMMARY = {
    **SNAPSHOT, "threads": rows_of("thread", "The threads with the most wakes"),
    "wakers": rows_of("waker", "Who woke them most"), "epolls": rows_of("epoll", "Epoll instances"),
    "stalled": rows_of("stalled", "Stalls under way"), "listeners": rows_of("listener", "Listeners"),
    "evidence": array(ref("evidence", "One row."), "What findings rest on, beyond the counts."),
    "self": maybe(ref("self", "Overhead of tracing; null without --self.")), "completed": COMPLETED,
    "reconciled": flag("Whether the witnesses agree; only in a complete run."),
    "witnesses": array(record({
        "what": text("What was counted."),
        "server": count("that of `what`", "Count of the server."),
        "client": count("that of `what`", "Count of the client; absent if it does not see that."),
        "kernel": count("that of `what`", "Count of the BPF programs; absent if they do not see that.")},
        ("client", "kernel")),
        "What server, client and kernel counted independently; only in a complete run."),
    "events": maybe(part("How many events of each kind there were; null without --events.", event_lines.COUNTS)),
    "findings": array(ref("found", "One finding."), "What is wrong or worth knowing, the most important first."),
    "nothing_wrong": maybe(text("Sentence that nothing was wrong, and what was looked at; null if there are "
                                "findings, or if nothing was looked at.")),
    "look_at": maybe(text("What a --scenario shows; otherwise null.")),
}

# Of what is certain while a run goes on.
LIVE_WEIGHTS = sorted({rule.weight for rule in table.RULES if rule.live})
OF_A_RUN = ("server", "client")
STEP = {"conns": CONNS, "active": ACTIVE}
SPREADS = {"values": array(maybe(ref("spread", "Values of one subject; null if it has none.")),
                           "Values of each subject, in the order of `subjects`."),
           "differs": flag("Whether two subjects differ by more than the spread of the rounds.")}
SUBJECTS = array(text("A subject."), "Names of the subjects, in the order of all `values`.")
SENTENCES = array(text("A sentence."), "The differences in words.")
PER = ["per message", "per descriptor reported", "percent", "ns", "per second", "count"]

START = {
    **HEAD, "version": VERSION, "command": text("Command that printed it.", ["run", "trace", "compare", "replay"]),
    "model": MODEL,
    "target": text("Address and port of the server, the process or processes, or the command line."),
    "load": text("The load in words; empty for trace."), "kernel": KERNEL, "tier": TIER,
    "attach_ns": count("ns", "Time for loading and attaching the BPF programs."),
    "watched": array(text("A part.", ["counts", "wakes", "interests", "signals"]), "What --only asks for."),
    "hooks": array(text("A hook."), "Where the kernel is hooked: tracepoints by name, functions as fentry/NAME."),
    "subjects": SUBJECTS, "rounds": count("rounds", "Number of rounds to be made; only in compare."),
    "conns": array(count("connections", "A number of connections."), "Numbers of connections; only in compare."),
}
ATTACHED = {
    **HEAD, "sleeping": array(record({
        "pid": PID, "tid": TID, "comm": COMM, "call": text("System call that it sleeps in."),
        "args": array(text("An argument, as 0x..."), "The six arguments of the call.")}),
        "Threads that sleep in a system call."),
    "unread": array(record({"pid": PID, **UNREAD}), "Descriptors with unread data."),
    "stalled": rows_of("stalled", "What was left unread already"),
}
COMPARISON = {
    **HEAD, "subjects": SUBJECTS, "completed": COMPLETED, "sentences": SENTENCES, **STEP,
    "metrics": array(record({"name": text("Name of the metric."), "unit": text("Unit of the metric.", PER), **SPREADS}),
                     "The metrics, one row each."),
    "failures": array(record({
        "subject": text("The subject."), "rounds": count("rounds", "Rounds that failed."),
        "why": text("Why the last of them failed.")}), "Subjects with a fault whose runs failed."),
    "findings": array(record({
        **{name: FINDING[name] for name in ("id", "cause", "weight")},
        "rounds": array(count("rounds", "Rounds of one subject."), "Number of rounds of each subject that had it."),
        "differs": flag("Whether one subject has it in every round and another in none.")}),
        "What was found in any subject."),
}
DOCTOR = {
    **HEAD, "version": VERSION, "possible": flag("Whether wakelab can trace here."),
    "why": maybe(text("Why it cannot; null if it can.")),
    "findings": array(record({
        "name": text("What was looked at."), "value": text("What was found."),
        "stops": flag("Whether it prevents all tracing."),
        "remedy": maybe(text("What to do; null if nothing has to be done."))}),
        "What tracing needs, and settings that matter."),
    "tier": maybe(TIER), "preemptible": flag("Whether BPF programs can be preempted."),
    "steady": flag("Whether the programs on system calls are protected from that."),
    "hooks": array(record({
        "what": text("What is to be seen."), "metrics": text("The metrics that depend on it."),
        "name": maybe(text("Place in use; null for none.")),
        "hooked": flag("Whether there is such a place; if not, the numbers are derived or left out."),
        "exact": flag("Whether every event is seen."), "weaker": maybe(text("What is less exact; null for nothing.")),
        "refused": array(record({"name": text("A better place."), "why": text("Why it is not used.")}),
                         "Better places that are not used.")}),
        "What can be seen, and where it is hooked."),
}

# What is null where --only leaves it out, and only then.
WATCHED = ("wakeup_ns", "wakes", "interests", "left_largest", "left_ns", "sockets", "sigio", "signals", "threads",
           "wakers", "epolls", "stalled", "listeners")


def watched(schema):
    """Of one of these: as it is where nothing is left out."""
    if "anyOf" in schema:
        return {**schema["anyOf"][0], "description": schema["description"]}
    return {**schema, "type": schema["type"][0]}


KNOWN = "null if the server was never reached."
OF_SERVER = {
    "listens": flag("Whether the server listened on its port in time."),
    "listens_elsewhere": ident("Other port that the server listened on instead; 0 for none."),
    "ended_early": flag("Whether it ended before it was told to."),
    "left_open": maybe(count("sockets", f"Sockets still open a second after the clients had closed theirs; {KNOWN}")),
    "left_open_fd": {"type": ["integer", "null"], "minimum": -1,
                     "description": f"Lowest descriptor of these, -1 for none; {KNOWN}"},
    "zombies": maybe(count("processes", f"Children that had ended and were not waited for; {KNOWN}")),
    "processes": maybe(count("processes", f"Processes at that time; {KNOWN}")),
    "threads": maybe(count("threads", f"Threads at that time; {KNOWN}")),
    "idle_cpu_ms": maybe(real("ms", f"CPU time while it should rest; {KNOWN}")),
    "idle_switches": maybe(count(
        "times", f"Number of times that a thread was switched out while it should rest; {KNOWN}")),
    "ends_by_sigterm": flag("Whether it ended when it was told to."),
    "exit_status": ident("Exit status, as in a shell: 128 plus the signal that killed it."),
    "killed_by": ident("Signal that killed it; 0 for none."), "printed": count("bytes", "Bytes that it printed."),
}
FACTS = {
    **{name: SUMMARY[name] for name in SUMMARY if name not in (*OF_A_RUN, "reconciled", "witnesses")},
    **dict.fromkeys(("model", "self", "events", "look_at"), {"type": "null", "description": "Always null here."}),
    **{name: watched(SUMMARY[name]) for name in WATCHED},
    "type": {"const": "summary", "description": "The other fields are those of the summary."},
    "hostile": {"type": "object", "additionalProperties": {"enum": [0, 1]},
                "description": "For each hostile client: 1 if the server treated it as it should, otherwise 0."},
    "client": ref("load", "The line of the load client."), "server": part("What was seen from outside.", OF_SERVER),
    "stall": maybe(ref("stall", "First stall that was reported; null for none.")),
}
ANSWERS = ["number", "string"]

# Of each type its fields, and those that it need not have.
LINES = {
    "start": (START, ("model", "target", "attach_ns", "watched", "hooks", "subjects", "rounds", "conns")),
    "attached": (ATTACHED, ()),
    "interval": ({**SNAPSHOT, "interval_ns": count("ns", "Length of the interval.")}, OF_A_RUN),
    "stall": ({**HEAD, "elapsed_ns": ELAPSED, **STALL}, ()),
    "finding": ({**HEAD, "elapsed_ns": ELAPSED, **FINDING, "weight": text("Weight of the finding.", LIVE_WEIGHTS)}, ()),
    "event": ({**HEAD, **event_lines.EVENT}, event_lines.OPTIONAL),
    "summary": (SUMMARY, (*OF_A_RUN, "reconciled", "witnesses")),
    "round": ({**HEAD, "round": ident("Number of the round, from 1."), **STEP, "subject": text("Name of the subject."),
               "metrics": {"type": "object", "additionalProperties": {"type": ["number", "null"]},
                           "description": "Value of each metric, in the unit that the comparison names; null if it "
                                          "does not apply."},
               "totals": ref("totals", "The counts that they come from.")}, ()),
    "comparison": (COMPARISON, ()),
    "growth": ({**HEAD, "subjects": SUBJECTS, "completed": COMPLETED, "sentences": SENTENCES,
                "name": text("Name of the metric.", ["cpu_ns", "looked_at_each"]),
                "steps": array(record({**STEP, **SPREADS}), "One row for each number of connections.")}, ()),
    "load": ({**HEAD, **CLIENT, "overdue": count("messages", "Messages that an open load sent later than planned."),
              "elapsed_ns": count("ns", "Time from the first send to the last echo."), **ROUND_TRIP,
              "error": text("Why the load failed; absent if it did not.")}, ("error",)),
    "doctor": (DOCTOR, ("preemptible", "steady", "hooks")),
    "answer": ({**HEAD, "lesson": LESSON, "question": ident("Number of the question, from 1."),
                "ask": text("The question."),
                "choices": array(text("A choice."), "Texts of the choices; empty if the answer is a number."),
                "prediction": {"type": [*ANSWERS, "null"],
                               "description": "A number, or the letter of a choice; null if none was given."},
                "measured": {"type": [*ANSWERS, "null"],
                             "description": "The same, as measured; null if not known."},
                "right": maybe(flag("Whether the prediction is right; null if one of the two is null.")),
                "explanation": text("Explanation in words, with the numbers of these runs."),
                "whole": flag("Whether nothing was lost in any of the runs.")}, ()),
    "trial": ({**HEAD, "lesson": LESSON, "load": text("Name of the load."),
               "why_not": maybe(text("Why no client could connect; null if they could.")),
               "ended": maybe(text("How the server ended before it was told to; null if it did not.")),
               "printed": text("The end of its output."),
               "facts": part("What was measured: the fields of the summary, and what clients and checks saw.",
                             FACTS, ("hostile", "client"))}, ()),
    "criterion": ({**HEAD, "lesson": LESSON, "name": text("Name of the criterion."),
                   "verdict": text("not seen: no client could connect; unknown: this kernel does not show it.",
                                   ["passed", "failed", "not seen", "unknown"]),
                   "points": count("points", "Points that were reached."),
                   "of": count("points", "Points that can be reached."),
                   "asks": text("What must hold."), "because": maybe(text("Why it does not hold; null if it does.")),
                   "event": maybe(ref("stall", "The stall that shows it; null for none.")),
                   "call": maybe(text("Function of libc that is called wrongly; null for none.")),
                   "look_at": maybe(text("Functions of the server that call it; null if not known."))}, ()),
    "score": ({**HEAD, "lesson": LESSON,
               "points": count("points", "Points that were reached."),
               "of": count("points", "Points that can be reached."),
               "unknown": count("points", "Points that cannot be judged on this kernel; they are in neither of these."),
               "whole": flag("Whether nothing was lost under any load."),
               "server": array(text("A word."), "Command line of the server."),
               "user": text("The user who called sudo, or the user."), "version": VERSION, "kernel": KERNEL,
               "time": text("Time of the check in UTC, as in 2026-01-31T12:00:00Z."),
               "sha256": text("SHA-256 of all lines before this one.")}, ()),
}
