# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Every scenario by its name, and the number that must show what it is about."""
import fcntl
import os
import re
import signal
import socket
import sys
import termios
import unittest
from pathlib import Path

from harness import WAIT, Process, binary, wait_until
from sleeping import await_sleep, await_stop
from tracing import Traced, TracedServer, calls, traced


# When they stop, the four threads of epoll-oneshot arm the listener for one another: one may do so
# before another has had the report of it, and then it ends no silence.
STOPPED = 4
PATIENT = "--timeout", "2"  # for who gives up may not do so since nobody ran


def scenario(test, name, *args, status=0):
    """The summary of a scenario, and the run; a right one is reconciled as well."""
    run = Traced(test, "run", "--scenario", name, "--port", "0", *args)
    # --scenario comes first
    s = run.summary(status)
    test.assertEqual(sum(s["lost"].values()), 0, s["lost"])
    if not status:
        test.assertIs(s["reconciled"], True, s.get("witnesses"))
    return s


def assert_fine(test, summary):
    """Nothing was found that is wrong."""
    wrong = [finding for finding in summary["findings"] if finding["weight"] == "wrong"]
    test.assertEqual(wrong, [])


def ids(summary):
    return [finding["id"] for finding in summary["findings"]]


def idle(summary):
    """The wakes that led to nothing."""
    return summary["wakes"]["wasted"] + summary["wakes"]["absorbed"]


def accepted(summary):
    return sum(calls(summary, name)["verdicts"][v] for name in ("accept", "accept4")
               for v in ("ready", "slept"))


def arrive(address):
    """A client that its listener has: what it sent is acknowledged only then."""
    client = socket.create_connection(address)
    client.send(b"x")
    wait_until(lambda: not any(fcntl.ioctl(client, termios.TIOCOUTQ, bytes(4))), "its ACK")
    return client


def send_and_wait(client, address, count):
    """So many datagrams, until all of them are queued."""
    def queued():
        port = f":{address[1]:04X}"
        line, = (line for line in Path("/proc/net/udp").read_text().splitlines()
                 if line.split()[1].endswith(port))
        return int(line.split()[4].partition(":")[2], 16)

    client.sendto(b"x" * 64, address)
    one = wait_until(queued, "the first datagram")
    for _ in range(count - 1):
        client.sendto(b"x" * 64, address)
    wait_until(lambda: queued() == count * one, "the last datagram")


class Correct(unittest.TestCase):
    def test_level_and_edge(self):
        summaries = scenario(self, "level"), scenario(self, "edge")
        level, edge = (s["interests"] for s in summaries)
        finding, = (f for f in summaries[0]["findings"] if f["id"] == "rereports")
        # the end of file that comes with the last data is reported again, and no read would save that
        self.assertIn(finding["cost"]["saved"], range(2990, 3001))
        self.assertEqual(finding["evidence"]["read_size"], 16)
        self.assertNotIn("rereports", ids(summaries[1]))
        for s in summaries:
            assert_fine(self, s)
        self.assertEqual((level["fresh"], level["rereports"]), (1002, 3000))
        self.assertEqual((edge["edges"], edge["rereports"]), (1003, 0))

    def test_urgent(self):
        s = scenario(self, "urgent")
        self.assertEqual(s["interests"]["flags"]["EPOLLPRI"], 1000)
        self.assertEqual((s["server"]["urgent"], s["client"]["urgent"]), (1000, 1000))
        assert_fine(self, s)
        self.assertIn("urgent bytes", [row["what"] for row in s["witnesses"]])

    def test_half_close(self):
        s = scenario(self, "half-close")
        flags = s["interests"]["flags"]
        assert_fine(self, s)
        self.assertEqual((flags["EPOLLRDHUP"], flags["EPOLLERR"], flags["EPOLLHUP"]), (20, 0, 0))

    def test_reset(self):
        s = scenario(self, "reset")
        flags = s["interests"]["flags"]
        self.assertEqual(flags["EPOLLERR"], 20)
        assert_fine(self, s)
        # the error is set a moment before the hang-up: a wait may see the one without the other
        self.assertIn(flags["EPOLLHUP"], range(1, 21))
        self.assertEqual(s["client"]["unanswered"], 0)

    def test_oneshot_hand_off(self):
        s = scenario(self, "oneshot-hand-off")
        i = s["interests"]
        self.assertEqual(i["disarmed"], i["reports"])
        # a connection's last report is its end: it is closed, and not armed again
        self.assertIn(i["disarmed"] - i["rearmed"], range(16, 16 + STOPPED + 1))
        assert_fine(self, s)

    def test_herd_and_exclusive(self):
        herd, exclusive = scenario(self, "herd"), scenario(self, "exclusive")
        for s in herd, exclusive:
            w = s["wakes"]
            self.assertEqual(w["total"], w["early"] + w["absorbed"] + w["returned"])
            self.assertEqual(w["returned"], sum(w[n] for n in (
                "useful", "handed", "wasted", "timed", "pending")))
            self.assertEqual(accepted(s), 50)
            self.assertLessEqual(len([t for t in s["threads"] if t["wakes"]]), 9)
            # how many slept when a client came is chance; test_herd.py has that in hand
            if idle(s) * 4 < w["total"]:
                assert_fine(self, s)
            else:
                self.assertIn("herd", ids(s))


class Faults(unittest.TestCase):
    def test_et_no_drain(self):
        s = scenario(self, "et-no-drain", *PATIENT, status=1)
        self.assertEqual((s["interests"]["stalls"], s["client"]["unanswered"]), (1, 1))
        self.assertGreater(s["interests"]["stalled_ns"], 50e6)
        stall = s["findings"][0]
        self.assertEqual(stall["id"], "stall")
        # 32 where epoll told twice of the one arrival: the registration found it before its edge came
        self.assertIn(stall["evidence"]["unread"], (32, 48))
        self.assertEqual(stall["subject"]["comm"], "wakelab")
        self.assertRegex(stall["subject"]["peer"], r"^127\.0\.0\.1:\d+$")
        self.assertIn("unanswered", ids(s))

    def test_et_no_drain_on_the_last_screen(self):
        """The last 24 lines hold the stall, the reason and what to look at."""
        run = Process(self, [binary(), "run", "--scenario", "et-no-drain", "--port", "0",
                             *PATIENT])
        self.assertEqual(run.wait(), 1)
        last = run.stdout.splitlines()[-24:]
        said = " ".join(line.strip() for line in last[last.index("Findings") + 1:])
        self.assertRegex(said, r"^stall +fd \d+ .*\bhad (?:48|32) bytes unread ")
        self.assertTrue(said.endswith("Expected in this output: a line STALL with 48 bytes unread, and 1 stall (line stalls)."), said)
        self.assertTrue(all(len(line) <= 100 for line in last))

    def stopped_server(self, model, fault, call):
        """A server of ours under the tracer, stopped in its wait."""
        run = TracedServer(self, model, "--fault", fault)
        await_sleep(run.server, call)
        os.kill(run.server, signal.SIGSTOP)
        await_stop(run.server)
        return run

    def test_et_accept_once(self):
        """Five clients, one edge, one accept: four stay in the backlog."""
        run = self.stopped_server("epoll-et", "et-accept-once", "epoll_wait")
        clients = [arrive(run.address) for _ in range(5)]
        os.kill(run.server, signal.SIGCONT)
        stall = wait_until(lambda: [l for l in run.lines() if l["type"] == "stall"], "the stall")[0]
        s = run.end()
        self.assertEqual((stall["unread"], stall["unit"]), (4, "connections"))
        finding = s["findings"][0]
        self.assertEqual((finding["id"], finding["evidence"]["unread"], finding["evidence"]["unit"],
                          finding["subject"]["fd"], finding["subject"]["pid"]),
                         ("stall", 4, "connections", stall["fd"], run.server))
        self.assertEqual((accepted(s), s["interests"]["stalls"]), (1, 1))
        for client in clients:
            client.close()

    def test_et_accept_once_runs(self):
        """How many come together is chance; that each was accepted or left is not."""
        s = traced(self, "run", "--scenario", "et-accept-once", "--port", "0", "--conns", "2",
                   "--one-by-one")
        self.assertEqual((accepted(s), s["interests"]["stalls"]), (2, 0))

    def never_sleeps(self, s):
        wait, i = calls(s, "epoll_wait"), s["interests"]
        self.assertLessEqual(wait["calls"] - wait["verdicts"]["ready"], 3)  # first, last, SIGTERM
        self.assertEqual(i["reports"] - i["flags"]["EPOLLOUT"], 1)  # the accept

    def test_lt_always_out(self):
        self.never_sleeps(scenario(self, "lt-always-out", "--seconds", "0.2"))

    def test_lt_always_out_a_thousand_times(self):
        run = Traced(self, "run", "--scenario", "lt-always-out", "--port", "0", "--seconds", "1000",
                     "--interval", "0.02")
        wait_until(lambda: sum(calls(line, "epoll_wait")["verdicts"]["ready"] for line in run.lines()
                               if line["type"] == "interval") > 1000, "a thousand waits")
        run.signal(signal.SIGINT)
        s = run.summary()
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        self.never_sleeps(s)
        spin, = (f for f in s["findings"] if f["id"] == "spin")
        self.assertEqual((spin["cause"], spin["weight"]), ("out-always", "wrong"))
        self.assertGreater(spin["evidence"]["reports"], 64)

    def test_oneshot_no_rearm(self):
        s = scenario(self, "oneshot-no-rearm", *PATIENT, status=1)
        self.assertIn(s["interests"]["disarmed"] - s["interests"]["rearmed"],
                      range(4, 4 + STOPPED + 1))
        self.assertEqual((s["client"]["messages"], s["client"]["unanswered"]), (4, 4))
        finding, = (f for f in s["findings"] if f["id"] == "unanswered")
        self.assertEqual(finding["evidence"], {"unanswered": 4, "messages": 8})
        self.assertEqual((ids(s)[0], ids(s).count("rearm-forgotten")), ("rearm-forgotten", 4))

    def test_sigio_one_read(self):
        """Whether signals are merged is chance, and a datagram that is left is one that was."""
        run = Traced(self, "run", "--scenario", "sigio-one-read", "--port", "0", *PATIENT)
        run.wait()
        left = run.lines()[-1]["client"]["unanswered"]
        s = run.summary(1 if left else 0)
        sig, sockets = s["sigio"], s["sockets"]
        self.assertEqual(sum(s["lost"].values()), 0, s["lost"])
        self.assertEqual(sockets["datagrams_arrived"] - sockets["datagrams_read"], left)
        self.assertEqual(sockets["datagrams_read"], s["server"]["reads"])
        self.assertGreaterEqual(sig["coalesced"], left)

    def test_a_hundred_datagrams_at_a_process_that_does_not_run(self):
        run = self.stopped_server("sigio", "sigio-one-read", "rt_sigsuspend")
        with socket.socket(type=socket.SOCK_DGRAM) as client:
            send_and_wait(client, run.address, 100)
            os.kill(run.server, signal.SIGCONT)
            client.settimeout(WAIT)
            self.assertEqual(len(client.recv(100)), 64)
        await_sleep(run.server, "rt_sigsuspend")
        s = run.end()
        sig = s["sigio"]
        # and one more, by which the server ends its own wait
        self.assertEqual((sig["generated"], sig["queued"], sig["coalesced"]), (101, 2, 99))
        tally = re.search(r"reads +(\d+)", run.stdout)
        self.assertEqual((s["sockets"]["datagrams_arrived"], s["sockets"]["datagrams_read"],
                          int(tally.group(1))), (100, 1, 1))
        finding, = (f for f in s["findings"] if f["id"] == "signals-merged")
        self.assertEqual((finding["cause"], finding["evidence"]["left"]), ("unread", 99))

    def test_nonblock_exit(self):
        run = Traced(self, "run", "--scenario", "nonblock-exit", "--port", "0")
        s = run.summary(1)
        self.assertEqual(sum(calls(s, n)["errors"].get("EAGAIN", 0)
                             for n in ("accept4", "read", "write")), 1)
        self.assertIn("its last output: ", run.stderr)
        finding, = (f for f in s["findings"] if f["id"] == "run-failed")
        self.assertEqual((finding["cause"], finding["evidence"]), ("EAGAIN", {"errno": "EAGAIN"}))

    def test_no_nodelay(self):
        """How long the second write of an answer waits is measured in tests/measured."""
        s = scenario(self, "no-nodelay", "--messages", "10")
        self.assertEqual((calls(s, "write")["calls"], s["client"]["messages"]), (20, 10))
        self.assertEqual(calls(s, "write")["verdicts"]["ready"], 20)


class Findings(unittest.TestCase):
    def test_of_a_healthy_run(self):
        s = traced(self, "run", "epoll-et", "--port", "0", "--conns", "4", "--messages", "100")
        w = s["wakes"]
        stalls = s["interests"]["edges"] is not None  # where this kernel shows them
        assert_fine(self, s)
        if not s["findings"]:
            self.assertEqual(s["nothing_wrong"], "No problem was found in what was examined: all 400 "
                             f"messages came back intact, {s['interests']['reports']} epoll reports, "
                             f"{'no thread slept and left input unread, ' if stalls else ''}"
                             f"{w['useful']} of {w['returned'] + w['slept_on']} wakes found work. "
                             "Every count is complete.")
        else:
            self.assertIsNone(s["nothing_wrong"])
        self.assertIsNone(s["look_at"])

    def test_the_last_lines_of_a_healthy_run(self):
        run = Process(self, [binary(), "run", "poll", "--port", "0", "--messages", "1"])
        self.assertEqual(run.wait(), 0)
        self.assertRegex(run.stdout, r"\n\nFindings\n No problem was found in what was examined: ")
        self.assertNotIn("Expected in this output", run.stdout)

    def test_what_to_look_at_is_that_of_the_list(self):
        s = scenario(self, "edge", "--messages", "10")
        run = Process(self, [binary(), "scenarios"])
        self.assertEqual(run.wait(), 0)
        self.assertRegex(run.stdout, f"\nedge\n.*\n  expect   {re.escape(s['look_at'])}\n")

    def test_busy_polling(self):
        program = ("import os, select; r, w = os.pipe(); p = select.poll(); p.register(r, 1)\n"
                   "for _ in range(500): p.poll(0)")
        s = traced(self, "trace", "--", sys.executable, "-c", program)
        finding, = (f for f in s["findings"] if f["id"] == "busy-poll")
        self.assertEqual((finding["cause"], finding["evidence"]["waits"]), ("waits", 500))
        self.assertGreater(finding["evidence"]["empty"], 250)  # but for those that were interrupted

    def test_a_program_that_sleeps_all_the_time(self):
        sleeper = Process(self, ["sleep", "60"])
        wait_until(lambda: open(f"/proc/{sleeper.pid}/stat").read().split()[2] == "S", "its sleep")
        s = traced(self, "trace", "-p", str(sleeper.pid), "--seconds", "0.1")
        self.assertEqual(ids(s), ["nothing-seen"])
        self.assertEqual(s["findings"][0]["evidence"], {"others": 0})


class Names(unittest.TestCase):
    def test_the_list_shows_each_and_fits_the_screen(self):
        run = Process(self, [binary(), "scenarios"])
        self.assertEqual(run.wait(), 0)
        names = re.findall(r"^(\S+)$", run.stdout, re.M)
        self.assertEqual(len(names), 15)
        for fault in ("et-no-drain", "et-accept-once", "lt-always-out", "oneshot-no-rearm", "herd",
                      "sigio-one-read", "nonblock-exit", "no-nodelay"):
            self.assertIn(fault, names)
        self.assertTrue(all(len(line) <= 100 for line in run.stdout.splitlines()))

    def test_as_the_help_prints_it(self):
        s = traced(self, "run", "--scenario=level", "--messages", "10", "--port", "0")
        self.assertEqual((s["model"], s["client"]["messages"]), ("epoll-lt", 10))

    def test_refusals(self):
        for args, message in ((["--scenario", "herdd"], "did you mean herd?"),
                              (["poll", "--scenario", "herd"], 'unexpected argument "poll": give one model'),
                              (["--scenario=herdd"], "did you mean herd?"),
                              (["--scenario=xyz"], 'scenario "xyz"; "wakelab scenarios" lists them'),
                              (["--scen", "herd"], "write --scenario herd in full, and only once"),
                              (["--scenario", "level", "--fault", "herd"], "epoll-lt cannot have the fault")):
            run = Process(self, [binary(), "run", *args])
            self.assertEqual(run.wait(), 2, args)
            self.assertIn(message, run.stderr)
