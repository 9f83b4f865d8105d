# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""wakelab compare: exact counts in every round, what it refuses, and how it ends."""
import contextlib
import os
import re
import signal
import tempfile
import unittest
from pathlib import Path

from comparing import Compare, values, words
from harness import Process, binary, children, expand, for_each, forked, wait_until
from tracing import require_root


class Exact(unittest.TestCase):
    ARGS = ["--conns", "1", "--messages", "1000", "--size", "64", "--read-size", "16", "--mode",
            "lockstep"]

    def test_level_against_edge(self):
        run = Compare(self, "epoll-lt", "epoll-et", *self.ARGS)
        last = run.end()
        self.assertEqual(len(run.rounds("epoll-lt")), 5)
        self.assertEqual(len(run.rounds("epoll-et")), 5)
        for r in run.rounds():
            t = r["totals"]
            self.assertEqual((t["messages"], t["connections"], t["lost"]), (1000, 1, 0))
            # each message is an edge, and so are the one accept and the one close, and the
            # listener's shutdown, which ends the server
            self.assertEqual((t["accepts"], t["closes"]), (1, 1))
            self.assertEqual(t["edges"], 1000 + t["accepts"] + t["closes"] + 1)
            self.assertEqual(r["metrics"]["waits"], t["syscalls"]["epoll_wait"] / 1000)
        for r in run.rounds("epoll-lt"):
            t, m = r["totals"], r["metrics"]
            self.assertEqual((t["fresh"], t["rereports"], t["reports"]), (1002, 3000, 4002))
            # a wait for each report, and one for the SIGTERM if that finds it waiting; a read for
            # each 16 bytes, and end of file
            self.assertIn(t["syscalls"]["epoll_wait"], (4002, 4003))
            self.assertEqual(t["syscalls"]["read"], 4001)
            self.assertEqual((m["reports"], m["rereports"], m["reads"], m["eagain"]),
                             (4.002, 3, 4.001, 0))
        for r in run.rounds("epoll-et"):
            t, m = r["totals"], r["metrics"]
            self.assertEqual((t["rereports"], t["reports"]), (0, t["fresh"]))
            self.assertEqual(t["fresh"] + t["merged"] + t["pending"], 1003)
            # a read for each 16 bytes, the end of file, and those that found nothing
            self.assertEqual(t["syscalls"]["read"], 4001 + round(1000 * m["eagain"]))
            self.assertEqual(m["reads"], t["syscalls"]["read"] / 1000)
            self.assertEqual(m["syscalls"], sum(t["syscalls"].values()) / 1000)
        self.check_comparison(last)

    def check_comparison(self, last):
        self.assertEqual((last["type"], last["schema"], last["completed"]),
                         ("comparison", 3, True))
        self.assertEqual(last["subjects"], ["epoll-lt", "epoll-et"])
        (lt, et), differs = values(last, "rereports")
        self.assertEqual(lt, {"median": 3, "min": 3, "max": 3, "rounds": 5})
        self.assertEqual(et, {"median": 0, "min": 0, "max": 0, "rounds": 5})
        self.assertTrue(differs)
        found, = (f for f in last["findings"] if f["id"] == "rereports")
        self.assertEqual((found["rounds"], found["differs"]), ([5, 0], True))
        self.assertTrue(values(last, "waits")[1])
        self.assertRegex(words(last), r"epoll-lt made \d.* times as many waits per message as "
                                      r"epoll-et \(4.00 against [01]\.\d\d\)\.")
        self.assertRegex(words(last), r"epoll-lt made 4\.00 reports per message on average, epoll-et made "
                                      r"[01]\.\d\d\.")

    def test_what_poll_looks_at(self):
        """The array of the listener and the open connections, each time; epoll and io_uring have none."""
        run = Compare(self, "poll", "epoll-lt", "uring", "--conns", "1", "--messages", "100", "--rounds", "4")
        last = run.end()
        for r in run.rounds("poll"):
            t, m = r["totals"], r["metrics"]
            # what is ready: the connection to be accepted, 100 messages, its end, and the shutdown of
            # the listener if that comes before the signal; the connection is open for 101 waits
            reported, looked_at = t["descriptors_reported"], t["descriptors_looked_at"]
            self.assertIn(reported, (102, 103))
            self.assertEqual(looked_at, reported + 101)
            self.assertEqual((m["descriptors_looked_at"], m["descriptors_reported"]),
                             (looked_at / 100, reported / 100))
            self.assertAlmostEqual(m["looked_at_each"], looked_at / reported, places=3)
        for r in run.rounds("epoll-lt") + run.rounds("uring"):
            self.assertEqual((r["totals"]["descriptors_looked_at"], r["totals"]["descriptors_reported"]),
                             (0, 0))
            for name in ("descriptors_looked_at", "descriptors_reported", "looked_at_each"):
                self.assertIsNone(r["metrics"][name])
        (poll, lt, uring), differs = values(last, "looked_at_each")
        self.assertTrue(1.98 <= poll["min"] <= poll["max"] <= 1.991)  # 204 / 103, 203 / 102
        self.assertEqual((lt, uring, differs), (None, None, False))

    def test_medians_and_ranges_are_those_of_the_rounds(self):
        run = Compare(self, "epoll-et", "poll", "thread", "--conns", "2", "--messages", "300")
        last = run.end()
        for metric in last["metrics"]:
            spans = []
            for subject, shown in zip(last["subjects"], metric["values"]):
                seen = sorted(v for r in run.rounds(subject)
                              if (v := r["metrics"][metric["name"]]) is not None)
                if not seen:
                    self.assertIsNone(shown, metric)
                    continue
                self.assertEqual(shown, {"median": (seen[(len(seen) - 1) // 2] +
                                                    seen[len(seen) // 2]) / 2
                                         if len(seen) % 2 == 0 else seen[len(seen) // 2],
                                         "min": seen[0], "max": seen[-1], "rounds": len(seen)})
                if len(seen) > 1:
                    spans.append((seen[0], seen[-1]))
            apart = any(a[1] < b[0] for a in spans for b in spans)
            self.assertEqual(metric["differs"], apart, metric)
        self.assertIsNone(values(last, "waits")[0][2])  # a thread a client waits in read
        self.assertIsNone(values(last, "reports")[0][1])

    def test_every_subject_begins_in_its_turn(self):
        run = Compare(self, "poll", "select", "epoll-lt", "--messages", "10", "--rounds", "4")
        run.end()
        order = [r["subject"] for r in run.rounds()]
        self.assertEqual(order, ["poll", "select", "epoll-lt", "select", "epoll-lt", "poll",
                                 "epoll-lt", "poll", "select", "poll", "select", "epoll-lt"])
        self.assertEqual([r["round"] for r in run.rounds()], [1] * 3 + [2] * 3 + [3] * 3 + [4] * 3)

    def test_herd(self):
        run = Compare(self, "epoll-exclusive", "epoll-exclusive+herd", "--one-by-one", "--conns",
                      "100", "--messages", "1", "--rounds", "3")
        last = run.end()
        for r in run.rounds():
            t = r["totals"]
            self.assertEqual(r["metrics"]["wasted"], (t["wasted"] + t["absorbed"]) / 100)
        # whom a client finds asleep is chance (test_herd.py has it in hand): what is said follows it
        (alone, herd), differs = values(last, "wasted")
        self.assertEqual(differs, alone["max"] < herd["min"] or herd["max"] < alone["min"])
        if differs and herd["median"] > 1.05 * alone["median"]:
            self.assertRegex(words(last), r"epoll-exclusive\+herd had \S+ (times as many )?wakes for "
                                          r"nothing per message")

    def test_a_fault_that_never_sleeps(self):
        run = Compare(self, "epoll-lt", "epoll-lt+lt-always-out", "--conns", "1", "--messages",
                      "100", "--rounds", "2")
        run.end()
        for r in run.rounds("epoll-lt+lt-always-out"):
            # only before there is a connection, which is always ready to be written to
            slept = r["metrics"]["slept"] / 100 * r["totals"]["syscalls"]["epoll_wait"]
            self.assertLessEqual(round(slept), 1)
            self.assertEqual(r["metrics"]["nothing"], 0)

    def test_cpu_time_is_that_of_all_processes(self):
        """Nearly all that the server took goes to messages, and is its workers'."""
        run = Compare(self, "fork", "epoll-exclusive", "--conns", "4", "--messages", "5000",
                      "--rounds", "1")
        run.end()
        for r in run.rounds():
            t = r["totals"]
            self.assertEqual(t["load_messages"], 20000)
            # clock ticks of 10 ms, of user and of system time, are what may be missing
            self.assertGreater(t["load_cpu_ns"], t["cpu_ns"] / 2 - 20_000_000)
            self.assertLessEqual(t["load_cpu_ns"], t["cpu_ns"] + 20_000_000)

    def test_one_round_marks_nothing(self):
        last = Compare(self, "epoll-lt", "epoll-et", *self.ARGS, "--rounds", "1").end()
        self.assertFalse(any(m["differs"] for m in last["metrics"]))
        self.assertEqual(len(last["sentences"]), 1)
        self.assertIn("One round has no spread", last["sentences"][0])

    def test_udp(self):
        run = Compare(self, "sigio", "sigio-rt", "--messages", "100", "--rounds", "2")
        run.end()
        for r in run.rounds():
            self.assertEqual(r["totals"]["messages"], 400)


@expand
class Refusals(unittest.TestCase):
    @for_each([
        ("one", r"which subjects\? Give at least two", ["poll"]),
        ("none", r"which subjects\?", []),
        ("five", r"unexpected argument \"fork\": at most 4 subjects can be compared",
         ["poll", "select", "epoll-lt", "epoll-et", "fork"]),
        ("model", r'unknown model "epol-lt"; did you mean epoll-lt\?', ["poll", "epol-lt"]),
        ("fault", r'invalid --fault "hurd": must be one of .*herd', ["poll", "poll+hurd"]),
        ("fault-of-another", r"poll cannot have the fault herd; that is for epoll-exclusive",
         ["poll", "poll+herd"]),
        ("fault-of-one", r"epoll-lt cannot have the fault et-no-drain; that is for epoll-et",
         ["epoll-et", "epoll-lt", "--fault", "et-no-drain"]),
        ("procs-of-one", r"--procs does not apply to poll; it is for epoll-exclusive",
         ["epoll-exclusive", "poll", "--procs", "2"]),
        ("transport", r"cannot compare sigio \(UDP\) with poll \(TCP\): no load fits both; UDP: sigio, "
                      r"sigio-rt", ["sigio", "poll"]),
        ("fragment", r"--fragment requires TCP", ["sigio", "sigio-rt", "--fragment", "8"]),
        ("read-size", r"invalid --read-size \"0\": must be a whole number", ["poll", "poll+read-size=0"]),
        ("empty", r'invalid subject "\+herd"', ["poll", "+herd"]),
        ("rounds", r"--rounds", ["poll", "select", "--rounds", "0"]),
        ("rate", r"--rate requires --mode open", ["poll", "select", "--rate", "5"]),
        ("conns", r"--conns 1001 is too many for select, which can hold at most 1000 .*poll, epoll-lt",
         ["poll", "select", "--conns", "1001"]),
        ("list", r'invalid --conns "10,5": must be .*in ascending order',
         ["poll", "select", "--conns", "10,5"]),
        ("active", r"--active 20 exceeds the number of connections",
         ["poll", "select", "--conns", "1,10", "--active", "20"]),
        ("format", r"invalid --format \"xml\": must be one of table, ndjson", ["poll", "select", "--format", "xml"]),
    ])
    def test_before_anything_starts(self, case):
        _, message, args = case
        run = Process(self, [binary(), "compare", *args])
        self.assertEqual(run.wait(), 2, run.stderr)
        self.assertRegex(run.stderr, message)
        self.assertEqual(run.stdout, "")

    def test_run_refuses_what_the_model_cannot_hold(self):
        run = Process(self, [binary(), "run", "select", "--conns", "1001"])
        self.assertEqual(run.wait(), 2)
        self.assertRegex(run.stderr, r"--conns 1001 is too many for select")

    def test_lists_are_for_compare(self):
        run = Process(self, [binary(), "run", "poll", "--conns", "1,2"])
        self.assertEqual(run.wait(), 2)
        self.assertIn('invalid --conns "1,2": only "wakelab compare" takes a list', run.stderr)


class Endings(unittest.TestCase):
    def interrupt(self, sig):
        run = Compare(self, "epoll-lt", "poll", "--seconds", "0.05", "--rounds", "99")
        wait_until(lambda: len(run.rounds()) >= 3 or not run.running(), "three runs")
        run.signal(sig)
        last = run.end(0)
        self.assertEqual(last["type"], "comparison")
        self.assertFalse(last["completed"])
        (lt, _), _ = values(last, "waits")
        self.assertEqual(lt["rounds"], len(run.rounds("epoll-lt")))
        self.assertEqual(run.stderr, "")
        self.assertEqual(children(run.pid), {})

    def test_sigint(self):
        self.interrupt(signal.SIGINT)

    def test_sigterm(self):
        self.interrupt(signal.SIGTERM)

    def test_a_subject_that_is_wrong_on_purpose_counts(self):
        run = Compare(self, "epoll-et", "epoll-et+et-no-drain", "--conns", "1", "--messages", "5",
                      "--read-size", "16", "--timeout", "2", "--rounds", "2")
        last = run.end(0)
        failure, = last["failures"]
        self.assertEqual((failure["subject"], failure["rounds"]), ("epoll-et+et-no-drain", 2))
        self.assertRegex(failure["why"], r"nothing came from the server for 2s, with 1 message in flight")
        for r in run.rounds("epoll-et+et-no-drain"):
            # of the first message something stays behind
            self.assertEqual(r["totals"]["messages"], 0)
            self.assertLess(r["totals"]["bytes"], 64)
            self.assertIsNone(r["metrics"]["waits"])
            self.assertGreaterEqual(r["metrics"]["stalls"], 1)
        self.assertEqual([r["totals"]["messages"] for r in run.rounds("epoll-et")], [5, 5])
        self.assertEqual([r["metrics"]["stalls"] for r in run.rounds("epoll-et")], [0, 0])
        self.assertRegex(words(last), r"epoll-et\+et-no-drain had \d+ stalls, epoll-et none\.")
        self.assertEqual(run.stderr, "")

    def test_a_subject_that_serves_nobody(self):
        run = Compare(self, "nonblocking", "nonblocking+nonblock-exit", "--rounds", "1", "--messages", "5")
        last = run.end()
        self.assertEqual([(f["subject"], f["rounds"]) for f in last["failures"]], [("nonblocking+nonblock-exit", 1)])
        first, second = (r["totals"] for r in run.rounds())
        self.assertEqual((first["load_messages"], second["messages"]), (20, 0))
        self.assertEqual(second.get("load_messages", 0), 0)  # none: its client was ended first

    def test_a_server_that_dies_ends_it(self):
        run = Compare(self, "epoll-lt", "poll", "--seconds", "30", "--rounds", "2")
        wait_until(lambda: len(children(run.pid)) == 2 or not run.running(), "server and client")
        server, _ = forked(run.pid)
        os.kill(server, signal.SIGKILL)
        last = run.end(1)
        self.assertFalse(last["completed"])
        self.assertRegex(run.stderr,
                         r"^wakelab: the run of epoll-lt in round 1 failed: the server was killed by SIGKILL[^\n]*\n$")

    def test_a_server_that_cannot_start_ends_it(self):
        run = Compare(self, "nonblocking", "poll", "--address", "192.0.2.1", "--rounds", "2")
        self.assertFalse(run.end(1)["completed"])
        self.assertRegex(run.stderr, r"cannot listen on 192\.0\.2\.1[^\n]*\n"
                                     r"wakelab: the run of nonblocking in round 1 failed: it could not start\n$")

    def test_closed_output(self):
        require_root(self)
        run = Process(self, ["sh", "-c", f'"{binary()}" compare poll select --rounds 2 --messages '
                             "10 >/dev/full"])
        self.assertEqual(run.wait(), 1)
        self.assertEqual(run.stderr, "wakelab: cannot write to standard output: No space left on "
                                     "device\n")

    def changed(self, pid):
        """The status of its two children, once there are two and both have changed their user."""
        with contextlib.suppress(OSError):
            texts = [Path(f"/proc/{child}/status").read_text() for child in children(pid)]
            if len(texts) == 2 and all(re.search(r"Uid:\s+65534\s+65534", t) for t in texts):
                return texts
        return None

    def test_further_runs_are_another_users_too(self):
        user = ["SUDO_UID=65534", "SUDO_GID=65534", "SUDO_USER=nobody"]
        # the first run ends, the second would wait a quarter of an hour for the rest of its message
        run = Compare(self, "epoll-et", "epoll-et+et-no-drain", "--conns", "1", "--messages", "1",
                      "--read-size", "16", "--timeout", "1000", "--rounds", "1", env=user)
        wait_until(lambda: run.rounds() or not run.running(), "the first run's end")
        # a child that was forked just now is root still
        texts = wait_until(lambda: self.changed(run.pid), "server and client as that user")
        self.assertEqual(len(texts), 2)
        for text in texts:
            self.assertRegex(text, r"CapPrm:\s+0000000000000000")
        own = Path(f"/proc/{run.pid}/status").read_text()
        # CAP_KILL 5, SETGID 6, SETUID 7, PERFMON 38, BPF 39
        held = int(re.search(r"CapPrm:\s+(\w+)", own).group(1), 16)
        self.assertEqual(held, 1 << 5 | 1 << 6 | 1 << 7 | 1 << 38 | 1 << 39)
        run.signal(signal.SIGINT)
        run.end(0)


@expand
class Screen(unittest.TestCase):
    @for_each([
        ("two", ["epoll-lt", "epoll-et"]),
        ("three", ["epoll-lt", "epoll-et+no-nodelay", "thread"]),
        ("four", ["epoll-exclusive+herd+no-nodelay", "epoll-oneshot+oneshot-no-rearm", "uring",
                  "epoll-et+read-size=1048576", "--timeout", "2"]),
        ("list", ["epoll-lt", "epoll-et", "--conns", "1,3,5,1000", "--messages", "2"]),
    ])
    def test_fits_100_columns(self, case):
        run = Compare(self, "--rounds", "2", "--messages", "20", *case[1], form="table")
        run.wait()
        self.assertEqual(run.status, 0, run.stderr)
        self.assertNotIn("\033", run.stdout)
        for line in run.stdout.splitlines():
            self.assertLessEqual(len(line), 100, line)
        self.assertEqual(run.stdout.count("wakelab compare · 2 rounds"), 1)
        self.assertEqual(len(re.findall(r"(?m)round 1 of 2$", run.stdout)),
                         4 if case[0] == "list" else 1)

    def test_output_to_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            run = Compare(self, "poll", "select", "--rounds", "1", "--messages", "10", "-o",
                          f"{folder}/out", form="table")
            self.assertEqual(run.wait(), 0, run.stderr)
            self.assertEqual(run.stdout, "")
            self.assertIn("wakelab compare · 1 round · ", Path(f"{folder}/out").read_text())

    def test_rows_say_what_differs(self):
        run = Compare(self, *["epoll-lt", "epoll-et"], *Exact.ARGS, "--rounds", "3", form="table")
        run.wait()
        self.assertRegex(run.stdout, r"\n    of the same level +3\.00 +0  none\n")
        self.assertRegex(run.stdout, r"\n    that found nothing +0 +\d\.\d\d  only here\n")
        self.assertRegex(run.stdout, r"\nThe counts include the accept and the close of 1 connection, for 1 000")
        self.assertNotRegex(run.stdout, r"\n  no result")  # a row of nothing
