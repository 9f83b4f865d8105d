# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""perf and the scheduler count the same processes in the same run: they must agree with us."""
import os
import re
import signal
import sys
import tempfile
import unittest
from pathlib import Path

from harness import UDP_MODELS, MODELS, Process, expand, for_each, load, wait_until, binary
from observed import IO, SETUP, WAITS, Observed
from tracing import Gated, Perf, Traced, calls, require_program

RT_SIGTIMEDWAIT = {"x86_64": "128", "aarch64": "137"}


class Address:
    def __init__(self, port, udp=False):
        self.port, self.udp, self.address = port, udp, "127.0.0.1"


@expand
class Perfs(Observed):
    @for_each(MODELS)
    def test_server(self, model):
        server = Gated(self, binary(), "serve", model, "--port", "0")
        tracer, perf = self.observe(server, WAITS + SETUP + IO)
        port = wait_until(lambda: re.search(r":(\d+) \(", server.stdout), "the server to listen")
        address = Address(int(port.group(1)), model in UDP_MODELS)
        self.assertEqual(load(self, address, "--conns", "3", "--messages", "300").status, 0)
        server.signal(15)
        server.wait()
        s = self.compare(tracer, perf)
        self.assertEqual(s["sockets"]["bytes"], 3 * 300 * 64)

    def test_redis(self):
        redis = require_program("redis-check-rdb")  # the same program as redis-server
        benchmark = require_program("redis-benchmark")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        link = Path(folder.name) / "redis-server"
        link.symlink_to(redis)
        sock = f"{folder.name}/socket"
        server = Gated(self, str(link), "--port", "0", "--unixsocket", sock, "--save", "",
                       "--dir", folder.name)
        tracer, perf = self.observe(server, WAITS)
        wait_until(lambda: Path(sock).exists(), "redis to listen")
        done = Process(self, [benchmark, "-s", sock, "-n", "3000", "-c", "20", "-t", "set,get",
                              "-q"])
        self.assertEqual(done.wait(60), 0, done.stderr)
        server.signal(15)
        server.wait()
        s = self.compare(tracer, perf)
        self.assertGreater(calls(s, "epoll_wait")["calls"], 0)

    @for_each(["epoll", "poll"])
    def test_stress_ng(self, stressor):
        stress = require_program("stress-ng")
        program = Gated(self, stress, "--temp-path", tempfile.gettempdir(), f"--{stressor}", "1",
                        f"--{stressor}-ops", "2000", "--timeout", "20")
        tracer, perf = self.observe(program, WAITS)
        self.assertEqual(program.wait(60), 0, program.stderr)
        s = self.compare(tracer, perf)
        self.assertGreater(sum(calls(s, n)["calls"] for n in WAITS), 0)


@expand
class Sleeps(unittest.TestCase):
    """A reader between two gates: what it slept and how it was woken, by others' accounts."""

    WAITS = {
        "epoll": "ep = select.epoll(); ep.register(a); wait = ep.poll",
        "poll": "po = select.poll(); po.register(a, select.POLLIN); wait = po.poll",
        "select": "wait = lambda: select.select([a], [], [])",
        "blocking": "wait = lambda: None",
    }

    def reader(self, wait):
        return Process(self, [sys.executable, "-S", "-c", f"""if True:
            import os, select, signal, socket
            a, b = socket.socketpair()
            {wait}
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
            parent = os.getpid()
            if not os.fork():
                while b.recv(1): b.send(b'x')
                os._exit(0)
            b.close()
            print('ready', flush=True)
            signal.sigwait([signal.SIGUSR1])
            for _ in range(500):
                a.send(b'x'); wait(); a.recv(1)
            signal.sigwait([signal.SIGUSR1])"""])

    def at_gate(self, pid):
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        call = Path(f"/proc/{pid}/syscall").read_text().split()[0]
        return stat == "S" and call == RT_SIGTIMEDWAIT[os.uname().machine]

    def switches(self, pid):
        status = Path(f"/proc/{pid}/status").read_text()
        return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status, re.M).group(1))

    @for_each(list(WAITS))
    def test_agree(self, how):
        target = self.reader(self.WAITS[how])
        wait_until(lambda: "ready" in target.stdout and self.at_gate(target.pid), "the first gate")
        tracer = Traced(self, "trace", "--no-children", "-p", str(target.pid))
        tracer.started()
        perf = Perf(self, ["-a"], [("sched:sched_waking", "--filter", f"pid=={target.pid}")])
        before = self.switches(target.pid)
        target.signal(signal.SIGUSR1)
        wait_until(lambda: self.switches(target.pid) > before and self.at_gate(target.pid),
                   "the second gate")
        slept, woken = self.switches(target.pid) - before, perf.stop()["sched:sched_waking"]
        tracer.signal(signal.SIGINT)
        s = tracer.summary()
        # the sleep at the second gate is in a call that has not returned
        self.assertEqual(sum(row["sleeps"] for row in s["syscalls"]) + 1, slept)
        self.assertEqual(s["wakes"]["sleeps"], slept)
        # the wake from the first gate is of a call that was entered before we came
        self.assertEqual(s["wakes"]["total"] + 1, woken)
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
