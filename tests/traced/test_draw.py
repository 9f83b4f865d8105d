# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""--draw of servers as they run: each message is drawn with the reports that were counted, and what two lanes
show is what each of them counted. The text of drawings is in tests/servers/test_draw.py."""
import json
import os
import re
import socket
import unittest

from harness import Process, binary, expand, for_each, wait_until
from recorded import Recorded
from sleeping import sleeps
from tracing import TracedServer, require_root

SUM = r"^(\d+) reports?: (\d+) new, (\d+) again"
READS = r"^(\d+) reads?, (\d+) EAGAIN"
MESSAGES = 3


def sums(text, pattern=SUM):
    return [tuple(map(int, found)) for found in re.findall(pattern, text, re.M)]


@expand
class Counted(Recorded):
    """Each message of 64 bytes comes when the server sleeps, so it begins an arrival of its own."""

    def draw(self, model, size, wait="epoll_wait"):
        """A drawing, and what was counted meanwhile."""
        run = TracedServer(self, model, "--read-size", str(size),
                           options=["--events", "all", "--record", self.file])
        files = f"/proc/{run.server}/fd"

        def idle(connections):
            wait_until(lambda: len(os.listdir(files)) == listening + connections and sleeps(run.server, wait),
                       f"its sleep with {connections} connections")

        wait_until(lambda: sleeps(run.server, wait), "its sleep")
        listening = len(os.listdir(files))
        with socket.create_connection(run.address) as client:
            for _ in range(MESSAGES):
                idle(1)
                client.sendall(b"x" * 64)
                self.assertEqual(client.recv(64, socket.MSG_WAITALL), b"x" * 64)
            idle(1)
        idle(0)
        summary = run.end()
        return self.replay("--draw", form="table"), summary

    @for_each([(16,), (32,), (64,)])
    def test_level(self, sizes):
        size, = sizes
        again = 64 // size - 1
        text, summary = self.draw("epoll-lt", size)
        self.assertIn("▲ 1 connection arrives", text)
        self.assertEqual(sums(text)[:MESSAGES], [(1 + again, 1, again)] * MESSAGES, text)
        self.assertEqual(sums(text, READS)[:MESSAGES], [(1 + again, 0)] * MESSAGES, text)
        self.check(text, summary)

    @for_each([(16,), (32,), (64,)])
    def test_edge(self, sizes):
        size, = sizes
        text, summary = self.draw("epoll-et", size)
        self.assertEqual(sums(text)[:MESSAGES], [(1, 1, 0)] * MESSAGES, text)
        self.assertEqual(sums(text, READS)[:MESSAGES], [(64 // size, 1)] * MESSAGES, text)
        self.check(text, summary)

    @for_each([(16,), (64,)])
    def test_a_poll_finds_it_as_often(self, sizes):
        size, = sizes
        text, summary = self.draw("poll", size, "poll")
        found = [int(n) for n in re.findall(r"^found ready (\d+) times?$", text, re.M)]
        # a wait of poll tells of the end, too, and that is no arrival: it stands with the last message
        self.assertEqual(found[:MESSAGES], [64 // size] * (MESSAGES - 1) + [64 // size + 1], text)
        self.assertEqual(found[-1], summary["polls"]["reported"], text)

    def test_what_is_unread_is_told_with_each_read(self):
        self.draw("epoll-lt", 16)
        events = [json.loads(line) for line in self.replay("--events", "io,reports").splitlines()
                  if '"type":"event"' in line]
        reads = [event["unread"] for event in events
                 if event["event"] == "io" and event["file"]["kind"] == "tcp" and event["call"] == "read" and event["result"] > 0]
        self.assertEqual(reads, [48, 32, 16, 0] * MESSAGES)
        ready = [event["unread"] for event in events
                 if event["event"] == "ready" and event["file"]["kind"] == "tcp"]
        self.assertEqual(ready, [64] * MESSAGES + [0])

    def check(self, text, summary):
        """The sums of all that is drawn are what was counted."""
        counts = summary["interests"]
        drawn = sums(text)[-1]
        self.assertEqual(drawn, (counts["reports"], counts["fresh"], counts["rereports"]), text)
        self.assertEqual(sum(events["dropped"] for events in summary["events"].values()), 0)


class Beside(unittest.TestCase):
    def test_level_and_edge(self):
        """Reads of 16 bytes of 3 messages of 64: of a level each has a report before it, as have the
        connection and its end, and no edge is reported again, however fast the servers are."""
        require_root(self)
        run = Process(self, ["env", "COLUMNS=80", "LC_ALL=C.UTF-8", binary(), "compare", "epoll-lt", "epoll-et",
                             "--draw"])
        self.assertEqual(run.wait(), 0, run.stderr)
        total = run.stdout[run.stdout.index("── in total"):]
        found = re.search(r"(?m)^14 reports: (\d+) new, (\d+) again +│ (\d+) reports: (\d+) new, 0 again$", total)
        self.assertTrue(found, total)
        fresh, again, reports, edges = map(int, found.groups())
        self.assertEqual((fresh + again, reports), (14, edges), total)
        self.assertGreater(again, 0, total)
        self.assertRegex(run.stdout, r"(?m)│ [█░]{8} +48  ▼ read 16, write 16$")
        self.assertEqual([line for line in run.stdout.splitlines() if len(line) > 80], [])
