# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Every report gets its verdict, by how far its file has come: one small program a kind of file,
level-triggered and edge-triggered, with notifications (where this kernel shows them) and without."""
import json
import signal
import sys
import tempfile
import unittest
from pathlib import Path

from harness import Process, expand, for_each, wait_until
from tracing import BOTH, LEVEL, Traced, Verdicts, require_program, traced

# What each does, and what it comes to in fresh and re-reports: of levels, and of edges.
PROGRAMS = {
    "an_eventfd_is_reported_anew_on_every_write_although_nobody_reads_it": ("""
        fd = os.eventfd(0)
        ep.register(fd, select.EPOLLIN | MODE)
        for _ in range(20):
            os.eventfd_write(fd, 1)
            ep.poll(0)
            ep.poll(0)""", (20, 20), (20, 0)),
    # Its count is the same at each report.
    "an_eventfd_that_is_read_in_between": ("""
        fd = os.eventfd(0)
        ep.register(fd, select.EPOLLIN | MODE)
        for n in range(20):
            os.eventfd_write(fd, 1)
            ep.poll(0)
            ep.poll(0)
            os.read(fd, 8) if n % 2 else os.readv(fd, [bytearray(8)])""", (20, 20), (20, 0)),
    "an_eventfd_that_counts_down": ("""
        fd = os.eventfd(0, os.EFD_SEMAPHORE)
        ep.register(fd, select.EPOLLIN | MODE)
        for _ in range(20):
            os.eventfd_write(fd, 3)
            for _ in range(3):
                ep.poll(0)
                os.eventfd_read(fd)""", (20, 40), (20, 0)),
    # The second write goes to the end of the buffer that the first one filled.
    "a_pipe": ("""
        r, w = os.pipe()
        ep.register(r, select.EPOLLIN | MODE)
        for _ in range(10):
            os.write(w, b'xyz')
            ep.poll(0)
            os.read(r, 1)
            ep.poll(0)
            os.write(w, b'x')
            ep.poll(0)
            os.read(r, 10)
        os.close(w)
        assert ep.poll(0) == [(r, select.EPOLLHUP)]
        ep.poll(0)""", (21, 11), (21, 0)),
    "the_end_of_a_pipe_with_something_in_it": ("""
        r, w = os.pipe()
        ep.register(r, select.EPOLLIN | MODE)
        os.write(w, b'x')
        ep.poll(0)
        os.close(w)
        ep.poll(0)
        ep.poll(0)""", (2, 1), (2, 0)),
    # One that goes on, read each time; and one that is set again, unread.
    "a_timer": ("""
        fd = libc.timerfd_create(1, 0)
        ep.register(fd, select.EPOLLIN | MODE)
        def after(ns, interval):
            libc.timerfd_settime(fd, 0, struct.pack('4q', 0, interval, 0, ns), None)
        after(1000000, 1000000)
        for _ in range(10):
            ep.poll(5)
            os.read(fd, 8)
        for _ in range(3):
            after(1000000, 0)
            ep.poll(5)
            ep.poll(0)""", (13, 3), (13, 0)),
    # A time that has passed already: it runs out at once, each time.
    "a_timer_that_is_set_to_the_same_time_again": ("""
        fd = libc.timerfd_create(1, 0)
        ep.register(fd, select.EPOLLIN | MODE)
        for _ in range(10):
            libc.timerfd_settime(fd, 1, struct.pack('4q', 0, 0, 0, 1), None)
            ep.poll(5)
            ep.poll(0)
            os.read(fd, 8)""", (10, 10), (10, 0)),
    "signals": ("""
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGUSR2])
        mask = ctypes.create_string_buffer(128)
        libc.sigemptyset(mask)
        libc.sigaddset(mask, signal.SIGUSR1)
        libc.sigaddset(mask, signal.SIGUSR2)
        fd = libc.signalfd(-1, mask, 0)
        ep.register(fd, select.EPOLLIN | MODE)
        for _ in range(10):
            os.kill(os.getpid(), signal.SIGUSR1)
            ep.poll(0)
            ep.poll(0)
            os.kill(os.getpid(), signal.SIGUSR2)
            ep.poll(0)
            os.read(fd, 128)
            ep.poll(0)
            os.read(fd, 128)""", (20, 20), (20, 0)),
    "unix_sockets": ("""
        c, d = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        for x, y in (a, b), (c, d):
            ep.register(x, select.EPOLLIN | MODE)
            for _ in range(10):
                y.send(b'x')
                y.send(b'y')
                ep.poll(0)
                x.recv(1)
                ep.poll(0)
                x.recv(1)""", (20, 20), (20, 0)),
    # An edge exists only after the socket was full.
    "room_to_write": ("""
        listener = socket.create_server(('127.0.0.1', 0))
        c = socket.create_connection(listener.getsockname())
        s = listener.accept()[0]
        def drain(y):
            try:
                while True: y.recv(1 << 20)
            except BlockingIOError: pass
        def in_flight(x):
            import fcntl, struct
            if x.family == socket.AF_UNIX: return 0
            sent = [struct.unpack('i', fcntl.ioctl(x, n, b'    '))[0] for n in (0x5411, 0x894b)]
            return sent[0] - sent[1]  # SIOCOUTQ: not acknowledged; SIOCOUTQNSD: not sent
        def fill(x):
            full = False
            while not full:  # an acknowledgement that is under way makes room again
                full = not in_flight(x)
                try:
                    while x.send(b'x' * 4096): full = False
                except BlockingIOError: pass
        for x, y in (s, c), (a, b):
            x.setblocking(False)
            y.setblocking(False)
            ep.register(x, select.EPOLLOUT | MODE)
            for _ in range(5):
                ep.poll(0)
            for _ in range(5):
                fill(x)
                assert not ep.poll(0)
                while not ep.poll(0):
                    drain(y)
                ep.poll(0)
                drain(y)
            ep.unregister(x)""", (12, 18), (12, 0)),
    "room_to_write_in_a_pipe": ("""
        r, w = os.pipe()
        os.set_blocking(w, False)
        ep.register(w, select.EPOLLOUT | MODE)
        ep.poll(0)
        for _ in range(10):
            try:
                while True:
                    os.write(w, b'x' * 4096)
            except BlockingIOError:
                pass
            os.read(r, 65536)
            ep.poll(0)
            ep.poll(0)""", (11, 10), (11, 0)),
    # EPOLLIN until a request is there, EPOLLOUT until it is answered.
    "a_server_that_arms_what_it_waits_for": ("""
        ep.register(a, select.EPOLLIN | MODE)
        for _ in range(10):
            b.send(b'request')
            assert ep.poll(0)[0][1] == select.EPOLLIN
            a.recv(10)
            ep.modify(a, select.EPOLLOUT | MODE)
            assert ep.poll(0)[0][1] == select.EPOLLOUT
            a.send(b'answer')
            b.recv(10)
            ep.modify(a, select.EPOLLIN | MODE)
            assert not ep.poll(0)""", (20, 0), (20, 0)),
    "an_exclusive_listener": ("""
        listener = socket.create_server(('127.0.0.1', 0))
        ep.register(listener, select.EPOLLIN | select.EPOLLEXCLUSIVE | MODE)
        for _ in range(10):
            c = arrive(listener)
            ep.poll(1)
            ep.poll(0)
            listener.accept()[0].close()
            c.close()
        c = arrive(listener)
        ep.unregister(listener)
        ep.register(listener, select.EPOLLIN | select.EPOLLEXCLUSIVE | MODE)
        ep.poll(0)
        ep.poll(0)""", (11, 11), (11, 0)),
    # dup2() ends the old file, and with it its registration.
    "a_number_that_is_used_again_without_a_close": ("""
        number = os.eventfd(0)
        for n in range(5):
            fd = os.eventfd(0)
            os.dup2(fd, number)
            os.close(fd)
            ep.register(number, select.EPOLLIN | MODE)
            os.eventfd_write(number, 1)
            ep.poll(0)
            ep.poll(0)""", (5, 5), (5, 0)),
}

# Runs them one after the other, a process each, whose pids it writes.
RUNNER = """if True:
    import json, os, sys
    with open(sys.argv[1]) as programs, open(sys.argv[2], 'w') as pids:
        for program in json.load(programs):
            pid = os.fork()
            if not pid:
                exec(program, {})
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0, program
            print(pid, file=pids)"""


@expand
class Kinds(Verdicts):
    def run_all(self, mode, hooks):
        """All programs in one run: the row of the epoll instance of each, by its name."""
        with tempfile.TemporaryDirectory() as folder:
            programs, pids = Path(folder, "programs"), Path(folder, "pids")
            programs.write_text(json.dumps([f"{self.PRELUDE}        MODE = {mode}\n{code}"
                                            for code, _, _ in PROGRAMS.values()]))
            s = traced(self, "trace", "--hooks", hooks, "--", sys.executable, "-S", "-c", RUNNER,
                       programs, pids)
            self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
            rows = {str(row["pid"]): row for row in s["epolls"] if row["reports"]}
            return {name: rows[pid] for name, pid in zip(PROGRAMS, pids.read_text().split())}

    @for_each(BOTH)
    def test_what_is_known(self, how):
        mode, hooks = how
        rows = self.run_all(mode, hooks)
        for name, (_, level, edge) in PROGRAMS.items():
            with self.subTest(name):
                i = rows[name]
                self.assertEqual((i["fresh"], i["rereports"], i["unknown"], i["ambiguous"]),
                                 ((level if mode == LEVEL else edge) + (0, 0)), (name, i))

    @for_each(BOTH)
    def test_an_inner_instance(self, how):
        """It has an edge with each that its own interests have, if those are seen."""
        mode, hooks = how
        i = self.summary("""
        inner = select.epoll()
        inner.register(a, select.EPOLLIN)
        ep.register(inner, select.EPOLLIN | MODE)
        for _ in range(20):
            b.send(b'x')
            assert ep.poll(0)
            assert bool(ep.poll(0)) == (not MODE)
            assert inner.poll(0)
            a.recv(1)""", mode, hooks)["interests"]
        if i["edges"] is None:
            self.skipTest("this kernel shows no edges of sockets")
        self.assertEqual((i["fresh"], i["rereports"], i["unknown"]),
                         (40, 20 if mode == LEVEL else 0, 0), i)

    @for_each(["auto", "tracepoint"])
    def test_a_kind_without_a_position(self, hooks):
        """An inotify instance: news where the registration is, where a wait slept, where it was
        left out; else it is not known, unless the kernel shows whom it tells."""
        i = self.summary("""
        fd = libc.inotify_init1(0)
        folder = '/tmp/wakelab-%d' % os.getpid()
        os.mkdir(folder)
        libc.inotify_add_watch(fd, folder.encode(), 0x100)
        ep.register(fd, select.EPOLLIN)
        def make():
            os.close(os.open(folder, os.O_TMPFILE | os.O_RDWR))
            os.close(os.open(folder + '/it', os.O_CREAT))
            os.unlink(folder + '/it')
        make()
        ep.poll(0) # the first
        ep.poll(0) # the same level: unclear
        os.read(fd, 4096)
        assert not ep.poll(0)
        make()
        ep.poll(0) # it was left out once
        ep.poll(0)
        os.rmdir(folder)""", LEVEL, hooks)["interests"]
        if i["unknown"]:
            self.assertEqual((i["fresh"], i["rereports"], i["unknown_by"]), (2, 0, {"inotify": 2}))
        else:
            self.assertEqual((i["fresh"], i["rereports"]), (2, 2))

    def test_what_is_not_seen_is_null_for_that_registration(self):
        """Pipe and exclusive listener have no edges that a tracepoint shows; a socket has."""
        s = self.summary("""
        r, w = os.pipe()
        listener = socket.create_server(('127.0.0.1', 0))
        ep.register(a, select.EPOLLIN)
        ep.register(r, select.EPOLLIN)
        ep.register(listener, select.EPOLLIN | select.EPOLLEXCLUSIVE)
        os.write(w, b'x')
        b.send(b'x')
        c = socket.create_connection(listener.getsockname())
        while len(ep.poll(0)) < 3: pass
        os._exit(0)""", hooks="tracepoint")
        (epoll,) = [e for e in s["epolls"] if e["interests"]]
        rows = {row["kind"]: row for row in epoll["busiest"]}
        self.assertEqual(sorted(rows), ["listener", "pipe", "unix_stream"])
        for kind in ("listener", "pipe"):
            for name in ("edges", "merged", "pending", "found", "arms"):
                self.assertIsNone(rows[kind][name], rows[kind])
            self.assertEqual(rows[kind]["fresh"], 1)

    def test_files_that_were_registered_before_tracing_began(self):
        target = Process(self, [sys.executable, "-S", "-c", self.PRELUDE + """
        one, two, r, w = os.eventfd(0), os.eventfd(0), *os.pipe()
        for fd in one, two, r:
            ep.register(fd, select.EPOLLIN)
        os.eventfd_write(one, 1)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGUSR2])
        print('ready', flush=True)
        signal.sigwait([signal.SIGUSR1])
        os.eventfd_write(two, 1)
        assert len(ep.poll(0)) == 2 # of one it is not known whether it was reported before
        os.write(w, b'x')
        assert len(ep.poll(0)) == 3
        print('done', flush=True)
        signal.sigwait([signal.SIGUSR2])"""])
        wait_until(lambda: "ready" in target.stdout or not target.running(), "its registrations")
        run = Traced(self, "trace", "-p", str(target.pid), "--hooks", "tracepoint")
        run.started()
        target.signal(signal.SIGUSR1)
        wait_until(lambda: "done" in target.stdout or not target.running(), "its waits")
        run.signal(signal.SIGINT)
        i = run.summary()["interests"]
        self.assertEqual((i["fresh"], i["rereports"], i["unknown_by"]), (2, 2, {"eventfd": 1}))


class Benchmarks(unittest.TestCase):
    def test_perf_bench_has_no_unknown_report(self):
        """Of one instance, of several, edge-triggered, of one-shots and of instances in others."""
        require_program("perf")
        s = traced(self, "trace", "--hooks", "tracepoint", "--", "sh", "-c", """
            for options in "" "-m -E" "-S" "-N 2"; do
                perf bench epoll wait -r 1 $options >/dev/null 2>&1 &
            done
            wait""")
        self.assertEqual(len({row["pid"] for row in s["epolls"] if row["reports"]}), 4, s["epolls"])
        self.assertEqual((s["interests"]["unknown"], s["interests"]["ambiguous"]), (0, 0))


if __name__ == "__main__":
    unittest.main()
