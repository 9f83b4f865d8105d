# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The live view, of recordings: its screens, its keys, and the terminal that is as before, whatever ends it."""
import os
import re
import signal
import subprocess
import termios
import unittest

from harness import Process, binary, children, expand, for_each, wait_until
from screens import KEPT, LEFT, PAGE, RECORDS, SIZES, Screen, pages, with_screens
from terminals import set_size

LEVEL, STALL = RECORDS / "level.rec", RECORDS / "stall.rec"
ENDS = {"SIGTERM": 0, "SIGINT": 0, "SIGHUP": 0, "SIGQUIT": 0, "SIGKILL": 137, "SIGSEGV": 139, "SIGABRT": 134}


class Live(unittest.TestCase):
    maxDiff = None

    def screen(self, *args, record=LEVEL, **options):
        return Screen(self, "replay", "--live", *args, record, **options)

    def paused(self, *args, **options):
        screen = self.screen(*args, **options)
        screen.ready()
        screen.press("home", "right")
        return screen


@expand
class Screens(Live):
    @for_each(SIZES)
    def test_are_as_they_are_kept(self, size):
        kept = (KEPT / f"{size[0]}x{size[1]}.txt").read_text(encoding="utf-8")
        self.assertEqual("".join(pages(self, *size)), kept)

    def test_are_in_ascii_where_the_locale_is(self):
        text = "".join(pages(self, *SIZES[0], locale="C"))
        self.assertTrue(text.isascii())
        self.assertEqual(text, (KEPT / "ascii.txt").read_text(encoding="utf-8"))

    def test_the_page_shows_them(self):
        page = PAGE.read_text(encoding="utf-8")
        self.assertIn("WAITING NOW", page)
        self.assertEqual(with_screens(page), page)

    def test_a_terminal_that_is_too_small_says_what_it_needs(self):
        screen = self.screen(columns=60, rows=20)
        screen.shows("80 x 24")
        set_size(screen.fd, 80, 24)
        screen.rows = 24
        os.kill(children(screen.pid).popitem()[0], signal.SIGWINCH)
        screen.shows_screen("1 Overview")

    def test_another_size(self):
        screen = self.paused()
        for columns, rows in [(200, 60), (100, 30), (80, 24)]:
            set_size(screen.fd, columns, rows)
            screen.rows = rows
            head = screen.text().splitlines()[0]
            self.assertEqual((len(head), head[-7:]), (columns - 1, " lost 0"))

    @for_each(["NO_COLOR", "8", "256"])
    def test_colours(self, colours):
        term = "xterm" if colours == "8" else "xterm-256color"
        screen = self.screen(term=term, env={"NO_COLOR": "1"} if colours == "NO_COLOR" else {})
        screen.ready()
        screen.press("q")
        screen.ended(0)
        drawn = screen.seen.rpartition(LEFT)[0].decode()
        self.assertEqual(bool(re.search(r"\033\[3[0-7]m", drawn)), colours == "8")
        self.assertEqual("\033[38;5;" in drawn, colours == "256")


class Keys(Live):
    def test_time(self):
        screen = self.paused()
        screen.shows_screen("2.0 s of 4.0 s, paused")
        for key, place in [("right", "3.0 s"), ("left", "2.0 s"), ("end", "4.0 s"), ("home", "1.0 s")]:
            screen.press(key)
            self.assertIn(f"\n {place} of 4.0 s, paused", screen.text())

    def test_back_in_time_it_is_as_it_was(self):
        screen = self.paused()
        before = screen.text()
        screen.press("end", "home", "right")
        self.assertEqual(screen.text(), before)

    def test_it_plays_to_its_end(self):
        screen = self.screen()
        screen.ready()
        screen.shows_screen("4.0 s of 4.0 s, the end")

    def test_the_next_finding(self):
        screen = self.screen(record=STALL)
        screen.ready()
        screen.press("home", "n")
        self.assertIn("Findings: 2", screen.text())
        screen.press("n")
        screen.shows("No finding comes behind this moment.")

    def test_search_filter_and_sort(self):
        def calls(text):
            return [line.split()[0] for line in text.splitlines()[8:] if line.startswith(" ") and line[1:2].isalpha()]

        screen = self.paused()
        screen.press("2", "f", "e", "p", "o", "l", "l", "enter")
        self.assertEqual(calls(screen.text()), ["epoll_wait", "epoll_create1", "epoll_ctl"])
        screen.press("escape", "<", "I")
        names = calls(screen.text())
        self.assertEqual(names, sorted(names, reverse=True))
        screen.press("/", "n", "i", "x", "enter")
        screen.shows('No row holds "nix".')

    def test_counts_since_the_start(self):
        screen = self.paused()
        screen.press("2", "t")
        text = screen.text()
        self.assertIn("SYSTEM CALLS  since the start", text)
        self.assertRegex(text, r"\n read +41 303 ")


@expand
class Ends(Live):
    def started(self, **options):
        screen = self.screen(**options)
        before = termios.tcgetattr(screen.fd)
        pid = screen.ready()
        wait_until(lambda: termios.tcgetattr(screen.fd) != before, "a terminal without echo")
        return screen, pid, before

    @for_each(ENDS)
    def test_the_terminal_is_as_before(self, name):
        screen, pid, before = self.started()
        os.kill(pid, getattr(signal, name))
        screen.ended(ENDS[name])
        screen.restored(before)

    @for_each(["q", "\033[21~", "\x03"])
    def test_a_key_ends_it_and_the_totals_follow(self, key):
        screen, _, before = self.started()
        screen.press(key)
        screen.ended(0)
        screen.restored(before)
        after = screen.seen.rpartition(LEFT)[2].decode()
        self.assertIn("Findings", after)
        self.assertNotIn("\033[H", after)

    def test_its_parent_is_killed(self):
        screen = Screen(self, "replay", "--live", LEVEL, shell='cd "$0"; sh -c \'"$@"; true\' sh "$@"; read line')
        before = termios.tcgetattr(screen.fd)
        parent = screen.ready()
        os.kill(parent, signal.SIGKILL)
        screen.restored(before)

    def test_the_terminal_goes_away(self):
        screen, pid, _ = self.started()
        os.close(os.dup(screen.fd))
        os.kill(screen.pid, signal.SIGKILL)
        wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "the end of it")


@expand
class Refused(Live):
    @for_each([("dumb", 'a terminal "dumb" (TERM) only writes lines'), ("", "TERM does not say on which kind of terminal"),
               ("nix", 'nothing is known here of a terminal "nix" (TERM)')])
    def test_a_terminal_without_a_screen(self, case):
        screen = self.screen(term=case[0])
        screen.ended(2)
        self.assertEqual(screen.look(), f"wakelab: --live shows a screen, and {case[1]}\nended 2\n")

    def test_no_terminal(self):
        run = Process(self, [binary(), "replay", "--live", LEVEL])
        self.assertEqual((run.wait(), run.stdout, run.stderr),
                         (2, "", "wakelab: --live shows a screen, and standard output is not a terminal\n"))

    @for_each(["--summary", "--format ndjson", "--output x", "--interval 2", "--events all"])
    def test_what_does_not_go_with_it(self, other):
        run = subprocess.run([binary(), "replay", "--live", *other.split(), LEVEL], capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stdout), (2, ""))
        self.assertIn(f"{other.split()[0]}", run.stderr)

    def test_a_comparison(self):
        screen = self.screen(record=RECORDS / "compare.rec")
        screen.ended(2)
        self.assertIn(f"--live does not apply to {RECORDS}/compare.rec, which is the recording of a comparison",
                      screen.look())


if __name__ == "__main__":
    unittest.main()
