# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A lesson with one exercise, and servers of somebody else's that are checked by it."""
import os
import shutil
import sys
from pathlib import Path

from harness import Process, binary
from lessons import course_of
from shape import read_lines
from tracing import of_file, require_root

EXERCISE = {
    "task": "An echo server.",
    "protocol": "tcp",
    "loads": [{"name": "echo", "args": ["--conns", "1", "--messages", "3"]}],
    "criteria": [{"name": "echoes", "points": 1, "asks": "Each byte comes back.",
                  "when": ["echo.client.messages = 3"],
                  "because": [{"say": "{echo.client.messages} of 3 messages came back."}]}],
}
COMMON = """
import os, select, signal, socket, sys, time
def listen():
    return socket.create_server(('127.0.0.1', port))
def echo(listener):
    while True:
        client = listener.accept()[0]
        while data := client.recv(65536):
            client.sendall(data)
        client.close()
def parent(pid):
    with open(f'/proc/{pid}/stat') as stat:
        return int(stat.read().rpartition(')')[2].split()[1])
port = int(sys.argv[1])
here = os.path.dirname(sys.argv[0])
"""
PYTHON = shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable  # for any user
# Root with all that tracing needs, and without what a cell needs.
WITHOUT_CELLS = ["setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin"]
SUDO = ["env", "SUDO_UID=61234", "SUDO_GID=61235", "SUDO_USER=wake-nobody"]


# A load that lasts until it is ended.
WAITS = {**EXERCISE, "loads": [{"name": "echo", "args": ["--conns", "1", "--seconds", "3"]}],
         "criteria": [{**EXERCISE["criteria"][0], "when": ["echo.client.messages > 0"]}]}


def state(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def serving(path):
    """The process that runs it."""
    for pid in of_file(path):
        if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(os.fsencode(PYTHON)):
            return pid
    return None


class Course:
    """A folder with one lesson that has the exercise, and a server to be checked."""

    def __init__(self, test, code, exercise=EXERCISE):
        require_root(test)
        self.test, self.path = test, course_of(test, exercise)
        self.server = self.path / "server.py"
        self.server.write_text(COMMON + code)

    def argv(self, *args):
        return [binary(), "lab", "check", "1", "--labs", self.path / "labs", *args, "--",
                PYTHON, "-S", self.server, "{port}"]

    def check(self, *args, before=()):
        return Process(self.test, [*before, *self.argv(*args)])

    def left(self):
        """The server's processes that live, and the check's."""
        return of_file(self.server)


def judged(test, code, *args, status=0, before=()):
    """Checks it to the end, of which nothing is left; gives the run."""
    course = Course(test, code)
    run = course.check(*args, before=before)
    test.assertEqual(run.wait(), status, run.stdout + run.stderr)
    test.assertEqual(course.left(), [])
    return run


def printed(test, code, *args, before=()):
    """What a server prints that then echoes."""
    run = judged(test, code + "\nsys.stdout.flush(); echo(listen())", "--format", "ndjson", *args,
                 before=before)
    return read_lines(run.stdout)[0]["printed"].replace("\\n", "\n")
