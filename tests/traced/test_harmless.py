# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Programs of somebody else's do no harm: not to who checks them, nor to the terminal, nor to files
that are not theirs; and what is said of them stays true whatever they do."""
import os
import re
import signal
import sys
import tempfile
import termios
import unittest
from pathlib import Path

from harness import Process, binary, expand, for_each, wait_until
from shape import read_lines
from stranger import SUDO, WAITS, WITHOUT_CELLS, Course, judged, printed, serving, state
from tracing import Terminal, of_file, require_program, require_root


@expand
class Signals(unittest.TestCase):
    # What a server may do to its parents and to its group, and be right.
    DEEDS = {
        "kills-its-group-when-told-to-end":
            "signal.signal(signal.SIGTERM, lambda *_: (signal.signal(signal.SIGTERM, signal.SIG_DFL),"
            "os.kill(0, signal.SIGTERM)))",
        "kills-its-parent": "os.kill(os.getppid(), signal.SIGKILL)",
        "stops-its-parent": "os.kill(os.getppid(), signal.SIGSTOP)",
    }

    @for_each(DEEDS)
    def test_harm_nobody(self, deed):
        run = judged(self, f"{self.DEEDS[deed]}\necho(listen())")
        self.assertRegex(run.stdout, r"(?m)^Score: 1/1$")

    def test_reach_nobody_outside(self):
        """It is told only of itself and of its keeper, its first process."""
        seen = printed(self, "print(os.getppid(), *sorted(p for p in os.listdir('/proc') if "
                             "p.isdigit()), os.getpid())\n"
                             "try: os.kill(-1, 9)\nexcept OSError as e: print(e)")
        self.assertEqual(seen, "1 1 2 2\n[Errno 3] No such process\n")

    # Where there are no cells: what it does, and what is said.
    CELLS = {
        "kills-its-keeper": ("os.kill(os.getppid(), 9)",
                             "the wakelab process that watches the command was killed by SIGKILL before "
                             "the command ended: everything that the command started is killed"),
        "kills-the-tracer": ("os.kill(parent(os.getppid()), 9)",
                             "its tracer was killed by SIGKILL, because of the server, unless somebody "
                             "else did it"),
        "kills-both": ("both = parent(os.getppid()), os.getppid()\nfor p in both: os.kill(p, 9)",
                       "its tracer was killed by SIGKILL, because of the server, unless somebody else "
                       "did it"),
    }

    @for_each(CELLS)
    def test_without_a_cell(self, deed):
        require_program("setpriv")
        code, said = self.CELLS[deed]
        run = judged(self, f"l = listen()\n{code}\necho(l)", status=4, before=WITHOUT_CELLS)
        self.assertEqual(run.stderr, f"wakelab: the server could not be traced: {said}\n")

    def test_without_a_cell_a_keeper_goes_on(self):
        require_program("setpriv")
        judged(self, "os.kill(os.getppid(), signal.SIGSTOP); echo(listen())", before=WITHOUT_CELLS)

    def test_kill_on_exit_without_its_keeper(self):
        require_root(self)
        course = Course(self, "os.fork(); os.getpid() == os.getpgid(0) or "
                              "os.kill(parent(os.getppid()), 9); signal.pause()")
        run = Process(self, [binary(), "trace", "-o", "/dev/null", "--kill-on-exit", "--",
                             require_program("setsid"), sys.executable, "-S", course.server, "0"])
        self.assertEqual(run.wait(), 1)
        self.assertRegex(run.stderr, "process that watches the command was killed by SIGKILL before the command ended: every")
        wait_until(lambda: not course.left(), "the end of both")


@expand
class Ends(unittest.TestCase):
    @for_each(["1", "126", "129", "137", "160", "193", "255"])
    def test_with_a_status(self, status):
        run = judged(self, f"os._exit({status})", status=1)
        self.assertIn(f"it exited with status {status} before it listened on port",
                      re.sub(r"\s+", " ", run.stdout))

    @for_each(["SIGHUP", "SIGKILL", "SIGSEGV", "SIGTERM"])
    def test_by_a_signal(self, name):
        run = judged(self, f"os.kill(os.getpid(), signal.{name})", status=1)
        self.assertIn(f"it was killed by {name} before it listened on port",
                      re.sub(r"\s+", " ", run.stdout))

    @for_each(["exits", "is-killed"])
    def test_what_is_like_another_in_a_shell(self, how):
        code, status, signal_number = {"exits": ("os._exit(143)", 143, 0),
                                       "is-killed": ("os.kill(os.getpid(), 15)", 143, 15)}[how]
        run = judged(self, code, "--format", "ndjson", status=1)
        server = read_lines(run.stdout)[0]["facts"]["server"]
        self.assertEqual((server["exit_status"], server["killed_by"]), (status, signal_number))


class Terminals(unittest.TestCase):
    FORGE = """
import glob, termios
for path in ['/dev/tty', '/dev/console', *glob.glob('/dev/pts/[0-9]*')]:
    try:
        with open(path, 'wb', buffering=0) as tty:
            tty.write(b'Score: 10/10 (forged)')
            mode = termios.tcgetattr(tty)
            mode[3] &= ~termios.ECHO
            termios.tcsetattr(tty, termios.TCSANOW, mode)
    except OSError: pass
    except termios.error: pass
"""

    def test_is_not_the_servers(self):
        course = Course(self, self.FORGE.replace("'/dev/console', ", "") + "echo(listen())")
        t = Terminal(self, *course.argv("--no-color"))
        before = termios.tcgetattr(t.fd)
        self.assertEqual(t.wait(), 0)
        self.assertIn("Score: 1/1", t.look())
        self.assertNotIn("forged", t.look())
        self.assertEqual(termios.tcgetattr(t.fd), before)

    def test_ctrl_c_ends_all(self):
        course = Course(self, "signal.pause()")
        t = Terminal(self, *course.argv())
        wait_until(lambda: len(of_file(course.server)) > 1, "the server")
        t.key("c")
        self.assertEqual(t.wait(), -signal.SIGINT)
        wait_until(lambda: not course.left(), "the end of all")

    def test_ctrl_z_stops_all_until_they_go_on(self):
        """The server has a session of its own, and stops with the check."""
        course = Course(self, "echo(listen())", WAITS)
        check = " ".join(f"'{word}'" for word in course.argv("--no-color"))
        t = Terminal(self, require_program("bash"), "--norc", "--noprofile", "-i",
                     env={"PS1": "ready> "}.items())
        t.shows("ready> ")
        os.write(t.fd, f"{check}\n".encode())
        server = wait_until(lambda: serving(course.server), "the server")
        t.shows("load echo")
        t.key("z")
        t.shows("Stopped")
        wait_until(lambda: state(server) == "T", "its stop")
        os.write(t.fd, b"fg\n")
        t.shows("Score: 1/1")
        os.write(t.fd, b"exit\n")
        t.wait()

    def test_is_as_it_was_after_a_trace(self):
        """However the command ended: here it is killed while it has its own settings."""
        t = Terminal(self, "/bin/sh", "-c", '"$0" trace -o /dev/null -- sh -c "stty raw -echo; '
                                            'kill -9 \\$\\$"; echo done $?; read line', binary())
        t.shows("done 137\n")
        flags = termios.tcgetattr(t.fd)[3]
        self.assertEqual(flags & (termios.ECHO | termios.ICANON), termios.ECHO | termios.ICANON)
        os.write(t.fd, b"\n")
        t.wait()


@expand
class Users(unittest.TestCase):
    SHOW = ("print(os.getuid(), os.getgid(), os.getgroups(), os.environ['USER'], "
            "open('/proc/self/status').read().split('NoNewPrivs:')[1].split()[0])")

    def test_server_is_the_one_who_called_sudo(self):
        """Also where /etc/passwd does not know them."""
        self.assertEqual(printed(self, self.SHOW, before=SUDO), "61234 61235 [61235] wake-nobody 1\n")

    def test_server_is_the_one_who_is_asked_for(self):
        self.assertRegex(printed(self, self.SHOW, "-u", "root", before=SUDO), r"^0 0 \[.*\] \w+ 1\n$")
        self.assertRegex(printed(self, self.SHOW, "--user", "nobody", before=SUDO), r"^65534 .* nobody 1\n$")

    def test_trace_knows_them_too(self):
        require_root(self)
        for name in ("wake-nobody", "61234"):
            run = Process(self, [*SUDO, binary(), "trace", "-o", "/dev/null", "-u", name, "--", "id", "-u"])
            self.assertEqual((run.wait(), run.stdout), (0, "61234\n"), run.stderr)

    def test_a_user_that_nobody_knows(self):
        run = Course(self, "").check("-u", "no such")
        self.assertEqual(run.wait(), 2)
        self.assertIn('invalid --user "no such": must be a user', run.stderr)


class Results(unittest.TestCase):
    def test_of_others_are_not_its_to_change(self):
        with tempfile.TemporaryDirectory() as folder:
            other = Path(folder) / "other.ndjson"
            other.write_text("other")
            seen = printed(self, f"""
for act in (lambda: open('{other}', 'w'), lambda: os.remove('{other}'), lambda: open('{other}2', 'w')):
    try: act()
    except OSError as e: print(e.strerror)""", "--results", f"{folder}/own.ndjson")
            self.assertEqual(seen, "Read-only file system\n" * 3)
            self.assertEqual(other.read_text(), "other")
            self.assertIn("\"score\"", Path(folder, "own.ndjson").read_text())

    def test_its_own_folder_stays_its_own(self):
        """Where it runs among the results the file alone is kept from it."""
        course = Course(self, f"""
open(here + '/log', 'w').close()
try: os.remove(here + '/own.ndjson')
except OSError as e: print(e.strerror, flush=True)
echo(listen())""")
        run = Process(self, ["sh", "-c", 'cd "$0"; exec "$@"', course.path,
                             *course.argv("--format", "ndjson", "--results", "own.ndjson")])
        self.assertEqual(run.wait(), 0, run.stdout + run.stderr)
        self.assertEqual(read_lines(run.stdout)[0]["printed"],
                         "Device or resource busy\\n")
        self.assertTrue((course.path / "log").exists())
        self.assertEqual((course.path / "own.ndjson").read_text(), run.stdout)


if __name__ == "__main__":
    unittest.main()
