# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What came of the tests: a line for each, failures at once and again at the end, and the counts."""
import threading


class Report:
    """Any thread may tell it of a test. Without again, failures are shown at once only."""

    def __init__(self, again=True):
        self.again = again
        self.counts = {"ok": 0, "FAIL": 0, "skip": 0}
        self.details = []
        self.lock = threading.Lock()

    def take(self, verdict, name, seconds, detail=""):
        """A verdict is ok, FAIL or skip; a detail is why, or what an ok test has to say."""
        note = f"  ({detail})" if verdict == "skip" else ""
        with self.lock:
            self.counts[verdict] += 1
            print(f"{verdict:4} {seconds:7.2f}s  {name}{note}", flush=True)
            if verdict != "skip" and detail:
                print(detail.rstrip(), flush=True)
            if verdict == "FAIL":
                self.details.append((name, detail))

    def has_failed(self, beginning):
        """Whether a test failed whose name begins so."""
        return any(name.startswith(beginning) for name, _ in self.details)

    def finish(self):
        """The exit status: 1 when a test failed or none ran."""
        if self.again and self.details:
            for name, detail in self.details:
                print(f"\n--- {name}\n{detail.rstrip()}")
            print()
        passed, failed, skipped = self.counts.values()
        print(f"{passed} passed, {failed} failed, {skipped} skipped")
        return 1 if failed or not passed else 0
