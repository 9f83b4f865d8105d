# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A process that is running when tracing begins."""
import signal
import sys

from harness import Process, wait_until
from tracing import Traced, require_root


def adopted(test, before, then):
    """Traces a process that has done one thing by then, and does another when it is traced. Both are
    Python: "if True:" and lines that are 8 columns deep, and more such lines. Gives the run, when all
    is done; the process lives on."""
    require_root(test)
    target = Process(test, [sys.executable, "-S", "-c", before + """
        import signal
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
        print('ready', flush=True)
        signal.sigwait({signal.SIGUSR1})""" + then + """
        print('done', flush=True)
        signal.pause()"""])
    wait_until(lambda: "ready" in target.stdout, "what it does before")
    run = Traced(test, "trace", "-p", target.pid)
    run.started()
    target.signal(signal.SIGUSR1)
    wait_until(lambda: "done" in target.stdout, "what it does then")
    return run
