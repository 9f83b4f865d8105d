# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Traces a server of the article, with clients that show what is wrong with it.

The servers are in tests/programs/article; scripts/article and the tests use this.

Nothing depends on the speed of the machine. Clients that must come at once come while the server is
stopped, and what is waited for is in /proc.
"""
import argparse
import contextlib
import os
import re
import signal
import socket
import sys
import unittest
from pathlib import Path

from harness import WAIT, Process, binary, children, own_port, receive, wait_until
from programs import program

GREETING = len("Welcome to the old server.\n")
MESSAGE = b"x" * 64
LONG = b"x" * 1500  # a read of theirs takes at most 1 024 bytes
LISTENER, CLIENT = 3, 4  # their descriptors: the first ones that are free
AT_ONCE = 5
DATAGRAMS = 20


def settle():
    """What interrupts were delivering is delivered: they end before a program runs on their CPU."""
    cpus = os.sched_getaffinity(0)
    for cpu in cpus:
        os.sched_setaffinity(0, {cpu})
    os.sched_setaffinity(0, cpus)


def proc(pid, name):
    return Path(f"/proc/{pid}/{name}").read_text()


def state(pid):
    return proc(pid, "stat").rpartition(")")[2].split()[0]


def sleeps(pid, fd=None):
    """Whether it does, in a call; of that descriptor, if one is given."""
    call = proc(pid, "syscall") if state(pid) == "S" else "running\n"
    return call != "running\n" and (fd is None or f" {fd:#x} " in call)


def slept(pid):
    """How often it went to sleep."""
    return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", proc(pid, "status"), re.M)[1])


class Plain(Process):
    """A wakelab for people to read."""

    def __init__(self, test, *args):
        super().__init__(test, [binary(), *args])


class Subject:
    """One of the servers; tracer starts a wakelab."""

    def __init__(self, test, path, tracer):
        self.test, self.tracer = test, tracer
        self.kind = socket.SOCK_DGRAM if path.endswith("sigio") else socket.SOCK_STREAM
        self.port = own_port(test)
        self.argv = [path, self.port]
        self.run = self.pid = None

    def socket(self):
        return socket.socket(socket.AF_INET, self.kind)

    def connect(self):
        sock = self.socket()
        self.test.addCleanup(sock.close)
        sock.settimeout(WAIT)
        sock.connect(("127.0.0.1", self.port))
        return sock

    def trace(self, *what):
        self.run = self.tracer(self.test, "trace", "--interval", "3600", *what)
        wait_until(lambda: "\n" in self.run.stdout or not self.run.running(), "the tracer")
        if not self.run.stdout:
            raise AssertionError(self.run.stderr)

    def trace_from_start(self):
        self.trace("--", *self.argv)
        self.has_its_socket()
        self.pid, = children(self.run.pid)
        self.comes_to_rest()

    def has_its_socket(self):
        self.queue()

    def rows(self):
        """State and bytes unread of the sockets on the server's port; of a listener, who waits."""
        name = "udp" if self.kind == socket.SOCK_DGRAM else "tcp"
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]:
            _, local, _, state, queues, *_ = line.split()
            if local.endswith(f":{self.port:04X}"):
                yield state, int(queues.partition(":")[2], 16)

    def queue(self):
        """What waits at the server's own socket, once it is there. The kernel's list may pass over a
        socket while others come and go."""
        own = wait_until(lambda: [unread for state, unread in self.rows() if state in ("0A", "07")],
                         "the server to have its socket")
        return own[0]

    def unread(self):
        return sum(unread for state, unread in self.rows() if state == "01")

    def comes_to_rest(self, fd=None):
        """Until it sleeps in a call; of that descriptor, if one is given."""
        wait_until(lambda: sleeps(self.pid, fd), "the server to sleep")

    def times_out(self, times):
        """Until a server to which nobody comes has gone to sleep again so often."""
        self.comes_to_rest()
        before = slept(self.pid)
        wait_until(lambda: slept(self.pid) >= before + times, "the time-outs")

    @contextlib.contextmanager
    def stopped(self):
        """It sees nothing of what comes meanwhile before all has come."""
        os.kill(self.pid, signal.SIGSTOP)
        wait_until(lambda: state(self.pid) == "T", "the server to stop")
        yield
        settle()
        os.kill(self.pid, signal.SIGCONT)

    def stalls(self, times):
        """Until the tracer has warned so often."""
        wait_until(lambda: len(re.findall('^STALL|"type":"stall"', self.run.stdout, re.M)) >= times,
                   "the warning of a stall")


def asks(client, message=MESSAGE, greetings=1):
    """A message, and all that it leads to."""
    client.sendall(message)
    receive(client, greetings * GREETING)


def blocking(server):
    """Three clients; the first says nothing until wakelab looks at the server that hangs."""
    target = Process(server.test, server.argv)
    server.pid = target.pid
    server.has_its_socket()
    silent = server.connect()
    server.comes_to_rest(CLIENT)
    others = [server.connect() for _ in range(2)]
    for client in others:
        client.sendall(MESSAGE)
    wait_until(lambda: server.queue() == 2 and server.unread() == 2 * len(MESSAGE), "the others")
    server.trace("-p", server.pid)
    asks(silent)
    for client in others:
        receive(client, GREETING)
    server.comes_to_rest(LISTENER)
    return "3 clients connected. The first said nothing, and kept 2 waiting who had asked."


def fork(server):
    """Clients one after the other: each asks when its process sleeps, which ends with the greeting."""
    server.trace_from_start()
    for _ in range(AT_ONCE):
        client = server.connect()
        wait_until(lambda: any(sleeps(pid, CLIENT) for pid in children(server.pid)), "its process")
        asks(client)
    wait_until(lambda: list(children(server.pid).values()) == ["Z"] * AT_ONCE, "their ends")
    return f"{AT_ONCE} clients had their greeting. {AT_ONCE} children of the server are zombies."


def nonblocking(server):
    server.trace("--", *server.argv)
    status = server.run.wait()
    return f"No client came. The server ended with status {status}: {server.run.stderr.strip()}"


def select(server):
    """Two messages that come together, and then nothing."""
    server.trace_from_start()
    client = server.connect()
    server.comes_to_rest()
    asks(client, 2 * MESSAGE)
    server.times_out(2)
    client.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        client.recv(1)
        raise AssertionError("more than one greeting")
    return "A client sent 2 messages together, and had 1 greeting."


def poll(server):
    """One message that is longer than what a read takes, and then nothing."""
    server.trace_from_start()
    client = server.connect()
    server.comes_to_rest()
    asks(client, LONG, greetings=2)
    server.times_out(2)
    return f"A client sent 1 message of {len(LONG)} bytes, and had 2 greetings."


def epoll(server):
    """Clients at once: the first is accepted, and asks; one more comes, and the second is."""
    server.trace_from_start()
    with server.stopped():
        clients = [server.connect() for _ in range(AT_ONCE)]
        wait_until(lambda: server.queue() == AT_ONCE, "all clients in the backlog")
    for _ in range(10):
        asks(clients[0])
        server.comes_to_rest()
    asks(clients[0], LONG, greetings=2)
    clients[1].sendall(MESSAGE)
    server.stalls(1)
    server.times_out(2)
    clients.append(server.connect())
    receive(clients[1], GREETING)
    server.stalls(2)
    return (f"{AT_ONCE} clients came together. 1 was accepted; the second when one more came. "
            f"{server.queue()} wait.")


def sigio(server):
    """Datagrams at once, and one more when the server sleeps again."""
    server.trace_from_start()
    client = server.connect()
    with server.stopped():
        for _ in range(DATAGRAMS):
            before = server.queue()
            client.send(MESSAGE)
            wait_until(lambda: server.queue() > before, "the datagram to be queued")
    client.recv(GREETING)
    server.comes_to_rest()
    client.send(MESSAGE)
    client.recv(GREETING)
    server.comes_to_rest()
    return f"A client sent {DATAGRAMS} datagrams together and 1 later, and had 2 greetings."


SERVERS = {f.__name__: f for f in (blocking, fork, nonblocking, select, poll, epoll, sigio)}


def drive(test, path, tracer):
    """Until all has been seen; gives the tracer, which ends now, and what the clients saw."""
    server = Subject(test, path, tracer)
    seen = SERVERS[Path(path).name](server)
    if server.run.running():
        server.run.signal(signal.SIGTERM)
    return server.run, seen


class Cleanups(contextlib.ExitStack):
    """What stands for a test where there is none."""

    addCleanup = contextlib.ExitStack.callback


def totals(text):
    """Without the table of the only interval, which says the same in rates."""
    return re.sub(r"(?:(?<=\n)\n)?^[0-9.]+ s  .*?(?=^\n(Stopped|Done) after)", "", text,
                  flags=re.M | re.S)


def main():
    parser = argparse.ArgumentParser(prog="scripts/article", description=__doc__.partition("\n")[0])
    parser.add_argument("server", choices=SERVERS)
    name = parser.parse_args().server
    os.environ["WAKELAB"] = os.path.abspath(binary())
    with Cleanups() as cleanups:
        path = program(cleanups, f"article/{name}")
        os.chdir(os.path.dirname(path))
        run, seen = drive(cleanups, f"./{name}", Plain)
        run.wait()
        print(f"{totals(run.stdout)}\n{seen}")


if __name__ == "__main__":
    try:
        main()
    except (AssertionError, unittest.SkipTest) as error:
        sys.exit(f"article: {error}")
