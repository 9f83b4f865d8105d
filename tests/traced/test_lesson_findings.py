# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What the runs of each lesson show to be wrong is found by its id, and nothing else that is wrong; and
the handouts name the finding."""
import json
import re
import unittest

from harness import expand, for_each
from lessons import LABS
from tracing import Traced, require_program

# Of each run that shows a fault or a pathology: what is wrong, and what is told besides.
FOUND = {
    "03-busy-polling/busy": ({}, {"busy-poll"}),
    "03-busy-polling/fast": ({}, {"busy-poll"}),
    "06-level-triggered/small": ({}, {"rereports"}),
    "07-edge-triggered/lt": ({}, {"rereports"}),
    "08-the-stall/wrong": ({"stall", "unanswered"}, {}),
    "09-room-to-write/spins": ({"spin"}, {}),
    "10-oneshot/wrong": ({"rearm-forgotten", "unanswered"}, {}),
    "11-herd/herd": ({"herd"}, {}),
    "12-accept/wrong": ({"stall", "unanswered"}, {}),
    "14-sigio/single": ({"signals-merged", "unanswered"}, {}),
    "18-whose-latency/first": ({}, {"small-writes"}),
}
NAMED = {"03-busy-polling": "busy-poll", "06-level-triggered": "rereports", "08-the-stall": "stall",
         "09-room-to-write": "spin", "10-oneshot": "rearm-forgotten", "11-herd": "herd",
         "12-accept": "stall", "14-sigio": "signals-merged", "18-whose-latency": "small-writes"}


def lesson(name):
    return json.loads((LABS / name / "lesson.json").read_text())


def runs():
    """{lesson/run: its arguments}; those of a lesson with other tracers show themselves."""
    return {f"{path.name}/{run['name']}": run for path in sorted(LABS.iterdir())
            for run in lesson(path.name)["runs"] if path.name != "19-observer-effect"}


@expand
class Lessons(unittest.TestCase):
    @for_each(runs())
    def test_says_the_right_id(self, place):
        folder, run = LABS / place.partition("/")[0], runs()[place]
        for program in lesson(folder.name).get("programs", []):
            require_program(program["name"])
        command, *args = [str(folder / a) if (folder / a).is_file() else a for a in run["command"]]
        port = ["--port", "0"] if command == "run" else []
        found = Traced(self, command, *port, *args).summary(run.get("status", 0))["findings"]
        wrong, besides = FOUND.get(place, ({}, {}))
        self.assertEqual({f["id"] for f in found if f["weight"] == "wrong"}, set(wrong), found)
        self.assertLessEqual(set(besides), {f["id"] for f in found})

    def test_runs_are_those_of_the_lessons(self):
        self.assertLessEqual(set(FOUND), set(runs()))

    @for_each(sorted(path.name for path in LABS.iterdir()))
    def test_handouts_name_what_is_found(self, name):
        for page in ("handout.md", "handout.zh.md"):
            text = re.sub(r"<!-- transcript.*?<!-- end -->", "", (LABS / name / page).read_text(), flags=re.S)
            named = re.findall(r"`wakelab findings ([a-z-]+)`", text)
            self.assertEqual(named, [NAMED[name]] if name in NAMED else [], page)
        if name in NAMED:
            told = [id_ for place, ids in FOUND.items() if place.startswith(name) for part in ids for id_ in part]
            self.assertIn(NAMED[name], told)


if __name__ == "__main__":
    unittest.main()
