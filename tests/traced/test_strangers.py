# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What was left, or waits at what is disarmed, and is taken or thrown away by somebody who is not traced:
here the test, which has the same file open."""
import ctypes
import os
import signal
import socket
import sys
import unittest

from harness import children, expand, for_each, wait_until
from sleeping import await_sleep
from stalling import PRELUDE, await_warnings
from tracing import Traced

PIDFD_GETFD = 438
HERE, PEER = 50, 51  # the target's descriptors: what it reads, and the other end
OPENED = PRELUDE + f"""
        def moved(file, fd):
            os.dup2(file, fd)
            os.close(file)
        def open_ends(one, other):
            moved(one, {HERE})
            moved(other, {PEER})
        def tcp(): open_ends(s.detach(), c.detach())
        def unix(): open_ends(*(end.detach() for end in socket.socketpair()))
        def packets(): open_ends(*(end.detach() for end in socket.socketpair(type=socket.SOCK_SEQPACKET)))
        def pipe(): open_ends(*os.pipe())
"""
STALL = """
        KIND()
        ep.register(%d, select.EPOLLIN | ET)
        for _ in range(3): os.write(%d, b'x' * 1000)
        ep.poll()
        os.read(%d, 1000)
        until_seen()""" % (HERE, PEER, HERE)
LISTENER = f"""
        moved(listener.detach(), {HERE})
        listener = socket.socket(fileno={HERE})
        ep.register({HERE}, select.EPOLLIN | ET)
        clients = [arrive(listener) for _ in range(3)]
        ep.poll()
        listener.accept()
        until_seen()"""
DISARMED = """
        KIND()
        ep.register(%d, select.EPOLLIN | select.EPOLLONESHOT)
        for _ in range(3): os.write(%d, b'x' * 1000)
        ep.poll()
        until_seen()""" % (HERE, PEER)


def same_file(test, pid, fd):
    """A descriptor of ours for the file that a process has open as that one."""
    pidfd = os.pidfd_open(pid)
    ours = ctypes.CDLL(None, use_errno=True).syscall(PIDFD_GETFD, pidfd, fd, 0)
    os.close(pidfd)
    test.assertGreaterEqual(ours, 0, os.strerror(ctypes.get_errno()))
    return ours


@expand
class Strangers(unittest.TestCase):
    def start(self, code, kind="tcp"):
        self.run_ = Traced(self, "trace", "--interval", "0.5", "--", sys.executable, "-S", "-c",
                           OPENED + code.replace("KIND", kind))
        wait_until(lambda: self.run_.started() and children(self.run_.pid), "the program")
        self.target, = children(self.run_.pid)

    def stall(self, code, kind="tcp"):
        """It is a stall, and was seen to be one."""
        self.start(code, kind)
        await_warnings(self.run_)

    def ours(self, fd=HERE):
        return same_file(self, self.target, fd)

    def looked(self):
        """It was looked at twice more."""
        lines = len(self.run_.lines())
        wait_until(lambda: len(self.run_.lines()) >= lines + 2, "two more intervals")

    def found(self):
        """How it ended, as evidence has it, and the ids of what is found."""
        os.kill(self.target, signal.SIGUSR1)
        s = self.run_.summary()
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        ends = [r["of"] for r in s["evidence"] if r["of"] in ("read", "news", "gone", "rearm", "late")]
        return sorted(ends), {f["id"] for f in s["findings"]} & {"stall", "pool-busy", "rearm-forgotten"}

    def read(self):
        """All that is there; what is written meanwhile is nobody's."""
        ours = self.ours()
        os.set_blocking(ours, False)
        while True:
            try:
                os.read(ours, 4096)
            except BlockingIOError:
                break
        os.close(ours)

    def write(self, data):
        """The program is told of it, and leaves it, too: the end finds that."""
        peer = self.ours(PEER)
        os.write(peer, data)
        os.close(peer)
        await_warnings(self.run_, 2)

    def test_a_listener_is_shut_down(self):
        """The kernel empties its queue: nobody has accepted."""
        self.stall(LISTENER)
        listener = socket.socket(fileno=self.ours())
        listener.shutdown(socket.SHUT_RD)
        listener.close()
        self.looked()
        self.assertEqual(self.found(), (["gone"], {"stall"}))

    def test_its_connections_are_accepted(self):
        self.stall(LISTENER)
        listener = socket.socket(fileno=self.ours())
        for _ in range(2):
            listener.accept()[0].close()
        listener.close()
        self.looked()
        self.assertEqual(self.found(), (["read"], {"pool-busy"}))

    @for_each(("tcp", "unix", "packets", "pipe"))
    def test_it_is_read_and_more_comes(self, kind):
        self.stall(STALL, kind)
        self.read()
        self.write(b"y" * 100)
        self.assertEqual(self.found(), (["gone", "read"], {"pool-busy"}))

    @for_each(("tcp", "unix", "packets", "pipe"))
    def test_more_comes(self, kind):
        self.stall(STALL, kind)
        self.write(b"y" * 100)
        self.assertEqual(self.found(), (["gone", "news"], {"stall"}))

    @for_each(("tcp", "unix", "packets", "pipe"))
    def test_it_is_read_and_the_process_ends(self, kind):
        self.stall(STALL, kind)
        self.read()
        self.assertEqual(self.found(), (["read"], {"pool-busy"}))

    def disarmed(self, kind):
        """It waits, and was looked at."""
        self.start(DISARMED, kind)
        await_sleep(self.target, "epoll_wait", tid=self.target)
        self.looked()

    @for_each(("tcp", "unix", "packets", "pipe"))
    def test_what_is_disarmed_is_read(self, kind):
        self.disarmed(kind)
        self.read()
        self.assertEqual(self.found(), ([], set()))

    @for_each(("tcp", "unix", "packets", "pipe"))
    def test_what_is_disarmed_waits(self, kind):
        self.disarmed(kind)
        self.assertEqual(self.found(), (["rearm"], {"rearm-forgotten"}))


if __name__ == "__main__":
    unittest.main()
