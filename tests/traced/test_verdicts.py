# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Small programs whose every wait call, signal and fcntl is known beforehand."""
import sys
import unittest

from sleeping import NUMBER
from tracing import ARM64, calls, traced

PAUSE = "ppoll" if ARM64 else "pause"  # as the C library makes it


class Verdicts(unittest.TestCase):
    def program(self, code):
        return traced(self, "trace", "--", sys.executable, "-S", "-c", code)

    def verdicts(self, summary, name):
        return {k: v for k, v in calls(summary, name)["verdicts"].items() if v}

    def test_timeout(self):
        """Far longer than the scheduler ever keeps a thread from falling asleep: it does."""
        s = self.program("import select; p = select.poll()\nfor _ in range(2): p.poll(500)")
        self.assertEqual(self.verdicts(s, "poll"), {"timeout": 2})
        self.assertEqual(calls(s, "poll")["zero"], 2)
        w = s["wakes"]
        self.assertEqual((w["timed"] + w["unseen"], w["by"]["timer"]), (2, w["timed"]))

    def test_empty(self):
        s = self.program("import select; p = select.poll()\nfor _ in range(7): p.poll(0)")
        self.assertEqual(self.verdicts(s, "poll"), {"empty": 7})
        self.assertEqual(calls(s, "poll")["sleeps"], 0)

    def test_ready(self):
        s = self.program("import os, select; r, w = os.pipe(); os.write(w, b'x')\n"
                         "for _ in range(9): select.select([r], [], [])")
        row = [n for n in ("select", "pselect6") if calls(s, n)["calls"]]
        self.assertEqual(len(row), 1)
        self.assertEqual(self.verdicts(s, row[0]), {"ready": 9})

    def test_error(self):
        s = self.program("import ctypes; c = ctypes.CDLL(None)\n"
                         "for _ in range(5): c.epoll_wait(-1, ctypes.create_string_buffer(16), "
                         "1, 0)")
        self.assertEqual(self.verdicts(s, "epoll_wait"), {"error": 5})
        self.assertEqual(calls(s, "epoll_wait")["errors"], {"EBADF": 5})

    def test_interrupted(self):
        """/proc/PID/syscall tells of a call only when the thread has been switched out in it."""
        s = self.program("""if True:
            import os, signal
            taken, take = os.pipe()
            signal.signal(signal.SIGUSR1, lambda *_: os.write(take, b'x'))
            if os.fork() == 0:
                for _ in range(6):
                    while not open(f'/proc/{os.getppid()}/syscall').read().startswith('%d '):
                        pass
                    os.kill(os.getppid(), signal.SIGUSR1)
                    os.read(taken, 1)
                os._exit(0)
            for _ in range(6):
                signal.pause()
            os.wait()""" % NUMBER["pause"])
        self.assertEqual(self.verdicts(s, PAUSE), {"interrupted": 6})
        self.assertEqual(calls(s, PAUSE)["errors"], {"ERESTARTNOHAND": 6})
        self.assertEqual(s["wakes"]["by"]["signal"] + s["wakes"]["unseen"], 6)

    def test_slept_in_a_blocking_read_and_woken_by_data(self):
        """The first answer comes when its reader sleeps, the others when they come."""
        s = self.program("""if True:
            import os, socket
            a, b = socket.socketpair()
            if os.fork() == 0:
                for n in range(20):
                    b.recv(1)
                    while not n and not open('/proc/%d/syscall' % os.getppid()).read().startswith('NR '):
                        pass
                    b.send(b'y')
                os._exit(0)
            for _ in range(20):
                a.send(b'x')
                a.recv(1)
            os.wait()""".replace("NR", str(NUMBER["recvfrom"])))
        row = calls(s, "recvfrom")
        self.assertEqual(row["calls"], 40)
        self.assertEqual((row["errors"], row["bytes"]), ({}, 40))
        self.assertEqual(s["sockets"]["reads"], 40)
        self.assertEqual(s["service_ns"]["count"], 40)
        # a Unix socket wakes its reader also when its peer reads (unix_write_space): no data's doing
        by = s["wakes"]["by"]
        self.assertGreater(by["other"] if by["data"] is None else by["data"], 0)
        self.assertEqual(by["signal"], 0)

    def test_sigio_is_coalesced_while_blocked(self):
        """100 datagrams at a process that blocks the signal: 1 is queued, 99 find it pending. On one
        CPU a datagram that is there has raised its signal, too."""
        s = self.program("""if True:
            import fcntl, os, signal, socket
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
            got = []
            signal.signal(signal.SIGIO, lambda *_: got.append(1))
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGIO])
            a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            a.bind(('127.0.0.1', 0))
            fcntl.fcntl(a, fcntl.F_SETOWN, os.getpid())
            fcntl.fcntl(a, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
            b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            for _ in range(100):
                b.sendto(b'x', a.getsockname())
            read = 0
            while read < 100:
                try: read += len(a.recv(1))
                except BlockingIOError: pass
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGIO])""")
        sig = s["sigio"]
        self.assertEqual((sig["generated"], sig["queued"], sig["coalesced"]), (100, 1, 99))
        self.assertEqual((sig["delivered"], sig["consumed"], sig["pending"]), (1, 0, 0))
        self.assertEqual(s["sockets"]["datagrams_arrived"], 100)
        self.assertEqual(s["sockets"]["datagrams_read"], 100)
        fcntl = {row["cmd"]: row for row in s["fcntl"]}
        self.assertEqual(fcntl["F_SETFL"]["on"], {"O_NONBLOCK": 1, "O_ASYNC": 1})

    def test_signals_consumed_from_a_signalfd(self):
        s = self.program("""if True:
            import ctypes, os, signal
            c = ctypes.CDLL(None)
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGUSR2])
            mask = (ctypes.c_uint64 * 16)(1 << 9 | 1 << 11)
            fd = c.signalfd(-1, mask, 0)
            os.kill(os.getpid(), signal.SIGUSR1)
            os.kill(os.getpid(), signal.SIGUSR2)
            os.kill(os.getpid(), signal.SIGUSR2)
            os.read(fd, 1024)""")
        rows = {row["signal"]: row for row in s["signals"]}
        for name, generated, coalesced in (("SIGUSR1", 1, 0), ("SIGUSR2", 2, 1)):
            row = rows[name]
            self.assertEqual((row["generated"], row["coalesced"]), (generated, coalesced))
            self.assertEqual((row["queued"], row["consumed"], row["pending"]), (1, 1, 0))

    def test_threads_and_forks_are_followed(self):
        s = self.program("""if True:
            import os, select, threading
            def wait(): select.poll().poll(20)
            threads = [threading.Thread(target=wait) for _ in range(8)]
            for t in threads: t.start()
            for t in threads: t.join()
            for _ in range(5):
                if os.fork() == 0:
                    if os.fork() == 0:
                        wait()
                        os._exit(0)
                    os.wait()
                    os._exit(0)
            for _ in range(5): os.wait()""")
        v = calls(s, "poll")["verdicts"]
        # where it is preempted for so long that the time is over, it does not sleep any more
        self.assertEqual((v["timeout"] + v["empty"], calls(s, "poll")["calls"]), (13, 13))

    def test_ioctls_that_set_what_fcntl_sets(self):
        s = self.program("""if True:
            import fcntl, os, socket, struct
            a = socket.socket()
            for on in (1, 0, 1):
                fcntl.ioctl(a, 0x5421, struct.pack('i', on))""")
        rows = {row["cmd"]: row for row in s["fcntl"] if row["call"] == "ioctl"}
        self.assertEqual(rows["FIONBIO"]["calls"], 3)
        self.assertEqual(rows["FIONBIO"]["on"], {"O_NONBLOCK": 2})
        self.assertEqual(rows["FIONBIO"]["off"], {"O_NONBLOCK": 1})
