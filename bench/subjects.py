# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The servers that are measured, each with the load that it is put under.

A subject is started once and serves until the end. One slice of load gives a dict: messages, seconds,
p50_ns and p99_ns as the client saw them (None: this client does not tell), and cpu_ns, the CPU time
of the server meanwhile.
"""
import json
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

LIMIT = 30  # seconds, for a server to listen

PIPELINED = ("16 x 64 B pipelined", ["--mode", "pipeline", "--conns", "16", "--size", "64"])
LOCKSTEP = ("64 in lockstep", ["--conns", "64", "--size", "64"])
ONE = ("1 x 64 B pipelined", ["--mode", "pipeline", "--conns", "1", "--size", "64"])
DATAGRAMS = ("16 in lockstep, UDP", ["--udp", "--conns", "16", "--size", "64"])

NGINX = """daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr;
events {{ worker_connections 256; }}
http {{ access_log off; keepalive_requests 1000000000;
client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
uwsgi_temp_path {folder}; scgi_temp_path {folder};
server {{ listen 127.0.0.1:{port}; location / {{ return 200 "{body}"; }} }} }}
"""


class Missing(Exception):
    """A program is not there; says which, and its package."""


def require(program, package):
    path = shutil.which(program, path="/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
    if not path:
        raise Missing(f"{program} is not installed (Debian: {package})")
    return path


def output(argv):
    run = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"bench: \"{' '.join(argv)}\" failed: {run.stderr.strip() or run.stdout.strip()}")
    return run.stdout


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def listens(port):
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def cpu_ns(pid):
    """CPU time of all threads of a process."""
    return sum(int(path.read_text().split()[0])
               for path in Path(f"/proc/{pid}/task").glob("*/schedstat"))


class Subject:
    """name: of the server; load: in words; pid: of its one process, once it has started."""

    load = ""

    def __init__(self, name):
        self.name = name
        self.child = None

    def launch(self, argv, **more):
        self.child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, text=True, **more)
        self.pid = self.child.pid

    def stop(self):
        if self.child:
            self.child.terminate()
            self.child.wait()

    def slice(self, seconds):
        before = cpu_ns(self.pid)
        got = self.drive(seconds)
        got["cpu_ns"] = cpu_ns(self.pid) - before
        return got


class Echo(Subject):
    """A server that says on which port it listens, and that wakelab's own client drives."""

    def __init__(self, name, argv, wakelab, load):
        super().__init__(name)
        self.argv, self.wakelab = argv, wakelab
        self.load, self.args = load

    def start(self, folder):
        self.launch(self.argv, stdout=subprocess.PIPE)
        line = self.child.stdout.readline()
        found = re.search(r":(\d+) \(", line)
        if not found:
            sys.exit(f"bench: {self.name} does not start: {line.strip() or 'see above'}")
        self.port = found.group(1)

    def drive(self, seconds):
        got = json.loads(output([self.wakelab, "load", "--format", "ndjson", "--port", self.port,
                                 "--seconds", str(seconds), *self.args]))
        return {"messages": got["messages"], "seconds": got["elapsed_ns"] / 1e9,
                "p50_ns": got["latency_ns"]["p50"], "p99_ns": got["latency_ns"]["p99"]}


class Known(Subject):
    """A server that others wrote, on a port that is given to it."""

    def start(self, folder):
        argv = [require(*self.program)]
        self.client = require(*self.client_program)
        self.port = free_port()
        self.launch(argv + self.arguments(folder), stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + LIMIT
        while not listens(self.port):
            if self.child.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"bench: {self.name} does not listen on its port: \"{' '.join(argv)}\"")
            time.sleep(0.01)


class Redis(Known):
    program = ("redis-server", "redis-server")
    client_program = ("redis-benchmark", "redis-tools")
    load = "16 x PING, pipelined"
    rate = 20000  # requests a second; by the last slice, since its client counts requests

    def arguments(self, folder):
        return ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]

    def drive(self, seconds):
        n = max(1000, int(self.rate * seconds))
        lines = output([self.client, "-p", str(self.port), "-c", "16", "-P", "16", "-n", str(n), "-t",
                        "ping_mbulk", "--csv"]).splitlines()
        got = dict(zip(*(re.findall(r'"([^"]*)"', line) for line in lines[:2])))
        self.rate = float(got["rps"])
        return {"messages": n, "seconds": n / self.rate,
                "p50_ns": round(float(got["p50_latency_ms"]) * 1e6),
                "p99_ns": round(float(got["p99_latency_ms"]) * 1e6)}


class Memcached(Known):
    program = ("memcached", "memcached")
    client_program = ("memcslap", "libmemcached-tools")
    load = "16 x get, a few sets"
    rate = 20000  # as Redis.rate

    def arguments(self, folder):
        return ["-u", "nobody", "-l", "127.0.0.1", "-p", str(self.port), "-U", "0", "-t", "1"]

    def drive(self, seconds):
        each = max(100, int(self.rate * seconds / 17))  # set by one thread, then got by sixteen
        text = output([self.client, "--servers", f"127.0.0.1:{self.port}", "--concurrency=16",
                       f"--execute-number={each}", "--test=get", "--tcp-nodelay"])
        took = [float(s) for s in re.findall(r"Time to [sg]et .* ([\d.]+) seconds", text)]
        self.rate = 17 * each / sum(took)
        return {"messages": 17 * each, "seconds": sum(took), "p50_ns": None, "p99_ns": None}


class Nginx(Known):
    program = ("nginx", "nginx-light")
    client_program = ("wrk", "wrk")
    load = "16 x GET of 64 B"

    def arguments(self, folder):
        conf = folder / "nginx.conf"
        conf.write_text(NGINX.format(folder=folder, port=self.port, body="x" * 64))
        return ["-c", str(conf)]

    def drive(self, seconds):
        whole = max(1, round(seconds))  # its client knows no less
        text = output([self.client, "-t", "1", "-c", "16", "-d", f"{whole}s", "--latency",
                       f"http://127.0.0.1:{self.port}/"])
        units = {"us": 1e3, "ms": 1e6, "s": 1e9}
        late = {share: round(float(value) * units[unit]) for share, value, unit in
                re.findall(r"(\d+)% +([\d.]+)(us|ms|s)$", text, re.M)}
        done, span, unit = re.search(r"(\d+) requests in ([\d.]+)(ms|s),", text).groups()
        return {"messages": int(done), "seconds": float(span) * units[unit] / 1e9,
                "p50_ns": late["50"], "p99_ns": late["99"]}


def model(name, wakelab, load=PIPELINED):
    return Echo(name, [wakelab, "serve", name, "--port", "0"], wakelab, load)


def library(name, build, wakelab, load):
    path = Path(build, "bench", f"echo_{name}")
    if not path.exists():
        raise Missing(f"{path} is not built (Debian: {name}{'1' if name == 'libuv' else ''}-dev, "
                      "then make bench)")
    return Echo(name, [str(path)], wakelab, load)
