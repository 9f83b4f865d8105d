# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A trace of Perfetto as protoc decodes it, by the messages of tests/perfetto.proto."""
import json
import shutil
import subprocess
import unittest
from collections import defaultdict

from harness import ROOT


def decode(data):
    """The packets: dicts; what may be repeated is a list."""
    protoc = shutil.which("protoc")
    if not protoc:
        raise unittest.SkipTest("protoc is not installed: scripts/setup check")
    text = subprocess.run([protoc, "--decode", "Trace", "-I", ROOT / "tests", ROOT / "tests" / "perfetto.proto"],
                          input=data, capture_output=True, check=True).stdout.decode()
    top = defaultdict(list)
    path = [top]
    for line in map(str.strip, text.splitlines()):
        if line.endswith("{"):
            path.append(defaultdict(list))
            path[-2][line[:-2]].append(path[-1])
        elif line == "}":
            path.pop()
        else:
            name, _, value = line.partition(": ")
            path[-1][name].append(json.loads(value) if value[0] == '"' else value)
    return top["packet"]


def events(packets):
    """Each event of a track: its time, the packet's event."""
    return [(int(packet["timestamp"][0]), packet["track_event"][0]) for packet in packets if packet["track_event"]]


def slices(packets):
    """The slices of each track: (begin, end, depth, event); one that ends without a begin, or does not end, is an
    error."""
    found, under_way = defaultdict(list), defaultdict(list)
    for time, event in sorted(events(packets), key=lambda pair: pair[0]):
        track, kind = event["track_uuid"][0], event["type"][0]
        if kind == "TYPE_SLICE_BEGIN":
            under_way[track].append((time, event))
        elif kind == "TYPE_SLICE_END":
            begin, first = under_way[track].pop()
            found[track].append((begin, time, len(under_way[track]), first))
    left = {track: open_ for track, open_ in under_way.items() if open_}
    if left:
        raise AssertionError(f"slices that do not end: {left}")
    return found
