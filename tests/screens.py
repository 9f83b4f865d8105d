# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The live view on a terminal: what it shows, as text, and how it leaves the terminal.

"python3 tests/screens.py" writes the screens anew that are kept in tests/records/live.
"""
import os
import re
import tempfile
import termios
import unittest
from pathlib import Path

from harness import ROOT, binary, children, wait_until
from terminals import Terminal

RECORDS = ROOT / "tests" / "records"
KEPT = RECORDS / "live"
PAGE = ROOT / "docs" / "live.md"
SIZES = [(80, 24), (100, 30), (200, 60)]
# Of a binary that looks for leaks: what ncurses keeps to the end is none of ours. Of one that looks for faults: the
# signal that a test sends is to end it.
SANITIZED = {"LSAN_OPTIONS": f"suppressions={ROOT / 'tests' / 'ncurses.supp'}", "ASAN_OPTIONS": "handle_segv=0"}
LEFT = b"\033[?1049l"  # xterm shows its usual screen again
KEYS = {"left": "\033OD", "right": "\033OC", "up": "\033OA", "down": "\033OB", "home": "\033OH",
        "end": "\033OF", "enter": "\r", "escape": "\033"}

# Of which recording; and how one comes to each screen.
PAGES = [("level", ["home", "right"], [
            ("the overview", []), ("calls", ["2"]), ("a call", ["enter"]), ("wakeups", ["3"]),
            ("epoll", ["4"]), ("an instance", ["enter"]), ("a descriptor", ["enter"]),
            ("threads", ["5"]), ("a thread", ["enter"]), ("findings", ["6"]), ("the help", ["?"])]),
         ("stall", ["home"], [
            ("the overview", []), ("epoll", ["4"]), ("findings", ["6"]), ("the end", ["end", "1"])])]


class Screen(Terminal):
    """wakelab below a shell, which has the terminal when wakelab has ended, and says how it did."""

    def __init__(self, test, *argv, columns=80, rows=24, term="xterm-256color", locale="C.UTF-8", env=(),
                 shell='trap : INT; cd "$0"; "$@"; echo ended $?; read line'):
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        super().__init__(test, "/bin/sh", "-c", shell, self.folder, binary(), *argv, columns=columns, rows=rows,
                         env={"TERM": term, "LC_ALL": locale, **SANITIZED, **dict(env)})
        self.settings = None

    def ready(self):
        """Waits until a screen is there; gives the pid."""
        self.shows("\033[?1049h")
        self.shows("Overview")
        [pid] = children(self.pid)
        return pid

    def press(self, *keys):
        """Each of them is taken by itself: else an escape would begin a key of several bytes."""
        for key in keys:
            os.write(self.fd, KEYS.get(key, key).encode())
            if key == "escape":
                self.text()

    def text(self):
        """The screen, as the view itself writes it."""
        before = set(self.folder.iterdir())
        os.write(self.fd, b"w")

        def written():
            """What is not whole yet, or was written before a new size was seen, is asked for again."""
            self.look()
            for path in set(self.folder.iterdir()) - before:
                text = path.read_bytes()
                if text.count(b"\n") == self.rows:
                    return text.decode()
                if text:
                    before.add(path)
                    os.write(self.fd, b"w")
            return None
        return wait_until(written, f"a screen of {self.rows} lines")

    def shows_screen(self, pattern):
        """Waits until the screen has such a text, and gives it."""
        def look():
            self.last = self.text()
            return re.search(pattern, self.last) and self.last
        try:
            return wait_until(look, pattern)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.last}") from None

    def ended(self, status=r"\d+"):
        """Waits until the shell says that it has, with which status."""
        wait_until(lambda: re.search(rf"(?m)^ended {status}$", self.look()), f"the end with {status}")

    def restored(self, before):
        """Waits until the terminal is as it was."""
        def look():
            self.look()
            return self.seen.rpartition(b"\033[?1049h")[2].count(LEFT) and \
                termios.tcgetattr(self.fd) == before
        wait_until(look, "the terminal as it was before")


def pages(test, columns, rows, locale="C.UTF-8"):
    """All screens that are kept of a size, one below the other."""
    for record, start, steps in PAGES:
        screen = Screen(test, "replay", "--live", RECORDS / f"{record}.rec", columns=columns, rows=rows,
                        locale=locale)
        screen.ready()
        screen.press(*start)
        for name, keys in steps:
            screen.press(*keys)
            yield f"== {record}: {name}\n{screen.text()}"
        screen.press("q")
        screen.ended(0)


def with_screens(page):
    """A page of docs/ with the kept screens of 100 columns that its markers name: see docs/live.md."""
    kept = dict(part.split("\n", 1) for part in (KEPT / "100x30.txt").read_text("utf-8").split("== ")[1:])
    return re.sub(r"(<!-- screen: (.*?) -->\n).*?(<!-- end -->)",
                  lambda m: f"{m[1]}```console\n{kept[m[2]]}```\n{m[3]}", page, flags=re.S)


class Keep(unittest.TestCase):
    def runTest(self):
        KEPT.mkdir(exist_ok=True)
        for columns, rows in SIZES:
            text = "".join(pages(self, columns, rows))
            (KEPT / f"{columns}x{rows}.txt").write_text(text, encoding="utf-8")
        (KEPT / "ascii.txt").write_text("".join(pages(self, *SIZES[0], locale="C")), encoding="utf-8")
        PAGE.write_text(with_screens(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    unittest.main()
