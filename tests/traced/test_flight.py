# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The flight recorder: what is kept is written when it is asked for, and no count is missing."""
import json
import os
import signal
import sys
import tempfile
import unittest
from pathlib import Path

from harness import Process, binary, expand, for_each, wait_until
from tracing import Traced

# Spins until it is told to end.
SPIN = """if True:
    import os, select, signal
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    r, w = os.pipe()
    os.write(w, b'x')
    for _ in range(200):
        select.select([r], [], [])
    signal.sigwait([signal.SIGTERM])
"""
REFUSED = {
    "without a recording": (["--flight", "1"], "--flight requires --record"),
    "a finding that there is not": (["--record", "{}", "--flight", "1", "--flight-on", "stall,spinn"],
                                    'unknown finding "spinn"; did you mean spin?'),
    "no finding at all": (["--record", "{}", "--flight", "1", "--flight-on", ""], 'unknown finding ""'),
    "no time": (["--record", "{}", "--flight", "0"], 'invalid --flight "0": must be a number of seconds from 0.1 to 86400'),
    "room for nothing": (["--record", "{}", "--flight", "1", "--flight-room", "0"],
                         'invalid --flight-room "0": must be a whole number of MiB from 1 to 65536'),
    "no file": (["--record", "/dev/null", "--flight", "1"],
                "cannot record to /dev/null: --flight requires a regular file; give one"),
}


@expand
class Flight(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "run.rec"

    def replay(self, status=0):
        run = Process(self, [binary(), "replay", "--format", "ndjson", self.file])
        self.assertEqual(run.wait(), status, run.stderr)
        return [json.loads(line) for line in run.stdout.splitlines()]

    def wait_for_intervals(self, run, n):
        wait_until(lambda: len(self.of_type("interval", run.lines())) >= n or not run.running(), f"{n} intervals")

    def of_type(self, kind, lines):
        return [line for line in lines if line["type"] == kind]

    def test_what_is_not_kept_is_one_interval(self):
        target = Process(self, ["sleep", "100"])
        run = Traced(self, "trace", "-p", target.pid, "--interval", "0.05", "--record", self.file, "--flight", "0.2")
        self.wait_for_intervals(run, 20)
        run.signal(signal.SIGUSR2)
        wait_until(lambda: "recorded" in run.stderr, "that it is recorded")
        self.wait_for_intervals(run, len(self.of_type("interval", run.lines())) + 20)
        run.signal(signal.SIGINT)
        self.assertEqual(run.wait(), 0, run.stderr)
        self.assertRegex(run.stderr, rf"^wakelab: recorded the last \d+\.\d s to {self.file}: SIGUSR2\n$")
        live, kept = ({interval["elapsed_ns"]: interval["interval_ns"] for interval in self.of_type("interval", lines)}
                      for lines in (run.lines(), self.replay()))
        self.assertEqual(sum(kept.values()), max(live))
        joined = [end for end, length in kept.items() if live[end] != length]
        self.assertEqual(len(joined), 2, kept)
        asked = max(end for end in kept if end < joined[1])
        self.assertGreaterEqual(asked, list(live)[19])
        for first, last in zip(joined, (asked, max(live)), strict=True):
            young = {end for end in live if last - 200_000_000 < end <= last}
            self.assertEqual({end for end in kept if first < end <= last}, young)
            self.assertEqual(first, max(end for end in live if end < min(young)))
        self.assertEqual(self.replay()[-1], run.summary())

    def spin(self, *args):
        """Waits until the finding is said; gives the run, and who spins."""
        run = Traced(self, "trace", "--record", self.file, "--flight", "60", *args, "--", sys.executable, "-S", "-c",
                     SPIN)
        wait_until(lambda: self.of_type("finding", run.lines()) or not run.running(), "the finding")
        said, = self.of_type("finding", run.lines())
        self.assertEqual(said["id"], "spin")
        return run, said

    def test_a_finding(self):
        run, said = self.spin()
        wait_until(lambda: "recorded" in run.stderr, "that it is recorded")
        run.signal(signal.SIGKILL)
        run.wait()
        os.kill(said["subject"]["pid"], signal.SIGTERM)
        self.assertRegex(run.stderr, rf"^wakelab: recorded the last \d+\.\d s to {self.file}: spin\n$")
        self.assertEqual(self.of_type("finding", self.replay(status=1)), [said])

    def test_events(self):
        """What was shown when they were asked for is written."""
        run, said = self.spin("--events", "waits", "--flight-on", "stall")
        wait_until(lambda: len(self.of_type("event", run.lines())) >= 200 or not run.running(), "the events")
        run.signal(signal.SIGUSR2)
        wait_until(lambda: "recorded" in run.stderr, "that it is recorded")
        run.signal(signal.SIGKILL)
        run.wait()
        os.kill(said["subject"]["pid"], signal.SIGTERM)
        kept = self.of_type("event", self.replay(status=1))
        self.assertGreaterEqual(len(kept), 200)
        self.assertEqual(kept, self.of_type("event", run.lines())[:len(kept)])

    def test_another_finding(self):
        """Nothing is written before the end."""
        run, said = self.spin("--flight-on", "stall,herd")
        self.assertEqual([line["type"] for line in self.replay(status=1)], ["start"])
        os.kill(said["subject"]["pid"], signal.SIGTERM)
        self.assertEqual(run.summary(), self.replay()[-1])
        self.assertEqual(self.of_type("finding", self.replay()), [said])
        self.assertEqual(run.stderr, "")

    @for_each(REFUSED)
    def test_it_is_refused(self, name):
        args, why = REFUSED[name]
        run = Process(self, [binary(), "run", "epoll-et", *(arg.format(self.file) for arg in args)])
        self.assertIn(run.wait(), (1, 2))
        self.assertIn(why, run.stderr)
        self.assertEqual(run.stdout, "")


if __name__ == "__main__":
    unittest.main()
