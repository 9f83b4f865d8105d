# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""wakelab beside the programs that it traces: what it must not touch, and what is theirs alone."""
import json
import os
import re
import signal
import socket
import sys
import tempfile
import unittest
from pathlib import Path

from harness import Process, binary, children, wait_until
from tracing import Traced, require_root


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
        self.same("trap '' CHLD PIPE INT TERM;")

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


class Signals(unittest.TestCase):
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


if __name__ == "__main__":
    unittest.main()
