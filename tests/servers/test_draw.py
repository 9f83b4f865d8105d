# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""--draw of recordings that are kept: the same text each time, no line too wide, and what cannot be drawn is
refused. That a drawing shows what was counted is in tests/traced/test_draw.py."""
import tempfile
import unittest
from pathlib import Path

from drawings import DRAWINGS, FOLDER, draw, drawing, recordings
from harness import ROOT, binary, expand, for_each, usage
from terminals import Terminal

RECORDS = ROOT / "tests" / "records"


@expand
class Kept(unittest.TestCase):
    @for_each(DRAWINGS)
    def test_text(self, name):
        self.assertEqual(drawing(name), (FOLDER / f"{name}.txt").read_text(encoding="utf-8"))

    @for_each(DRAWINGS)
    def test_no_line_is_too_wide(self, name):
        _, columns, locale = DRAWINGS[name]
        text = drawing(name)
        self.assertEqual([line for line in text.splitlines() if len(line) > columns], [])
        self.assertEqual(text.isascii(), locale == "C")

    def test_one_of_several_descriptors(self):
        text = draw("--events", "all", "--fd", "6", *recordings(["herd"])).stdout
        self.assertNotIn("listener", text)
        self.assertIn("64 bytes arrive", text)

    def test_a_part(self):
        whole = draw(*recordings(["lt"])).stdout
        part = draw("--from", "0.09", *recordings(["lt"])).stdout
        self.assertEqual(whole.count("── arrival"), 2)
        self.assertEqual(part.count("── arrival"), 1)
        self.assertEqual(draw("--to", "0.09", *recordings(["lt"])).stdout.count("── arrival"), 1)


class Refused(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def refused(self, why, *args):
        run = draw(*args)
        self.assertEqual((run.returncode, run.stdout), (1, ""))
        self.assertEqual(run.stderr, f"wakelab: cannot draw {args[-1]}: {why}\n")

    def test_no_events(self):
        self.refused("it has no events; record them with --events all", *recordings(["lt"]), RECORDS / "stall.rec")

    def test_a_comparison(self):
        self.refused('it is the recording of a comparison; record each run: "wakelab run MODEL --draw --record FILE"',
                     RECORDS / "compare.rec")

    def test_options_that_do_not_apply(self):
        for args, says in ((["replay", "--draw", "--summary", "x"], "--summary does not apply"),
                           (["replay", "--draw", "--format", "ndjson", "x"], "--format does not apply"),
                           (["replay", "--slow", "x"], "--slow requires --draw"),
                           (["compare", "--draw", "epoll-lt", "poll", "--conns", "1,2"], "one number of connections"),
                           (["compare", "--draw", "epoll-lt", "poll", "--record", "x"], "records no events")):
            run = usage(self, *args)
            self.assertEqual((run.wait(), run.stdout), (2, ""))
            self.assertIn(says, run.stderr.splitlines()[0])

    def test_a_narrow_terminal(self):
        terminal = Terminal(self, binary(), "replay", "--draw", *recordings(["lt"]), columns=40)
        self.assertEqual(terminal.wait(), 2)
        self.assertEqual(" ".join(terminal.look().split()),
                         "wakelab: --draw needs a terminal of 60 columns, and this one has 40; -o FILE writes the "
                         "drawing to a file")

    def test_a_hostile_name(self):
        path = self.folder / "\033[31m宽\nx.rec"
        path.write_bytes(recordings(["lt"])[0].read_bytes())
        run = draw(*recordings(["et"]), path)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertNotIn("\033", run.stdout)
        self.assertIn("\\x1b[31m宽\\nx.rec", run.stdout)

    def test_a_recording_that_is_cut_off(self):
        path = self.folder / "cut.rec"
        content = recordings(["lt"])[0].read_bytes()
        path.write_bytes(content[:-200])
        run = draw(path)
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stderr, r"^wakelab: \S+ is incomplete: .*\n$")
        self.assertIn("── before the first arrival", run.stdout)
