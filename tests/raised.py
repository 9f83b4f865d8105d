# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What raises each finding, and what is like it and must not: arguments of wakelab, as a shell has them.
What raises one is the command that its rule shows (metrics/findings.def), or is told here."""
import shlex
import textwrap

from metrics import table

# Whose finding no short command raises for certain: the test that does.
ELSEWHERE = {
    ("stall", ""): "traced/test_stalls.py",
    ("rearm-forgotten", ""): "traced/test_scenarios.py",
    ("accept-failed", "ENFILE"): "unit/findings.c",
    ("accept-failed", "memory"): "unit/findings.c",
    ("room-unwatched", ""): "unit/findings.c",
    ("herd", ""): "traced/test_herd.py",
    ("signals-overflow", ""): "unit/findings_counts.c",
    ("signals-merged", "unread"): "traced/test_scenarios.py",
    ("signals-merged", "harmless"): "unit/findings_counts.c",
    ("run-failed", ""): "unit/findings_counts.c",
    ("witnesses-differ", ""): "unit/findings_counts.c",
    ("lost", ""): "unit/findings_counts.c",
    ("pool-busy", ""): "unit/findings.c",
    ("small-writes", ""): "unit/findings.c",
    ("loop-busy", "computed"): "unit/findings.c",
    ("loop-busy", "not-run"): "unit/findings.c",
    ("scheduler", ""): "unit/findings_counts.c",
    ("shared-instance", ""): "unit/findings_counts.c",
    ("imbalance", ""): "unit/findings_counts.c",
    ("never-slept", ""): "unit/findings_counts.c",
    ("nothing-seen", ""): "traced/test_scenarios.py",
    ("not-judged", "reports"): "unit/findings.c",
    ("not-judged", "wakes"): "unit/findings.c",
    ("not-judged", "calls"): "unit/findings_counts.c",
    ("not-judged", "kernel"): "unit/findings.c",
}

EDGE = "run --scenario edge"


def program(code):
    """Traces a program in Python."""
    return f"trace -- python3 -S -c {shlex.quote(textwrap.dedent(code))}"


ASKED = """
import os, select
r, w = os.pipe()
p = select.poll()
p.register(r, select.POLLIN)
for _ in range(1000):
    os.write(w, b'x')
    p.poll()
    os.read(r, 1)
"""
# The correct twin of each: it does the same, and rightly.
SILENT = {
    # told once, it takes it in parts until EAGAIN, and sleeps for longer than a stall
    "stall": program("""
        import select, socket
        a, b = socket.socketpair()
        a.setblocking(False)
        e = select.epoll()
        e.register(a, select.EPOLLIN | select.EPOLLET)
        for _ in range(5):
            b.send(b'x' * 100)
            e.poll()
            try:
                while a.recv(30): pass
            except BlockingIOError: pass
            e.poll(.1)"""),
    "rearm-forgotten": "run --scenario oneshot-hand-off",
    # a spare descriptor is given up when accept fails
    "accept-failed": program("""
        import ctypes, os, resource, socket
        listener = socket.create_server(('127.0.0.1', 0))
        client = socket.create_connection(listener.getsockname())
        spare = os.open('/dev/null', os.O_RDONLY)
        resource.setrlimit(resource.RLIMIT_NOFILE, (spare + 1, spare + 1))
        accept = ctypes.CDLL(None).accept
        accept(listener.fileno(), 0, 0)
        os.close(spare)
        accept(listener.fileno(), 0, 0)"""),
    "spin": program(ASKED),
    # removed before it is closed
    "stale-registration": program("""
        import os, select
        r, w = os.pipe()
        e = select.epoll()
        e.register(r, select.EPOLLIN)
        os.dup(r)
        e.unregister(r)
        os.close(r)
        os.write(w, b'x')
        for _ in range(9): e.poll(.001)"""),
    # late, and yet it accepts
    "backlog": program("""
        import socket, time
        listener = socket.create_server(('127.0.0.1', 0))
        client = socket.create_connection(listener.getsockname())
        time.sleep(.5)
        listener.accept()"""),
    # a second descriptor is closed, too, before the next one comes
    "descriptor-leak": program("""
        import os, socket, time
        listener = socket.create_server(('127.0.0.1', 0))
        for _ in range(30):
            socket.create_connection(listener.getsockname()).close()
            fd, _ = listener._accept()
            os.close(os.dup(fd))
            os.close(fd)
        time.sleep(.1)"""),
    # there is no room for long, and it is registered for it
    "room-unwatched": program("""
        import os, select, socket, time
        a, b = socket.socketpair()
        a.setblocking(False)
        if not os.fork():
            a.close()
            time.sleep(.2)
            while b.recv(1 << 16): pass
            os._exit(0)
        b.close()
        e = select.epoll()
        e.register(a, select.EPOLLOUT)
        left = 1 << 20
        while left:
            e.poll()
            left -= a.send(b'x' * min(left, 1 << 16))"""),
    # workers that accept, and wait for room again and again in one call
    "herd": program("""
        import os, socket
        listener = socket.socket(socket.AF_UNIX)
        listener.bind('')
        listener.listen()
        for _ in range(3):
            if os.fork(): continue
            listener.accept()[0].sendall(b'x' * (8 << 20))
            os._exit(0)
        for _ in range(3):
            client = socket.socket(socket.AF_UNIX)
            client.connect(listener.getsockname())
            while client.recv(4096): pass"""),
    "signals-overflow": "run sigio-rt --conns 4 --messages 100",
    "signals-merged": "run sigio-rt --conns 4 --messages 100",
    "run-failed": "run nonblocking --conns 1 --messages 100",
    "unanswered": EDGE,
    "witnesses-differ": "run thread --conns 16 --messages 100",
    "lost": "run epoll-et --conns 200 --messages 10",
    # a worker takes at once what it is handed
    "pool-busy": program("""
        import queue, select, socket, threading
        a, b = socket.socketpair()
        jobs = queue.SimpleQueue()
        e = select.epoll()
        e.register(a, select.EPOLLIN | select.EPOLLET | select.EPOLLONESHOT)
        def serve():
            for s in iter(jobs.get, None):
                s.send(s.recv(9))
                e.modify(s, select.EPOLLIN | select.EPOLLET | select.EPOLLONESHOT)
        threading.Thread(target=serve).start()
        for _ in range(100):
            b.send(b'x')
            e.poll()
            jobs.put(a)
            b.recv(9)
        jobs.put(None)"""),
    # two writes and a wait, as what small-writes tells of, and nothing holds them
    "small-writes": program("""
        import os, socket
        listener = socket.create_server(('127.0.0.1', 0))
        if not os.fork():
            peer = listener.accept()[0].makefile('rwb')
            for _ in range(20): peer.write(peer.readline()); peer.flush()
            os._exit(0)
        s = socket.create_connection(listener.getsockname())
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(20): s.send(b'x'); s.send(b'\\n'); s.recv(9)"""),
    "loop-busy": program(ASKED),
    "scheduler": program(ASKED),
    # level-triggered, and a read takes all there is
    "rereports": program("""
        import select, socket
        a, b = socket.socketpair()
        e = select.epoll()
        e.register(a, select.EPOLLIN)
        for _ in range(1000): b.send(b'x' * 64); e.poll(); a.recv(4096)"""),
    # one request at a time, which wakes one of the threads
    "shared-instance": program("""
        import os, select, threading
        r, w = os.pipe()
        answers, answer = os.pipe()
        e = select.epoll()
        e.register(r, select.EPOLLIN | select.EPOLLET)
        def serve():
            while e.poll() and os.read(r, 1) == b'x': os.write(answer, b'y')
            os.write(w, b'z')
        for _ in range(3): threading.Thread(target=serve).start()
        for _ in range(100): os.write(w, b'x'); os.read(answers, 1)
        os.write(w, b'z')"""),
    # each worker has a queue of its own
    "imbalance": program("""
        import os, select, socket
        listeners = []
        for _ in range(3):
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            s.bind(listeners[0].getsockname() if listeners else ('127.0.0.1', 0))
            s.listen()
            listeners.append(s)
        gate, go = os.pipe()
        for s in listeners:
            if os.fork(): continue
            e = select.epoll()
            e.register(s, select.EPOLLIN)
            e.register(gate, select.EPOLLIN)
            while gate not in [fd for fd, _ in e.poll()]: s.accept()[0].close()
            os._exit(0)
        for _ in range(120): socket.create_connection(listeners[0].getsockname()).recv(1)
        os.write(go, b'x')"""),
    "busy-poll": program(ASKED),
    # asleep as often as a ticking thread, and for nothing but time
    "tick": program("""
        import time
        for _ in range(200): time.sleep(.001)"""),
    "signal-interrupts": program("""
        import select, signal
        signal.signal(signal.SIGALRM, lambda *_: 0)
        signal.setitimer(signal.ITIMER_REAL, .005)
        p = select.poll()
        for _ in range(30): p.poll(1)"""),
    "never-slept": program("import time; time.sleep(.1)"),
    "nothing-seen": program(ASKED),
    "not-judged": program(ASKED),
}


def raising():
    """{(id, cause): arguments of wakelab} of each rule whose finding a command raises."""
    return {(rule.id, rule.cause): rule.shows.removeprefix("wakelab ") for rule in table.RULES
            if (rule.id, rule.cause) not in ELSEWHERE}
