# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Programs of the terminal under wakelab trace behave as they do without it: two screens side by
side, in tmux, are given the same keys and have to come to look the same."""
import os
import subprocess
import tempfile
import termios
import unittest
from pathlib import Path

from harness import binary, expand, for_each, wait_until
from tracing import require_program, require_root

# Keys as tmux names them, and what then stands on both screens; "narrow" makes the window so.
STOP = [("C-z", "Stopped"), ("fg Enter", None)]
CASES = {
    "less": ("less lines", [
        ("", "1\n2\n"), ("Space", "40"), ("C-c", None), *STOP, ("narrow", None), ("G", "(END)"),
        ("C-c", None), ("q", "\n$")]),
    "vi": ("vi -u NONE -i NONE lines", [
        ("", "1\n2\n"), ("G", "500"), ("C-c", None), *STOP, ("narrow", None), ("i", None), ("x", "x"),
        ("Escape", None), (":q! Enter", "\n$")]),
    "python": ("python3 -q", [
        ("", ">>>"), ("1+1 Enter", "2"), ("C-c", "KeyboardInterrupt"),
        ("import Space signal Enter", None), ("print(6*7);signal.pause() Enter", "\n42\n"), *STOP,
        ("C-c", "Traceback"), ("2+2 Enter", "\n4"), ("narrow", None), ("exit() Enter", "\n$")]),
    "shell": ("bash --norc --noprofile", [
        ("", "bash"), ("PS1=in: Enter", "\nin:"), ("cat Enter", None), ("one Enter", "one\none"),
        ("C-c", "^C"), ("cat Enter", None), ("two Enter", "two\ntwo"), *STOP,
        ("three Enter", "three\nthree"), ("C-c", None), ("narrow", None),
        ("exit Enter", "exit\n$")]),
}


class Screen:
    """A shell on a terminal of its own, which has the command "go" for what is to be run."""

    def __init__(self, test, folder, name, prefix):
        self.test, self.socket = test, str(folder / f"{name}.socket")
        own = folder / name  # for what editors write beside a file
        own.mkdir()
        (own / "lines").write_text("".join(f"{n}\n" for n in range(1, 501)))
        (own / "go").write_text(f'#!/bin/sh\nexec {prefix} "$@"\n')
        (own / "go").chmod(0o755)
        test.addCleanup(self.tmux, "kill-server")
        self.tmux("-f", "/dev/null", "new-session", "-d", "-s", "s", "-x", "80", "-y", "24", "-c",
                  str(own), "env", "-i", f"PATH={own}:{os.environ['PATH']}", "PS1=$ ",
                  "TERM=screen", "LC_ALL=C.UTF-8", "HOME=/nonexistent", "bash", "--norc", "--noprofile")

    def tmux(self, *args):
        return subprocess.run(["tmux", "-S", self.socket, *args], capture_output=True,
                              text=True).stdout

    def text(self):
        """What it shows, and where the cursor is."""
        return (self.tmux("capture-pane", "-p", "-t", "s") +
                self.tmux("display-message", "-p", "-t", "s", "#{cursor_x},#{cursor_y}"))

    def front(self):
        """What is in the foreground of its terminal, and how that is set."""
        command = self.tmux("display-message", "-p", "-t", "s", "#{pane_current_command}")
        with open(self.tmux("display-message", "-p", "-t", "s", "#{pane_tty}").strip(), "rb",
                  buffering=0, opener=lambda path, flags: os.open(path, flags | os.O_NOCTTY)) as tty:
            return command, termios.tcgetattr(tty)

    def key(self, keys):
        if keys == "narrow":
            self.tmux("resize-window", "-t", "s", "-x", "60", "-y", "18")
        elif keys:
            self.tmux("send-keys", "-t", "s", *keys.split())


@expand
class Tmux(unittest.TestCase):
    def setUp(self):
        require_root(self)
        require_program("tmux")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.screens = [
            Screen(self, self.folder, "plain", ""),
            Screen(self, self.folder, "traced", f"{binary()} trace -o {self.folder}/out --")]
        self.step("clear Enter", "$\n")

    def step(self, keys, text, same=True):
        """Waits until both screens show the text; of a program that goes on, until it is in the
        foreground again, and the terminal as it had it."""
        if keys == "C-z":
            self.front = [screen.front() for screen in self.screens]
        for screen in self.screens:
            screen.key(keys)

        def look():
            self.seen = [screen.text() for screen in self.screens]
            return ((keys != "fg Enter" or
                     self.front == [screen.front() for screen in self.screens]) and
                    all((text or "") in one for one in self.seen) and
                    (not same or self.seen[0] == self.seen[1]))
        try:
            wait_until(look, f"two screens with {text}")
        except AssertionError as error:
            raise AssertionError(f"after {keys}: {error}\n" + "\n--- traced:\n".join(self.seen)) \
                from None

    @for_each(CASES)
    def test_behaves_as_without_us(self, case):
        command, steps = CASES[case]
        require_program(command.split()[0])
        self.step("go Space " + command.replace(" ", " Space ") + " Enter", None)
        for keys, text in steps:
            self.step(keys, text)
        self.step("clear Space && Space stty Space -a Enter", "speed")  # the terminal is as it was

    def test_top(self):
        """Its numbers are never the same; how it begins and ends is."""
        require_program("top")
        self.step("go Space top Enter", "load average", same=False)
        self.step("C-z", "Stopped", same=False)
        self.step("clear Space && Space fg Enter", "load average", same=False)
        self.step("narrow", "load average", same=False)
        self.step("C-c", "\n$", same=False)
        self.step("clear Space && Space stty Space -a Enter", "speed")


if __name__ == "__main__":
    unittest.main()
