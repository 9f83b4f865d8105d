# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The tests that are written in Python: a file tests/TIER/test_*.py holds classes of them."""
import contextlib
import functools
import importlib
import io
import json
import os
import signal
import sys
import time
import traceback
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent


GIVEN = os.environ.get("WAKELAB")  # the binary to test, if not the one that is built


class Stopped(BaseException):
    """Not an Exception: a test that catches those must not swallow it."""


@contextlib.contextmanager
def limited(seconds):
    """Raises Stopped in the block when it takes longer or SIGTERM comes, whatever it is waiting for."""
    def ring(number, _frame):
        raise Stopped("interrupted" if number == signal.SIGTERM else f"not done after {seconds} s")

    signals = (signal.SIGALRM, signal.SIGTERM)
    before = [signal.signal(number, ring) for number in signals]
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in zip(signals, before):
            signal.signal(number, handler)


@functools.lru_cache(maxsize=None)
def load(tier, module):
    """The module of a test file; its name has the tier in it, as two tiers may have one of the same."""
    if str(TESTS) not in sys.path:
        sys.path.insert(0, str(TESTS))
    return importlib.import_module(f"{tier}.{module}")


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        else:
            yield test


def names_of(tier):
    """The names of its tests, without the tier's. A file that cannot be loaded is one, too."""
    names = []
    for path in sorted((TESTS / tier).glob("test_*.py")):
        try:
            suite = unittest.defaultTestLoader.loadTestsFromModule(load(tier, path.stem))
            names += [test.id().partition(".")[2] for test in flatten(suite)]
        except Exception:
            names.append(path.stem)
    return names


def find(tier, name):
    """The test of this name, as unittest has it."""
    module, _, rest = name.partition(".")
    cls, _, method = rest.partition(".")
    return getattr(load(tier, module), cls)(method)


def why_alone(tier, name):
    """Why nothing else may run meanwhile (see harness.alone()); empty: it may."""
    if "." not in name:
        return ""
    test = find(tier, name)
    method = getattr(test, name.partition(".")[2].partition(".")[2])
    return getattr(method, "alone", "") or getattr(test, "alone", "")


def binary_of(tier):
    """The servers tier looks for memory errors too; tracing one would trace the sanitizer."""
    return GIVEN or str(ROOT / ("build-san" if tier == "servers" else "build") / "wakelab")


def judge(result, output):
    """The verdict on one test, and why."""
    problems = [text for _, text in result.errors + result.failures]
    if result.unexpectedSuccesses:
        problems.append("expected to fail, and did not\n")
    if problems:
        return "FAIL", "\n".join(problems) + output
    if result.skipped:
        return "skip", result.skipped[0][1]
    return "ok", output


def run(tier, name, timeout):
    """What became of a test: its verdict (ok, FAIL or skip), why or what it printed, its seconds."""
    os.environ["WAKELAB"] = binary_of(tier)
    result = unittest.TestResult()
    output = io.StringIO()
    start = time.monotonic()
    test = None
    try:
        with limited(timeout), contextlib.redirect_stdout(output):
            test = find(tier, name)
            unittest.TestSuite([test]).run(result)
    except Stopped as why:
        result.errors.append((test, f"{why}\n"))
        if test:
            test.doCleanups()
    except Exception:
        result.errors.append((test, traceback.format_exc()))
    return (*judge(result, output.getvalue()), time.monotonic() - start)


def serve():
    """Runs the tests that it reads of from standard input, a line of JSON each, and tells what became
    of them where standard output was: a test that prints prints on standard error."""
    with os.fdopen(os.dup(1), "w") as out:
        os.dup2(2, 1)
        for line in sys.stdin:
            out.write(json.dumps(run(*json.loads(line))) + "\n")
            out.flush()


if __name__ == "__main__":
    serve()
