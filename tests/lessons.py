# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What the tests of the course share: where it lies, and runs of its lessons."""
import json

from harness import ROOT, Process, binary

LABS = ROOT / "labs"


def lab(test, *args, labs=LABS):
    return Process(test, [binary(), "lab", *args, "--labs", labs])


def answers(run, status=0):
    """The objects that a run of a lesson has printed."""
    run.wait()
    assert run.status == status, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]
