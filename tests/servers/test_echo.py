# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Every model as a server: it echoes, counts right, survives its clients, and ends when told to."""
import fcntl
import os
import random
import select
import signal
import socket
import struct
import subprocess
import threading
import unittest

from harness import (MODELS, TCP_MODELS, WAIT, Process, Server, binary, children, expand, for_each,
                     load, receive, start_load, switches, usage, wait_until)

CONCURRENT = [m for m in TCP_MODELS if m != "blocking"]
THOUSANDS = ["epoll-lt", "epoll-et"]


def reset(sock):
    """Closes with a RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def resident(pid):
    """Bytes of memory that a process has."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE")


@expand
class Echo(unittest.TestCase):
    @for_each(MODELS)
    def test_tally_is_the_clients(self, model):
        server = Server(self, model)
        got = load(self, server, "--conns", "4", "--messages", "1000", "--size", "64")
        self.assertEqual((got.status, got.stderr), (0, ""))
        self.assertEqual((got["messages"], got["mismatches"], got["unanswered"]), (4000, 0, 0))
        tally = server.stop()
        self.assertEqual((tally["bytes_in"], tally["bytes_out"]), (256000, 256000))
        if model in TCP_MODELS:
            self.assertEqual((tally["accepts"], tally["closes"], tally["refused"]), (4, 4, 0))

    @for_each(TCP_MODELS)
    def test_big_messages_in_fragments(self, model):
        server = Server(self, model)
        got = load(self, server, "--conns", "2", "--messages", "4", "--size", "262144",
                   "--fragment", "5000")
        self.assertEqual((got.status, got.stderr), (0, ""))
        self.assertEqual(got["bytes"], 8 * 262144)
        self.assertEqual(server.stop()["bytes_out"], 8 * 262144)

    @for_each(TCP_MODELS)
    def test_half_close(self, model):
        server = Server(self, model)
        sock = server.connect()
        data = os.urandom(100000)
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        self.assertEqual(receive(sock, len(data) + 1), data)

    @for_each(["epoll-et", "sigio"])
    def test_ipv6(self, model):
        server = Server(self, model, address="::1")
        got = load(self, server, "--conns", "2", "--messages", "10")
        self.assertEqual((got.status, got["messages"]), (0, 20))

    def test_ipv6_of_an_interface(self):
        server = Server(self, "poll", address="::1%lo")
        got = load(self, server, "--conns", "2", "--messages", "10")
        self.assertEqual((got.status, got["messages"]), (0, 20))

    @for_each(["localhost", "10.0.0.256", "127.1", "::1%nosuch0", "%lo", "1" * 100, ""])
    def test_no_address(self, text):
        run = usage(self, "serve", "poll", "--address", text)
        self.assertEqual(run.status, 2)
        self.assertIn(f'invalid --address "{text}": must be a numeric IPv4 or IPv6 address', run.stderr)

    @for_each(THOUSANDS)
    def test_ten_thousand_connections(self, model):
        server = Server(self, model, "--read-size", "64")
        got = load(self, server, "--conns", "10000", "--messages", "2")
        self.assertEqual((got.status, got.stderr), (0, ""))
        self.assertEqual((got["connections"], got["messages"]), (10000, 20000))
        self.assertEqual(server.stop()["accepts"], 10000)


@expand
class Hostile(unittest.TestCase):
    def still_serves(self, server):
        got = load(self, server, "--conns", "2", "--messages", "20")
        self.assertEqual((got.status, got["messages"], got["mismatches"]), (0, 40, 0))

    @for_each(CONCURRENT)
    def test_clients_that_reset_vanish_stall_or_say_nothing(self, model):
        server = Server(self, model)
        silent, stalled = server.connect(), server.connect()
        stalled.setblocking(False)
        try:
            while True:  # never reads: fills both directions
                stalled.send(bytes(65536))
        except BlockingIOError:
            pass
        for _ in range(10):
            sock = server.connect()
            sock.sendall(b"gone before the echo")
            reset(sock)
            server.connect().close()
        self.still_serves(server)
        silent.sendall(b"now")
        self.assertEqual(receive(silent, 3), b"now")

    @for_each(CONCURRENT)
    def test_deaf_client(self, model):
        """What a client sends that reads nothing stays in the sockets; its echoes stay in order."""
        server = Server(self, model)
        sock = server.connect()
        self.still_serves(server)
        before = resident(server.pid)
        data = memoryview(random.Random(1).randbytes(32 << 20))
        sock.setblocking(False)
        sent = 0
        while select.select([], [sock], [], 0.2)[1] and sent < len(data):
            sent += sock.send(data[sent:])
        self.assertLess(resident(server.pid) - before, 4 << 20)
        self.still_serves(server)
        sock.settimeout(WAIT)
        sender = threading.Thread(target=lambda: (sock.sendall(data[sent:]),
                                                  sock.shutdown(socket.SHUT_WR)))
        sender.start()
        got = receive(sock, len(data) + 1)
        sender.join()
        self.assertTrue(got == data)

    @for_each(["poll", "epoll-lt", "epoll-et", "uring"])
    def test_no_descriptors_left(self, model):
        server = Server(self, model, nofile=24)
        clients = [server.connect() for _ in range(40)]
        ended = []
        for sock in clients:
            sock.settimeout(WAIT)
            try:
                sock.sendall(b"x")
                ended.append(sock.recv(1) != b"x")
            except ConnectionError:
                ended.append(True)
        self.assertTrue(any(ended))
        self.assertFalse(all(ended))
        before = switches(server.pid)
        served = clients[ended.index(False)]
        served.sendall(b"y")
        self.assertEqual(served.recv(1), b"y")
        self.assertLess(switches(server.pid) - before, 50)
        for sock in clients:
            sock.close()
        self.still_serves(server)
        self.assertEqual(server.stop()["refused"], sum(ended))

    def test_select_refuses_what_does_not_fit_its_set(self):
        server = Server(self, "select")
        clients = [server.connect() for _ in range(1025)]
        clients[-1].settimeout(WAIT)
        self.assertEqual(clients[-1].recv(1), b"")
        wait_until(lambda: "FD_SETSIZE" in server.stderr, "the refusal to be said")
        clients[0].sendall(b"still here")
        self.assertEqual(receive(clients[0], 10), b"still here")
        self.assertGreater(server.stop()["refused"], 0)
        self.assertEqual(server.stderr.count("FD_SETSIZE"), 1)  # for however many clients

    def test_select_refuses_though_nobody_reads_what_it_says(self):
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        os.set_blocking(write, False)
        fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
        os.write(write, bytes(4096))
        os.set_blocking(write, True)
        server = Server(self, "select", stderr=write)
        os.close(write)
        clients = [server.connect() for _ in range(1025)]
        self.assertEqual(clients[-1].recv(1), b"")
        clients[0].sendall(b"x")
        self.assertEqual(clients[0].recv(1), b"x")


@expand
class Stop(unittest.TestCase):
    def port_is_free(self, server):
        """In the end: for a moment it may be the local port of somebody else's connection."""
        kind = socket.SOCK_DGRAM if server.udp else socket.SOCK_STREAM

        def bound():
            with socket.socket(socket.AF_INET, kind) as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    sock.bind(("127.0.0.1", server.port))
                except OSError:
                    return False
                return True
        wait_until(bound, f"port {server.port} to be free")

    @for_each(MODELS)
    def test_idle(self, model):
        server = Server(self, model)
        tally = server.stop(signal.SIGINT)
        self.assertEqual(tally["bytes_in"], 0)
        self.port_is_free(server)

    @for_each(MODELS)
    def test_under_load(self, model):
        server = Server(self, model)
        client = start_load(self, server, "--conns", "4", "--timeout", "1")
        wait_until(lambda: switches(client.pid) > 50, "the load to run")
        server.stop(signal.SIGTERM)
        client.wait()
        self.port_is_free(server)

    def test_children_are_reaped(self):
        server = Server(self, "fork")
        for _ in range(5):
            sock = server.connect()
            sock.sendall(b"x")
            self.assertEqual(sock.recv(1), b"x")
            sock.close()
        wait_until(lambda: not children(server.pid), "the children to be reaped")

    @for_each(["fork", "epoll-exclusive"])
    def test_children_die_with_their_parent(self, model):
        server = Server(self, model)
        sock = server.connect()
        sock.sendall(b"x")
        self.assertEqual(sock.recv(1), b"x")
        below = children(server.pid)
        self.assertTrue(below)
        server.signal(signal.SIGKILL)
        server.collect(-signal.SIGKILL)

        def dead(pid):
            try:
                with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as f:
                    return f.read().rpartition(")")[2].split()[0] in "ZX"
            except FileNotFoundError:
                return True
        wait_until(lambda: all(dead(pid) for pid in below), "the children to die")


@expand
class Refused(unittest.TestCase):
    @for_each(["--help", "--version", "models", "scenarios", "doctor", "serve poll --port 0",
               "serve --help", "load"])
    def test_full_disk(self, command):
        args = command.split()
        if command == "load":
            server = Server(self, "poll")
            args += ["--messages", "1", "--port", str(server.port)]
        with open("/dev/full", "w", encoding="ascii") as full:
            run = subprocess.run([binary(), *args], stdin=subprocess.DEVNULL, stdout=full,
                                 stderr=subprocess.PIPE, text=True, timeout=WAIT)
        self.assertEqual((run.returncode, run.stderr), (
            1, "wakelab: cannot write to standard output: No space left on device\n"))

    def test_port_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            server = Process(self, [binary(), "serve", "poll", "--port", port])
            self.assertEqual(server.wait(), 1)
            self.assertEqual(server.stderr, f"wakelab: cannot listen on 127.0.0.1:{port}: Address "
                             "already in use; choose another with --port, or 0 for any free one\n")

    def test_usage(self):
        for says, args in [
                ("epoll-et", ["serve", "epoll-te"]),
                ("uring", ["serve", "epoll-te"]),  # and all the others
                ("which model", ["serve"]),
                ("port", ["serve", "poll", "--port", "65536"]),
                ("port", ["serve", "poll", "--port", "-1"]),
                ("read-size", ["serve", "poll", "--read-size", "0"]),
                ("read-size", ["serve", "poll", "--read-size", "16x"]),
                ("threads", ["serve", "poll", "--threads", "4"]),
                ("procs", ["serve", "poll", "--procs", "4"]),
                ("epoll-et", ["serve", "poll", "--fault", "et-no-drain"]),
                ("nonsense", ["serve", "poll", "--fault", "nonsense"]),
                ("unknown command", ["srve"])]:
            got = usage(self, *args)
            self.assertEqual(got.status, 2, got.stderr)
            self.assertIn(says, got.stderr)
            self.assertEqual(got.stdout, "")

    def test_models(self):
        got = usage(self, "models")
        self.assertEqual(got.status, 0)
        for model in MODELS:
            self.assertRegex(got.stdout, rf"(?m)^\s*{model}\s")
        self.assertLessEqual(max(map(len, got.stdout.splitlines())), 100)
