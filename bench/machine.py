# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""On what machine something was measured."""
import os
import platform


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def describe():
    """The first line of a file of measurements."""
    return {"type": "machine", "cpu": processor(), "cpus": os.cpu_count(),
            "kernel": platform.release(), "machine": platform.machine()}
