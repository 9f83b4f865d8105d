# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What only the functions of the kernel show, where they can be hooked."""
import unittest

from hooked import python, require_hook
from tracing import ARRIVE


class Callbacks(unittest.TestCase):
    def reports(self, code):
        require_hook(self, "fentry/ep_poll_callback")
        i = python(self, "        import ctypes, os, select, socket, struct\n" + code)["interests"]
        self.assertEqual((i["unknown"], i["ambiguous"]), (0, 0))
        return i["edges"], i["fresh"], i["rereports"]

    def test_a_pipe(self):
        self.assertEqual(self.reports("""
        r, w = os.pipe()
        ep = select.epoll()
        ep.register(r, select.EPOLLIN)
        for _ in range(20):
            os.write(w, b'xyz')
            for _ in range(3):
                ep.poll(1)
                os.read(r, 1)"""), (20, 20, 40))

    def test_an_eventfd_under_edge_triggering_is_told_of_every_write(self):
        self.assertEqual(self.reports("""
        fd = os.eventfd(0)
        ep = select.epoll()
        ep.register(fd, select.EPOLLIN | select.EPOLLET)
        for _ in range(20):
            os.eventfd_write(fd, 1)
            ep.poll(1)"""), (20, 20, 0))

    def test_a_timer(self):
        self.assertEqual(self.reports("""
        c = ctypes.CDLL(None)
        fd = c.timerfd_create(1, 0)
        c.timerfd_settime(fd, 0, struct.pack('4q', 0, 2000000, 0, 2000000), None)
        ep = select.epoll()
        ep.register(fd, select.EPOLLIN | select.EPOLLONESHOT)
        for _ in range(10):
            ep.poll(1)
            os.read(fd, 8)
            ep.modify(fd, select.EPOLLIN | select.EPOLLONESHOT)""")[1:], (10, 0))

    def test_room_to_write(self):
        """Always there: found at the registration, then the same level again."""
        self.assertEqual(self.reports("""
        a, b = socket.socketpair()
        ep = select.epoll()
        ep.register(a, select.EPOLLOUT)
        for _ in range(10):
            ep.poll(1)"""), (1, 1, 9))

    def test_room_to_write_comes_back(self):
        self.assertEqual(self.reports("""
        r, w = os.pipe()
        os.set_blocking(w, False)
        ep = select.epoll()
        ep.register(w, select.EPOLLOUT | select.EPOLLET)
        ep.poll(1)
        for _ in range(10):
            try:
                while True:
                    os.write(w, b'x' * 4096)
            except BlockingIOError:
                pass
            os.read(r, 65536)
            ep.poll(1)"""), (11, 11, 0))

    def test_an_exclusive_listener(self):
        self.assertEqual(self.reports(ARRIVE + """
        listener = socket.create_server(('127.0.0.1', 0))
        ep = select.epoll()
        ep.register(listener, select.EPOLLIN | select.EPOLLEXCLUSIVE)
        for _ in range(10):
            c = arrive(listener)
            ep.poll(1)
            ep.poll(1)
            listener.accept()[0].close()
            c.close()"""), (10, 10, 10))

    def woken(self, setup, wait):
        """Ten wakes through a pipe, each written when the waiter sleeps: all have a t0."""
        s = python(self, f"""
        import os, select, threading
        r, w = os.pipe()
        tid = threading.get_native_id()
        {setup}

        def asleep():
            return open('/proc/self/task/%d/stat' % tid).read().rpartition(')')[2].split()[0] == 'S'

        def send():
            for _ in range(10):
                while not asleep(): pass
                os.write(w, b'x')
                answer.acquire()

        answer = threading.Semaphore(0)
        threading.Thread(target=send).start()
        for _ in range(10):
            {wait}
            os.read(r, 1)
            answer.release()""")
        waits = {c["name"]: c["verdicts"] for c in s["syscalls"]}
        slept = sum(waits.get(n, {}).get("slept", 0)
                    for n in ("epoll_wait", "epoll_pwait", "poll", "ppoll", "pselect6"))
        self.assertGreaterEqual(s["wakes"]["by"]["data"], slept - s["wakes"]["unseen"])
        self.assertGreater(s["wakes"]["by"]["data"], 0)

    def test_a_pipe_wakes_epoll(self):
        require_hook(self, "fentry/ep_poll_callback")
        self.woken("ep = select.epoll(); ep.register(r, select.EPOLLIN)", "ep.poll()")

    def test_a_pipe_wakes_poll(self):
        require_hook(self, "fentry/pollwake")
        self.woken("po = select.poll(); po.register(r, select.POLLIN)", "po.poll()")

    def test_which_descriptor_raised_a_signal(self):
        require_hook(self, "fentry/send_sigio")
        s = python(self, """
        import fcntl, os, signal, socket
        signal.signal(signal.SIGIO, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGIO])
        b = socket.socket(type=socket.SOCK_DGRAM)
        for n, fd in ((3, 100), (5, 101)):
            a = socket.socket(type=socket.SOCK_DGRAM)
            os.dup2(a.fileno(), fd)
            a.close()
            a = socket.socket(fileno=fd)
            a.bind(('127.0.0.1', 0))
            fcntl.fcntl(a, fcntl.F_SETOWN, os.getpid())
            fcntl.fcntl(a, fcntl.F_SETFL, os.O_ASYNC)
            for _ in range(n):
                b.sendto(b'x', a.getsockname())""")
        self.assertEqual({row["fd"]: row["generated"] for row in s["sigio"]["sources"]},
                         {100: 3, 101: 5})


if __name__ == "__main__":
    unittest.main()
