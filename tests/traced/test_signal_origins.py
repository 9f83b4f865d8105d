# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Where the last signal of each kind came from; and who sleeps in a call that waits for one."""
import os
import signal
import sys
import unittest

from harness import Process, binary, wait_until
from sleeping import await_sleep
from tracing import Traced, require_root, traced

PRELUDE = "import ctypes, fcntl, os, select, signal, socket, threading\n"


class Origins(unittest.TestCase):
    def summary(self, code):
        return traced(self, "trace", "--", sys.executable, "-S", "-c", PRELUDE + code)

    def row(self, code, name):
        row, = (row for row in self.summary(code)["signals"] if row["signal"] == name)
        return row

    def origin(self, code, name):
        row = self.row(code, name)
        return row["code"], row["sender"], row["sender_comm"]

    def test_of_a_process_that_sends_it(self):
        target = Process(self, [sys.executable, "-S", "-c", PRELUDE + """
signal.pthread_sigmask(signal.SIG_BLOCK, [10])
print('ready', flush=True)
signal.sigwait([10])"""])
        wait_until(lambda: "ready" in target.stdout, "it to block the signal")
        run = Traced(self, "trace", "-p", target.pid)
        run.started()
        os.kill(target.pid, signal.SIGUSR1)
        row, = (row for row in run.summary()["signals"] if row["signal"] == "SIGUSR1")
        self.assertEqual((row["queued"], row["code"], row["sender"]), (1, "SI_USER", os.getpid()))
        self.assertIn("python", row["sender_comm"])

    def test_of_a_thread_that_sends_it(self):
        code, sender, _ = self.origin("""
signal.signal(12, lambda *_: 0)
signal.pthread_kill(threading.get_ident(), 12)""", "SIGUSR2")
        self.assertEqual(code, "SI_TKILL")
        self.assertGreater(sender, 0)

    def test_of_an_interval_timer_there_is_no_sender(self):
        self.assertEqual(self.origin("""
signal.signal(14, lambda *_: 0)
signal.setitimer(0, .001, .001)
signal.pause()
signal.setitimer(0, 0)""", "SIGALRM"), ("SI_KERNEL", None, None))

    def test_of_a_posix_timer(self):
        self.assertEqual(self.origin("""
signal.pthread_sigmask(signal.SIG_BLOCK, [14])
timer, c = ctypes.c_void_p(), ctypes.CDLL(None)
c.timer_create(1, None, ctypes.byref(timer))
c.timer_settime(timer, 0, (ctypes.c_long * 4)(0, 0, 0, 1000000), None)
signal.sigwait([14])""", "SIGALRM"), ("SI_TIMER", None, None))

    def test_sigio_has_its_name(self):
        row = self.row("""
a, b = socket.socketpair()
signal.pthread_sigmask(signal.SIG_BLOCK, [29])
fcntl.fcntl(a, fcntl.F_SETOWN, os.getpid())
fcntl.fcntl(a, fcntl.F_SETFL, os.O_ASYNC)
b.send(b'x')""", "SIGIO")
        self.assertEqual((row["queued"], row["sender"]), (1, None))

    def interrupts(self, begin, end=""):
        s = self.summary(f"""
came = []
signal.signal(14, lambda *_: came.append(1))
{begin}
while len(came) < 60:  # as many as it takes, three times
    select.poll().poll(300)
{end}""")
        found, = (f for f in s["findings"] if f["id"] == "signal-interrupts")
        return found

    def test_interrupts_by_a_timer_name_it(self):
        found = self.interrupts("signal.setitimer(0, .005, .005)", "signal.setitimer(0, 0)")
        self.assertIn("the last one sent by a timer (setitimer or alarm).", found["text"])
        self.assertNotIn("sender", found["evidence"])

    def test_interrupts_by_a_process_name_it(self):
        found = self.interrupts("""
parent, (taken, take) = os.getpid(), os.pipe()
signal.signal(14, lambda *_: came.append(os.write(take, b"x")))
child = os.fork()
while not child:  # the next is sent when the last was taken, and it sleeps again
    while " S " not in open(f"/proc/{parent}/stat").read():
        pass
    os.kill(parent, 14)
    os.read(taken, 1)""", """
os.kill(child, 9)
os.wait()""")
        sender = found["evidence"]["sender"]
        self.assertIn(f"the last one sent by thread {sender} (python", found["text"])


class Sleepers(unittest.TestCase):
    def asleep_in(self, call, code):
        """What the head of a trace says of a process that sleeps in this call."""
        require_root(self)
        target = Process(self, [sys.executable, "-S", "-c", PRELUDE + code])
        await_sleep(target.pid, call)
        run = Process(self, [binary(), "trace", "--seconds", "0.05", "-p", target.pid])
        self.assertEqual(run.wait(), 0, run.stderr)
        return " ".join(run.stdout.split())

    def test_pause_has_no_arguments(self):
        self.assertIn("sleeps in pause() ", self.asleep_in("pause", "signal.pause()"))

    def test_wait4_has_more_than_two(self):
        self.assertRegex(self.asleep_in("wait4", """
if not os.fork(): signal.pause()
os.wait()"""), r"sleeps in wait4\(0x\w+, 0x\w+, \.\.\.\) ")


if __name__ == "__main__":
    unittest.main()
