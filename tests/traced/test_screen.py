# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What people read: within the width of their terminal, in the characters that it has.

That the tables fit every width, whatever is in them, is tested in tests/unit/widths.c; here, that the
terminal at hand is asked how wide it is, and that what a real run comes to fits the narrowest."""
import os
import re
import signal
import socket
import unicodedata
import unittest

from harness import Process, binary, children, expand, for_each, own_port, wait_until
from sleeping import await_sleep
from tracing import Terminal

NARROWEST = 60
WIDTHS = ["60", "72", "80", "100", "132"]  # of what is no table of a run
ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def width(line):
    """How many columns of a terminal it takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in ESCAPE.sub("", line))


class Screen(unittest.TestCase):
    def fits(self, text, columns):
        for line in text.split("\n"):
            self.assertLessEqual(width(line), columns, line)
            self.assertEqual(line, line.rstrip(" "))

    def terminal(self, *args, status=0, **options):
        """What a command has printed on a terminal until its end."""
        t = Terminal(self, binary(), *args, **options)
        self.assertEqual(t.wait(), status, t.look())
        return t.look()

    def printed(self, *args, columns, status=0):
        """The same without a terminal."""
        run = Process(self, ["env", f"COLUMNS={columns}", binary(), *args])
        self.assertEqual(run.wait(), status, run.stderr)
        return run.stdout


class Run(Screen):
    SHORT = ["--port", "0", "--seconds", "0.3", "--interval", "0.1", "--top", "3"]

    def check(self, text):
        self.fits(text, NARROWEST)
        text = ESCAPE.sub("", text)
        for part in (r"^\d\.\ds +calls/s", r"^ rare calls |^ close ", r"^total +calls ",
                     r"^three witnesses +server +client +kernel *$",
                     r"^ messages( +[\d ]+){3} +agree$", r"^threads woken"):
            self.assertRegex(text, re.compile(part, re.MULTILINE))

    def test_epoll(self):
        text = self.terminal("run", "epoll-oneshot", "--threads", "4", "--conns", "20",
                             *self.SHORT, columns=NARROWEST, env={"TERM": "xterm"})
        self.check(text)
        self.assertIn("\x1b", text)

    def test_signals(self):
        text = self.terminal("run", "sigio", *self.SHORT, columns=NARROWEST, env={"TERM": "dumb"})
        self.check(text)
        self.assertNotIn("\x1b", text)
        self.assertIn(" I/O signals ", text)

    def test_a_stall(self):
        """It lasts until it is shown; the server had registered the connection before the message came."""
        port = str(own_port(self))
        t = Terminal(self, binary(), "trace", "--interval", "0.2", "--", "sh", "-c", 'exec "$@" >/dev/null', "sh",
                     binary(), "serve", "epoll-et", "--fault", "et-no-drain", "--read-size", "16", "--port", port,
                     columns=NARROWEST)
        server, = wait_until(lambda: children(t.pid), "the server")
        await_sleep(server, "epoll_wait")
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"x" * 16)
            self.assertEqual(client.recv(16), b"x" * 16)
            await_sleep(server, "epoll_wait")
            client.sendall(b"x" * 64)
            t.shows("STALL at ")
        os.kill(server, signal.SIGTERM)
        self.assertEqual(t.wait(), 0)
        self.fits(t.look(), NARROWEST)
        self.assertRegex(t.look(), r"STALL at \d+\.\d{3}s: 48 bytes unread on fd \d+")

    def test_a_new_size_is_followed(self):
        t = Terminal(self, binary(), "run", "epoll-et", "--port", "0", "--interval", "0.1",
                     columns=100)
        t.shows("calls/s")
        t.shows(" client ")
        t.resize(NARROWEST)
        before = t.look()
        # one may be on its way, as wide as before: the one after it begins after the resize
        heads = before.count("calls/s") + 2
        while t.look().count("calls/s") < heads:
            t.shows("calls/s")
        t.key("C")
        self.assertEqual(t.wait(), 0)
        self.fits(before, 100)
        self.assertGreater(max(width(line) for line in before.split("\n")), 60)
        after = "calls/s".join(t.look().split("calls/s")[heads:])
        self.assertRegex(ESCAPE.sub("", after), r"\ntotal +calls ")
        self.fits(after, 60)

    def test_characters_are_those_of_the_locale(self):
        text = self.terminal("run", "poll", *self.SHORT, env={"LC_ALL": "C"})
        self.assertTrue(text.isascii(), text)
        self.assertIn(" | ", text)


@expand
class Others(Screen):
    def test_compare(self):
        """Where one cannot go back: a line a round, and the table at the end."""
        text = self.terminal("compare", "epoll-lt", "epoll-exclusive+herd", "epoll-oneshot", "uring",
                             "--rounds", "2", "--conns", "2", "--messages", "120", columns=NARROWEST,
                             env={"TERM": "dumb"})
        self.fits(text, NARROWEST)
        self.assertNotIn("\x1b", text)
        for part in ("\nround 1 of 2\nround 2 of 2\n", "\nwakelab compare", "\nper message\n",
                     "\n  system calls, total ", "epoll-exclusive+herd"):
            self.assertIn(part, text)

    def test_compare_in_place(self):
        text = self.terminal("compare", "poll", "select", "--rounds", "2", "--conns", "1",
                             "--messages", "50", env={"TERM": "xterm"})
        self.assertRegex(text, "round 1 of 2(?s:.)*\x1b\\[\\d+A(?s:.)*2 rounds")

    def test_growth(self):
        text = self.printed("compare", "epoll-exclusive+herd", "uring", "--rounds", "1",
                            "--messages", "50", "--conns", "1,3,5", "--active", "3",
                            columns=NARROWEST)
        self.fits(text, NARROWEST)
        said = " ".join(text.split())
        for count in ("1", "3", "5"):
            self.assertRegex(text, re.compile(rf"^ {{10}}{count} ", re.MULTILINE))
        self.assertIn("With 1 connection, all send: --active 3 is more than that.", said)
        for subject in ("epoll-exclusive+herd", "uring"):
            self.assertIn(f"From 3 to 5 connections, the CPU time per message of {subject} ", said)

    def words(self, *args, columns):
        text = self.printed(*args, columns=columns)
        self.fits(text, int(columns))
        return text.replace(" \\\n", "\n").split()  # a command goes on behind a backslash

    @for_each(["60", "80"])  # the narrowest of each of its two forms
    def test_doctor(self, columns):
        self.assertEqual(self.words("doctor", columns=columns), self.words("doctor", columns=1000))

    @for_each(WIDTHS)
    def test_scenarios(self, columns):
        self.assertEqual(self.words("scenarios", columns=columns),
                         self.words("scenarios", columns=1000))

    @for_each(WIDTHS)
    def test_models(self, columns):
        found, whole = (self.words("models", columns=n) for n in (columns, 1000))
        self.assertEqual(found[found.index("--fault"):], whole[whole.index("--fault"):])
        self.assertEqual("VIA" in found, int(columns) >= 100)  # the least telling columns go

    def test_models_that_can_have_a_fault(self):
        text = " ".join(self.printed("models", columns=60).split())
        for part in ("the rest stays unread (epoll-et)", "ever sleeps (epoll-lt)",
                     "of earlier ones (all TCP models)"):
            self.assertIn(part, text)


if __name__ == "__main__":
    unittest.main()
