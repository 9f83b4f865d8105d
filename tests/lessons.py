# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What the tests of the course share: where it lies, and runs of its lessons."""
import json
import tempfile
from pathlib import Path

from harness import ROOT, Process, binary
from shape import read_lines

LABS = ROOT / "labs"


def lab(test, *args, labs=LABS):
    return Process(test, [binary(), "lab", *args, "--labs", labs])


def course_of(test, exercise):
    """A folder, that anybody may enter and that goes with the test, with labs/ of one lesson."""
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    path = Path(folder.name)
    path.chmod(0o755)
    lesson = path / "labs" / "01-one"
    lesson.mkdir(parents=True)
    (lesson / "exercise.json").write_text(json.dumps(exercise))
    (lesson / "handout.md").write_text("# 01 One\n")
    return path


def answers(run, status=0):
    """The objects that a run of a lesson has printed."""
    run.wait()
    assert run.status == status, run.stderr
    return read_lines(run.stdout)
