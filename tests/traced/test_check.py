# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""lab check: what is said of servers that cannot be tried or do harm, and what is handed in."""
import hashlib
import json
import os
import re
import sys
import unittest
from pathlib import Path

from harness import Process, binary, expand, for_each, wait_until
from lessons import course_of
from shape import read_lines
from tracing import of_file, require_root

# Two loads, and criteria whose outcome each of the servers below is known for.
EXERCISE = {
    "task": "An echo server for several clients.",
    "protocol": "tcp",
    "loads": [
        {"name": "echo", "args": ["--conns", "2", "--messages", "20"]},
        {"name": "rude", "clients": ["hang-up", "reset", "half-close", "silent"],
         "args": ["--conns", "1", "--messages", "5"]},
    ],
    "criteria": [
        {"name": "echoes", "points": 3, "asks": "Each byte comes back.",
         "when": ["echo.client.messages = 40", "echo.client.mismatches = 0"],
         "because": [{"say": "{echo.client.messages} of 40 messages came back."}],
         "call": "recv"},
        {"name": "survives", "points": 2, "asks": "Clients that end badly do no harm.",
         "when": ["rude.client.messages = 5"],
         "because": [{"say": "{rude.client.messages} of 5 messages came back."}]},
        {"name": "closes", "points": 1, "asks": "What clients have closed is closed.",
         "when": ["rude.server.left_open = 0"],
         "because": [{"say": "{rude.server.left_open} are open, from {rude.server.left_open_fd} on."}]},
        {"name": "rests", "points": 1, "asks": "It does nothing while nobody asks.",
         "when": ["echo.server.idle_switches < 20", "echo.server.idle_cpu_ms < 20"],
         "because": [{"say": "{echo.server.idle_cpu_ms} ms of CPU time."}]},
        {"name": "reaps", "points": 1, "asks": "Children are waited for.",
         "when": ["echo.server.zombies = 0"],
         "because": [{"say": "{echo.server.zombies} were not."}]},
        {"name": "quiet", "points": 1, "asks": "It prints little.",
         "when": ["echo.server.printed < 100000"],
         "because": [{"say": "{echo.server.printed} bytes."}]},
        {"name": "ends", "points": 1, "asks": "SIGTERM ends it.",
         "when": ["echo.server.ends_by_sigterm = 1"],
         "because": [{"when": "echo.server.ended_early = 1", "say": "It ended before."},
                     {"say": "It does not."}]},
    ],
}
COMMON = """
import os, select, signal, socket, sys
def listen(port):
    listener = socket.create_server(('127.0.0.1', port), backlog=128)
    return listener
def echo(listener, leak=False):
    open_ones = {}
    while True:
        for ready in select.select([listener, *open_ones], [], [])[0]:
            if ready is listener:
                connection = listener.accept()[0]
                open_ones[connection] = True
                continue
            try:
                data = ready.recv(65536)
                ready.sendall(data)
            except OSError:
                data = b''
            if not data:
                del open_ones[ready]
                ready.detach() if leak else ready.close()
port = int(sys.argv[1])
"""
# The server, the criteria that fail, what is said besides.
TRIED = {
    "good": ("echo(listen(port))", [], ""),
    "leaks": ("echo(listen(port), leak=True)", ["closes"], "5 are open"),
    "ignores SIGTERM": ("signal.signal(signal.SIGTERM, signal.SIG_IGN); echo(listen(port))",
                        ["ends"], "It does not."),
    "prints a flood": ("""
l = listen(port)
if not os.fork():
    os.write(2, b'last\\x1b[31m words\\n')
    for _ in range(20): os.write(1, b'x' * 65536)
    os._exit(0)
os.wait()
echo(l)""", ["quiet"], "1 310 736 bytes"),
    "spins": ("""
l = listen(port)
if not os.fork():
    while True: pass
echo(l)""", ["rests"], "of CPU time"),
    "leaves a zombie": ("""
l = listen(port)
if not os.fork(): os._exit(0)
echo(l)""", ["reaps"], "1 were not"),
    "dies of the first client": ("""
listen(port).accept(); os.kill(os.getpid(), signal.SIGSEGV)""", ["echoes", "survives", "ends"],
                                 "the server was killed by SIGSEGV before it was told to end"),
    "answers others' bytes": ("""
class Wrong(socket.socket):
    pass
l = listen(port)
plain = socket.socket.sendall
socket.socket.sendall = lambda s, data: plain(s, bytes(len(data)))
echo(l)""", ["echoes", "survives"], "0 of 40 messages came back."),
    "is stopped": ("l = listen(port); os.kill(os.getpid(), signal.SIGSTOP)",
                   ["echoes", "survives", "ends"], "0 of 40 messages came back."),
}
# The server, and why it cannot be tried.
UNTRIED = {
    "never listens": ("signal.pause()", "after TIME it does not listen on port PORT"),
    "exits": ("print('bad \\033[31mluck'); sys.exit(3)",
              "it exited with status 3 before it listened on port PORT."),
    "exits with 0": ("pass", "it exited with status 0 before it listened on port PORT; it must stay "
                             "in the foreground (not daemonize) until it is told to end."),
    "is killed": ("os.kill(os.getpid(), 9)",
                  "it was killed by SIGKILL before it listened on port PORT."),
    "forks away": ("if not os.fork(): os.setsid(); signal.pause()",
                   "it exited with status 0 before it listened on port PORT; it must stay in the "
                   "foreground (not daemonize) until it is told to end."),
    "listens elsewhere": ("l = listen(0); signal.pause()",
                          "it listens on port PORT instead of port PORT, which it was given."),
}


class Course:
    """A folder with one lesson that has the exercise, and servers to check."""

    def __init__(self, test, exercise=EXERCISE):
        self.test, self.path = test, course_of(test, exercise)

    def check(self, *args, code=None, status):
        server = ["--", sys.executable, "-S", self.server(code), "{port}"] if code is not None else []
        run = Process(self.test, [binary(), "lab", "check", "1", "--labs", self.path / "labs", *args,
                                  *server])
        run.wait()
        self.test.assertEqual(run.status, status, run.stdout + run.stderr)
        return run

    def server(self, code):
        path = self.path / "server.py"
        path.write_text(COMMON + code)
        return path


def words(text):
    return re.sub(r"\s+", " ", text)


@expand
class Servers(unittest.TestCase):
    def setUp(self):
        require_root(self)

    @for_each(TRIED)
    def test_is_judged(self, name):
        code, failed, said = TRIED[name]
        course = Course(self)
        run = course.check(code=code, status=1 if failed else 0)
        self.assertEqual(re.findall(r"(?m)^FAILED +\d+/\d+ (\w+):", run.stdout), failed, run.stdout)
        lost = sum(c["points"] for c in EXERCISE["criteria"] if c["name"] in failed)
        self.assertRegex(run.stdout, rf"(?m)^Score: {10 - lost}/10$")
        self.assertIn(said, words(run.stdout))
        self.assertNotIn("\033", run.stdout)
        self.assertEqual(run.stderr, "")
        self.assertEqual(of_file(course.path / "server.py"), [])

    @for_each(UNTRIED)
    def test_cannot_be_tried(self, name):
        code, why = UNTRIED[name]
        course = Course(self)
        run = course.check(code=code, status=1)
        self.assertEqual(re.findall(r"(?m)^(\w+(?: seen)?) +0/", run.stdout), ["not seen"] * 7)
        # three times as long where it was kept from its CPU
        said = re.sub(r"after (5|15)s", "after TIME", re.sub(r"port \d+", "port PORT", words(run.stdout)))
        self.assertIn("The server could not be tested: " + why, said)
        self.assertRegex(run.stdout, r"(?m)^Score: 0/10$")
        self.assertNotIn("\033", run.stdout)
        self.assertEqual(of_file(course.path / "server.py"), [])

    def test_last_words_are_shown(self):
        run = Course(self).check(code=UNTRIED["exits"][0], status=1)
        self.assertIn("its last output: bad \\x1b[31mluck", words(run.stdout))

    def test_killed_it_leaves_nothing_behind(self):
        course = Course(self)
        server = course.server("print('here', flush=True); l = listen(port); signal.pause()")
        run = Process(self, [binary(), "lab", "check", "1", "--labs", course.path / "labs", "--",
                             sys.executable, "-S", server, "{port}"])
        commands = [sys.executable, "-S", str(server)]
        wait_until(lambda: any(Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:3] == commands
                               for pid in of_file(server)), "the server runs")
        os.kill(run.pid, 9)
        run.wait()
        wait_until(lambda: not of_file(server), "all of it has ended")


class HandedIn(unittest.TestCase):
    def setUp(self):
        require_root(self)

    def test_results_carry_their_digest(self):
        course = Course(self)
        file = course.path / "results"
        run = course.check("--format", "ndjson", "--results", file, code=TRIED["leaks"][0], status=1)
        text = file.read_text()
        self.assertEqual(text, run.stdout)
        *lines, last = text.splitlines(keepends=True)
        score = json.loads(last)
        self.assertEqual(score["sha256"], hashlib.sha256("".join(lines).encode()).hexdigest())
        self.assertEqual((score["type"], score["lesson"], score["points"], score["of"],
                          score["unknown"], score["whole"], score["user"]),
                         ("score", "01-one", 9, 10, 0, True, "root"))
        self.assertEqual(score["server"][-1], "{port}")
        trials = read_lines(text)[:2]
        self.assertEqual([t["load"] for t in trials], ["echo", "rude"])
        self.assertEqual(trials[0]["facts"]["client"]["messages"], 40)
        self.assertEqual(trials[1]["facts"]["server"]["left_open"], 5)
        found = read_lines(text)[2:-1]
        self.assertEqual([(c["name"], c["verdict"]) for c in found if c["verdict"] != "passed"],
                         [("closes", "failed")])

    def test_a_file_that_cannot_be_written(self):
        course = Course(self)
        run = course.check("--results", course.path / "no" / "file", code="pass", status=1)
        self.assertRegex(run.stderr, "^wakelab: cannot open a file for the results: .*No such file")
        self.assertEqual(run.stdout, "")
        run = course.check("--results", "/dev/full", code=TRIED["good"][0], status=1)
        self.assertRegex(run.stderr, "cannot write the results: /dev/full: No space left")

    def test_a_file_stays_as_it_is_if_nothing_is_tried(self):
        course = Course(self)
        file = course.path / "results"
        file.write_text("before")
        course.check("--results", file, "--", "/nonexistent", "{port}", status=127)
        self.assertEqual(file.read_text(), "before")


@expand
class Usage(unittest.TestCase):
    @for_each([
        (["check", "1"], "which server should be checked? Give its command line after --"),
        (["check", "1", "--", "true"], "command line must contain {port}"),
        (["check", "--", "true", "{port}"], "which lesson?"),
        (["run", "1", "--results", "f"], '--results is not an option of "lab run", only of: check'),
        (["check", "1", "--predict", "1", "--", "true", "{port}"], '--predict is not an option of "lab check", only of: run'),
    ])
    def test_is_refused(self, value):
        args, why = value
        run = Process(self, [binary(), "lab", *args, "--labs", Course(self).path / "labs"]
                      if "--" not in args else
                      [binary(), "lab", "--labs", Course(self).path / "labs", *args])
        self.assertEqual(run.wait(), 2)
        self.assertIn(why, words(run.stderr))

    def test_a_lesson_without_one(self):
        course = Course(self)
        (course.path / "labs" / "01-one" / "exercise.json").unlink()
        run = course.check(code="pass", status=1)
        self.assertIn("lesson 01-one has no exercise to check", run.stderr)

    def test_a_broken_one(self):
        course = Course(self, {**EXERCISE, "protocol": "ipx"})
        run = course.check(code="pass", status=1)
        self.assertRegex(run.stderr, r"01-one/exercise.json: protocol: must be")


if __name__ == "__main__":
    unittest.main()
