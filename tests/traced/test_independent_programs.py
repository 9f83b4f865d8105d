# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Servers in other languages, and those that everybody runs: of each call as many as perf counts."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from asking import Address, ask_all, require_server
from harness import Server, expand, for_each, load, wait_until
from observed import IO, SETUP, WAITS, Observed
from tracing import Gated

OTHERS = ["connect", "shutdown", "setsockopt", "socketpair", "eventfd2", "futex", "wait4", "waitid",
          "clone", "clone3", "vfork", "rt_sigaction", "rt_sigprocmask", "sched_yield", "preadv",
          "pwrite64", "pwritev", "sendfile64", "splice", "signalfd4", "timerfd_settime", "epoll_create"]
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]

# Echo servers, each in the way of its language: the port is their argument.
ECHOES = {
    "asyncio": """
import asyncio, signal, sys
async def serve(reader, writer):
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()
    writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.close)
    try:
        await server.serve_forever()
    except asyncio.CancelledError:
        pass
asyncio.run(main())
""",
    "node": """
const server = require('net').createServer(s => s.pipe(s));
server.listen(+process.argv[2], '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
""",
    "ruby": """
require 'socket'
server = TCPServer.new('127.0.0.1', ARGV[0].to_i)
trap('TERM') { exit!(0) }
loop { Thread.new(server.accept) { |s| begin; loop { s.write(s.readpartial(4096)) }
                                          rescue EOFError; s.close; end } }
""",
    "erl": """#!/usr/bin/env escript
main([Port]) ->
    {ok, L} = gen_tcp:listen(list_to_integer(Port), [binary, {ip, {127,0,0,1}}, {active, false},
                                                     {backlog, 64}]),
    accept(L).
accept(L) ->
    {ok, S} = gen_tcp:accept(L),
    P = spawn(fun() -> receive go -> serve(S) end end),
    gen_tcp:controlling_process(S, P),
    P ! go,
    accept(L).
serve(S) ->
    case gen_tcp:recv(S, 0) of
        {ok, Data} -> gen_tcp:send(S, Data), serve(S);
        {error, _} -> gen_tcp:close(S)
    end.
""",
    "go": """
package main
import ("io"; "net"; "os")
func main() {
    l, err := net.Listen("tcp", "127.0.0.1:" + os.Args[1])
    if err != nil { panic(err) }
    for {
        c, err := l.Accept()
        if err != nil { panic(err) }
        go func() { io.Copy(struct{ io.Writer }{c}, struct{ io.Reader }{c}); c.Close() }()
    }
}
""",
    "java": """
import java.net.*; import java.nio.*; import java.nio.channels.*;
public class Echo {
    public static void main(String[] args) throws Exception {
        Selector all = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])));
        server.configureBlocking(false).register(all, SelectionKey.OP_ACCEPT);
        ByteBuffer data = ByteBuffer.allocateDirect(4096);
        while (true) {
            all.select();
            for (SelectionKey key : all.selectedKeys()) {
                if (key.isAcceptable()) {
                    server.accept().configureBlocking(false).register(all, SelectionKey.OP_READ);
                    continue;
                }
                SocketChannel client = (SocketChannel) key.channel();
                if (client.read(data.clear()) < 0) { client.close(); continue; }
                data.flip();
                while (data.hasRemaining()) client.write(data);
            }
            all.selectedKeys().clear();
        }
    }
}
""",
}
NGINX = """
daemon off; user root; worker_processes 2; pid {folder}/pid; error_log {folder}/errors; events {{ }}
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
    server one 127.0.0.1:{behind}
"""
HTTP = b"GET /hello HTTP/1.1\r\nHost: it\r\n\r\n", b"hello\n", True


@expand
class Programs(Observed):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.address = Address()

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def conf(self, text, **values):
        return self.write("conf", text.format(folder=self.folder, port=self.address.port, **values))

    def counts_of(self, argv, drive, end=signal.SIGTERM):
        """Both count all that a server does, from its first call to its last."""
        server = Gated(self, *argv)
        tracer, perf = self.observe(server, WAITS + SETUP + IO + OTHERS)
        wait_until(lambda: self.address.answers() or not server.running(), f"{argv[0]} to listen")
        self.assertTrue(server.running(), server.stderr)
        drive()
        server.signal(end)
        server.wait()
        self.compare(tracer, perf)

    def echoes(self):
        done = load(self, self.address, "--conns", "8", "--messages", "300")
        self.assertEqual(done.status, 0, done.stderr)

    def built(self, language):
        """The command of an echo server in it."""
        require_server({"asyncio": "python3"}.get(language, language))
        source = self.write({"java": "Echo.java", "go": "echo.go"}.get(language, "echo"), ECHOES[language])
        if language == "java":
            require_server("javac")
            subprocess.run(["javac", source], check=True)
            return ["java", "-cp", self.folder, "Echo"]
        if language == "go":
            subprocess.run(["go", "build", "-o", self.folder / "go-echo", source], check=True,
                           env={**os.environ, "GO111MODULE": "off", "GOCACHE": f"{self.folder}/cache"})
            return [self.folder / "go-echo"]
        return {"asyncio": [sys.executable, source], "node": ["node", source], "ruby": ["ruby", source],
                "erl": ["escript", source]}[language]

    @for_each(ECHOES)
    def test_language(self, language):
        self.counts_of([*self.built(language), str(self.address.port)], self.echoes)

    def test_redis(self):
        require_server("redis-server")
        self.counts_of(["redis-server", "--port", self.address.port, "--bind", "127.0.0.1", "--save",
                        "", "--dir", self.folder],
                       lambda: ask_all(self.address, b"PING\r\n", b"PONG\r\n", True))

    def test_memcached(self):
        require_server("memcached")
        self.counts_of(["memcached", "-u", "nobody", "-l", "127.0.0.1", "-U", "0", "-t", "4", "-p",
                        self.address.port],
                       lambda: ask_all(self.address, b"get key\r\n", b"END\r\n", True))

    def test_nginx(self):
        require_server("nginx")
        self.counts_of(["nginx", "-c", self.conf(NGINX)], lambda: ask_all(self.address, *HTTP))

    def test_apache(self):
        require_server("apache2")
        (self.folder / "hello").write_text("hello\n")
        self.folder.chmod(0o755)
        self.counts_of(["apache2", "-DFOREGROUND", "-f", self.conf(APACHE)],
                       lambda: ask_all(self.address, *HTTP))

    def test_lighttpd(self):
        require_server("lighttpd")
        (self.folder / "hello").write_text("hello\n")
        self.counts_of(["lighttpd", "-D", "-f", self.conf(LIGHTTPD)],
                       lambda: ask_all(self.address, *HTTP))

    def test_haproxy(self):
        require_server("haproxy")
        behind = Server(self, "epoll-et")
        self.counts_of(["haproxy", "-db", "-f", self.conf(HAPROXY, behind=behind.port)],
                       self.echoes)

    def own(self, *path):
        """A folder that is nobody's."""
        folder = self.folder.joinpath(*path)
        folder.mkdir(exist_ok=True)
        self.folder.chmod(0o755)
        os.chown(folder, 65534, 65534)
        return folder

    def asks(self, *argv):
        done = subprocess.run([str(arg) for arg in argv], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_postgres(self):
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
        self.counts_of([*NOBODY, programs / "postgres", "-D", data, *reach[2:4], "-h", "127.0.0.1", "-k",
                        data], drive, signal.SIGINT)

    def test_mariadb(self):
        require_server("mariadbd")
        data = self.own("data")
        self.asks("mariadb-install-db", "--no-defaults", "--user=nobody", f"--datadir={data}",
                  "--skip-test-db", "--auth-root-authentication-method=normal")
        self.counts_of(["mariadbd", "--no-defaults", "--user=nobody", f"--datadir={data}",
                        f"--port={self.address.port}", "--bind-address=127.0.0.1",
                        f"--socket={data}/socket", f"--pid-file={data}/pid"],
                       lambda: self.asks("mariadb", "--no-defaults", "-h", "127.0.0.1", "-P",
                                         self.address.port, "-u", "root", "-e",
                                         "create database it; create table it.a (i int); "
                                         "insert into it.a values (1), (2); select * from it.a"))


if __name__ == "__main__":
    unittest.main()
