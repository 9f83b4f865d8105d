# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Names that a program gives itself: none of them reaches a terminal, or spoils a line of NDJSON."""
import json
import os
import re
import sys
import unittest

from harness import Process, binary, expand, for_each, wait_until
from shape import read_lines
from tracing import require_root

NAMES = {"escape": (rb"\x1b]0;OWNED\x07", b"\x1b]0;OWNED\x07"), "no-utf8": (rb"\xff\xfe", b"\xff\xfe"),
         "controls": (rb"\n\r\t\x7f\x01", b"\n\r\t\x7f\x01"), "c1": (rb"\xc2\x9b31m", b"\xc2\x9b31m"),
         "letters": ("fünf €".encode(), "fünf €".encode()), "backslash": (rb"a\\b", rb"a\b")}

# Two processes of that name wake each other through pipes.
PINGS = """if True:
    import os, sys
    open('/proc/self/comm', 'wb').write(bytes.fromhex(sys.argv[1]))
    (r1, w1), (r2, w2) = os.pipe(), os.pipe()
    if os.fork():
        for _ in range(20):
            os.write(w1, b'x'); os.read(r2, 1)
        os.wait()
    else:
        for _ in range(20):
            os.read(r1, 1); os.write(w2, b'x')
        os._exit(0)"""


@expand
class Names(unittest.TestCase):
    def trace(self, *args):
        """What a run prints, in bytes; without the newlines, nothing of it controls a terminal."""
        require_root(self)
        run = Process(self, [binary(), "trace", "--top", "8", *args])
        self.assertEqual(run.wait(), 0, run.stderr)
        raw = b"".join(os.pread(f.fileno(), 1 << 22, 0) for f in (run.stdout_file, run.stderr_file))
        self.assertFalse([b for b in raw if b < 32 and b != 10 or b == 127], raw)
        text = raw.decode()  # valid UTF-8
        self.assertFalse([c for c in text if 0x80 <= ord(c) < 0xa0], text)
        return text

    @for_each(NAMES)
    def test_of_threads_and_wakers(self, what):
        shown, name = NAMES[what]
        argv = ["--", sys.executable, "-S", "-c", PINGS, name.hex()]
        table = self.trace(*argv)
        for rows in table.rpartition("threads woken")[2].split("woken by"):
            self.assertIn(shown.decode(), rows, table)
        lines = read_lines(self.trace("--format", "ndjson", *argv))
        for rows in (lines[-1]["threads"], lines[-1]["wakers"]):
            self.assertEqual({row["comm"] for row in rows if row["tid"]}, {shown.decode()})

    def test_of_a_command(self):
        command = ["/bin/true", "\x1b[31m\x07", os.fsdecode(b"\xff"), "a\nb"]
        shown = r"/bin/true '\x1b[31m\x07' \xff a\nb"
        self.assertIn(f"wakelab trace {shown}\n", self.trace("--", *command))

    def test_of_words_that_a_shell_would_not_leave_alone(self):
        for word, shown in (("a b", "'a b'"), ("it's", '"it\'s"'), ("", "''"), ("$x", "'$x'"), ("a=1", "a=1")):
            self.assertIn(f"wakelab trace /bin/true {shown} end\n", self.trace("--", "/bin/true", word, "end"))

    def test_of_a_command_that_is_cut_inside_a_character(self):
        for pad in range(3):
            target = self.trace("--format", "ndjson", "--", "/bin/true", "x" * pad + "€" * 100)
            start = json.loads(target.splitlines()[0])["target"]
            self.assertTrue(start.startswith("/bin/true " + "x" * pad + "€" * 55), start)

    def test_of_a_live_thread(self):
        """Its name is read from /proc, all of it."""
        require_root(self)
        code = ("open('/proc/self/comm', 'wb').write(b'a\\nb')\nimport time\n"
                "while True: time.sleep(0.001)")
        run = Process(self, [binary(), "trace", "--interval", "0.05", "--top", "8", "--",
                             sys.executable, "-S", "-c", code])
        wait_until(lambda: re.search(r" \d+ a\\nb ", run.stdout), "the name in an interval")


if __name__ == "__main__":
    unittest.main()
