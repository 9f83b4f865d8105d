# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Runs traced tests in a guest, one after the other: those whose names the lines of a file are."""
import sys
from pathlib import Path

import cases
from results import Report

TIMEOUT = 240  # seconds, of a slow machine

report = Report(again=False)
for name in Path(sys.argv[1]).read_text(encoding="utf-8").split():
    verdict, detail, seconds = cases.run("traced", name, TIMEOUT)
    report.take(verdict, f"traced/{name}", seconds, detail)
sys.exit(report.finish())
