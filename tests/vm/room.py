# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The image for a course room, made and booted: what is typed at its shell, what comes of it."""
import contextlib
import io
import json
import re
import subprocess
import tempfile
import time
from pathlib import Path

from . import image
from .guest import ROOT
from .kernels import X86
from .machine import Machine, of_disk
from .problems import Failure, Unavailable, explain, run

LIMIT = 900  # seconds, of a busy machine; it takes some 40
NAME = "kernels/image"
READY = "poweroff ends the machine"  # of the greeting
MARK = re.compile(r"@@ (begin|\d+)$")
ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[a-zA-Z]|[\]c][^\x07]*\x07?)")
SERVER = r"#include <sys/epoll.h>\nint main(void) { return epoll_create1(0); }\n"


def same_list(lines):
    known = run(["env", "-u", "COLUMNS", "LC_ALL=C", ROOT / "build-static" / "wakelab", "lab",
                 "list", "--labs", ROOT / "labs"])
    return lines == known.splitlines()


def exact_answers(lines):
    found = [json.loads(line) for line in lines if line.startswith("{")]
    return [(a["measured"], a["right"], a["whole"]) for a in found] == [
        (0, True, True), ("c", True, True), ("b", True, True)]


# What is typed, its exit status, and what must hold of the lines that it prints.
TYPED = {
    # a terminal that is narrow has fewer columns than a pipe
    "lab_list": ("wakelab lab list >list && cat list", 0, same_list),
    "lab_run": ("wakelab lab run 07 --predict 0,c,b --format ndjson", 0, exact_answers),
    "compiler": (f"printf '{SERVER}' | cc -Wall -pthread -xc - && ./a.out", 3,
                 lambda lines: not lines),
    "python": ("python3 -c 'import select; print(select.epoll().fileno())'", 0,
               lambda lines: lines == ["3"]),
}


class Console:
    """Types one command after the other, and keeps what each has printed."""

    def __init__(self, machine):
        self.machine = machine
        self.waiting = list(TYPED)
        self.current, self.lines = None, []
        self.seen = {}  # exit status and lines, by name
        self.log = []

    def next(self):
        """What the terminal and the shell echo of it has a quote in the mark."""
        self.lines = []
        if not self.waiting:
            self.machine.type("poweroff\n")
            return
        self.current = self.waiting.pop(0)
        self.machine.type(f'echo "@@ "begin; {TYPED[self.current][0]}; echo "@@ "$?\n')

    def take(self, line):
        line = ESCAPES.sub("", line)
        self.log.append(line)
        mark = MARK.match(line)
        if not self.current:
            if READY in line:
                self.next()
        elif not mark:
            self.lines.append(line)
        elif mark.group(1) == "begin":
            self.lines = []
        else:
            self.seen[self.current] = int(mark.group(1)), self.lines
            self.next()


def boot(file):
    """What was seen in a machine that boots from it."""
    machine = Machine(X86, of_disk(file))
    console = Console(machine)
    machine.start()
    machine.allow(LIMIT)
    try:
        for line in machine.lines():
            console.take(line)
    finally:
        machine.stop()
    return console, machine.timed_out


def judge(console, timed_out, told):
    for name, (_, status, holds) in TYPED.items():
        seen = console.seen.get(name)
        if seen and seen[0] == status and holds(seen[1]):
            told("ok", f"{NAME}/{name}", 0)
        else:
            said = "\n".join(seen[1]) if seen else "\n".join(console.log[-60:])
            told("FAIL", f"{NAME}/{name}", 0, f"status {seen and seen[0]}, printed:\n{said}")
    if timed_out:
        told("FAIL", f"{NAME}/poweroff", 0, "\n".join(console.log[-60:]))
    else:
        told("ok", f"{NAME}/poweroff", 0)


def begin(folder, *prefix):
    """The command that makes an image there."""
    return subprocess.Popen([*prefix, ROOT / "scripts" / "image", folder / image.NAME],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def refused(folder):
    with begin(folder, "unshare", "--net") as making:
        return making.communicate()[1]


def interrupted(folder):
    with begin(folder) as making:
        for line in making.stdout:
            if "installing" in line:
                making.terminate()
        return making.communicate()[1]


# What keeps an image from being made on the way, and what is said of it.
ENDS = {"no_network": (refused, "cannot fetch Debian"), "interrupted": (interrupted, "no image was")}


def check_ends(folder, told):
    """Nothing is left behind, however it ends."""
    for name, (end, words) in ENDS.items():
        said = end(folder)
        left = sorted(folder.rglob("*"))
        if words in said and said.count("\n") == 1 and not left:
            told("ok", f"{NAME}/{name}", 0)
        else:
            told("FAIL", f"{NAME}/{name}", 0, f"said {said}left {left}")


def check_image(folder, told):
    """An image that is made, and what works in it."""
    start = time.monotonic()
    file = folder / image.NAME
    with contextlib.redirect_stdout(io.StringIO()):
        image.make(file)
    told("ok", f"{NAME}/made", time.monotonic() - start)
    judge(*boot(file), told)


class Room:
    """The image as a job: made, and booted."""
    name = NAME
    stage, alone, goal = "guest", "", None

    @staticmethod
    def has(pattern):
        """Whether one of its tests has the pattern in its name; then all of them run."""
        return any(pattern in f"{NAME}/{name}" for name in (*ENDS, "made", *TYPED, "poweroff"))

    def run(self, _worker, told):
        try:
            with tempfile.TemporaryDirectory() as folder:
                image.check(Path(folder) / image.NAME)
                check_ends(Path(folder), told)
                check_image(Path(folder), told)
        except Unavailable as reason:
            told("skip", f"{NAME}/made", 0, str(reason))
        except (Failure, OSError, ValueError) as error:
            told("FAIL", f"{NAME}/made", 0,
                 str(explain(error) if isinstance(error, OSError) else error))
