# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Servers that everybody runs, each an instance of our own under load: of every report it is known
whether it was news. All but redis are skipped unless they are installed."""
import signal
import tempfile
import unittest
from pathlib import Path

from asking import CLIENTS, MESSAGES, Address, ask_all, require_server
from harness import WAIT, Process, Server, expand, for_each, load, wait_until
from tracing import Traced, require_program


@expand
class Servers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.address = Address(self)

    def reports(self, argv, drive, end=signal.SIGTERM, status=0):
        """The interests of a server while drive() puts it under load; nothing was lost."""
        run = Traced(self, "trace", "--", "sh", "-c", 'exec "$@" >/dev/null', "sh", *argv)
        run.started()
        wait_until(lambda: self.address.answers() or not run.running(), f"{argv[0]} to listen")
        self.assertTrue(run.running(), run.stderr)
        drive()
        run.signal(end)
        s = run.summary(status)
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        self.assertGreater(s["interests"]["reports"], CLIENTS)
        return s["interests"]

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text + "\n")
        return str(path)

    @for_each(["1", "16"])
    def test_redis(self, pipelined):
        link = self.folder / "redis-server"
        link.symlink_to(require_program("redis-check-rdb"))  # the same program
        benchmark = require_program("redis-benchmark")

        def drive():
            done = Process(self, [benchmark, "-p", self.address.port, "-P", pipelined, "-q",
                                  "-n", "20000", "-c", "50", "-t", "set,get"])
            self.assertEqual(done.wait(), 0, done.stderr)
        i = self.reports([link, "--port", self.address.port, "--bind", "127.0.0.1", "--save", "",
                          "--dir", self.folder], drive)
        self.assertEqual((i["unknown"], i["ambiguous"]), (0, 0), i)

    @for_each(["1", "4"])
    def test_memcached(self, threads):
        require_server("memcached")
        i = self.reports(["memcached", "-u", "nobody", "-l", "127.0.0.1", "-U", "0", "-t", threads,
                          "-p", self.address.port],
                         lambda: ask_all(self.address, b"get key\r\n", b"END\r\n", True))
        self.assertEqual((i["unknown"], i["ambiguous"]), (0, 0), i)

    @for_each([(1, "", True), (1, "", False), (2, "", True), (2, "", False),
               (2, "accept_mutex on;", False)])
    def test_nginx(self, how):
        """Two workers without a mutex have an exclusive listener, by which it may be unknown."""
        workers, events, kept = how
        require_server("nginx")
        conf = self.write("conf", f"""
            daemon off; user root; worker_processes {workers}; pid {self.folder}/pid;
            error_log {self.folder}/errors; events {{ {events} }}
            http {{ access_log off; client_body_temp_path {self.folder}/1; keepalive_requests 10000;
                    proxy_temp_path {self.folder}/2; fastcgi_temp_path {self.folder}/3;
                    uwsgi_temp_path {self.folder}/4; scgi_temp_path {self.folder}/5;
                    server {{ listen 127.0.0.1:{self.address.port}; return 200 "hello\\n"; }} }}""")
        i = self.reports(["nginx", "-c", conf],
                         lambda: ask_all(self.address, b"GET / HTTP/1.1\r\nHost: it\r\n\r\n",
                                         b"hello\n", kept))
        exclusive = workers > 1 and not events
        self.assertLessEqual(i["unknown"] * 1000, i["reports"] if exclusive else 0, i)
        # as it starts, each worker registers two descriptors with what lay on its stack
        self.assertLessEqual(i["ambiguous"], workers, i)

    @for_each(["1", "4"])
    def test_haproxy(self, threads):
        require_server("haproxy")
        behind = Server(self, "epoll-et")
        conf = self.write("conf", f"""
            global
                nbthread {threads}
            defaults
                mode tcp
                timeout connect {WAIT:.0f}s
                timeout client {WAIT:.0f}s
                timeout server {WAIT:.0f}s
            listen all
                bind 127.0.0.1:{self.address.port}
                server one 127.0.0.1:{behind.port}
            """)

        def drive():
            done = load(self, self.address, "--conns", CLIENTS, "--messages", MESSAGES)
            self.assertEqual(done.status, 0, done.stderr)
        i = self.reports(["haproxy", "-db", "-f", conf], drive, status=128 + signal.SIGTERM)
        self.assertEqual((i["unknown"], i["ambiguous"]), (0, 0), i)


if __name__ == "__main__":
    unittest.main()
