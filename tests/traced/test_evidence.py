# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What findings rest on, docs/metrics.md, "Evidence": of which descriptor, how often, and what was so."""
import sys
import unittest

from tracing import traced


def evidence(summary, of):
    return [row for row in summary["evidence"] if row["of"] == of]


class Troubles(unittest.TestCase):
    PRELUDE = """if True:
        import contextlib, os, resource, socket
"""

    def summary(self, code):
        return traced(self, "trace", "--", sys.executable, "-S", "-c", self.PRELUDE + code)

    def row(self, code, of):
        row, = evidence(self.summary(code), of)
        return row

    def test_reads_at_the_end_of_a_pipe(self):
        row = self.row("""
        r, w = os.pipe()
        os.dup2(r, 40)
        os.close(w)
        for _ in range(100): os.read(40, 8)""", "ends")
        self.assertEqual((row["fd"], row["kind"], row["count"], row["call"], row["err"]),
                         (40, "pipe", 100, "read", None))

    def test_a_few_ends_mean_nothing(self):
        s = self.summary("""
        r, w = os.pipe()
        os.close(w)
        for _ in range(15): os.read(r, 8)""")
        self.assertEqual(evidence(s, "ends"), [])

    def test_reads_that_fail(self):
        row = self.row("""
        for _ in range(50):
            with contextlib.suppress(OSError): os.read(60, 8)""", "failed")
        self.assertEqual((row["fd"], row["count"], row["err"], row["call"]), (60, 50, "EBADF", "read"))

    def test_accepts_for_want_of_descriptors(self):
        row = self.row("""
        listener = socket.create_server(('127.0.0.1', 0))
        client = socket.create_connection(listener.getsockname())
        limit = client.fileno() + 1
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        for _ in range(3):
            with contextlib.suppress(OSError): listener.accept()""", "accept")
        self.assertEqual((row["count"], row["err"], row["kind"], row["amount"], row["unit"]),
                         (3, "EMFILE", "listener", 1, "connections"))
        self.assertEqual(row["limit"], row["fd"] + 2)

    def accepts(self, failures):
        """One that gives a spare descriptor up after so many failures, and accepts."""
        return evidence(self.summary(f"""
        listener = socket.create_server(('127.0.0.1', 0))
        spare = os.open('/dev/null', os.O_RDONLY)
        client = socket.create_connection(listener.getsockname())
        limit = client.fileno() + 1
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        for _ in range({failures}):
            with contextlib.suppress(OSError): listener.accept()
        os.close(spare)
        listener.accept()"""), "accept")

    def test_a_failure_that_is_seen_to_means_nothing(self):
        self.assertEqual(self.accepts(15), [])

    def test_many_are_remembered_once_one_succeeds(self):
        row, = self.accepts(16)
        self.assertEqual((row["count"], row["err"]), (16, "EMFILE"))
