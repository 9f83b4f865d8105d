# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""wakelab compare with a list of --conns: how costs grow."""
import unittest

from comparing import Compare


class Growth(unittest.TestCase):
    ARGS = ["--conns", "1,10", "--active", "1", "--messages", "200", "--rounds", "2"]

    def test_list_of_counts(self):
        run = Compare(self, "select", "epoll-lt", *self.ARGS)
        last = run.end()
        cost, looks = run.lines("growth")
        self.assertEqual((cost["name"], looks["name"], last), ("cpu_ns", "looked_at_each", looks))
        for growth in (cost, looks):
            self.assertTrue(growth["completed"])
            self.assertEqual([(s["conns"], s["active"]) for s in growth["steps"]], [(1, 1), (10, 1)])
            for step in growth["steps"]:
                for v, subject in zip(step["values"], growth["subjects"]):
                    seen = [r["metrics"][growth["name"]] for r in run.rounds(subject)
                            if r["conns"] == step["conns"]]
                    self.assertEqual((v["min"], v["max"], v["rounds"]) if v else [None, None],
                                     (min(seen), max(seen), 2) if v else seen)
        self.assertEqual(len(run.lines("comparison")), 2)
        self.assertEqual(len(cost["sentences"]), 2)
        self.assertEqual([[bool(v) for v in step["values"]] for step in looks["steps"]],
                         [[True, False]] * 2)  # epoll_wait looks at nothing
        for r in run.rounds():
            self.assertEqual((r["totals"]["connections"], r["totals"]["messages"]),
                             (r["conns"], 200))

    def test_a_count_that_a_subject_cannot_hold(self):
        run = Compare(self, "select", "poll", "--conns", "10,1001", "--active", "1", "--messages",
                      "20", "--rounds", "1", form="table")
        run.wait()
        self.assertEqual(run.status, 0, run.stderr)
        self.assertRegex(run.stdout, r"\n +1 001 +- +\d")
        self.assertIn("-: select supports at most 1 000 connections.\n", run.stdout)

    def test_active_is_capped(self):
        run = Compare(self, "select", "poll", "--conns", "1,5", "--active", "3", "--messages",
                      "20", "--rounds", "1", form="table")
        run.wait()
        self.assertIn("With 1 connection, all send: --active 3 is more than that.\n", run.stdout)


if __name__ == "__main__":
    unittest.main()
