# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Runs of wakelab compare, and what they told."""
import json

from harness import Process, binary
from shape import check_lines
from tracing import require_root


class Compare(Process):
    """A wakelab compare, with --format ndjson unless told otherwise."""

    def __init__(self, test, *args, form="ndjson", env=()):
        require_root(test)
        super().__init__(test, ["env", *env, binary(), "compare", *args, "--format", form])
        self.test = test

    def lines(self, kind=None):
        text = self.stdout
        found = [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]
        return [line for line in found if kind in (None, line["type"])]

    def rounds(self, subject=None):
        return [r for r in self.lines("round") if subject in (None, r["subject"])]

    def end(self, status=0):
        """Waits for its end, and gives the last line."""
        self.wait()
        self.test.assertEqual(self.status, status, self.stderr)
        lines = self.lines()
        check_lines(lines)
        return lines[-1]


def values(comparison, name):
    """The metric's values, a subject each, and whether they differ."""
    metric, = (m for m in comparison["metrics"] if m["name"] == name)
    return metric["values"], metric["differs"]


def words(comparison):
    return "\n".join(comparison["sentences"])
