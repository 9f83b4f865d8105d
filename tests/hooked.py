# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Which places this kernel lets be hooked, and programs that are traced by them."""
import functools
import subprocess
import sys
import unittest

from harness import binary
from shape import read_lines
from tracing import require_root, traced


@functools.lru_cache
def hooks_of(wanted):
    """The names of the places that are hooked with --hooks wanted; None: it cannot be had here."""
    done = subprocess.run([binary(), "doctor", "--format", "ndjson", "--hooks", wanted],
                          stdout=subprocess.PIPE, text=True, check=False)
    found, = read_lines(done.stdout)
    return found["possible"] and {h["name"] for h in found["hooks"] if h["hooked"]}


def require_hook(test, name):
    require_root(test)
    if name not in hooks_of("auto"):
        raise unittest.SkipTest(f"this kernel lets {name} not be hooked")


def python(test, code, *options):
    s = traced(test, "trace", *options, "--", sys.executable, "-S", "-c", "if True:\n" + code)
    test.assertEqual(sum(s["lost"].values()), 0, s["lost"])
    return s
