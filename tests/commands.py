# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Tests that are a command each: the form of the sources, and what the documents show."""
import json
import os
import re
import shutil
import subprocess
import threading
import time
from pathlib import Path

from cases import ROOT, binary_of

LIMIT = 1800  # seconds
WITHOUT = (".git", "build")  # no part of the sources: what begins so


class Command:
    """A command as a job: it fails with what it printed."""
    alone = ""

    def __init__(self, stage, name, argv, programs=(), root=False, goal=None):
        self.stage, self.name, self.argv, self.goal = stage, name, argv, goal
        self.programs, self.root = programs, root

    def hindered(self):
        """Why it cannot run here."""
        for program in self.programs:
            if not shutil.which(program):
                return f"{program} is not installed: scripts/setup check"
        return "tracing needs root" if self.root and os.geteuid() else None

    def run(self, worker, told):
        if self.hindered():
            told("skip", self.name, 0, self.hindered())
            return
        start = time.monotonic()
        with subprocess.Popen(self.argv, cwd=ROOT, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              errors="replace", start_new_session=True) as child:
            worker.program = child
            limit = threading.Timer(LIMIT, child.terminate)
            limit.start()
            said, _ = child.communicate()
            limit.cancel()
            worker.program = None
        seconds = time.monotonic() - start
        if child.returncode:
            told("FAIL", self.name, seconds, f"{said}status {child.returncode}\n")
        else:
            told("ok", self.name, seconds, self.report(said))

    def report(self, _said):
        """What is told of it when it went well."""
        return ""


def tracked(*patterns):
    """The sources with such names."""
    found = [path.relative_to(ROOT).as_posix() for pattern in patterns
             for path in sorted(ROOT.glob(pattern)) if path.is_file()]
    return [name for name in found if not name.startswith(WITHOUT)]


def make(*goals):
    return ["make", "-s", "say=", f"-j{len(os.sched_getaffinity(0))}", *goals]


def quick_form():
    sources = tracked("*/*.[ch]", "*/*/*.[ch]", "*/*/*/*.[ch]")
    shell = tracked("scripts/*", "tests/vm/room/usr/local/sbin/*", ".ci/run", "packaging/build-here",
                    "packaging/debian/*.post*", "tests/packages/installed")
    return [
        Command("form", "form/clang-format", ["clang-format", "--dry-run", "-Werror", *sources],
                ["clang-format"]),
        Command("form", "form/shellcheck", ["shellcheck", *shell], ["shellcheck"]),
        Command("form", "form/compileall", ["python3", "-m", "compileall", "-q", "bench", "metrics", "tests"]),
    ]


def slow_form():
    return [Command("slow", "form/clang-tidy", make("tidy"), ["clang-tidy"]),
            Command("slow", "form/analyzer", make("analyze"))]


def programs_of(page):
    """What its transcripts need besides wakelab: a lesson says it, the others build servers."""
    lesson = ROOT / Path(page).parent / "lesson.json"
    if not lesson.exists():
        return ["cc"]
    return [program["name"] for program in json.loads(lesson.read_text()).get("programs", ())]


def documents():
    """A test for each page with a transcript."""
    pages = [page for page in tracked("*.md", "docs/*.md", "docs/*/*.md", "labs/*/handout*.md")
             if re.search("^<!-- (transcript|matrix)", (ROOT / page).read_text(), re.M)]
    return [Command("tests", f"documents/{page}", ["scripts/docs", "--check", page],
                    programs_of(page), True, Path(binary_of("traced"))) for page in pages]
