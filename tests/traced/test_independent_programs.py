# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Servers in other languages, and those that everybody runs: of each call as many as perf counts."""
import unittest

from harness import expand, for_each, wait_until
from known import Known
from languages import ECHOES
from observed import IO, SETUP, WAITS, Observed, descendants
from tracing import Gated

OTHERS = ["connect", "shutdown", "setsockopt", "socketpair", "eventfd2", "futex", "wait4", "waitid",
          "clone", "clone3", "vfork", "rt_sigaction", "rt_sigprocmask", "sched_yield", "preadv",
          "pwrite64", "pwritev", "sendfile64", "splice", "signalfd4", "timerfd_settime", "epoll_create"]


@expand
class Programs(Known, Observed):
    def counts_of(self, program):
        """Both count all that a server does, from its first call to its last."""
        server = Gated(self, *program.argv)
        tracer, perf = self.observe(server, WAITS + SETUP + IO + OTHERS)
        wait_until(lambda: self.address.answers() or not server.running(), f"{program.argv[0]} to listen")
        self.assertTrue(server.running(), server.stderr)
        program.drive()
        left = descendants(server.pid)
        server.signal(program.end)
        server.wait()
        self.compare(tracer, perf, left)

    @for_each(ECHOES)
    def test_language(self, language):
        self.counts_of(self.echo(language))

    @for_each(["redis", "memcached", "nginx", "apache", "lighttpd", "haproxy", "postgres", "mariadb"])
    def test(self, name):
        self.counts_of(getattr(self, name)())


if __name__ == "__main__":
    unittest.main()
