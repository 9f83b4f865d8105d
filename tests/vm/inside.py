# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Runs traced tests in a guest, one after the other: those whose names the lines of a file are."""
import sys
from pathlib import Path

from jobs import Case, Pool, Worker
from results import Report

TIMEOUT = 240  # seconds, of a slow machine

report = Report(again=False)
names = Path(sys.argv[1]).read_text(encoding="utf-8").split()
Pool(report.take, lambda: Worker(TIMEOUT)).run([Case("traced", name) for name in names], 1)
sys.exit(report.finish())
