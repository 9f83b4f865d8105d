# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The servers of docs/article.md: what it says is wrong with each shows in these numbers."""
import re
import signal
import unittest

from article import AT_ONCE, DATAGRAMS, GREETING, LISTENER, LONG, MESSAGE, SERVERS, drive
from harness import ROOT
from programs import program
from tracing import Traced, calls

BY_SIGTERM = 128 + signal.SIGTERM


def answered(row):
    return row["verdicts"]["ready"] + row["verdicts"]["slept"]


class Article(unittest.TestCase):
    def see(self, name, status=BY_SIGTERM):
        """The run of a server, what the clients saw, and the summary."""
        run, seen = drive(self, program(self, f"article/{name}"), Traced)
        s = run.summary(status)
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        return run, seen, s

    def bytes_of(self, summary, *names):
        return [(calls(summary, name)["calls"], calls(summary, name)["bytes"]) for name in names]

    def test_blocking_hangs_in_one_read(self):
        run, _, s = self.see("blocking", status=0)
        began = run.lines()[1]
        self.assertEqual([(row["call"], row["args"][0]) for row in began["sleeping"]],
                         [("read", "0x4")])
        self.assertEqual([(row["fd"], row["unread"], row["unit"]) for row in began["unread"]],
                         [(LISTENER, 2, "connections")])
        # the other clients, and what they ask, were there long before
        for name in ("accept", "read"):
            self.assertEqual(calls(s, name)["verdicts"]["ready"], 2)
            self.assertEqual(calls(s, name)["verdicts"]["slept"], 0)
        self.assertEqual(self.bytes_of(s, "read", "write"),
                         [(2, 2 * len(MESSAGE)), (3, 3 * GREETING)])

    def test_fork_leaves_its_children(self):
        _, seen, s = self.see("fork")
        self.assertIn(f"{AT_ONCE} children of the server are zombies.", seen)
        self.assertEqual((answered(calls(s, "clone")), calls(s, "wait4")["calls"]), (AT_ONCE, 0))
        told, = (row for row in s["signals"] if row["signal"] == "SIGCHLD")
        self.assertEqual((told["generated"], told["ignored"]), (AT_ONCE, AT_ONCE))

    def test_nonblocking_leaves_at_the_first_eagain(self):
        run, _, s = self.see("nonblocking", status=1)
        self.assertEqual(calls(s, "accept")["errors"], {"EAGAIN": 1})
        self.assertEqual((calls(s, "accept")["calls"], calls(s, "read")["calls"]), (1, 0))
        self.assertEqual(run.stderr, "accept: Resource temporarily unavailable\n")

    def waits(self, summary, told, *names):
        """The rows of a wait: how often it told of something, and that time-outs woke for nothing."""
        rows = [calls(summary, name)["verdicts"] for name in names]
        self.assertEqual(sum(row["ready"] + row["slept"] for row in rows), told)
        timeouts, w = sum(row["timeout"] for row in rows), summary["wakes"]
        self.assertGreaterEqual(timeouts, 2)
        self.assertLessEqual(abs(timeouts - w["timed"]), w["unseen"], w)

    def test_select_answers_reads_and_not_messages(self):
        _, _, s = self.see("select")
        self.waits(s, 2, "select", "pselect6")
        self.assertEqual(self.bytes_of(s, "read", "write"), [(1, 2 * len(MESSAGE)), (1, GREETING)])

    def test_poll_answers_reads_and_not_messages(self):
        _, _, s = self.see("poll")
        self.waits(s, 3, "poll")
        self.assertGreaterEqual(calls(s, "poll")["verdicts"]["ready"], 1)  # told of the rest at once
        self.assertEqual(self.bytes_of(s, "read", "write"), [(2, len(LONG)), (2, 2 * GREETING)])

    def test_epoll_accepts_one_an_edge(self):
        run, seen, s = self.see("epoll")
        self.assertTrue(seen.endswith(f" {AT_ONCE - 1} wait."), seen)
        self.assertEqual([(row["fd"], row["unread"], row["unit"]) for row in run.lines()
                          if row["type"] == "stall"],
                         2 * [(LISTENER, AT_ONCE - 1, "connections")])
        self.assertEqual(calls(s, "accept")["calls"], 2)  # with the edges of AT_ONCE + 1 clients
        self.assertEqual(s["left_largest"]["connections"], AT_ONCE - 1)
        i = s["interests"]
        self.assertEqual((i["left"], i["stalls"], i["unknown"]), (2, 2, 0))
        listener, = (row for row in s["epolls"][0]["busiest"] if row["fd"] == LISTENER)
        self.assertEqual([listener[name] for name in ("edges", "fresh", "merged", "rereports")],
                         [AT_ONCE + 1, 2, AT_ONCE - 1, 0])

    def test_epoll_arms_twice_a_read(self):
        _, _, s = self.see("epoll")
        reads = 10 + 2 + 1  # messages, the long one in two parts, and that of the second client
        self.assertEqual([row[0] for row in self.bytes_of(s, "read", "write", "epoll_ctl")],
                         [reads, reads, 3 + 2 * reads])
        self.waits(s, 2 + 2 * reads, "epoll_wait")
        i = s["interests"]
        self.assertEqual((i["reports"], i["fresh"], i["flags"]["EPOLLOUT"]),
                         (2 + 2 * reads, 2 + 2 * reads, reads))

    def test_sigio_reads_one_datagram_a_signal(self):
        _, _, s = self.see("sigio")
        sig = s["sigio"]
        self.assertEqual((sig["generated"], sig["coalesced"], sig["delivered"]),
                         (DATAGRAMS + 1, DATAGRAMS - 1, 2))
        self.assertEqual((s["sockets"]["datagrams_arrived"], s["sockets"]["datagrams_read"]),
                         (DATAGRAMS + 1, 2))
        finding, = (f for f in s["findings"] if f["id"] == "signals-merged")
        self.assertEqual([finding["evidence"][name] for name in ("left", "arrived")],
                         [DATAGRAMS - 1, DATAGRAMS + 1])
        # MSG_WAITALL asks for a full buffer, and of a datagram socket that is no matter
        self.assertEqual(self.bytes_of(s, "recvfrom"), [(2, 2 * len(MESSAGE))])
        self.assertEqual(calls(s, "recvfrom")["verdicts"]["ready"], 2)
        f, = (row for row in s["fcntl"] if row["cmd"] == "F_SETFL")
        self.assertEqual(f["on"], {"O_NONBLOCK": 1, "O_ASYNC": 1})


class Page(unittest.TestCase):
    def test_the_code_that_it_shows_is_that_of_the_servers(self):
        page = (ROOT / "docs" / "article.md").read_text()
        sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", page, re.M | re.S))
        for name in SERVERS:
            source = (ROOT / "tests" / "programs" / "article" / f"{name}.c").read_text()
            block, = re.findall(r"^```c\n(.*?)^```", sections[name], re.M | re.S)
            for part in re.split(r"^\s*\.\.\.\n", block, flags=re.M):
                self.assertIn(part, source, name)


if __name__ == "__main__":
    unittest.main()
