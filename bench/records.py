# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What is measured, a line of JSON each, and the options by which it is written and read again."""
import argparse
import json
import os
import sys

from machine import describe


class Records(list):
    """Measurements, the machine before them; each goes to a file at once, too, unless that is None."""

    def __init__(self, file):
        super().__init__()
        self.file = file
        self.put(describe())

    def put(self, record):
        self.append(record)
        if self.file:
            print(json.dumps(record), file=self.file, flush=True)


def require_root():
    if os.geteuid():
        sys.exit("bench: tracing needs root: run it with sudo")


def at_least(kind, least):
    def parse(text):
        value = kind(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"{text} is less than {least}")
        return value
    return parse


def recorded(path):
    try:
        with open(path, encoding="utf-8") as file:
            records = [json.loads(line) for line in file]
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"cannot read {path}: {error}") from None
    if [r.get("type") for r in records[:1]] != ["machine"]:
        raise argparse.ArgumentTypeError(f"{path} does not begin as what --ndjson writes")
    return records


def add_output(parser, svg=None):
    """--ndjson; and with svg, what a picture shows, --svg and --from."""
    writable = argparse.FileType("w", encoding="utf-8")
    parser.add_argument("--ndjson", type=writable, metavar="FILE",
                        help="write every measurement to it, a line each")
    if svg:
        parser.add_argument("--svg", type=writable, metavar="FILE", help=f"draw the {svg} into it")
        parser.add_argument("--from", dest="recorded", type=recorded, metavar="FILE",
                            help="measure nothing: report what --ndjson has written")
