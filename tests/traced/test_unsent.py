# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What a thread has written and falls asleep over: held by Nagle's algorithm, or without room while
nothing tells of room."""
import sys
import unittest

from harness import expand, for_each
from tracing import traced

PRELUDE = """if True:
    import select, socket, threading
    listener = socket.create_server(("127.0.0.1", 0))
    c = socket.create_connection(listener.getsockname())
    s, _ = listener.accept()
    ep = select.epoll()
"""


def evidence(summary, of):
    return [row for row in summary["evidence"] if row["of"] == of]


def ids(summary):
    return [finding["id"] for finding in summary["findings"]]


class Programs(unittest.TestCase):
    def summary(self, code, *options):
        return traced(self, "trace", *options, "--", sys.executable, "-S", "-c", PRELUDE + code)


@expand
class Nagle(Programs):
    # An answer in two pieces, of which the second is sent when the first is acknowledged.
    ANSWERS = """
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, {nodelay})
    def ask():
        for _ in range(12):
            c.send(b"?")
            c.recv(20, socket.MSG_WAITALL)
        c.close()
    client = threading.Thread(target=ask)
    ep.register(s, select.EPOLLIN)
    client.start()
    while ep.poll() and s.recv(1):
        {answer}
    client.join()
"""
    TWO = "s.send(b'x' * 10); s.send(b'y' * 10)"

    def test_the_second_piece_waits_for_an_ack(self):
        s = self.summary(self.ANSWERS.format(nodelay=0, answer=self.TWO))
        if s["service_ns"] is None:
            raise unittest.SkipTest("this kernel does not show when data comes")
        row, = evidence(s, "nagle")
        self.assertEqual((row["kind"], row["peer"][:10]), ("tcp", "127.0.0.1:"))
        self.assertGreaterEqual(row["count"], 3)  # the first answers may be acknowledged at once
        self.assertLessEqual(row["count"], 12)
        self.assertGreaterEqual(row["ns"], 35e6)
        self.assertIn("small-writes", ids(s))

    @for_each(["nodelay", "one write"])
    def test_what_is_sent_at_once_waits_for_none(self, how):
        one = how == "one write"
        s = self.summary(self.ANSWERS.format(nodelay=int(not one),
                                             answer="s.send(b'x' * 20)" if one else self.TWO))
        self.assertEqual(evidence(s, "nagle"), [])
        self.assertNotIn("small-writes", ids(s))


@expand
class Room(Programs):
    FULL = """
    def drain():
        while not select.select([], [s], [], 0)[1]:
            c.recv(1 << 20)
    s.setblocking(False)
    ep.register(s, select.EPOLLIN{also})
    try:
        while True:
            s.send(bytes(100000))
    except BlockingIOError:
        pass
    {wait}
"""
    WAITS = {
        "epoll": "ep.poll(0.2)",
        "poll": "p = select.poll(); p.register(s, select.POLLIN); p.poll(200)",
        "select": "select.select([s], [], [], 0.2)",
    }

    def check(self, s, of=1):
        rows = evidence(s, "room")
        self.assertEqual(len(rows), of)
        self.assertEqual("room-unwatched" in ids(s), bool(of))
        return rows

    @for_each(sorted(WAITS))
    def test_nothing_asks_for_room(self, how):
        s = self.summary(self.FULL.format(also="", wait=self.WAITS[how]))
        row, = self.check(s)
        self.assertEqual((row["kind"], row["unit"], row["call"]), ("tcp", "bytes", "sendto"))
        self.assertGreater(row["amount"], 100000)
        finding, = (f for f in s["findings"] if f["id"] == "room-unwatched")
        self.assertGreaterEqual(finding["evidence"]["waited_ns"], 190e6)

    @for_each(["epoll", "poll", "select", "full again", "short sleep"])
    def test_whoever_asks_for_room_is_not_accused(self, how):
        also, wait = {
            "epoll": (" | select.EPOLLOUT | select.EPOLLET", "ep.poll(0); ep.poll(0.2)"),
            "poll": ("", "p = select.poll(); p.register(s, select.POLLOUT); p.poll(200)"),
            "select": ("", "select.select([s], [s], [], 0.2)"),
            "full again": ("", "drain(); s.send(b'x'); ep.poll(0.2)"),
            "short sleep": ("", "ep.poll(0.001); drain(); s.send(b'x')"),
        }[how]
        stall = ["--stall-ms", "60000"] if how == "short sleep" else []
        self.check(self.summary(self.FULL.format(also=also, wait=wait), *stall), 0)


if __name__ == "__main__":
    unittest.main()
