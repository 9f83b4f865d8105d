# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Programs whose interrupts fall into those of wakelab, and how many were kept from the first."""
import sys

from harness import Process, binary
from shape import read_lines
from tracing import require_program, require_root

# One CPU: a UNIX socket tells of datagrams, as many as the argument says, each from a system call,
# and TCP, which a timer paces, delivers in interrupts: one in some eight thousand datagrams falls into
# the program that handles the former.
NETWORK = """if True:
    import os, select, socket, sys
    SO_MAX_PACING_RATE = 47
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    listener = socket.create_server(('127.0.0.1', 0))
    c = socket.create_connection(listener.getsockname())
    s, _ = listener.accept()
    c.setsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE, 20_000_000)
    c.setblocking(False); s.setblocking(False)
    a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ep = select.epoll()
    ep.register(s, select.EPOLLIN | select.EPOLLET)
    for i in range(int(sys.argv[1])):
        if i % 20 == 0:
            try: c.send(b'x' * 20000)
            except BlockingIOError: pass
            for _ in ep.poll(0):
                try:
                    while s.recv(65536): pass
                except BlockingIOError: pass
        a.send(b'x'); b.recv(1)"""

# The loopback of a network namespace hands half of its packets to another CPU (RPS), where they are
# delivered in an interrupt, whatever it falls into: with three programs that connect and close all the
# time, dozens a run fall into the one that handles a change of state.
CHURN = """if True:
    import ctypes, fcntl, os, socket, struct, subprocess, sys
    control = socket.socket()
    up = struct.pack('16sH14x', b'lo', 1 | 0x40)  # IFF_UP | IFF_RUNNING
    fcntl.ioctl(control, 0x8914, up)  # SIOCSIFFLAGS
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b'none', b'/sys', b'sysfs', 0, None):
        sys.exit('no sysfs')
    try:
        with open('/sys/class/net/lo/queues/rx-0/rps_cpus', 'w') as file:
            file.write('3')
    except OSError as error:
        sys.exit(f'no RPS: {error}')
    churning = []
    for _ in range(2):
        churning.append(os.fork())
        if churning[-1]:
            continue
        listener = socket.create_server(('127.0.0.1', 0), backlog=512)
        reset = struct.pack('ii', 1, 0)
        while True:
            clients = [socket.create_connection(listener.getsockname()) for _ in range(100)]
            for client in clients:
                listener.accept()[0].close()
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
                client.close()
    status = subprocess.run(sys.argv[1:]).returncode
    for pid in churning:
        os.kill(pid, 9)
    sys.exit(status)"""


def connections(test):
    """The summary of a run of 400 connections among those."""
    require_root(test)
    run = Process(test, [require_program("unshare"), "-n", "-m", sys.executable, "-S", "-c", CHURN,
                         binary(), "run", "poll", "--port", "0", "--conns", "400", "--active", "1",
                         "--messages", "1000", "--format", "ndjson", "--self"])
    if run.wait() and "no RPS" in run.stderr:
        test.skipTest(run.stderr.strip())
    test.assertEqual(run.status, 0, run.stderr)
    return read_lines(run.stdout)[-1]


def kept(summary, program):
    """How many events a program was kept from, since it ran already; None: not known here."""
    row, = (row for row in summary["self"]["programs"] if row["program"] == program)
    return row["missed"]
