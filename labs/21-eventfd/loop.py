# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Edge-triggered events of files that are not sockets. "loop.py each" writes 100 times to an eventfd and
polls after each write, "tens" polls after ten writes, and "timer" starts a timer of 1 ms; none of these
files is ever read. "loop.py all" has an eventfd, a pipe and a timer in one loop of 100 rounds, and reads
each of them when it is reported."""
import ctypes
import os
import select
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)
WRITES, ONE = 100, struct.pack("=Q", 1)
EDGE = select.EPOLLIN | select.EPOLLET


def timer(first_ns, period_ns=0):
    """A timerfd; the times are those of struct itimerspec."""
    fd = libc.timerfd_create(1, os.O_NONBLOCK)
    libc.timerfd_settime(fd, 0, struct.pack("@4l", 0, period_ns, 0, first_ns), None)
    return fd


def look(loop, seconds=0):
    return [fd for fd, _ in loop.poll(seconds)]


def each(loop, writes=1):
    events = libc.eventfd(0, os.O_NONBLOCK)
    loop.register(events, EDGE)
    for _ in range(WRITES // writes):
        for _ in range(writes):
            os.write(events, ONE)
        look(loop)


def tens(loop):
    each(loop, 10)


def periodic(loop):
    loop.register(timer(1000000, 1000000), EDGE)
    look(loop, -1)
    for _ in range(10):
        look(loop, 0.02)


def everything(loop):
    events, clock = libc.eventfd(0, os.O_NONBLOCK), timer(0)
    reader, writer = os.pipe2(os.O_NONBLOCK)
    for fd in (events, clock, reader):
        loop.register(fd, EDGE)
    for _ in range(WRITES):
        os.write(events, ONE)
        os.write(writer, b"x")
        libc.timerfd_settime(clock, 0, struct.pack("@4l", 0, 0, 0, 1), None)
        select.select([clock], [], [])
        for fd in look(loop):
            os.read(fd, 8)


{"each": each, "tens": tens, "timer": periodic, "all": everything}[sys.argv[1]](select.epoll())
