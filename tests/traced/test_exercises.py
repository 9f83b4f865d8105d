# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The exercises of the course: what "lab check" says of servers that are right, and of wrong ones.

A wrong one is named after what is wrong with it. Which criteria it fails is known exactly, and the
first of them says why.
"""
import json
import subprocess
import tempfile
import unittest

from harness import ROOT, Process, binary, expand, for_each
from lessons import LABS
from shape import read_lines
from tracing import require_root

SERVERS = ROOT / "tests" / "exercises"
CC = ["cc", "-O0", "-g", "-Wall", "-Wextra", "-Werror", "-pthread"]

# Of each lesson the servers, and the criteria that each of them fails.
FAILED = {
    "01-blocking": {
        "good.c": [],
        "greeting.c": ["echoes", "until-the-end", "next-client", "all-bytes"],
        "one-read.c": ["until-the-end", "next-client", "all-bytes"],
        "one-client.c": ["next-client", "survives", "all-bytes"],
        "busy.c": ["sleeps"],
        "never-closes.c": ["closes", "all-bytes"],
        "dies-of-reset.c": ["survives", "all-bytes"],
        "starter.c": ["echoes", "until-the-end", "next-client", "survives", "all-bytes"],
        "starter.py": ["echoes", "until-the-end", "next-client", "survives", "all-bytes"],
    },
    "02-processes": {
        "good.c": [],
        "good.py": [],
        "one-after-another.c": ["at-once", "a-process-each"],
        "waits-at-once.c": ["at-once"],
        "parent-keeps.c": ["closes", "all-bytes"],
        "child-accepts.c": ["children-end"],
        "no-wait.c": ["no-zombies"],
        "starter.c": ["echoes", "at-once", "a-process-each", "survives", "all-bytes"],
        "starter.py": ["echoes", "at-once", "a-process-each", "survives", "all-bytes"],
    },
    "04-select": {
        "good.c": [],
        "with-poll.c": ["waits-in-select"],
        "wrong-nfds.c": ["echoes", "everyone", "survives", "all-bytes"],
        "no-rebuild.c": ["everyone", "survives", "all-bytes"],
        "until-the-end.c": ["everyone", "sleeps-nowhere-else"],
        "no-time.c": ["no-empty-wait", "few-waits", "rests"],
        "never-closes.c": ["closes", "all-bytes"],
        "starter.c": ["echoes", "everyone", "survives", "all-bytes"],
        "starter.py": ["echoes", "everyone", "survives", "all-bytes"],
    },
    "05-poll": {
        "good.c": [],
        "with-select.c": ["waits-in-poll"],
        "no-time.c": ["no-empty-wait", "few-waits", "rests"],
        "always-out.c": ["few-waits"],
        "keeps-closed.c": ["few-waits", "rests"],
        "blocking-write.c": ["sleeps-nowhere-else"],
        "never-closes.c": ["closes", "all-bytes"],
        "drops-rest.c": ["all-bytes"],
        "starter.c": ["echoes", "everyone", "survives", "all-bytes"],
        "starter.py": ["echoes", "everyone", "survives", "all-bytes"],
    },
    "06-level-triggered": {
        "good.c": [],
        "good.py": [],
        "with-poll.c": ["waits-in-epoll"],
        "blocking-write.c": ["sleeps-nowhere-else"],
        "no-time.c": ["no-empty-wait", "few-waits", "rests"],
        "always-out.c": ["few-waits"],
        "edge-triggered.c": ["level-triggered", "closes", "all-bytes"],
        "leaks-on-error.c": ["closes"],
        "starter.c": ["echoes", "everyone", "survives", "all-bytes"],
        "starter.py": ["echoes", "everyone", "survives", "all-bytes"],
    },
    "07-edge-triggered": {
        "good.c": [],
        "good.py": [],
        "eagain-exits.c": ["stays", "everyone", "reads-all", "keeps-the-rest"],
        "level.c": ["edge-triggered"],
        "blocking.c": ["non-blocking", "everyone"],
        "one-accept.c": ["everyone"],
        "one-read.c": ["reads-all", "keeps-the-rest", "closes"],
        "drops-the-rest.c": ["keeps-the-rest"],
        "leaks.c": ["closes"],
        "starter.c": ["edge-triggered", "everyone", "reads-all", "keeps-the-rest"],
        "starter.py": ["edge-triggered", "everyone", "reads-all", "keeps-the-rest"],
    },
    "08-the-stall": {
        "good.c": [],
        "level.c": ["edge-triggered"],
        "larger-buffer.c": ["drains"],
        "time-out.c": ["drains", "no-time-out"],
        "asks-again.c": ["few-calls"],
        "starter.c": ["drains"],
        "starter.py": ["drains"],
    },
    "09-room-to-write": {
        "good.c": [],
        "eagain-exits.c": ["stays", "waits-for-room", "all-bytes"],
        "blocking.c": ["sleeps-nowhere-else", "waits-for-room"],
        "spins.c": ["waits-for-room"],
        "drops-the-rest.c": ["waits-for-room", "all-bytes"],
        "always-out.c": ["asks-only-then", "takes-it-off"],
        "out-stays.c": ["takes-it-off"],
        "starter.c": ["waits-for-room", "all-bytes"],
        "starter.py": ["waits-for-room", "all-bytes"],
    },
    "10-oneshot": {
        "good.c": [],
        "good.py": [],
        "one-thread.c": ["threads"],
        "not-oneshot.c": ["one-shot"],
        "armed-first.c": ["not-too-early"],
        "not-rearmed.c": ["answers-all"],
        "starter.c": ["threads", "one-shot"],
        "starter.py": ["threads", "one-shot"],
    },
    "14-sigio": {
        "good.c": [],
        "good.py": [],
        "no-handler.c": ["stays", "reads-all"],
        "no-async.c": ["asks-for-signals", "sleeps-nowhere-else"],
        "no-owner.c": ["asks-for-signals", "reads-all"],
        "blocking.c": ["sleeps-nowhere-else"],
        "busy.c": ["asks-for-signals", "does-not-ask-again"],
        "one-read.c": ["reads-all"],
        "starter.c": ["asks-for-signals", "reads-all"],
        "starter.py": ["asks-for-signals", "reads-all"],
    },
}


def source(lesson, server):
    return (LABS if server.startswith("starter.") else SERVERS) / lesson / server


def command(test, path):
    """How a server is started: one in C is built for the test, so that no warning goes by."""
    if path.suffix == ".py":
        return ["python3", path, "{port}"]
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    program = f"{folder.name}/{path.stem}"
    built = subprocess.run([*CC, "-o", program, path], capture_output=True, text=True, check=False)
    test.assertEqual((built.returncode, built.stderr), (0, ""))
    return [program, "{port}"]


def check(test, lesson, server):
    return Process(test, [binary(), "lab", "check", lesson, "--format", "ndjson", "--labs", LABS,
                          "--", *server])


def criteria(lesson):
    return [c["name"] for c in json.loads((LABS / lesson / "exercise.json").read_text())["criteria"]]


def brief(lines):
    """What to look at when it went otherwise: not all of the facts."""
    facts = [(line["load"], {name: (line["facts"] or {}).get(name)
                             for name in ("hostile", "server", "client", "work", "lost")})
             for line in lines if line["type"] == "trial"]
    found = [(line["name"], line["verdict"], line["because"])
             for line in lines if line["type"] == "criterion"]
    return "\n".join(map(str, facts + found))


@expand
class Exercises(unittest.TestCase):
    def test_the_table_is_whole(self):
        """Each server is in it, and each criterion is one that somebody fails."""
        exercises = {path.parent.name for path in LABS.glob("*/exercise.json")}
        self.assertEqual(sorted(exercises), sorted(FAILED))
        for lesson, servers in FAILED.items():
            files = [*LABS.glob(f"{lesson}/starter.*"), *SERVERS.glob(f"{lesson}/*.*")]
            self.assertEqual(sorted(path.name for path in files), sorted(servers))
            self.assertIn("good.c", servers)
            failed = {name for names in servers.values() for name in names}
            self.assertEqual(set(criteria(lesson)), failed, lesson)

    def judged(self, run, lesson, failed):
        self.assertIn(run.wait(), (0, 1), run.stderr)
        lines = read_lines(run.stdout)
        found = [line for line in lines if line["type"] == "criterion"]
        self.assertEqual([c["name"] for c in found], criteria(lesson), run.stderr)
        self.assertEqual([c["name"] for c in found if c["verdict"] != "passed"], failed, brief(lines))
        self.assertEqual(run.status, 1 if failed else 0, run.stderr)
        self.assertEqual((lines[-1]["type"], lines[-1]["unknown"]), ("score", 0))
        self.assertEqual(lines[-1]["points"], sum(c["of"] for c in found if c["name"] not in failed))
        for criterion in found:
            if criterion["name"] in failed:
                self.assertEqual(criterion["verdict"], "failed")
                self.assertRegex(criterion["because"], r"^[A-Z0-9a-z][^{}]*[.?]$")
                self.assertNotIn("unknown", criterion["because"])

    @for_each((lesson, server) for lesson, servers in FAILED.items() for server in servers)
    def test_fails_what_is_known(self, which):
        require_root(self)
        lesson, server = which
        self.judged(check(self, lesson, command(self, source(lesson, server))), lesson,
                    FAILED[lesson][server])

    @for_each(["01-blocking", "14-sigio"])
    def test_several_at_a_time(self, lesson):
        """None of them gets another one's port, or counts what another one does."""
        require_root(self)
        start = command(self, source(lesson, "good.c"))
        for run in [check(self, lesson, start) for _ in range(3)]:
            self.judged(run, lesson, [])
