# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The signal ledger at the end of a process: what it never took is counted as ended, not as pending."""
import sys
import unittest

from tracing import traced


class Signals(unittest.TestCase):
    def rows(self, code, *args):
        """By name (queued, delivered, consumed, ended, pending), and the summary."""
        s = traced(self, "trace", *args, "--", sys.executable, "-S", "-c", "if True:\n" + code)
        names = ("queued", "delivered", "consumed", "ended", "pending")
        return {row["signal"]: tuple(row[n] for n in names) for row in s["signals"]}, s

    def test_fatal_of_one_thread(self):
        rows, _ = self.rows("""
            import os, signal
            if not os.fork():
                os.kill(os.getpid(), signal.SIGTERM)
            os.wait()""")
        self.assertEqual(rows["SIGTERM"], (1, 0, 0, 1, 0))
        self.assertNotIn("SIGKILL", rows)

    def test_fatal_of_several_threads(self):
        rows, _ = self.rows("""
            import os, signal, threading
            if not os.fork():
                for _ in range(4): threading.Thread(target=threading.Event().wait).start()
                os.kill(os.getpid(), signal.SIGTERM)
            os.wait()""")
        self.assertEqual(rows["SIGTERM"], (1, 0, 0, 1, 0))
        self.assertNotIn("SIGKILL", rows)

    def test_sigkill_of_several_threads_is_one(self):
        rows, _ = self.rows("""
            import os, signal, threading
            if not os.fork():
                for _ in range(4): threading.Thread(target=threading.Event().wait).start()
                os.kill(os.getpid(), signal.SIGKILL)
            os.wait()""")
        self.assertEqual(rows["SIGKILL"], (1, 1, 0, 0, 0))

    def test_pending_at_the_end(self):
        rows, _ = self.rows("""
            import os, signal
            if not os.fork():
                some = [signal.SIGRTMIN + 3, signal.SIGUSR1]
                signal.pthread_sigmask(signal.SIG_BLOCK, some)
                for _ in range(5): os.kill(os.getpid(), some[0])
                os.kill(os.getpid(), some[1])
                signal.sigtimedwait(some[:1], 0)
                os._exit(0)
            os.wait()""")
        self.assertEqual(rows["SIGUSR1"], (1, 0, 0, 1, 0))
        self.assertIn((5, 0, 1, 4, 0), rows.values())

    def test_fatal_sigio(self):
        _, s = self.rows("""
            import fcntl, os, socket
            a, b = socket.socketpair()
            if not os.fork():
                fcntl.fcntl(a, fcntl.F_SETOWN, os.getpid())
                fcntl.fcntl(a, fcntl.F_SETFL, os.O_ASYNC)
                b.send(b'x')
                os._exit(0)
            os.wait()""")
        sig = s["sigio"]
        self.assertEqual((sig["queued"], sig["delivered"], sig["ended"], sig["pending"]),
                         (1, 0, 1, 0))

    def test_more_processes_than_there_is_room_for(self):
        """1 030 of them, each with a signal that it never takes: none is lost. Nobody else here sends
        that one, to a process that has the number of one of them now."""
        rows, _ = self.rows("""
            import os, signal
            for _ in range(1030):
                if not os.fork():
                    os.kill(os.getpid(), signal.SIGVTALRM)
                os.wait()""", "--strict", "--top", "8")
        self.assertEqual(rows["SIGVTALRM"], (1030, 0, 0, 1030, 0))


if __name__ == "__main__":
    unittest.main()
