# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What has to hold on every kernel: each model's witnesses, exact counts, and the least privileges."""
import signal
import sys
import unittest

from harness import MODELS, Process, expand, for_each, wait_until
from shape import read_lines
from tracing import Traced, calls, least, require_io_uring, require_root, run_model, traced

FEW = ["--conns", "4", "--messages", "100"]


@expand
class Models(unittest.TestCase):
    @for_each(MODELS)
    def test_witnesses(self, model):
        if model == "uring":
            require_io_uring()
        s = run_model(self, model, *FEW)
        self.assertEqual((s["client"]["messages"], s["server"]["messages"]), (400, 400))
        self.assertEqual((s["client"]["bytes"], s["server"]["bytes_in"], s["server"]["bytes_out"]),
                         (400 * 64,) * 3)
        self.assertTrue(all(row["verdicts"]["in_flight"] == 0 for row in s["syscalls"]))
        if s["service_ns"]:  # else this kernel tells of no readiness
            self.assertGreater(s["service_ns"]["count"], 0)


class Reports(unittest.TestCase):
    """A message of 64 bytes is read by four reads of 16."""

    ARGS = ["--conns", "1", "--messages", "300", "--read-size", "16", "--mode", "lockstep"]

    def test_level_triggered(self):
        s = run_model(self, "epoll-lt", *self.ARGS)
        self.assertEqual(s["interests"]["rereports"], 900)
        # the end of the connection, and its beginning, may fall together with a message
        self.assertIn(s["interests"]["fresh"], range(300, 304))

    def test_edge_triggered(self):
        s = run_model(self, "epoll-et", *self.ARGS)
        self.assertEqual(s["interests"]["rereports"], 0)
        self.assertIn(s["interests"]["edges"], range(300, 305))


class Commands(unittest.TestCase):
    def test_pipeline(self):
        s = traced(self, "trace", "--", "sh", "-c", "echo hi | cat >/dev/null")
        write = calls(s, "write")
        self.assertEqual((write["calls"], write["bytes"], write["errors"]), (2, 6, {}))
        self.assertEqual(write["verdicts"]["ready"] + write["verdicts"]["slept"], 2)
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])


class Threads(unittest.TestCase):
    PROGRAM = """if True:
        import os, signal, threading, time
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        r, w = os.pipe()
        def wait():
            os.read(r, 1)
            time.sleep(0.001) # a call that began before the tracing is not counted
        threads = [threading.Thread(target=wait) for _ in range(3)]
        for thread in threads:
            thread.start()
        print(os.getpid(), *(thread.native_id for thread in threads), flush=True)
        signal.sigwait([signal.SIGUSR1])
        time.sleep(0.001)
        os.write(w, b'xxx')"""

    def test_all_that_a_process_has_are_followed(self):
        target = Process(self, [sys.executable, "-S", "-c", self.PROGRAM])
        wait_until(lambda: "\n" in target.stdout, "its threads")
        trace = Traced(self, "trace", "-p", target.pid)
        trace.started()
        target.signal(signal.SIGUSR1)
        self.assertEqual({row["tid"] for row in trace.summary()["threads"]},
                         {int(tid) for tid in target.stdout.split()})


class Privileges(unittest.TestCase):
    def least(self, *args, status=0):
        run = least(self, *args)
        self.assertEqual(run.wait(), status, run.stderr)
        self.stderr = run.stderr
        return read_lines(run.stdout)[-1]

    def test_registrations_that_may_not_be_read(self):
        require_root(self)
        for code, lost in (("import select; ep = select.epoll()", 1), ("", 0)):
            target = Process(self, [sys.executable, "-S", "-c", f"{code}\nprint('ready', flush=True)"
                                    "\nimport time; time.sleep(100)"])
            wait_until(lambda: "ready" in target.stdout, "the program to be ready")
            s = self.least("trace", "--format", "ndjson", "--strict", "--seconds", "0.05", "-p",
                           target.pid, status=3 if lost else 0)
            self.assertEqual(s["lost"]["interests"], lost)
            self.assertEqual(self.stderr.count("\n"), lost, self.stderr)
            if lost:
                self.assertRegex(self.stderr, rf"process {target.pid}: .*run with CAP_SYS_PTRACE")

    def test_two_capabilities_suffice(self):
        require_root(self)
        doctor = least(self, "doctor")
        self.assertEqual(doctor.wait(), 0, doctor.stderr)
        self.assertNotIn("is not available", " ".join(doctor.stdout.split()))
        s = self.least("run", "poll", "--port", "0", "--format", "ndjson", *FEW)
        self.assertIs(s["reconciled"], True, s.get("witnesses"))
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
