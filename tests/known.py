# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Servers that everybody runs, each an instance of our own, with what puts it under load."""
import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path

from asking import Address, ask_all, require_server
from harness import Process, Server, load, wait_until
from languages import ECHOES, SERVERS
from tracing import require_program

NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]

NGINX = """
daemon off; user root; worker_processes {workers}; pid {folder}/pid; error_log {folder}/errors crit; events {{ }}
http {{ access_log off; client_body_temp_path {folder}/1; proxy_temp_path {folder}/2;
        fastcgi_temp_path {folder}/3; uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
        keepalive_requests 10000; server {{ listen 127.0.0.1:{port}; return 200 "hello\\n"; }} }}
"""
APACHE = """
ServerName it
ServerRoot {folder}
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/errors
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
DocumentRoot {folder}
MaxKeepAliveRequests 0
"""
LIGHTTPD = """
server.bind = "127.0.0.1"
server.port = {port}
server.document-root = "{folder}"
server.max-keep-alive-requests = 10000
"""
HAPROXY = """
global
    nbthread 4
defaults
    mode tcp
    timeout connect 60s
    timeout client 60s
    timeout server 60s
listen all
    bind 127.0.0.1:{port}
    server one 127.0.0.1:{behind} {checks}
"""
VSFTPD = """
listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
anonymous_enable=YES
no_anon_password=YES
anon_root={folder}
secure_chroot_dir={folder}
run_as_launching_user=YES
seccomp_sandbox=NO
"""
HTTP = b"GET /hello HTTP/1.1\r\nHost: it\r\n\r\n", b"hello\n", True


@dataclasses.dataclass
class Program:
    """How it is started, put under load, and ended; status is what it ends with then."""
    argv: list
    drive: Callable
    end: int = signal.SIGTERM
    status: int = 0


class Known(unittest.TestCase):
    """The servers, by method: each is skipped where it is not installed."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.folder.chmod(0o755)
        self.address = Address(self)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def conf(self, text, **values):
        return self.write("conf", text.format(folder=self.folder, port=self.address.port, **values))

    def own(self, *path):
        """A folder that is nobody's."""
        folder = self.folder.joinpath(*path)
        folder.mkdir(exist_ok=True)
        os.chown(folder, 65534, 65534)
        return folder

    def asks(self, *argv):
        done = subprocess.run([str(arg) for arg in argv], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def http(self):
        ask_all(self.address, *HTTP)

    def wrk(self, conns="16"):
        done = Process(self, [require_program("wrk"), "-t1", f"-c{conns}", "-d1s",
                              f"http://127.0.0.1:{self.address.port}/hello"])
        self.assertEqual(done.wait(), 0, done.stderr)

    def echoes(self, *args):
        done = load(self, self.address, "--conns", "8", *(args or ("--messages", "300")))
        self.assertEqual(done.status, 0, done.stderr)

    def built(self, language, source=None):
        """The command of a program in it, an echo server unless it is another one."""
        require_server({"asyncio": "python3"}.get(language, language))
        source = source or ECHOES[language]
        name = {"java": "Pool.java" if "class Pool" in source else "Echo.java", "go": "server.go"}
        path = self.write(name.get(language, "server"), source)
        if language == "java":
            require_server("javac")
            subprocess.run(["javac", path], check=True)
            return ["java", "-cp", self.folder, Path(path).stem]
        if language == "go":
            cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"), "wakelab", "go")
            subprocess.run(["go", "build", "-o", self.folder / "go-server", path], check=True,
                           env={**os.environ, "GO111MODULE": "off", "GOCACHE": str(cache)})
            return [self.folder / "go-server"]
        return {"asyncio": [sys.executable, path], "node": ["node", path], "ruby": ["ruby", path],
                "erl": ["escript", path]}[language]

    def echo(self, language):
        status = 128 + signal.SIGTERM if language in ("java", "go") else 0
        return Program([*self.built(language), str(self.address.port)], self.echoes, status=status)

    def served(self, name, *args, drive=None):
        """A program of SERVERS."""
        language = name.partition("-")[0]
        status = 128 + signal.SIGTERM if language in ("java", "go") else 0
        return Program([*self.built(language, SERVERS[name]), str(self.address.port), *args],
                       drive or self.wrk, status=status)

    def redis(self, drive=None):
        require_server("redis-server")
        return Program(["redis-server", "--port", self.address.port, "--bind", "127.0.0.1", "--save", "",
                        "--dir", self.folder],
                       drive or (lambda: ask_all(self.address, b"PING\r\n", b"PONG\r\n", True)))

    def memcached(self, threads="4"):
        require_server("memcached")
        return Program(["memcached", "-u", "nobody", "-l", "127.0.0.1", "-U", "0", "-t", threads, "-p",
                        self.address.port],
                       lambda: ask_all(self.address, b"get key\r\n", b"END\r\n", True))

    def nginx(self, workers=2, drive=None):
        require_server("nginx")
        return Program(["nginx", "-c", self.conf(NGINX, workers=workers)], drive or self.http)

    def apache(self, drive=None):
        require_server("apache2")
        self.write("hello", "hello\n")
        return Program(["apache2", "-DFOREGROUND", "-f", self.conf(APACHE)], drive or self.http)

    def lighttpd(self, drive=None):
        require_server("lighttpd")
        self.write("hello", "hello\n")
        return Program(["lighttpd", "-D", "-f", self.conf(LIGHTTPD)], drive or self.http)

    def haproxy(self, checks=""):
        require_server("haproxy")
        behind = Server(self, "epoll-et")
        return Program(["haproxy", "-db", "-f", self.conf(HAPROXY, behind=behind.port, checks=checks)],
                       self.echoes, status=128 + signal.SIGTERM)

    def vsftpd(self):
        """A process a client, which sends what it is asked for in one call."""
        require_server("vsftpd")
        self.write("large", "x" * (16 << 20))
        self.folder.chmod(0o555)

        def drive():
            for _ in range(3):
                self.asks("curl", "-sf", "-o", "/dev/null", f"ftp://127.0.0.1:{self.address.port}/large")
        return Program(["vsftpd", self.conf(VSFTPD)], drive, status=128 + signal.SIGTERM)

    def socat(self):
        require_server("socat")
        return Program(["socat", f"TCP-LISTEN:{self.address.port},bind=127.0.0.1,fork,reuseaddr,backlog=64",
                        "EXEC:cat"],
                       lambda: self.echoes("--messages", "100"), status=128 + signal.SIGTERM)

    def postgres(self):
        require_server("postgres")
        data = self.own("data")
        programs = Path(shutil.which("postgres", path="/usr/bin:/usr/sbin:/usr/local/bin")).resolve().parent
        self.asks(*NOBODY, programs / "initdb", "-D", data, "-U", "it", "-A", "trust", "-N")
        reach = ["-h", "127.0.0.1", "-p", self.address.port, "-U", "it"]

        def drive():
            wait_until(lambda: not subprocess.run([programs / "pg_isready", *map(str, reach)],
                                                  capture_output=True, check=False).returncode,
                       "PostgreSQL to be ready")
            self.asks(programs / "pgbench", *reach, "-i", "-s", "1", "postgres")
            self.asks(programs / "pgbench", *reach, "-c", "8", "-t", "50", "postgres")
        return Program([*NOBODY, programs / "postgres", "-D", data, *reach[2:4], "-h", "127.0.0.1", "-k",
                        data], drive, signal.SIGINT)

    def mariadb(self, threads="one-thread-per-connection"):
        require_server("mariadbd")
        data = self.own("data")
        self.asks("mariadb-install-db", "--no-defaults", "--user=nobody", f"--datadir={data}",
                  "--skip-test-db", "--auth-root-authentication-method=normal")

        def drive():
            slap = ["mariadb-slap", "--no-defaults", "-h", "127.0.0.1", "-P", self.address.port, "-u", "root"]
            self.asks(*slap, "-c", "8", "--number-of-queries", "400", "-a",
                      "--auto-generate-sql-load-type", "mixed")
            self.asks(*slap, "-c", "24", "--number-of-queries", "96", "-q",
                      "select benchmark(300000, md5('it'))")
        return Program(["mariadbd", "--no-defaults", "--user=nobody", f"--datadir={data}",
                        f"--port={self.address.port}", "--bind-address=127.0.0.1",
                        f"--socket={data}/socket", f"--pid-file={data}/pid",
                        f"--thread-handling={threads}"], drive)
