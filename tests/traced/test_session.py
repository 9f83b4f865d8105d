# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""How a traced run starts, ends and fails: nothing is left behind, and every failure says why."""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from harness import Process, alive, binary, children, forked, wait_until
from sleeping import await_stop
from tracing import (Traced, calls, of_session, programs_of, require_program, require_root,
                     traced)


def in_the_kernel():
    """The ids of all BPF programs."""
    out = subprocess.run([require_program("bpftool"), "-j", "prog", "show"],
                         stdout=subprocess.PIPE, check=True)
    return {p["id"] for p in json.loads(out.stdout)}


def port_is_free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Endings(unittest.TestCase):
    def test_sigkill_leaves_nothing(self):
        run = Traced(self, "run", "epoll-et", "--port", "0")
        port = int(run.started()["target"].rpartition(":")[2])
        ours = programs_of(run.pid)
        self.assertLessEqual(ours, in_the_kernel())
        self.assertGreaterEqual(len(ours), 10)
        below = children(run.pid)
        self.assertEqual(len(below), 2)  # server and client
        run.signal(signal.SIGKILL)
        run.wait()
        wait_until(lambda: not any(alive(pid) for pid in below), "the children to die")
        wait_until(lambda: not in_the_kernel() & ours, "the programs to go")
        wait_until(lambda: port_is_free(port), "the port to be free")

    def test_sigkill_while_it_starts(self):
        run = Traced(self, "run", "poll", "--port", "0")
        wait_until(lambda: children(run.pid) and programs_of(run.pid), "the server and the programs")
        run.signal(signal.SIGSTOP)
        await_stop(run.pid)
        below, ours = children(run.pid), programs_of(run.pid)
        run.signal(signal.SIGKILL)
        run.wait()
        wait_until(lambda: not any(alive(pid) for pid in below), "the children to die")
        wait_until(lambda: not in_the_kernel() & ours, "the programs to go")

    def test_sigint_ends_cleanly(self):
        run = Traced(self, "run", "epoll-lt", "--port", "0", "--interval", "0.05")
        wait_until(lambda: any(l["client"]["messages"] for l in run.lines()
                               if l["type"] == "interval"), "a message")
        run.signal(signal.SIGINT)
        s = run.summary(0)
        self.assertFalse(s["completed"])
        self.assertNotIn("reconciled", s)
        self.assertGreater(s["client"]["messages"], 0)

    def test_intervals_add_up_to_the_summary(self):
        run = Traced(self, "run", "epoll-lt", "--port", "0", "--interval", "0.02", "--messages",
                     "2000", "--conns", "2")
        s = run.summary()
        intervals = [l for l in run.lines() if l["type"] == "interval"]
        for row in (row for i in intervals for row in i["syscalls"]):
            self.assertLess(row["verdicts"]["in_flight"], 2**32, row)  # no underflow
        for name in ("epoll_wait", "read", "write"):
            for verdict in ("ready", "slept", "interrupted"):
                self.assertEqual(sum(calls(i, name)["verdicts"][verdict] for i in intervals),
                                 calls(s, name)["verdicts"][verdict])
        self.assertEqual(sum(i["service_ns"]["count"] for i in intervals),
                         s["service_ns"]["count"])

    def test_exit_status_of_a_command(self):
        traced(self, "trace", "--", "sh", "-c", "exit 7", status=7)
        traced(self, "trace", "--", "sh", "-c", "kill -9 $$", status=137)
        missing = Traced(self, "trace", "--", "/nonexistent/program")
        self.assertEqual(missing.wait(), 127)
        self.assertIn('cannot run "/nonexistent/program": No such file', missing.stderr)

    def test_server_has_the_groups_of_the_user_who_called_sudo(self):
        require_root(self)
        unshare = require_program("unshare")
        groups = tempfile.NamedTemporaryFile("w")
        self.addCleanup(groups.close)
        groups.write("one:x:61001:wake,lab\ntwo:x:61002:lab\nthree:x:61003:wake\n")
        groups.flush()
        run = Process(self, [
            unshare, "-m", "env", "SUDO_UID=65534", "SUDO_GID=65534", "SUDO_USER=wake", "sh", "-c",
            'mount --bind "$0" /etc/group && exec "$@"', groups.name, binary(), "run", "poll",
            "--port", "0", "--format", "ndjson"])
        wait_until(lambda: "\n" in run.stdout or not run.running(), "the tracer's first line")
        below = children(run.pid)
        self.assertEqual(len(below), 2, run.stderr)  # server and client
        for pid in below:
            status = Path(f"/proc/{pid}/status").read_text()
            self.assertRegex(status, r"Uid:\t65534")
            self.assertRegex(status, r"Groups:\t61001 61003 65534 *\n")
        run.signal(signal.SIGINT)
        self.assertEqual(run.wait(), 0, run.stderr)

    def test_a_process_that_runs_already(self):
        target = Process(self, ["sleep", "100"])
        trace = Traced(self, "trace", "-p", str(target.pid))
        trace.started()
        target.signal(signal.SIGTERM)
        target.wait()
        s = trace.summary()
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])


class Failures(unittest.TestCase):
    def fails(self, status, message, *args, prefix=(), stdout=None):
        require_root(self)
        run = Process(self, [*prefix, binary(), *args])
        self.assertEqual(run.wait(), status, run.stderr)
        self.assertRegex(run.stderr, message)
        self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
        return run

    def test_no_privileges(self):
        setpriv = require_program("setpriv")
        self.fails(4, r"run needs CAP_BPF and CAP_PERFMON .*sudo; serve, load and models need no",
                   "run", "poll", prefix=[setpriv, "--bounding-set", "-all", "--inh-caps", "-all",
                                          "--reuid", "65534", "--clear-groups"])

    def test_no_btf(self):
        unshare = require_program("unshare")
        run = Process(self, [unshare, "-m", "sh", "-c",
                             'mount -t tmpfs none /sys/kernel && exec "$0" run poll', binary()])
        self.assertEqual(run.wait(), 4)
        self.assertRegex(run.stderr, r"^wakelab: run needs the kernel's type information.*"
                                     r"CONFIG_DEBUG_INFO_BTF.*\n$")

    def test_port_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.fails(1, rf"cannot listen on 127.0.0.1:{port}: Address already in use; choose "
                          r"another with --port", "run", "poll", "--port", str(port))

    def test_what_an_output_file_held_is_kept(self):
        """Until the run has something to say; then it is all gone."""
        with tempfile.NamedTemporaryFile("w+") as out, socket.create_server(("127.0.0.1", 0)) as s:
            out.write("kept\n" * 10000)
            out.flush()
            port = str(s.getsockname()[1])
            dead = Process(self, ["true"])
            dead.wait()
            for status, args in [(1, ["run", "poll", "--port", port]),
                                 (1, ["trace", "-p", str(dead.pid)]),
                                 (2, ["run", "sigio", "--size", "8192"])]:
                run = Process(self, [binary(), *args, "-o", out.name])
                self.assertEqual(run.wait(), status, run.stderr)
                self.assertEqual(Path(out.name).read_text(), "kept\n" * 10000, args)
            for args in (["trace", "--", "true"],
                         ["compare", "poll", "select", "--rounds", "1", "--messages", "1"]):
                run = Process(self, [binary(), args[0], "--format", "ndjson", "-o", out.name, *args[1:]])
                self.assertEqual(run.wait(), 0, run.stderr)
                types = [json.loads(l)["type"] for l in Path(out.name).read_text().splitlines()]
                self.assertEqual((types[0], types.count("start")), ("start", 1))

    def test_output_to_a_pipe(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkfifo(f"{folder}/pipe")
            reader = Process(self, ["cat", f"{folder}/pipe"])
            run = Process(self, [binary(), "trace", "-o", f"{folder}/pipe", "--", "true"])
            self.assertEqual((run.wait(), run.stderr), (0, ""))
            reader.wait()
            self.assertIn("Done after", reader.stdout)

    def test_usage(self):
        for message, args in [
                ("which model", ["run"]),
                ("poll", ["run", "pol"]),
                ("--read-size 8192", ["run", "sigio", "--size", "8192"]),
                ("--read-size 64", ["compare", "sigio", "sigio-rt+read-size=63"]),
                ("format", ["run", "poll", "--format", "xml"]),
                ("interval", ["run", "poll", "--interval", "0"]),
                ("stall-ms", ["run", "poll", "--stall-ms", "0"]),
                ("top", ["trace", "--top", "65", "--", "true"]),
                ("or --unit, or -- COMMAND", ["trace"]),
                ("or --unit, or -- COMMAND", ["trace", "-p", "1", "--", "true"]),
                ("invalid --pid \"x\": must be a comma-separated list of process IDs", ["trace", "-p", "x"]),
                ("must be a comma-separated list", ["trace", "-p", "1", "2x"]),
                ("must be a comma-separated list", ["trace", "-p", "0"]),
                ("must name a process", ["trace", "-p", ""]),
                ("--no-children requires processes that are running", ["trace", "--no-children", "--", "true"])]:
            run = Process(self, [binary(), *args])
            self.assertEqual(run.wait(), 2, run.stderr)
            self.assertIn(message, run.stderr)

    def test_no_such_process(self):
        dead = Process(self, ["true"])
        dead.wait()
        self.fails(1, r"cannot trace process \d+: No such process", "trace", "-p", str(dead.pid))

    def test_one_of_several_that_is_not_there(self):
        dead, live = Process(self, ["true"]), Process(self, ["sleep", "100"])
        dead.wait()
        run = self.fails(1, rf"cannot trace process {dead.pid}: No such process",
                         "trace", "-p", f"{live.pid},{dead.pid}")
        self.assertEqual(run.stdout, "")

    def test_a_thread(self):
        target = Process(self, [sys.executable, "-S", "-c", "import threading, time; threading."
                                "Thread(target=time.sleep, args=(100,)).start()"])
        tids = Path(f"/proc/{target.pid}/task")
        wait_until(lambda: len(list(tids.iterdir())) == 2, "the thread")
        tid, = {int(task.name) for task in tids.iterdir()} - {target.pid}
        self.fails(1, rf"cannot trace {tid}: it is a thread of process {target.pid}; .*-p {target.pid}\n",
                   "trace", "-p", tid)

    def test_a_thread_of_the_kernel(self):
        if Path("/proc/2/comm").read_text() != "kthreadd\n":
            self.skipTest("no kernel threads are to be seen here")
        self.fails(1, "cannot trace process 2: it is a kernel thread", "trace", "-p", "2")

    def test_full_disk(self):
        require_root(self)
        with open("/dev/full", "w", encoding="utf-8") as full:
            run = Process(self, [binary(), "run", "poll", "--port", "0", "--seconds", "5"], stdout=full)
            self.assertEqual(run.wait(), 1)
        self.assertEqual(run.stderr,
                         "wakelab: cannot write to standard output: No space left on device\n")
        wait_until(lambda: not of_session(run.pid), "the server and the client to end")

    def test_closed_output(self):
        require_root(self)
        read, write = os.pipe()
        os.close(read)
        run = Process(self, [binary(), "run", "poll", "--port", "0", "--seconds", "1000"],
                      stdout=write)
        os.close(write)
        self.assertEqual(run.wait(), 1)
        self.assertEqual(run.stderr, "wakelab: cannot write to standard output: Broken pipe\n")

    def test_server_that_dies(self):
        run = Traced(self, "run", "epoll-et", "--port", "0", "--interval", "0.05")
        run.started()
        wait_until(lambda: any(l["type"] == "interval" and l["client"]["messages"]
                               for l in run.lines()), "a first message")
        server, _ = forked(run.pid)
        os.kill(server, signal.SIGKILL)
        s = run.summary(1)
        self.assertFalse(s["completed"])
        self.assertGreater(s["server"]["reads"], 0)
        self.assertRegex(run.stderr, r"^wakelab: the server was killed by SIGKILL.*\n")

    def test_server_that_gives_up(self):
        run = Traced(self, "run", "nonblocking", "--fault", "nonblock-exit", "--port", "0")
        self.assertEqual(run.wait(), 1)
        self.assertRegex(run.stderr, r"the server exited with status 1; its last output: .*nonblock-exit")

    def test_memory_and_speed_of_start(self):
        run = Traced(self, "run", "epoll-et", "--port", "0", "--interval", "0.05")
        run.started()
        wait_until(lambda: len(run.lines()) > 3, "intervals")
        status = Path(f"/proc/{run.pid}/status").read_text()
        self.assertLess(int(re.search(r"VmRSS:\s+(\d+)", status).group(1)), 16384)
        # all maps are allocated at once, with room for 24 576 interests; those of one value a CPU
        # (type 6) have nothing to do with that
        infos = [info.read_text() for info in Path(f"/proc/{run.pid}/fdinfo").iterdir()]
        sizes = [int(re.search(r"memlock:\s+(\d+)", i).group(1)) for i in infos
                 if "map_type:" in i and not re.search(r"map_type:\s+6$", i, re.M)]
        self.assertGreater(len(sizes), 10)
        self.assertLess(sum(sizes), 42 << 20)
        run.signal(signal.SIGTERM)
        run.summary()
