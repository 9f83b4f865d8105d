# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The live view of what is traced: the screen itself says what is wrong, where, and what to do."""
import os
import re
import signal
import sys
import termios
import unittest

from harness import expand, for_each, wait_until
from screens import LEFT, Screen
from tracing import require_root

# What each scenario is told to go on for, and what the screen says then, wherever lines are broken.
SCENARIOS = {
    "et-no-drain": (["--timeout", "60"], "stall: fd", "48 bytes unread", "Read or accept until EAGAIN"),
    "oneshot-no-rearm": (["--timeout", "60"], "rearm-forgotten: fd", "64 bytes unread", "Re-arm it on every path"),
    "lt-always-out": (["--seconds", "60"], "spin: fd", "times in a row (EPOLLOUT)", "Wait for room to write"),
    "sigio-one-read": (["--timeout", "60"], "signals-merged:", "datagrams were not read", "On each signal, read until"),
    "herd": ([], "herd:", "wakes led to nothing", "EPOLLEXCLUSIVE wakes one of them"),
}
HOSTILE = "\033[2J\033]0;x\a漢"  # as long as a name may be
RENAMED = f"""
import ctypes, time
ctypes.CDLL(None).prctl(15, {HOSTILE.encode()!r})
while True:
    time.sleep(0.01)
"""


class Live(unittest.TestCase):
    def setUp(self):
        require_root(self)

    def screen(self, *args, columns=100, rows=30, **options):
        return Screen(self, *args, "--live", columns=columns, rows=rows, **options)

    def run_of(self, name, *args, **options):
        return self.screen("run", "--scenario", name, "--port", "0", *args, **options)

    def quit(self, screen, *status):
        screen.press("q")
        screen.ended(*status)


@expand
class Scenarios(Live):
    @for_each(SCENARIOS)
    def test_says_what_is_wrong_where_and_what_to_do(self, name):
        args, *said = SCENARIOS[name]
        screen = self.run_of(name, *args)
        screen.ready()
        head = r"(?s)\A[^\n]*\n ! (?P<said>.*)\n 1 Overview"
        for text in said:
            screen.shows_screen(head.replace("(?P<said>.*)", ".*" + r"\s+".join(text.replace("(", r"\(").replace(
                ")", r"\)").split()) + ".*"))
        self.quit(screen)
        self.assertIn("Findings", screen.look().rpartition(LEFT.decode())[2])

    def test_a_stall_as_it_lasts(self):
        row = re.compile(r"WAITING NOW[^\n]*\n fd \d+ tcp of \d+ +([\d.]+)(m?s) +48 bytes unread")

        def lasted():
            found = row.search(screen.shows_screen(row.pattern))
            return float(found[1]) / {"ms": 1000, "s": 1}[found[2]]

        screen = self.run_of("et-no-drain", "--timeout", "60")
        screen.ready()
        first = lasted()
        wait_until(lambda: lasted() >= first + 1, "a stall that is longer")
        self.quit(screen)

    def test_the_last_screen_stays_when_the_run_has_ended(self):
        screen = self.run_of("herd")
        screen.ready()
        screen.shows_screen("Ended. q prints the summary.")
        self.quit(screen, 0)
        self.assertRegex(screen.look(), r"messages +50 +50 +50 +agree")


@expand
class Ends(Live):
    @for_each(["SIGTERM", "SIGKILL", "SIGSEGV"])
    def test_the_terminal_is_as_before(self, name):
        screen = self.run_of("et-no-drain", "--timeout", "60")
        before = termios.tcgetattr(screen.fd)
        pid = screen.ready()
        os.kill(pid, getattr(signal, name))
        screen.restored(before)

    def test_stopped_the_terminal_is_as_before(self):
        screen = self.run_of("et-no-drain", "--timeout", "60",
                             shell='cd "$0"; set -m; "$@"; echo stopped; read line; fg; echo ended $?; read line')
        before = termios.tcgetattr(screen.fd)
        screen.ready()
        screen.press("\x1a")
        screen.shows("stopped\n")
        screen.restored(before)
        seen = len(screen.seen)
        screen.press("enter")
        wait_until(lambda: screen.look() and b"\033[?1049h" in screen.seen[seen:], "the screen again")
        screen.shows_screen("1 Overview")
        self.quit(screen)


class Commands(Live):
    def test_what_a_command_prints_is_not_on_the_screen(self):
        code = "import os, sys, time; print(sys.argv[1] * 2, flush=True); os.write(2, b'noise\\n'); time.sleep(1000)"
        screen = Screen(self, "trace", "--live", "--", sys.executable, "-c", code, "noise")
        screen.ready()
        screen.press("2", "f", *"nanosleep", "enter")
        screen.shows_screen("\n clock_nanosleep ")
        self.assertNotIn("noisenoise", screen.look())
        self.quit(screen, 143)

    def test_a_name_is_shown_harmlessly(self):
        screen = Screen(self, "trace", "--live", "--", sys.executable, "-c", RENAMED, columns=100, rows=30)
        pid = screen.ready()
        screen.shows_screen(r"\\x1b\[2J\\x1b\]0")
        screen.press("5", "enter")
        screen.shows_screen(r"THREAD \d+ \\x1b\[2J")
        self.assertNotIn(b"\033]0;x", screen.seen)
        os.kill(pid, signal.SIGTERM)
        screen.ended()


if __name__ == "__main__":
    unittest.main()
