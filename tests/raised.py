# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What raises each finding, and what is like it and must not: arguments of wakelab, as a shell has them.
What raises one is the command that its rule shows (metrics/findings.def), or is told here."""
from metrics import table

# Whose finding no short command raises for certain: the test that does.
ELSEWHERE = {
    ("stall", ""): "traced/test_stalls.py",
    ("rearm-forgotten", ""): "traced/test_scenarios.py",
    ("accept-failed", "ENFILE"): "unit/findings.c",
    ("accept-failed", "memory"): "unit/findings.c",
    ("room-unwatched", ""): "unit/findings.c",
    ("herd", ""): "traced/test_herd.py",
    ("signals-overflow", ""): "unit/findings_counts.c",
    ("signals-merged", "unread"): "traced/test_scenarios.py",
    ("signals-merged", "harmless"): "unit/findings_counts.c",
    ("run-failed", ""): "unit/findings_counts.c",
    ("witnesses-differ", ""): "unit/findings_counts.c",
    ("lost", ""): "unit/findings_counts.c",
    ("pool-busy", ""): "unit/findings.c",
    ("small-writes", ""): "unit/findings.c",
    ("loop-busy", "computed"): "unit/findings.c",
    ("loop-busy", "not-run"): "unit/findings.c",
    ("scheduler", ""): "unit/findings_counts.c",
    ("shared-instance", ""): "unit/findings_counts.c",
    ("imbalance", ""): "unit/findings_counts.c",
    ("never-slept", ""): "unit/findings_counts.c",
    ("nothing-seen", ""): "traced/test_scenarios.py",
    ("not-judged", "reports"): "unit/findings.c",
    ("not-judged", "wakes"): "unit/findings.c",
    ("not-judged", "calls"): "unit/findings_counts.c",
    ("not-judged", "kernel"): "unit/findings.c",
}

EDGE = "run --scenario edge"
POLLS = ("trace -- python3 -c \"import os, select; r, w = os.pipe(); p = select.poll(); p.register(r, 1); "
         "[(os.write(w, b'x'), p.poll(), os.read(r, 1)) for _ in range(1000)]\"")
# The correct twin of each: it does the same, and rightly.
SILENT = {
    "stall": EDGE,
    "rearm-forgotten": "run --scenario oneshot-hand-off",
    "accept-failed": "trace -- python3 -c \"import ctypes, os, resource as r, socket as s; "
                     "l = s.create_server(('127.0.0.1', 0)); c = s.create_connection(l.getsockname()); "
                     "n = os.open('/dev/null', 0); r.setrlimit(r.RLIMIT_NOFILE, (n + 1,) * 2); "
                     "f = ctypes.CDLL(None).accept; f(l.fileno(), 0, 0); os.close(n); "
                     "f(l.fileno(), 0, 0)\"",
    "spin": POLLS,
    "stale-registration": "trace -- python3 -c \"import os, select; r, w = os.pipe(); e = select.epoll(); "
                          "e.register(r, 1); os.dup(r); e.unregister(r); os.close(r); os.write(w, b'x'); "
                          "[e.poll(.001) for _ in range(9)]\"",
    "backlog": "trace -- python3 -c \"import socket as s, time; l = s.create_server(('127.0.0.1', 0)); "
               "c = s.create_connection(l.getsockname()); time.sleep(.5); l.accept()\"",
    "room-unwatched": EDGE,
    "herd": EDGE,
    "signals-overflow": EDGE,
    "signals-merged": EDGE,
    "run-failed": EDGE,
    "unanswered": EDGE,
    "witnesses-differ": EDGE,
    "lost": EDGE,
    "pool-busy": EDGE,
    "small-writes": EDGE,
    "loop-busy": POLLS,
    "scheduler": POLLS,
    "rereports": EDGE,
    "shared-instance": EDGE,
    "imbalance": EDGE,
    "busy-poll": POLLS,
    "tick": "trace -- python3 -c \"import time; [time.sleep(.001) for _ in range(200)]\"",
    "signal-interrupts": "trace -- python3 -c \"import select, signal; signal.signal(14, lambda *_: 0); "
                         "signal.setitimer(0, .005); p = select.poll(); [p.poll(1) for _ in range(30)]\"",
    "never-slept": "trace -- python3 -c \"import time; time.sleep(.1)\"",
    "nothing-seen": POLLS,
    "not-judged": EDGE,
}


def raising():
    """{(id, cause): arguments of wakelab} of each rule whose finding a command raises."""
    return {(rule.id, rule.cause): rule.shows.removeprefix("wakelab ") for rule in table.RULES
            if (rule.id, rule.cause) not in ELSEWHERE}
