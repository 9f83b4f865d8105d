# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""wakelab load ends in a stated time, whatever the server does."""
import signal
import threading
import unittest

from faulty import Faulty
from harness import Load, expand, for_each, load, start_load, wait_until

MODES = ["lockstep", "pipeline", "open"]


@expand
class Ends(unittest.TestCase):
    """A server that gives a byte now and then is alive for ever, and has never answered."""

    def setUp(self):
        self.over = threading.Event()
        self.given = threading.Event()
        self.server = Faulty(self, self.trickle)
        self.addCleanup(self.over.set)  # the cleanup of the server comes after it

    def trickle(self, client):
        data = client.recv(1 << 16)
        while data and not self.over.wait(0.05):
            client.sendall(data[:1])
            data = data[1:]
            self.given.set()

    @for_each(MODES)
    def test_by_seconds(self, mode):
        result = load(self, self.server, "--mode", mode, "--size", "20000", "--conns", "1",
                      "--seconds", "0.2", "--timeout", "0.5")
        self.assertEqual(result.status, 1)
        self.assertRegex(result.stderr, r"^wakelab: 0.5s after the end of the load, \d+ messages? "
                                        r"(is|are) still in flight\n$")
        self.assertEqual(result["messages"], 0)

    @for_each(MODES)
    def test_by_a_signal(self, mode):
        client = start_load(self, self.server, "--mode", mode, "--size", "20000", "--conns", "1",
                            "--timeout", "0.5")
        wait_until(self.given.is_set, "the first byte")
        client.signal(signal.SIGINT)
        self.assertRegex(Load(client).stderr,
                         r"^wakelab: 0.5s after the end of the load, \d+ messages? ")


class Stopped(unittest.TestCase):
    def test_a_client_that_was_stopped_does_not_complain(self):
        """All that it waits for has come when it goes on, though after its time was over."""
        asked, go, gone = threading.Event(), threading.Event(), threading.Event()

        def answer(client):
            data = client.recv(1 << 16)
            asked.set()
            go.wait()
            client.sendall(data)
            gone.set()
            client.recv(1)

        server = Faulty(self, answer)
        self.addCleanup(go.set)
        client = start_load(self, server, "--conns", "1", "--messages", "1", "--timeout", "0.5")
        wait_until(asked.is_set, "the message")
        client.signal(signal.SIGSTOP)
        go.wait(1)  # the client's half a second passes
        go.set()
        gone.wait()
        client.signal(signal.SIGCONT)
        result = Load(client)
        self.assertEqual((result.status, result["messages"]), (0, 1), result.stderr)


if __name__ == "__main__":
    unittest.main()
