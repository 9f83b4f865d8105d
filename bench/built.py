# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What is measured: the programs that make has built."""
import os
import shutil
import sys
from pathlib import Path

BUILD = Path(__file__).resolve().parent.parent / "build"


def program():
    """wakelab's path, or that which WAKELAB names; ends if it is not there."""
    path = os.environ.get("WAKELAB") or str(BUILD / "wakelab")
    if not shutil.which(path):
        sys.exit(f"bench: {path} is not built: run make, or name another in WAKELAB")
    return path
