# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""--draw of servers as they run: each message is drawn with the reports that were counted, and what two lanes
show is what each of them counted. The text of drawings is in tests/servers/test_draw.py."""
import json
import re
import unittest

from harness import Process, binary, expand, for_each
from recorded import Recorded
from tracing import require_root

# The next message is sent when the whole echo has come: when the last read has emptied the queue. So each
# begins an arrival of its own, however slow the machine is.
LOAD = ["--draw", "--port", "0", "--mode", "lockstep", "--conns", "1"]
SUM = r"^(\d+) reports?: (\d+) new, (\d+) again"
READS = r"^(\d+) reads?, (\d+) EAGAIN"


def sums(text, pattern=SUM):
    return [tuple(map(int, found)) for found in re.findall(pattern, text, re.M)]


@expand
class Counted(Recorded):
    def draw(self, *args):
        """A drawing, and what was counted meanwhile."""
        run = Process(self, [binary(), "run", *args, *LOAD, "--record", self.file])
        self.assertEqual(run.wait(), 0, run.stderr)
        summary = json.loads(self.replay("--summary").splitlines()[-1])
        return run.stdout, summary

    @for_each([(16,), (32,), (64,)])
    def test_level(self, sizes):
        size, = sizes
        again = 64 // size - 1
        text, summary = self.draw("epoll-lt", "--messages", "3", "--read-size", size)
        self.assertEqual(sums(text)[:-1], [(1 + again, 1, again)] * 3, text)
        self.assertEqual([reads for reads, _ in sums(text, READS)][:3], [1 + again] * 3, text)
        self.check(text, summary)

    def test_what_is_unread_is_told_with_each_read(self):
        self.draw("epoll-lt", "--messages", "3", "--read-size", "16")
        events = [json.loads(line) for line in self.replay("--events", "io,reports").splitlines()
                  if '"type":"event"' in line]
        reads = [event["unread"] for event in events
                 if event["event"] == "io" and event["call"] == "read" and event["result"] > 0]
        self.assertEqual(reads, [48, 32, 16, 0] * 3)
        ready = [event["unread"] for event in events
                 if event["event"] == "ready" and event["file"]["kind"] == "tcp"]
        self.assertEqual(set(ready), {64, 0})

    @for_each([(16,), (64,)])
    def test_edge(self, sizes):
        size, = sizes
        text, summary = self.draw("epoll-et", "--messages", "1", "--read-size", size)
        self.assertEqual(sums(text)[0], (1, 1, 0), text)
        self.check(text, summary)

    @for_each([(16,), (64,)])
    def test_a_poll_finds_it_as_often(self, sizes):
        size, = sizes
        text, summary = self.draw("poll", "--messages", "3", "--read-size", size)
        found = [int(n) for n in re.findall(r"^found ready (\d+) times", text, re.M)]
        self.assertEqual(found[:2], [64 // size] * 2, text)
        self.assertEqual(found[-1], summary["polls"]["reported"], text)

    def check(self, text, summary):
        """The sums of all that is drawn are what was counted."""
        counts = summary["interests"]
        drawn = sums(text)[-1]
        self.assertEqual(drawn, (counts["reports"], counts["fresh"], counts["rereports"]), text)
        self.assertEqual(sum(events["dropped"] for events in summary["events"].values()), 0)


class Beside(unittest.TestCase):
    def test_level_and_edge(self):
        require_root(self)
        args = [arg for arg in LOAD if arg not in ("--port", "0")]
        run = Process(self, ["env", "COLUMNS=80", "LC_ALL=C.UTF-8", binary(), "compare", "epoll-lt", "epoll-et",
                             *args, "--messages", "1"])
        self.assertEqual(run.wait(), 0, run.stderr)
        part = run.stdout[run.stdout.index("── arrival 1"):]
        self.assertRegex(part, r"(?m)^4 reports: 1 new, 3 again +│ 1 report: 1 new, 0 again$")
        self.assertRegex(part, r"(?m)^██████░░ 48  ▼ read 16, write 16 +│ ██████░░ 48  ▼ read 16, write 16$")
        self.assertEqual([line for line in run.stdout.splitlines() if len(line) > 80], [])
