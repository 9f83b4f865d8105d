# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What keeps a kernel from being tested, in one line, and running the programs that may say so."""
import errno
import os
import shutil
import subprocess
from pathlib import Path


class Unavailable(Exception):
    """It cannot be tested here, through no fault of the project: a skip."""


class Failure(Exception):
    """It should have worked: a failed test."""
    said = ""  # what was printed until then, where that is long


class NoSpace(Failure):
    """A disk is full."""


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "wakelab" / "vm"


def require_programs(*names, by="scripts/setup check"):
    """By what they are installed is said of the first that is missing."""
    for name in names:
        if not shutil.which(name):
            raise Unavailable(f"{name} is not installed: {by}")


def full_disk():
    return NoSpace(f"no space left: free some below {cache_folder()} and in the temporary folder")


def explain(error):
    """A failure of the operating system as one line."""
    return full_disk() if error.errno == errno.ENOSPC else Failure(str(error))


def run(argv, error=Failure, **options):
    """Runs it to its end and gives its output; else raises error with its last words."""
    done = subprocess.run([str(a) for a in argv], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    if not done.returncode:
        return done.stdout
    if "No space left" in done.stderr:
        raise full_disk()
    words = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
    failed = error(f"{Path(argv[0]).name} failed with status {done.returncode}: {words}")
    failed.said = done.stdout + done.stderr
    raise failed
