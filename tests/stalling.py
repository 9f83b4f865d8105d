# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What the tests of stalls share: how their programs begin, and the warnings."""
from harness import wait_until
from sleeping import NUMBER
from tracing import ARRIVE

BEGIN = """if True:
        import os, select, signal, socket
        over, end = os.pipe()
"""
# Its child wakes a program once it knows that it sleeps in epoll_wait; it holds no file but the pipes.
WAKER = """
        asked, ask = os.pipe()
        if not os.fork():
            os.close(ask)
            while os.read(asked, 1):
                while not open('/proc/%%d/syscall' %% os.getppid()).read().startswith('%d '): pass
                select.select([], [], [], 0.02)
                os.write(end, b'x')
            os._exit(0)
        def nap(where=None):
            os.write(ask, b'x')
            until_seen(where)
""" % NUMBER["epoll_wait"]
# until_seen() sleeps in ep, or where it is told to, until the test has seen the warning and says so.
REST = ARRIVE + """
        listener = socket.create_server(('127.0.0.1', 0))
        c = socket.create_connection(listener.getsockname())
        s, _ = listener.accept()
        ET = select.EPOLLET
        ep = select.epoll()
        ep.register(over, select.EPOLLIN)
        signal.signal(signal.SIGUSR1, lambda *_: os.write(end, b'x'))
        def until_seen(where=None):
            while over not in [fd for fd, _ in (where or ep).poll()]: pass
            os.read(over, 1)
"""
PRELUDE = BEGIN + REST
NAPPING = BEGIN + WAKER + REST  # there is nap(), too


def warnings_of(run):
    return [line for line in run.lines() if line["type"] == "stall"]


def await_warnings(run, count=1):
    wait_until(lambda: len(warnings_of(run)) >= count, "the warning")
