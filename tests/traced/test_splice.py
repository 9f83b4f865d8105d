# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What splice() takes out of a socket is received as what read() takes."""
import sys
import unittest

from harness import expand, for_each
from tracing import traced

CODE = """if True:
    import os, select, socket, threading
    TAKE = {{"splice": lambda fd: os.splice(fd, w, 100) and os.read(r, 100),
             "read": lambda fd: os.read(fd, 100)}}[{how!r}]
    listener = socket.create_server(("127.0.0.1", 0))
    c = socket.create_connection(listener.getsockname())
    s, _ = listener.accept()
    r, w = os.pipe()
    ep = select.epoll()
    ep.register(s, select.EPOLLIN | select.EPOLLET)
    for _ in range(20):
        c.send(b"x" * 10)
        ep.poll()
        TAKE(s.fileno())
    # of another thread: what was told once is read while the one that was told sleeps
    took = threading.Event()
    c.send(b"y" * 10)
    ep.poll()
    threading.Thread(target=lambda: (TAKE(s.fileno()), took.set())).start()
    took.wait()
    ep.poll(0.1)
"""


@expand
class Splice(unittest.TestCase):
    @for_each(["splice", "read"])
    def test_it_is_a_receive(self, how):
        if sys.version_info < (3, 10):
            raise unittest.SkipTest("no os.splice() before Python 3.10")
        s = traced(self, "trace", "--", sys.executable, "-S", "-c", CODE.format(how=how))
        self.assertEqual((s["sockets"]["reads"], s["sockets"]["bytes"]), (21, 210))
        if s["service_ns"]:
            self.assertEqual(s["service_ns"]["count"], 21)
        self.assertEqual((s["interests"]["stalls"], s["interests"]["left"]), (0, 0))
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])


if __name__ == "__main__":
    unittest.main()
