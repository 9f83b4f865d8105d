# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Who is who: what is the target's is counted, and nothing that is a stranger's, though the kernel
gives out addresses, numbers and ports again."""
import fcntl
import os
import socket
import subprocess
import sys
import termios
import threading
import unittest

from harness import Process, expand, for_each, own_port, wait_until
from tracing import Traced, calls, require_program, traced


def python(code):
    return [sys.executable, "-S", "-c", f"if True:\n{code}"]


class Strangers:
    """Shells that start and end programs which sleep, for as long as it is open."""

    def __init__(self):
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(2)]

    def run(self):
        while not self.over.is_set():
            subprocess.run(["sh", "-c", "for i in 1 2 3 4 5; do sleep 0.001; done"], check=True)

    def __enter__(self):
        for thread in self.threads:
            thread.start()

    def __exit__(self, *error):
        self.over.set()
        for thread in self.threads:
            thread.join()


class Tasks(unittest.TestCase):
    def test_strangers_are_not_traced(self):
        """The kernel does not show the end of every task, and another one lives there next."""
        with Strangers():
            s = traced(self, "trace", "--", *python("""
                import os
                for i in range(4000):
                    pid = os.fork()
                    if not pid:
                        os._exit(0)
                    os.waitpid(pid, 0)"""))
        seen = {name: calls(s, name)["calls"]
                for name in ("clone", "wait4", "clock_nanosleep", "vfork")}
        self.assertEqual(seen, {"clone": 4000, "wait4": 4000, "clock_nanosleep": 0, "vfork": 0})
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])

    def test_a_thread_that_executes_a_program(self):
        """It becomes the leader of its group, and as old as that was: it is followed all the same."""
        s = traced(self, "trace", "--", *python("""
            import os, threading, sys
            more = ["import fcntl", "for i in range(1000): fcntl.fcntl(0, fcntl.F_GETFL)"]
            threading.Thread(target=lambda: os.execv(sys.executable, [
                sys.executable, "-S", "-c", chr(10).join(more)])).start()
            threading.Event().wait()"""))
        got = [f for f in s["fcntl"] if f["cmd"] == "F_GETFL"]
        self.assertEqual(got[0]["calls"], 1000, s["fcntl"])


class Target(Process):
    """A program that goes a step on when it is told to, and then says that it has: step(). It is
    traced from before its first step to its end."""

    def __init__(self, test, *steps):
        code = "".join(f"""
            sys.stdin.readline()
            {step}
            print({n}, flush=True)""" for n, step in enumerate(steps))
        super().__init__(test, python(f"""
            import ctypes, os, select, socket, struct, sys
            libc = ctypes.CDLL(None)
            {code}"""), stdin=subprocess.PIPE)
        test.addCleanup(self.child.stdin.close)
        self.taken, self.last = 0, len(steps) - 1
        self.run = Traced(test, "trace", "-p", str(self.pid))
        self.run.started()

    def step(self):
        self.child.stdin.write(b"\n")
        self.child.stdin.flush()
        wait_until(lambda: f"{self.taken}\n" in self.stdout or not self.running(), "its next step")
        self.taken += 1

    def summary(self):
        self.step()
        return self.run.summary()


# How a socket ends without a close().
UNSEEN = {
    "exit": "pass",
    "dup2": "[os.dup2(0, s.fileno()) for s in made]",
    "close_range": "libc.close_range(min(fds), max(fds), 0)",
}

LISTENS_NO_MORE = {
    "close": "s.close()",
    "dup2": "os.dup2(0, s.fileno())",
    "shutdown": "s.shutdown(socket.SHUT_RD)",
}


@expand
class Sockets(unittest.TestCase):
    @for_each(UNSEEN)
    def test_a_strangers_datagrams(self, how):
        """They arrive where a socket of the target lived, whose end was no close()."""
        target = Target(self, f"""
            pid = os.fork()
            if not pid:
                made = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for i in range(100)]
                fds = [s.fileno() for s in made]
                {UNSEEN[how]}
                os._exit(0)
            os.waitpid(pid, 0)""", "pass")
        target.step()
        ours = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(200)]
        for s in ours:
            s.bind(("127.0.0.1", 0))
            s.sendto(b"x", s.getsockname())
            self.assertEqual(s.recv(2), b"x")
            s.close()
        s = target.summary()
        self.assertEqual((s["sockets"]["datagrams_arrived"], s["sockets"]["datagrams_read"]), (0, 0))

    def connect(self, *where, family=socket.AF_INET, times=20):
        for _ in range(times):
            with socket.socket(family) as s:
                s.connect(where)
                s.send(b"x")  # acknowledged when the listener has been told, see ARRIVE
                wait_until(lambda s=s: not any(fcntl.ioctl(s, termios.TIOCOUTQ, bytes(4))), "its ACK")

    def established(self, target):
        s = target.summary()
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        return s["sockets"]["established"]

    def test_a_listener_of_another_network(self):
        """With the same port, in a network namespace of its own."""
        target = Target(self, """
            s = socket.create_server(("127.0.0.1", 0))
            sys.stderr.write(f"{s.getsockname()[1]}\\n"); sys.stderr.flush()""", "s.close()")
        target.step()
        port = int(target.stderr)
        other = Process(self, [require_program("unshare"), "-n", *python(f"""
            import socket, subprocess
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            with socket.create_server(("127.0.0.1", {port}), backlog=64) as s:
                for _ in range(50):
                    socket.create_connection(("127.0.0.1", {port})).close()""")])
        self.assertEqual(other.wait(), 0, other.stderr)
        self.connect("127.0.0.1", port, times=3)
        self.assertEqual(self.established(target), 3)

    @for_each(LISTENS_NO_MORE)
    def test_a_listener_that_ended(self, how):
        """What comes in on its port thereafter is somebody else's."""
        port = own_port(self)
        target = Target(self, f"""
            s = socket.create_server(("127.0.0.1", {port}), backlog=64)
            s.listen(32)""", LISTENS_NO_MORE[how], "pass")
        target.step()
        self.connect("127.0.0.1", port, times=3)
        target.step()
        with socket.create_server(("127.0.0.1", port), backlog=64):
            self.connect("127.0.0.1", port)
        self.assertEqual(self.established(target), 3)

    def test_a_listener_that_listens_anew(self):
        """With another backlog: it is the same, and whoever watches it still does."""
        s = traced(self, "trace", "--", *python("""
            import fcntl, select, socket, termios
            with socket.create_server(("127.0.0.1", 0)) as listener, select.epoll() as ep:
                ep.register(listener, select.EPOLLIN)
                listener.listen(64)
                for _ in range(10):
                    with socket.create_connection(listener.getsockname()) as client:
                        client.send(b"x")  # acknowledged when the listener has been told, see ARRIVE
                        while any(fcntl.ioctl(client, termios.TIOCOUTQ, bytes(4))):
                            pass
                        assert ep.poll() and ep.poll()
                        listener.accept()[0].close()"""))
        i = s["interests"]
        self.assertEqual((i["fresh"], i["rereports"], i["unknown"]), (10, 10, 0), i)
        self.assertEqual(s["sockets"]["established"], 10)

    def test_listeners_on_several_addresses(self):
        """Of a port: the target's are told from others', by address and family."""
        target = Target(self, """
            s = socket.create_server(("127.0.0.1", 0))
            port = s.getsockname()[1]
            more = [socket.create_server(("::", port), family=socket.AF_INET6, backlog=64,
                                         reuse_port=True) for _ in range(2)]
            more.pop().close()
            sys.stderr.write(f"{port}\\n"); sys.stderr.flush()""", "pass")
        target.step()
        port = int(target.stderr)
        with socket.create_server(("127.0.0.2", port), backlog=64):
            self.connect("127.0.0.2", port)
        self.connect("127.0.0.1", port, times=3)
        self.connect("::1", port, family=socket.AF_INET6, times=4)
        self.assertEqual(self.established(target), 7)


class Registrations(unittest.TestCase):
    def test_an_event_in_a_page_that_is_not_there_yet(self):
        """The kernel fetches it; so it is read again when the call returns."""
        s = traced(self, "trace", "--", *python("""
            import ctypes, mmap, os, select, socket, struct
            libc = ctypes.CDLL(None)
            libc.mmap.restype = ctypes.c_void_p
            layout = '=IQ' if os.uname().machine == 'x86_64' else 'IQ'
            def unread(*event):
                fd = os.memfd_create("event")
                os.write(fd, struct.pack(layout, *event))
                at = libc.mmap(None, 4096, mmap.PROT_READ, mmap.MAP_PRIVATE, fd, 0)
                return ctypes.c_void_p(at)
            a, b = socket.socketpair()
            ep = select.epoll()
            for n in range(10):
                op = 3 if n else 1  # EPOLL_CTL_MOD, EPOLL_CTL_ADD
                assert not libc.epoll_ctl(ep.fileno(), op, a.fileno(),
                                          unread(select.EPOLLIN | select.EPOLLET, n))
                b.send(b"x")
                assert ep.poll(1) == [(n, select.EPOLLIN)]
                a.recv(1)
            assert libc.epoll_ctl(ep.fileno(), 1, b.fileno(), None) == -1"""))
        i = s["interests"]
        self.assertEqual((i["reports"], i["fresh"], i["unknown"]), (10, 10, 0), i)
        self.assertEqual((i["edge_triggered"], i["level"]), (10, 0), i)
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])

    def test_what_is_registered_anew_while_it_is_taken_in(self):
        """Threads change their registrations all the time: each is one when tracing has begun."""
        target = Process(self, python("""
            import os, select, socket, sys, threading
            ep = select.epoll()
            pairs = [socket.socketpair() for _ in range(400)]
            for a, b in pairs:
                ep.register(a, select.EPOLLIN)
            def arm(mine):
                while True:
                    for a, b in mine:
                        ep.modify(a, 0)
                        ep.modify(a, select.EPOLLIN)
            def register(mine):
                while True:
                    for a, b in mine:
                        ep.unregister(a)
                        ep.register(a, select.EPOLLIN)
            for n, change in enumerate((arm, register)):
                threading.Thread(target=change, args=(pairs[n::2],), daemon=True).start()
            print("ready", flush=True)
            sys.stdin.readline()
            for a, b in pairs:
                b.send(b"x")
            ep.poll(0)
            os._exit(0)"""), stdin=subprocess.PIPE)
        self.addCleanup(target.child.stdin.close)
        wait_until(lambda: "ready" in target.stdout, "its registrations")
        run = Traced(self, "trace", "-p", str(target.pid))
        run.started()
        target.child.stdin.write(b"\n")
        target.child.stdin.flush()
        i = run.summary()["interests"]
        self.assertGreater(i["reports"], 0)
        self.assertEqual(i["ambiguous"], 0, i)

    def test_an_instance_that_two_processes_have(self):
        """It is met twice when tracing begins, and so is what is registered with it."""
        target = Process(self, python("""
            import os, select, socket, sys
            a, b = socket.socketpair()
            ep = select.epoll()
            ep.register(a, select.EPOLLIN | select.EPOLLET)
            child = os.fork()
            if not child:
                select.select([a], [], [])
                os._exit(0)
            print("ready", flush=True)
            sys.stdin.readline()
            b.send(b"x")
            assert ep.poll(1)
            os.waitpid(child, 0)"""), stdin=subprocess.PIPE)
        self.addCleanup(target.child.stdin.close)
        wait_until(lambda: "ready" in target.stdout, "its child")
        run = Traced(self, "trace", "-p", str(target.pid))
        run.started()
        target.child.stdin.write(b"\n")
        target.child.stdin.flush()
        i = run.summary()["interests"]
        self.assertEqual((i["reports"], i["fresh"], i["ambiguous"], i["unknown"]), (1, 1, 0, 0), i)

    def test_more_watchers_than_a_few(self):
        """Of one socket: each instance that it is registered with is told of each edge."""
        s = traced(self, "trace", "--", *python("""
            import os, select, socket
            a, b = socket.socketpair()
            eps = [select.epoll() for _ in range(300)]
            for ep in eps:
                ep.register(a, select.EPOLLIN | select.EPOLLET)
            for ep in eps[::2]:
                ep.unregister(a)
                ep.register(a, select.EPOLLIN | select.EPOLLET)
            for _ in range(3):
                b.send(b"x")
                assert all(ep.poll(1) for ep in eps)
                a.recv(1)"""))
        i = s["interests"]
        self.assertEqual((i["edges"], i["fresh"], i["reports"]), (900, 900, 900), i)
        self.assertEqual((i["unknown"], i["ambiguous"]), (0, 0), i)
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])


# What seccomp does with a call: the filter's value, and the error that the ledger has then.
REFUSALS = {
    "errno": ("0x00050001", ["EPERM"]),
    "trap": ("0x00030000", ["errno?"]),
    "trace": ("0x7ff00000", ["ENOSYS"]),
    "kill": ("0x80000000", ["errno?"]),
}


@expand
class Refusals(unittest.TestCase):
    FILTER = """
            import ctypes, os, signal, struct
            libc = ctypes.CDLL(None)
            class Program(ctypes.Structure):
                _fields_ = [("n", ctypes.c_ushort), ("code", ctypes.c_char_p)]
            nr = 24 if os.uname().machine == "x86_64" else 124  # sched_yield
            code = struct.pack("HBBI" * 4, 0x20, 0, 0, 0, 0x15, 0, 1, nr, 6, 0, 0, VALUE,
                               6, 0, 0, 0x7fff0000)
            def seccomp():
                assert not libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
                assert not libc.prctl(22, 2, ctypes.byref(Program(4, code)))  # PR_SET_SECCOMP
"""

    @for_each(REFUSALS)
    def test_a_call_that_seccomp_refuses(self, how):
        value, errors = REFUSALS[how]
        times = 50
        if how == "kill":  # older kernels end the process at once, and show nothing of it
            times = int([int(n) for n in os.uname().release.split(".")[:2]] >= [5, 16])
        s = traced(self, "trace", "--", *python(self.FILTER.replace("VALUE", value) + f"""
            signal.signal(signal.SIGSYS, lambda *_: None)
            for _ in range(10):
                libc.sched_yield()
            pid = os.fork()
            if not pid:
                seccomp()
                for _ in range(50):
                    libc.sched_yield()
                os._exit(0)
            os.waitpid(pid, 0)"""))
        row = calls(s, "sched_yield")
        self.assertEqual((row["calls"], row["errors"]),
                         (10 + times, {e: times for e in errors if times}), row)
        self.assertEqual((row["verdicts"]["ready"], row["verdicts"]["error"]), (10, times), row)
        self.assertEqual(row["duration_ns"]["count"], 10)
        self.assertEqual((calls(s, "clone")["calls"], calls(s, "clone")["verdicts"]["ready"]), (1, 1))
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])


if __name__ == "__main__":
    unittest.main()
