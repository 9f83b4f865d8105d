# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Programs of tests that are no Python, and how they are built. Where there is no compiler they lie
beside their sources, built beforehand."""
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent

PLAIN = ("-D_GNU_SOURCE", "-O1", "-Wall", "-Wextra", "-Werror", "-static")  # of those without others
FLAGS = {  # of what runs in a guest, too
    # no C library is needed, so a compiler for the native ABI suffices
    "abi32": ("-m32", "-O1", "-nostdlib", "-static", "-ffreestanding", "-fno-stack-protector",
              "-fno-pie", "-no-pie"),
    "handoff": ("-D_GNU_SOURCE", "-O1", "-Wall", "-Wextra", "-Werror", "-static", "-pthread"),
    "leaving": ("-D_GNU_SOURCE", "-O1", "-Wall", "-Wextra", "-Werror", "-static", "-pthread"),
    "led": ("-D_GNU_SOURCE", "-O1", "-Wall", "-Wextra", "-Werror", "-static", "-pthread"),
    "many": ("-D_GNU_SOURCE", "-O1", "-Wall", "-Wextra", "-Werror", "-static", "-pthread"),
    "polls": PLAIN,
    "spins": PLAIN,
    "steps": PLAIN,
}


def build(name, folder, prefix=""):
    """Compiles one into a folder, for the architecture that the prefix of the compiler means."""
    path = f"{folder}/{Path(name).name}"
    subprocess.run([f"{prefix}gcc", *FLAGS.get(name, PLAIN), "-o", path, HERE / f"{name}.c"],
                   check=True)
    return path


def program(test, name):
    """The path of one, ready to run until the test ends."""
    if (HERE / name).exists():
        return str(HERE / name)
    if not shutil.which("gcc"):
        raise unittest.SkipTest("gcc is not installed: scripts/setup check")
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    return build(name, folder.name)
