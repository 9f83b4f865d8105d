# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What there is to run, and several of them side by side.

A job has a name, stage (when it is its turn: see run.py), alone (why nothing else may run meanwhile, or
empty), goal (the file that has to be built before, or None) and run(worker, told), which calls
told(verdict, name, seconds, detail) for each test in it. It may run several times at once.
"""
import contextlib
import json
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

import cases

TIMEOUT = 240  # seconds after which a test has failed: with others beside it, one takes ten times its own
GRACE = 30  # more, after which the process that it runs in is ended


class Worker:
    """A process that runs tests in Python, one after the other; begun with the first."""

    def __init__(self, timeout=TIMEOUT, env=None):
        self.timeout, self.env = timeout, env
        self.child = None
        self.program = None  # what a job of another kind runs in the place of a test

    def start(self):
        # in a session of its own, Ctrl-C reaches it through end() only
        self.child = subprocess.Popen([sys.executable, cases.__file__], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True, env=self.env,
                                      start_new_session=True)

    def run(self, tier, name):
        """The verdict, why, and the seconds."""
        if not self.child:
            self.start()
        start = time.monotonic()
        limit = threading.Timer(self.timeout + GRACE, self.child.kill)
        limit.start()
        try:
            self.child.stdin.write(json.dumps([tier, name, self.timeout]) + "\n")
            self.child.stdin.flush()
            line = self.child.stdout.readline()
        except OSError:  # it has ended
            line = ""
        finally:
            limit.cancel()
        if line:
            return json.loads(line)
        status = self.end()
        return "FAIL", f"its process ended with {status}\n", time.monotonic() - start

    def interrupt(self):
        """Whatever it runs ends early."""
        for child in (self.child, self.program):
            if child:
                child.terminate()

    def end(self):
        """Ends it, and what a test in it had started; gives its status."""
        if not self.child:
            return None
        with contextlib.suppress(OSError):
            self.child.stdin.close()
        try:
            status = self.child.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.child.kill()
            status = self.child.wait()
        self.child.stdout.close()
        self.child = None
        return status


class Case:
    """A test in Python."""

    def __init__(self, tier, test):
        self.tier, self.test = tier, test
        self.name = f"{tier}/{test}"
        self.stage = "unit" if tier == "unit" else "tests"
        self.alone = cases.why_alone(tier, test)
        self.goal = Path(cases.binary_of(tier))

    def run(self, worker, told):
        verdict, detail, seconds = worker.run(self.tier, self.test)
        told(verdict, self.name, seconds, detail)

class Pool:
    """Runs jobs, and tells of their tests as told(verdict, name, seconds, detail), from any thread."""

    def __init__(self, told, make_worker=Worker):
        self.told, self.make_worker = told, make_worker
        self.stopped = False
        self.lock = threading.Lock()
        self.running = set()  # workers

    def attempt(self, job, worker):
        start = time.monotonic()
        try:
            job.run(worker, self.told)
        except Exception:  # a mistake in here must not pass for the end of the queue
            self.told("FAIL", job.name, time.monotonic() - start, traceback.format_exc())

    def follow(self, jobs):
        """Takes one job after the other, until none is left."""
        worker = self.make_worker()
        while True:
            with self.lock:
                if self.stopped or not jobs:
                    break
                job = jobs.pop(0)
                self.running.add(worker)
            self.attempt(job, worker)
            with self.lock:
                self.running.remove(worker)
        worker.end()

    def side_by_side(self, *lanes):
        """Each lane is a list of jobs, and how many of them run at a time."""
        threads = [threading.Thread(target=self.follow, args=(waiting,))
                   for jobs, width in lanes for waiting in [list(jobs)] for _ in range(width)]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except BaseException:
            self.stop()
            for thread in threads:
                thread.join()
            raise

    def stop(self):
        with self.lock:
            self.stopped = True
            for worker in self.running:
                worker.interrupt()

    def run(self, jobs, width, *lanes):
        """So many at a time, beside other lanes; then those that need the machine for themselves."""
        jobs = list(jobs)
        self.side_by_side(([job for job in jobs if not job.alone], width), *lanes)
        self.side_by_side(([job for job in jobs if job.alone], 1))
