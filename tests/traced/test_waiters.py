# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Which report was news, of what several wait for, of what is in between (an epoll instance), and
where a call moves several messages."""
import ctypes
import os
import unittest

from harness import expand, for_each
from tracing import BOTH, EDGE, LEVEL, Verdicts, calls

USERFAULTFD = {"x86_64": 323, "aarch64": 282}  # its number


@expand
class Listeners(Verdicts):
    LISTENER = """
        listener = socket.create_server(('127.0.0.1', 0))
        listener.setblocking(False)
        two = select.epoll()
"""
    # Two threads that accept what they are told of. The next client comes when both sleep again.
    POOL = """
        import threading
        wait = {'x86_64': '232', 'aarch64': '22'}[os.uname().machine]
        seen = []
        def serve(instance):
            while instance.poll() and len(seen) < 10:
                seen.append(instance)
                listener.accept()[0].close()
        def asleep(thread):
            try:
                path = '/proc/self/task/%d/' % thread.native_id
                return (open(path + 'stat').read().rpartition(')')[2].split()[0] == 'S' and
                        open(path + 'syscall').read().split()[0] == wait)
            except (FileNotFoundError, ProcessLookupError):
                return True
        threads = [threading.Thread(target=serve, args=[each]) for each in POOL]
        for thread in threads:
            thread.start()
        for n in range(10):
            while not all(map(asleep, threads)):
                os.sched_yield()
            client = socket.create_connection(listener.getsockname())
            while len(seen) == n:
                os.sched_yield()
        while not all(map(asleep, threads)):
            os.sched_yield()
        os._exit(0)"""

    @for_each(BOTH)
    def test_a_listener(self, how):
        self.expect(how, self.LISTENER + """
        ep.register(listener, select.EPOLLIN | MODE)
        for _ in range(10):
            c = arrive(listener)
            ep.poll(1)
            ep.poll(0)
            listener.accept()[0].close()
            c.close()
        clients = [arrive(listener) for _ in range(3)] # one report, or one for each accept
        while ep.poll(0):
            listener.accept()[0].close()""", (11, 12), (11, 0))

    @for_each(BOTH)
    def test_an_exclusive_listener_of_which_both_are_told(self, how):
        """Nobody sleeps, so the kernel tells one after the other."""
        self.expect(how, self.LISTENER + """
        for each in ep, two:
            each.register(listener, select.EPOLLIN | select.EPOLLEXCLUSIVE | MODE)
        for _ in range(10):
            c = arrive(listener)
            for each in ep, two:
                assert each.poll(0)
                each.poll(0)
            listener.accept()[0].close()
            assert not ep.poll(0) and not two.poll(0)""", (20, 20), (20, 0))

    @for_each(BOTH)
    def test_an_exclusive_listener_wakes_one_of_two_that_sleep(self, how):
        self.expect(how, self.LISTENER + """
        POOL = [ep, two]
        for each in POOL:
            each.register(listener, select.EPOLLIN | select.EPOLLEXCLUSIVE | MODE)""" + self.POOL,
                    (10, 0), (10, 0))

    @for_each([(EDGE, "auto"), (EDGE, "tracepoint")])
    def test_two_that_sleep_in_one_instance(self, how):
        """One of them is woken; where it is level-triggered it may wake the other in its turn."""
        self.expect(how, self.LISTENER + """
        POOL = [ep, ep]
        ep.register(listener, select.EPOLLIN | MODE)""" + self.POOL, None, (10, 0))


@expand
class Nested(Verdicts):
    INNER = """
        inner = select.epoll()
        fd = os.eventfd(0)
        inner.register(fd, select.EPOLLIN)
        ep.register(inner, select.EPOLLIN | MODE)
"""

    @for_each(BOTH)
    def test_an_instance_in_an_instance(self, how):
        """It is left out once before the next news, so it is known."""
        self.expect(how, self.INNER + """
        for _ in range(10):
            os.eventfd_write(fd, 1)
            assert ep.poll(0) and inner.poll(0)
            os.eventfd_read(fd)
            assert not ep.poll(0)""", (20, 0), (20, 0))

    @for_each([(LEVEL, "auto"), (LEVEL, "tracepoint"), (EDGE, "tracepoint")])
    def test_an_instance_that_is_reported_again(self, how):
        """Whether something came in between is known only where the kernel shows whom it tells."""
        mode, hooks = how
        i = self.summary(self.INNER + """
        os.eventfd_write(fd, 1)
        for _ in range(3):
            ep.poll(0)""", mode, hooks)["interests"]
        again = 0 if mode == EDGE else 2
        self.assertEqual((i["fresh"], i["rereports"] + i["unknown"]), (1, again), i)
        self.assertIn(i["unknown_by"], [{}, {"epoll": again}])


@expand
class Messages(Verdicts):
    """Of which one call moves several."""
    PAIRS = """
        class mmsghdr(ctypes.Structure):
            _fields_ = [('name', ctypes.c_void_p), ('namelen', ctypes.c_uint32),
                        ('iov', ctypes.c_void_p), ('iovlen', ctypes.c_size_t),
                        ('control', ctypes.c_void_p), ('controllen', ctypes.c_size_t),
                        ('flags', ctypes.c_size_t), ('len', ctypes.c_size_t)]
        buffer = ctypes.create_string_buffer(8192)
        def messages(n, size):
            iov = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), size)
            header = mmsghdr(iov=ctypes.addressof(iov), iovlen=1)
            header.keep = iov
            return header, (mmsghdr * n)(*[header] * n)
        def send(s, n, size=1):
            one, all = messages(n, size)
            return libc.sendmmsg(s.fileno(), all, n, socket.MSG_DONTWAIT)
        def receive(s, n):
            one, all = messages(n, 1)
            return libc.recvmmsg(s.fileno(), all, n, socket.MSG_DONTWAIT, None)
        def pair(family):
            if family == 'udp':
                x, y = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
                x.bind(('127.0.0.1', 0))
                y.bind(('127.0.0.1', 0))
                x.connect(y.getsockname())
                y.connect(x.getsockname())
                return x, y
            return socket.socketpair(socket.AF_UNIX, getattr(socket, family))
        FAMILIES = ['udp', 'SOCK_DGRAM', 'SOCK_SEQPACKET', 'SOCK_STREAM']
"""

    @for_each(BOTH)
    def test_several_come_and_go(self, how):
        """Ten rounds on each of four sockets, of three reports: the first tells of five messages,
        the second of what is left, the third of those that came to it."""
        mode, hooks = how
        s = self.summary(self.PAIRS + """
        for family in FAMILIES:
            x, y = pair(family)
            ep.register(x, select.EPOLLIN | MODE)
            for _ in range(10):
                assert send(y, 5) == 5
                ep.poll(0)
                assert receive(x, 3) == 3
                ep.poll(0)
                assert send(y, 3) == 3
                ep.poll(0)
                assert receive(x, 5) == 5
                assert not ep.poll(0)""", mode, hooks)
        i = s["interests"]
        self.assertEqual((i["fresh"], i["rereports"], i["unknown"]),
                         (80, 40 if mode == LEVEL else 0, 0), i)
        self.assertEqual([calls(s, name)["calls"] for name in ("sendmmsg", "recvmmsg")], [80, 80])
        self.assertEqual((s["sockets"]["reads"], s["sockets"]["bytes"]), (320, 320))

    def test_a_thousand_in_one_call(self):
        """As many as the kernel takes."""
        s = self.summary(self.PAIRS + """
        x, y = pair('SOCK_STREAM')
        assert send(y, 200) == 200
        assert receive(x, 1024) == 200
        assert send(y, 1) == receive(x, 1) == 1""")
        self.assertEqual((s["sockets"]["reads"], s["sockets"]["bytes"]), (201, 201))

    @for_each(BOTH)
    def test_room_for_several(self, how):
        """What finds no room for all of them leads to news when there is room again."""
        self.expect(how, self.PAIRS + """
        x, y = pair('SOCK_STREAM')
        y.setblocking(False)
        ep.register(x, select.EPOLLOUT | MODE)
        ep.poll(0)
        for _ in range(5):
            while send(x, 8, 4096) == 8: pass
            try:
                while y.recv(1 << 20): pass
            except BlockingIOError: pass
            ep.poll(0)
            ep.poll(0)""", (6, 5), (6, 0))

    @for_each(BOTH)
    def test_room_for_what_is_spliced(self, how):
        self.expect(how, """
        r, w = os.pipe()
        b.setblocking(False)
        a.setblocking(False)
        ep.register(a, select.EPOLLOUT | MODE)
        ep.poll(0)
        for _ in range(5):
            try:
                while True:
                    os.write(w, b'x' * 4096)
                    while os.splice(r, a.fileno(), 4096) == 4096:
                        os.write(w, b'x' * 4096)
            except BlockingIOError: pass
            try:
                while b.recv(1 << 20): pass
            except BlockingIOError: pass
            ep.poll(0)
            ep.poll(0)""", (6, 5), (6, 0))

    @for_each(BOTH)
    def test_room_that_was_short_once(self, how):
        """What a full socket leaves behind in the kernel tells nothing of the writes thereafter."""
        self.expect(how, """
        a.setblocking(False)
        ep.register(a, select.EPOLLOUT | MODE)
        ep.poll(0)
        try:
            while True: a.send(b'x' * 4096)
        except BlockingIOError: pass
        b.setblocking(False)
        try:
            while b.recv(1 << 20): pass
        except BlockingIOError: pass
        for _ in range(5):
            ep.poll(0)
            assert a.sendmsg([b'x', b'y']) == 2""", (2, 4), (2, 0))


def require_userfaultfd():
    libc = ctypes.CDLL(None)
    fd = libc.syscall(USERFAULTFD[os.uname().machine], 0)
    if fd < 0:
        raise unittest.SkipTest("no userfaultfd here, by which a read is held up")
    os.close(fd)


@expand
class Reads(Verdicts):
    """Of an eventfd, by another thread, at the moment of a report: a read that has taken what it
    takes is held up as it writes that down, into a page that is not there yet."""
    HELD = f"""
        import fcntl, mmap, threading
        uffd = libc.syscall({USERFAULTFD}[os.uname().machine], 0)
        fcntl.ioctl(uffd, 0xc018aa3f, struct.pack('3Q', 0xaa, 0, 0)) # UFFDIO_API
        page = mmap.mmap(-1, mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        address = ctypes.addressof(ctypes.c_char.from_buffer(page))
        place = address, mmap.PAGESIZE
        fcntl.ioctl(uffd, 0xc020aa00, struct.pack('4Q', *place, 1, 0)) # UFFDIO_REGISTER
        fd = os.eventfd(0, os.EFD_SEMAPHORE)
        ep.register(fd, select.EPOLLIN | MODE)
        def begin():
            reader = threading.Thread(target=libc.read, args=[fd, ctypes.c_void_p(address), 8])
            reader.start()
            os.read(uffd, 32)
            return reader
        def end(reader):
            fcntl.ioctl(uffd, 0xc020aa04, struct.pack('4Q', *place, 0, 0)) # UFFDIO_ZEROPAGE
            reader.join()
"""

    def unclear(self, hooks, code, fresh, rereports, unknown):
        """How many are unknown where the kernel does not show whom it tells, and what they are."""
        require_userfaultfd()
        i = self.summary(self.HELD + code, LEVEL, hooks)["interests"]
        if not i["unknown"] and hooks == "auto":
            self.assertEqual((i["fresh"], i["rereports"]),
                             (fresh + unknown[0], rereports + unknown[1]))
        else:
            self.assertEqual((i["fresh"], i["rereports"], i["unknown_by"]),
                             (fresh, rereports, {"eventfd": sum(unknown)}))

    @for_each(BOTH)
    def test_the_old_level_while_it_is_read(self, how):
        """One of two is taken, and the other one told of again: decided when the read returns."""
        require_userfaultfd()
        self.expect(how, self.HELD + """
        os.eventfd_write(fd, 2)
        ep.poll(0)
        reader = begin()
        ep.poll(0)
        ep.poll(0)
        end(reader)
        ep.poll(0)""", (1, 3), (1, 0))

    @for_each(["auto", "tracepoint"])
    def test_as_much_as_is_read_is_written(self, hooks):
        """It stands where it stood: whether that came before the report or behind is not known."""
        self.unclear(hooks, """
        os.eventfd_write(fd, 2)
        ep.poll(0)
        reader = begin()
        os.eventfd_write(fd, 1)
        ep.poll(0) # new
        end(reader)
        ep.poll(0) # old
        ep.poll(0)""", 1, 1, (1, 1))

    @for_each(["auto", "tracepoint"])
    def test_more_than_is_read_is_written(self, hooks):
        """That is news, but how far the file had come at the report is not known."""
        self.unclear(hooks, """
        os.eventfd_write(fd, 1)
        ep.poll(0)
        reader = begin()
        os.eventfd_write(fd, 3)
        ep.poll(0)
        end(reader)
        ep.poll(0) # old
        ep.poll(0)""", 2, 1, (0, 1))

    @for_each(BOTH)
    def test_a_reader_that_dies(self, how):
        """Its read is over, too."""
        self.expect(how, """
        fd = os.eventfd(0)
        ep.register(fd, select.EPOLLIN | MODE)
        child = os.fork()
        if not child:
            os.read(fd, 8)
        read = {'x86_64': '0', 'aarch64': '63'}[os.uname().machine]
        while open('/proc/%d/syscall' % child).read().split()[:2] != [read, hex(fd)]:
            os.sched_yield()
        os.kill(child, signal.SIGKILL)
        os.wait()
        os.eventfd_write(fd, 1)
        ep.poll(0)
        ep.poll(0)""", (1, 1), (1, 0))


if __name__ == "__main__":
    unittest.main()
