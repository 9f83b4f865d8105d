# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Commands on terminals of their own."""
import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios

from harness import wait_until

TIOCGPTN = 0x80045430  # which other end a terminal has


def set_size(fd, columns, rows):
    """Of a terminal."""
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


class Terminal:
    """A command in the foreground of a terminal of its own, of that size; env is added to ours."""

    def __init__(self, test, *argv, columns=100, rows=1000, env=()):
        self.pid, self.fd = pty.fork()
        if not self.pid:
            set_size(0, columns, rows)
            os.execve(argv[0], [str(arg) for arg in argv], {**os.environ, **dict(env)})
        self.rows = rows
        self.seen = b""
        self.status = None
        test.addCleanup(self.close)

    def resize(self, columns):
        set_size(self.fd, columns, self.rows)

    def key(self, letter):
        os.write(self.fd, bytes([ord(letter) & 0x1f]))

    def hold(self):
        """Ctrl-S, until it holds: the kernel takes what is typed in its own time, a line behind it as well."""
        number, = struct.unpack("I", fcntl.ioctl(self.fd, TIOCGPTN, bytes(4)))
        os.write(self.fd, b"\x13\n")
        with open(f"/dev/pts/{number}", "rb", opener=lambda path, flags: os.open(path, flags | os.O_NOCTTY)) as tty:
            wait_until(lambda: any(fcntl.ioctl(tty, termios.FIONREAD, bytes(4))), "the line")

    def look(self):
        """Takes what it has printed by now, and gives all of it as text."""
        while select.select([self.fd], [], [], 0)[0]:
            try:
                more = os.read(self.fd, 4096)
            except OSError:  # the other side is closed
                break
            if not more:  # or ours is
                break
            self.seen += more
        return self.seen.decode(errors="replace").replace("\r\n", "\n")

    def shows(self, text):
        """Waits until it has printed that."""
        wait_until(lambda: text in self.look(), f"{text} on the terminal, not only {self.seen}")

    def wait(self):
        def ended():
            self.look()  # a terminal that nobody reads holds it up
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        wait_until(ended, "its end")
        self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.status

    def close(self):
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)
