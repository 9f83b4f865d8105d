# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Tests that have libFuzzer feed a part of wakelab for a minute: tests/fuzz has one file for each.

They begin with what the tree itself has of such input. An input that breaks something is kept beside
the harness, as build-fuzz/fuzz/NAME-crash-...; given to the harness as its argument, it does so again.
"""
import functools
import os
import re
import select
import shutil
import subprocess
import tempfile
from pathlib import Path

from cases import ROOT, TESTS
from commands import Command

LIMITS = ("-max_total_time=60", "-timeout=30", "-rss_limit_mb=2500")
HARNESS = "int LLVMFuzzerTestOneInput(const void *data, unsigned long size);\n" \
          "int LLVMFuzzerTestOneInput(const void *data, unsigned long size) { return !data && size; }\n"


def copies(folder, pattern):
    for number, path in enumerate(sorted(ROOT.glob(pattern))):
        shutil.copy(path, folder / f"{number}-{path.name}")


def lessons(folder):
    """Each as it is, and with its translation."""
    copies(folder, "labs/*/*.json")
    for path in ROOT.glob("labs/*/*.zh.json"):
        original = path.with_name(path.name.replace(".zh", ""))
        (folder / f"{path.parent.name}-{original.name}").write_bytes(
            original.read_bytes() + b"\0" + path.read_bytes())


def options(folder):
    """The commands that the pages show."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("labs/*/*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in sorted(pages))
    shown = set(re.findall(r"wakelab ((?:run|load|serve|compare|trace|lab) [^\n`\"|>]*)", text))
    for number, arguments in enumerate(sorted(shown)):
        (folder / str(number)).write_text("\n".join(arguments.split()))


def fdinfo(folder):
    """What this kernel tells of an instance of ours, and of this process."""
    reader, writer = os.pipe()
    with select.epoll() as epoll, open(reader) as first, open(writer, "w") as second:
        epoll.register(first)
        epoll.register(second)
        (folder / "epoll").write_text(Path(f"/proc/self/fdinfo/{epoll.fileno()}").read_text())
    (folder / "status").write_text(Path("/proc/self/status").read_text())


def programs(folder):
    for compiler in filter(shutil.which, ("gcc", "aarch64-linux-gnu-gcc")):
        subprocess.run([compiler, "-O1", "-w", "-o", folder / compiler,
                        ROOT / "labs/01-blocking/starter.c"], check=True)


def echoes(folder):
    """Three messages of 65 bytes, each sent, read, echoed and received: see tests/fuzz/echoes.c."""
    (folder / "lockstep").write_bytes(bytes([0, 0, 4, 0, 0, 3, 0] + 3 * [0, 1, 2, 65, 3, 0]))


def globs(folder):
    """Patterns, each with a name behind it."""
    for number, pair in enumerate(("nginx*\0nginx", "*[0-9]\0kworker/0:1", "?[!a-z]*\0a1b")):
        (folder / str(number)).write_text(pair)


def recordings(folder):
    """Of a run and of a comparison; and the beginnings of them, which are read sooner."""
    for path in sorted(ROOT.glob("tests/records/*.rec")):
        for part in (4, 8):
            content = path.read_bytes()
            (folder / f"{part}-{path.name}").write_bytes(content[:len(content) * part // 8])


SEEDS = {
    "lessons": lessons,
    "handouts": lambda folder: copies(folder, "labs/*/handout*.md"),
    "options": options,
    "fdinfo": fdinfo,
    "globs": globs,
    "programs": programs,
    "echoes": echoes,
    "recordings": recordings,
}


@functools.lru_cache(maxsize=None)
def lacks():
    """What clang lacks to build a harness, or None."""
    if not shutil.which("clang"):
        return "clang is not installed: scripts/setup check"
    with tempfile.TemporaryDirectory() as folder:
        built = subprocess.run(["clang", "-fsanitize=fuzzer,address,undefined", "-x", "c", "-", "-o",
                                f"{folder}/harness"], input=HARNESS, capture_output=True, text=True,
                               check=False)
    return built.returncode and "clang has no libFuzzer here: scripts/setup check"


class Fuzz(Command):
    def __init__(self, name):
        harness = ROOT / "build-fuzz" / "fuzz" / name
        super().__init__("tests", f"measured/fuzz/{name}", [harness, *LIMITS], goal=None if lacks() else harness)
        self.seed = SEEDS[name]

    def hindered(self):
        return lacks()

    def run(self, worker, told):
        with tempfile.TemporaryDirectory() as folder:
            found, seeds = Path(folder, "found"), Path(folder, "seeds")
            for each in (found, seeds):
                each.mkdir()
            self.seed(seeds)
            longest = max(path.stat().st_size for path in seeds.iterdir())
            self.argv += [f"-max_len={max(longest, 4096)}", f"-artifact_prefix={self.argv[0]}-", found,
                          seeds]
            super().run(worker, told)

    def report(self, said):
        """How many inputs that were."""
        return "".join(f"     {line}\n" for line in said.splitlines() if line.startswith("Done "))


def jobs():
    return [Fuzz(path.stem) for path in sorted((TESTS / "fuzz").glob("*.c"))]
