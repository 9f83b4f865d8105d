# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""wakelab beside the programs that it traces: what it must not touch, and what is theirs alone."""
import collections
import json
import os
import pwd
import re
import signal
import socket
import sys
import tempfile
import unittest
from pathlib import Path

from harness import Process, binary, children, forked, state, wait_until
from sleeping import await_stop
from tracing import Terminal, Traced, calls, require_program, require_root, traced


class Descriptors(unittest.TestCase):
    """Whatever the standard descriptors are, only the output that was asked for goes anywhere."""

    def setUp(self):
        require_root(self)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def shell(self, text, *args):
        run = Process(self, ["bash", "-c", text, "bash", binary(), *args])
        run.wait()
        return run

    def sleeper(self):
        return str(Process(self, ["sleep", "100"]).pid)

    def test_a_file_on_standard_input(self):
        path = f"{self.folder}/in"
        Path(path).write_text("abc")
        run = self.shell('"$1" trace --seconds 0.05 -p "$2" -o /dev/null 0<>"$3"', self.sleeper(),
                         path)
        self.assertEqual(run.status, 0, run.stderr)
        self.assertEqual(Path(path).read_text(), "abc")

    def test_a_socket_on_standard_input(self):
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        with theirs:
            run = Process(self, [binary(), "trace", "--seconds", "0.05", "-p", self.sleeper(),
                                 "-o", "/dev/null"], stdin=theirs)
            self.assertEqual(run.wait(), 0, run.stderr)
        self.assertEqual(ours.recv(16), b"")

    def test_a_closed_standard_output_becomes_nobodys_file(self):
        path = f"{self.folder}/out"
        run = self.shell('"$1" trace --format ndjson -o "$2" -- sh -c "echo h""i; exec 1>&-; ls '
                         '/proc/self/fd | tr -d \\\\n >&2" >&-', path)
        for line in Path(path).read_text().splitlines():
            self.assertIn(json.loads(line)["type"], ("start", "interval", "summary"))
        # what cannot be written to fails, for us as for the command
        self.assertEqual(self.shell('"$1" trace -- true >&-').status, 1)
        self.assertIn("cannot write to standard output", self.shell('"$1" trace -- true >&-').stderr)

    def test_all_of_them_closed(self):
        for command in ("trace -- true", "run poll --port 0 --messages 1"):
            path = f"{self.folder}/out"
            run = self.shell(f'"$1" {command} --format ndjson -o "$2" <&- >&- 2>&-'
                             if command.startswith("run") else
                             '"$1" trace --format ndjson -o "$2" -- true <&- >&- 2>&-', path)
            self.assertEqual(run.status, 0)
            last = json.loads(Path(path).read_text().splitlines()[-1])
            self.assertEqual((last["type"], last["completed"]), ("summary", True))


# what a program finds when it starts
REPORT = r"""
import json, os, re, resource
status = open('/proc/self/status').read()
names = 'SigBlk SigIgn SigCgt CapInh CapPrm CapEff CapBnd CapAmb NoNewPrivs Groups Uid Gid'.split()
print(json.dumps({
    'fds': sorted(f for f in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd/' + f)),
    'status': {n: re.search(rf'{n}:[ \t]*(.*)', status).group(1) for n in names},
    'limits': [resource.getrlimit(getattr(resource, n)) for n in sorted(dir(resource))
               if n.startswith('RLIMIT_')],
    'cwd': os.getcwd(), 'nice': os.nice(0), 'environ': dict(os.environ),
    'umask': os.umask(0)}))
"""


class Inheritance(unittest.TestCase):
    """A command starts as it would without us."""

    def setUp(self):
        require_root(self)

    def start(self, before, *prefix):
        report = Process(self, ["bash", "-c", f'{before} exec "$@"', "bash", *prefix,
                                sys.executable, "-S", "-c", REPORT])
        self.assertEqual(report.wait(), 0, report.stderr)
        found = json.loads(report.stdout)
        found["environ"].pop("_", None)
        return found

    def same(self, before=""):
        with tempfile.NamedTemporaryFile() as out:
            self.assertEqual(self.start(before, binary(), "trace", "-o", out.name, "--"),
                             self.start(before))

    def test_as_it_is(self):
        self.same()

    def test_with_signals_ignored(self):
        self.same("trap '' CHLD PIPE INT TERM URG;")

    def test_with_further_descriptors(self):
        self.same("exec 5</etc/passwd 7>/dev/null;")

    def test_server_and_client_have_nothing_of_the_tracer(self):
        run = Traced(self, "run", "poll", "--port", "0", "--seconds", "30", "--mode", "pipeline")
        run.started()
        pids = wait_until(lambda: len(children(run.pid)) == 2 and list(children(run.pid)),
                          "server and client")
        for pid in pids:
            links = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
            self.assertEqual([link for link in links if "bpf" in link], [])
        run.signal(signal.SIGINT)
        run.summary()


def cpu_ticks(pid):
    """How long it has run, in ticks."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


class Signals(unittest.TestCase):
    # A signal that comes just before a pause() would wait for the next: Python's handlers run behind it.
    HEARS = ("import os, signal, sys\nheard, tell = os.pipe()\nos.set_blocking(tell, False)\n"
             "signal.set_wakeup_fd(tell)\n")
    COUNTER = (HEARS + "n = 0\n"
               "def on(*_):\n    global n; n += 1; print('interrupt', n, flush=True)\n"
               "signal.signal(signal.SIGINT, on)\nprint('ready', flush=True)\n"
               "while n < 3: os.read(heard, 1)\nsys.exit(9)")

    def test_what_the_terminal_sends_is_the_commands_alone(self):
        t = Terminal(self, binary(), "trace", "-o", "/dev/null", "--", sys.executable, "-c",
                     self.COUNTER)
        t.shows("ready")
        for n in (1, 2, 3):
            t.key("C")
            t.shows(f"interrupt {n}")
        self.assertEqual(t.wait(), 9)
        self.assertNotIn(b"interrupt 4", t.seen)

    def test_stopping_and_going_on(self):
        t = Terminal(self, binary(), "run", "poll", "--port", "0", "--mode", "pipeline", "-o",
                     "/dev/null")
        both = wait_until(lambda: len(children(t.pid)) == 2 and list(children(t.pid)),
                          "server and client")
        wait_until(lambda: all(cpu_ticks(pid) for pid in both), "both at work")
        t.key("Z")
        for pid in (t.pid, *both):
            wait_until(lambda pid=pid: state(pid) == "T", "all of it to stop")
        os.kill(t.pid, signal.SIGCONT)
        before = [cpu_ticks(pid) for pid in both]
        wait_until(lambda: all(cpu_ticks(pid) > n for pid, n in zip(both, before)), "work again")
        t.key("C")
        self.assertEqual(t.wait(), 0)

    def test_a_signal_is_passed_on_once_and_then_there_is_an_end(self):
        run = Traced(self, "trace", "--", sys.executable, "-c",
                     self.HEARS +
                     "signal.signal(signal.SIGTERM, lambda *_: open('/dev/stderr', 'w').write('t'))\n"
                     "while True: os.read(heard, 1)")
        run.started()
        target, = children(run.pid)
        wait_until(lambda: int(re.search(r"SigCgt:\s*(\w+)", Path(f"/proc/{target}/status")
                                         .read_text()).group(1), 16) & 1 << 14, "its handler")
        run.signal(signal.SIGTERM)
        self.assertEqual(run.wait(), 128 + signal.SIGKILL)
        self.assertEqual(run.stderr, "t")

    def test_a_server_that_is_stopped_holds_nobody(self):
        run = Traced(self, "run", "poll", "--port", "0", "--timeout", "1")
        run.started()
        server, _ = forked(run.pid)
        os.kill(server, signal.SIGSTOP)
        await_stop(server)
        run.signal(signal.SIGINT)
        self.assertEqual(run.wait(), 1)
        self.assertIn("the server did not end when it was told to, and was killed", run.stderr)

    def test_a_client_that_is_killed(self):
        run = Traced(self, "run", "poll", "--port", "0", "--seconds", "30")
        run.started()
        wait_until(lambda: len(children(run.pid)) == 2, "server and client")
        _, client = forked(run.pid)
        os.kill(client, signal.SIGKILL)
        self.assertEqual(run.wait(), 1)
        self.assertEqual(run.stderr, "wakelab: the client was killed by SIGKILL\n")

    def test_an_interrupt_while_it_starts(self):
        """As the terminal sends it: to all that is in the group at that moment."""
        require_root(self)
        for n in (1, 1, 1, 1, 2, 2, 2, 2):
            run = Process(self, [binary(), "run", "epoll-et", "--port", "0", "-o", "/dev/null"])
            wait_until(lambda run=run, n=n: len(children(run.pid)) >= n or not run.running(),
                       "its children")
            os.killpg(run.pid, signal.SIGINT)
            self.assertEqual((run.wait(), run.stderr), (0, ""))

    def test_a_caller_that_ignores_its_children(self):
        """Python cannot set that beside subprocess; the shell can."""
        require_root(self)
        for args, status in ((["--", "sh", "-c", "exit 7"], 7), (["--", "true"], 0)):
            run = Process(self, ["bash", "-c", 'trap "" CHLD; exec "$@"', "bash", binary(), "trace",
                                 *args])
            self.assertEqual(run.wait(), status, run.stderr)
        run = Process(self, ["bash", "-c", 'trap "" CHLD; exec "$@"', "bash", binary(), "run", "fork",
                             "--port", "0", "--messages", "10"])
        self.assertEqual(run.wait(), 0, run.stderr)


class Beginning(unittest.TestCase):
    """Tracing a command begins with its execution, and what cannot be executed changes nothing."""

    def setUp(self):
        require_root(self)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_every_call_is_the_commands_own(self):
        strace = require_program("strace")
        for command in (["true"], ["cat", "/etc/passwd"]):
            path = self.folder / "strace"
            seen = Process(self, [strace, "-f", "-qq", "-e", "signal=none", "-o", path, *command])
            self.assertEqual(seen.wait(), 0, seen.stderr)
            ours = collections.Counter(re.findall(r"^\d+ +(\w+)\(", path.read_text(), re.MULTILINE))
            s = Traced(self, "trace", "-o", self.folder / "out", "--", *command)
            self.assertEqual(s.wait(), 0, s.stderr)
            last = json.loads((self.folder / "out").read_text().splitlines()[-1])
            found = {row["name"]: row["calls"] for row in last["syscalls"]}
            named = {n: k for n, k in ours.items() if n in found}
            self.assertEqual(found, {**named, "other": ours.total() - sum(named.values())})

    def test_a_server_makes_no_call_of_ours(self):
        """What epoll_lt.c and net.c close: the client's socket, the listener, the epoll instance."""
        s = traced(self, "run", "epoll-lt", "--port", "0", "--conns", "1", "--messages", "10")
        self.assertEqual((calls(s, "close")["calls"], calls(s, "write")["calls"]), (3, 10))

    def refused(self, name, status, reason):
        kept = self.folder / "kept"
        kept.write_text("as it was")
        run = Process(self, [binary(), "trace", "-o", kept, "--", name])
        self.assertEqual((run.wait(), run.stdout), (status, ""))
        self.assertEqual(run.stderr, f'wakelab: cannot run "{name}": {reason}\n')
        self.assertEqual(kept.read_text(), "as it was")

    def test_what_is_no_program(self):
        self.refused("/nonexistent", 127, "No such file or directory")
        self.refused("no-such-program", 127, "No such file or directory")
        self.refused("/etc/passwd", 126, "Permission denied")
        self.refused("/tmp", 126, "Permission denied")

    def test_what_the_kernel_refuses(self):
        script = self.folder / "script"
        script.write_text("#!/nonexistent/shell\n")
        script.chmod(0o755)
        self.refused(str(script), 127, "the interpreter that its first line names after #!, or "
                                       "its dynamic linker does not exist")

    def test_a_script_without_a_first_line(self):
        script = self.folder / "script"
        script.write_text('echo "$0 $1 $#"\n')
        script.chmod(0o755)
        run = Process(self, [binary(), "trace", "-o", "/dev/null", "--", script, "one", "two"])
        self.assertEqual((run.wait(), run.stdout), (0, f"{script} one 2\n"))


class Users(unittest.TestCase):
    def setUp(self):
        require_root(self)
        self.shown = "id -u; id -g; id -G; echo $HOME $USER $LOGNAME; grep CapEff /proc/self/status"

    def run_as(self, *args, environ="SUDO_UID="):
        run = Process(self, ["env", environ, binary(), "trace", "-o", "/dev/null", *args, "--",
                             "sh", "-c", self.shown])
        self.assertEqual(run.wait(), 0, run.stderr)
        return run

    def test_another_user(self):
        user = pwd.getpwnam("nobody")
        groups = " ".join(map(str, os.getgrouplist("nobody", user.pw_gid)))
        for name in ("nobody", str(user.pw_uid)):
            self.assertEqual(self.run_as("-u", name).stdout,
                             f"{user.pw_uid}\n{user.pw_gid}\n{groups}\n"
                             f"{user.pw_dir} nobody nobody\nCapEff:\t{0:016x}\n")

    def test_sudo_is_told_who_runs_the_command(self):
        sudo = ["env", "SUDO_UID=1234", "SUDO_GID=1234", "SUDO_USER=some\033body", binary(),
                "trace", "-o", "/dev/null"]
        run = Process(self, [*sudo, "--", "id", "-u"])
        self.assertEqual((run.wait(), run.stdout), (0, "0\n"))
        self.assertEqual(run.stderr, "wakelab: note: the command runs as root; with -u some\\x1bbody it "
                                     "would run as the user who called sudo\n")
        run = Process(self, [*sudo, "-u", "root", "--", "id", "-u"])
        self.assertEqual((run.wait(), run.stdout, run.stderr), (0, "0\n", ""))

    def test_what_sudo_never_says_is_refused(self):
        for name, value in (("SUDO_UID", "abc"), ("SUDO_GID", "-1"), ("SUDO_UID", "4294967295")):
            sudo = {"SUDO_UID": "1234", "SUDO_GID": "1234", name: value}
            run = Process(self, ["env", *(f"{k}={v}" for k, v in sudo.items()), binary(), "run", "poll",
                                 "--port", "0", "--messages", "1"])
            self.assertEqual(run.wait(), 2)
            self.assertIn(f'{name} is "{value}", which is not a user or group ID', run.stderr)

    def test_nobody_of_that_name(self):
        for args, reason in ((["-u", "no such", "--", "true"], 'invalid --user "no such": must be a user'),
                             (["-u", "nobody", "-p", "1"], "--user requires -- COMMAND"),
                             (["--kill-on-exit", "-p", "1"], "--kill-on-exit requires")):
            run = Process(self, [binary(), "trace", *args])
            self.assertEqual(run.wait(), 2)
            self.assertIn(reason, run.stderr)


if __name__ == "__main__":
    unittest.main()
