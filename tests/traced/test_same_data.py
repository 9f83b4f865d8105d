# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Two registrations of one instance with the same data: what a report is of cannot be told then, and
what a call that fails would have registered changes nothing."""
import sys
import unittest

from harness import expand, for_each
from tracing import traced

PRELUDE = """if True:
    import ctypes, os, select, struct
    libc = ctypes.CDLL(None, use_errno=True)
    layout = "=IQ" if os.uname().machine == "x86_64" else "IQ"  # packed there only
    ADD, DEL, MOD = 1, 2, 3
    ep = select.epoll()
    def control(op, fd, data, events=select.EPOLLIN):
        return libc.epoll_ctl(ep.fileno(), op, fd, struct.pack(layout, events, data))
    def events(pipe, n):
        for _ in range(n):
            os.write(pipe[1], b"x")
            assert len(ep.poll()) == 1
            os.read(pipe[0], 1)
    a, b = os.pipe(), os.pipe()
"""

FAILING = {
    "a regular file": "control(ADD, os.open('/proc/self/exe', os.O_RDONLY), 7)",
    "not registered": "control(MOD, os.dup(a[0]), 7)",
    "no descriptor": "control(MOD, 999, 7)",
    "registered": "control(ADD, a[0], 7)",
    "not there": "control(DEL, os.dup(a[0]), 7)",
}


@expand
class SameData(unittest.TestCase):
    def interests(self, code):
        s = traced(self, "trace", "--", sys.executable, "-S", "-c", PRELUDE + code)
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        return s["interests"]

    @for_each(sorted(FAILING))
    def test_a_call_that_fails_takes_nothing_away(self, how):
        i = self.interests(f"""
    assert control(ADD, a[0], 7) == 0 and control(ADD, b[0], 8) == 0
    events(a, 100)
    events(b, 50)
    assert {FAILING[how]} == -1
""")
        self.assertEqual((i["reports"], i["fresh"], i["flags"]["EPOLLIN"]), (150, 150, 150))

    def test_a_number_that_is_taken_again_while_a_dup_lives(self):
        """What is registered of the first file stays there: its reports bear the same data."""
        i = self.interests("""
    assert control(ADD, a[0], 7) == 0
    number, kept = a[0], os.dup(a[0])
    os.close(number)
    assert os.dup2(b[0], number) == number and control(ADD, number, 7) == 0
    events((kept, a[1]), 30)
    events((number, b[1]), 70)
""")
        self.assertEqual((i["reports"], i["rereports"]), (100, 0))
        self.assertEqual(i["fresh"] + i["ambiguous"], 100)

    def test_a_number_that_is_taken_again_when_nobody_has_the_file(self):
        i = self.interests("""
    assert control(ADD, a[0], 7) == 0
    events(a, 30)
    os.dup2(b[0], a[0])
    assert control(ADD, a[0], 7) == 0
    events((a[0], b[1]), 70)
""")
        self.assertEqual((i["reports"], i["fresh"], i["ambiguous"]), (100, 100, 0))


if __name__ == "__main__":
    unittest.main()
