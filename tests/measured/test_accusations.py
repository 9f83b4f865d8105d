# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Nothing that everybody runs, and that is right as it is, is told that something is wrong with it.
What is said of each is told; only notes are allowed, and what each of them holds for is measured."""
import contextlib
import os
import signal
import socket
import struct
import sys
import tempfile
import threading
import unittest
from pathlib import Path

from asking import CLIENTS
from harness import Process, alone, expand, for_each, wait_until
from known import HTTP, Known, Program
from languages import ECHOES
from tracing import Traced, require_program

HOW = ["whole", "attached"]
BUSY = "what runs beside it would take its CPU"
IDLE = "2"  # seconds



def times(values):
    return [(value, how) for value in values for how in HOW]


class Judged(Known):
    def told(self, run, how, but=()):
        """What is said at the end and while it runs; nothing of it is that something is wrong, but for
        causes that are known to be true of it."""
        s = run.summary(self.status)
        live = [line for line in run.lines() if line["type"] == "finding"]
        print(f"     {self._testMethodName}, {how}: {len(s['findings'])}")
        for f in s["findings"]:
            print(f"        {f['weight']} {f['id']} {f.get('cause', '')}: {f['text']}")
        wrong = [f["text"] for f in (*s["findings"], *live)
                 if f["weight"] == "wrong" and f["cause"] not in but]
        self.assertEqual(wrong, [])
        return s

    def listens(self, program, run):
        wait_until(lambda: self.address.answers() or not run.running(), f"{program.argv[0]} to listen")
        self.assertTrue(run.running(), run.stderr)

    def whole(self, program):
        """Traced from its first call to its last."""
        run = Traced(self, "trace", "--", "sh", "-c", 'exec "$@" >/dev/null', "sh", *program.argv)
        run.started()
        self.listens(program, run)
        program.drive()
        run.signal(program.end)
        self.status = program.status
        return self.told(run, "whole")

    def attached(self, program):
        """Found running, and under load while it is traced."""
        server = Process(self, program.argv)
        self.listens(program, server)
        run = Traced(self, "trace", "-p", server.pid)
        run.started()
        program.drive()
        run.signal(signal.SIGINT)
        self.status = 0
        return self.told(run, "attached")

    def idle(self, program):
        """Found running, and let alone."""
        server = Process(self, program.argv)
        self.listens(program, server)
        self.status = 0
        return self.told(Traced(self, "trace", "--seconds", IDLE, "-p", server.pid), "idle")

    def judge(self, program, how):
        return getattr(self, how)(program)

    def resets(self):
        """Clients that go away with a reset, before they have had the answer."""
        def reset():
            for _ in range(100):
                with self.address.connect() as client:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    client.sendall(HTTP[0])
        self.at_once(reset)

    def at_once(self, what):
        clients = [threading.Thread(target=what) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()

    def downloads(self):
        def download():
            for _ in range(2):
                with self.address.connect() as client:
                    client.sendall(b"GET /large HTTP/1.1\r\nHost: it\r\nConnection: close\r\n\r\n")
                    while client.recv(65536):
                        pass
        self.write("large", "x" * (16 << 20))
        self.at_once(download)

    def hogs(self):
        for _ in range(2 * os.cpu_count()):
            Process(self, [sys.executable, "-S", "-c", "while True: pass"])

    def limited(self, program, share):
        """In a cgroup that has so much of a CPU."""
        for kind, name, limit in CGROUPS:
            for mount in mounts(kind):
                if not Path(mount, name).exists() and kind == "cgroup":
                    continue
                with contextlib.suppress(OSError):
                    group = Path(tempfile.mkdtemp(prefix="wakelab-", dir=mount))
                    self.addCleanup(group.rmdir)
                    Path(group, name).write_text(limit(share))
                    argv = ["sh", "-c", 'echo $$ >"$0" && exec "$@"', group / "cgroup.procs",
                            *program.argv]
                    return Program(argv, program.drive, program.end, program.status)
        raise unittest.SkipTest("no cgroup with a quota of CPU can be made here")


PERIOD = 100_000  # us
CGROUPS = [("cgroup", "cpu.cfs_quota_us", lambda share: f"{share * PERIOD:.0f}"),
           ("cgroup2", "cpu.max", lambda share: f"{share * PERIOD:.0f} {PERIOD}")]


def mounts(kind):
    lines = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    return [fields[1] for fields in lines if fields[2] == kind]


@alone(BUSY)
@expand
class Accusations(Judged):
    @for_each(times(["1", "2", "4"]))
    def test_nginx(self, which):
        workers, how = which
        self.judge(self.nginx(workers, self.wrk), how)

    @for_each(times(["1", "2", "4"]))
    def test_nginx_with_clients_that_reset(self, which):
        workers, how = which
        self.judge(self.nginx(workers, self.resets), how)

    @for_each(times(["1", "16"]))
    def test_redis(self, which):
        pipelined, how = which

        def drive():
            self.asks(require_program("redis-benchmark"), "-p", self.address.port, "-P", pipelined,
                      "-q", "-n", "20000", "-c", "50", "-t", "set,get")
        self.judge(self.redis(drive), how)

    @for_each(times(["1", "4"]))
    def test_memcached(self, which):
        threads, how = which
        self.judge(self.memcached(threads), how)

    @for_each(times(["", "check inter 20"]))
    def test_haproxy(self, which):
        checks, how = which
        self.judge(self.haproxy(checks), how)

    @for_each(HOW)
    def test_apache(self, how):
        self.judge(self.apache(self.wrk), how)

    @for_each(HOW)
    def test_lighttpd(self, how):
        self.judge(self.lighttpd(self.wrk), how)

    @for_each(HOW)
    def test_lighttpd_with_downloads(self, how):
        self.judge(self.lighttpd(self.downloads), how)

    @for_each(HOW)
    def test_vsftpd(self, how):
        self.judge(self.vsftpd(), how)

    @for_each(HOW)
    def test_socat(self, how):
        s = self.judge(self.socat(), how)
        self.assertNotIn("busy-poll", [f["id"] for f in s["findings"]])

    @for_each(["1", "16"])
    def test_redis_benchmark(self, pipelined):
        """Once all requests are sent it asks for room that it has no use for, until the last answers come
        (writeHandler() of redis-benchmark.c returns, and the registration stays)."""
        client = [require_program("redis-benchmark"), "-p", self.address.port, "-P", pipelined, "-q",
                  "-n", "20000", "-c", "50", "-t", "set,get"]
        program = self.redis()
        self.listens(program, Process(self, program.argv))
        self.status = 0
        self.told(Traced(self, "trace", "--", "sh", "-c", 'exec "$@" >/dev/null', "sh", *client), "whole",
                  but=["out-always"])

    @for_each(HOW)
    def test_postgres(self, how):
        self.judge(self.postgres(), how)

    @for_each(times(["one-thread-per-connection", "pool-of-threads"]))
    def test_mariadb(self, which):
        threads, how = which
        self.judge(self.mariadb(threads), how)

    @for_each(times(["node-http", "node-workers", "node-cluster", "node-immediate", "go-http"]))
    def test_served(self, which):
        name, how = which
        s = self.judge(self.served(name), how)
        self.assertNotIn("busy-poll", [f["id"] for f in s["findings"]])

    @for_each(times(ECHOES))
    def test_echo(self, which):
        language, how = which
        s = self.judge(self.echo(language), how)
        self.assertNotIn("busy-poll", [f["id"] for f in s["findings"]])

    @for_each(times(["100", "10000000"]))
    def test_java_with_a_pool(self, which):
        turns, how = which
        self.judge(self.served("java-pool", turns, drive=lambda: self.echoes("--messages", "40")), how)

    @for_each(times(["0.1", "0.5"]))
    def test_go_with_a_quota(self, which):
        share, how = which
        self.judge(self.limited(self.served("go-http"), float(share)), how)

    @for_each(HOW)
    def test_go_beside_hogs(self, how):
        program = self.served("go-http")
        self.hogs()
        self.judge(program, how)

    @for_each(HOW)
    def test_chromium(self, how):
        browser = require_program("chromium")
        pages = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={self.folder}/it"]

        def drive():
            for _ in range(5):
                self.asks("curl", "-sf", "-X", "PUT", f"http://127.0.0.1:{self.address.port}"
                          "/json/new?data:text/html,<script>setInterval(()=>document.title%2B%2B,5)</script>")
        self.judge(Program([browser, *pages, f"--remote-debugging-port={self.address.port}"], drive), how)

    @for_each([("wrk", "-t2", "-c16", "-d1s"), ("ab", "-q", "-n2000", "-c16"),
               ("ab", "-k", "-q", "-n2000", "-c16"), ("curl", "-s")])
    def test_client(self, argv):
        program = self.nginx()
        server = Process(self, program.argv)
        self.listens(program, server)
        self.status = 0
        client = [require_program(argv[0]), *argv[1:], f"http://127.0.0.1:{self.address.port}/"]
        self.told(Traced(self, "trace", "--", "sh", "-c", 'exec "$@" >/dev/null', "sh", *client), "whole")

    @for_each(["redis", "memcached", "nginx", "apache", "lighttpd", "haproxy", "postgres", "mariadb"])
    def test_idle(self, name):
        self.idle(getattr(self, name)())

    @for_each([*ECHOES, "node-http", "go-http"])
    def test_idle_language(self, name):
        self.idle(self.echo(name) if name in ECHOES else self.served(name))


if __name__ == "__main__":
    unittest.main()
