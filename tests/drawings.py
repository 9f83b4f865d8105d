# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What --draw makes of the recordings in tests/records/draw.

"python3 tests/drawings.py" writes the drawings anew that are kept there.
"""
import os
import subprocess

from harness import ROOT, binary

FOLDER = ROOT / "tests" / "records" / "draw"
# Each drawing: of which recordings, how wide, in which locale.
DRAWINGS = {
    "level-edge": (["lt", "et"], 80, "C.UTF-8"),
    "level-edge-ascii": (["lt", "et"], 60, "C"),
    "herd": (["herd"], 80, "C.UTF-8"),
    "oneshot": (["oneshot"], 80, "C.UTF-8"),
    "poll": (["poll"], 80, "C"),
    "sigio": (["sigio"], 80, "C.UTF-8"),
    "stall": (["stall"], 100, "C.UTF-8"),
}


def recordings(names):
    return [FOLDER / f"{name}.rec" for name in names]


def draw(*args, columns=80, locale="C.UTF-8"):
    """A run of wakelab replay --draw, and what it printed."""
    env = {**os.environ, "COLUMNS": str(columns), "LC_ALL": locale, "NO_COLOR": "1"}
    return subprocess.run([binary(), "replay", "--draw", *args], env=env, check=False, capture_output=True,
                          text=True, encoding="utf-8", stdin=subprocess.DEVNULL)


def drawing(name):
    names, columns, locale = DRAWINGS[name]
    return draw(*recordings(names), columns=columns, locale=locale).stdout


if __name__ == "__main__":
    for title in DRAWINGS:
        (FOLDER / f"{title}.txt").write_text(drawing(title), encoding="utf-8")
