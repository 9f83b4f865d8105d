# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The JSON schemas of the lines of NDJSON (docs/schema/), one for each type and one for any line, made of
the tables. Each object has the fields that are described, and no other."""
import re

from metrics.lines import LINES, rows
from metrics.objects import SHARED
from metrics.shapes import record

ANY = "any"  # the name of the schema of any line
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def lines():
    """Of each type its schema."""
    return {line.type: {"description": line.means, **record({
        "type": {"const": line.type, "description": "Type of the line."}, **LINES[line.type][0]},
        LINES[line.type][1])} for line in rows()}


def used(schema, known):
    """The names of what it refers to, and of what that refers to."""
    found, left = [], [schema]
    while left:
        for name in re.findall(r"'#/\$defs/(\w+)'", repr(left.pop())):
            if name not in found:
                found.append(name)
                left.append(known[name])
    return [name for name in known if name in found]


def others(schema, known):
    """The objects that it refers to, if there are any."""
    names = used(schema, known)
    return {"$defs": {name: known[name] for name in names}} if names else {}


def schema():
    """Of any line: it is of the type that it names."""
    own = lines()
    return {"$schema": DIALECT, "title": "A line of wakelab's NDJSON output",
            "oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in own], "$defs": {**own, **SHARED}}


def schemas():
    """All of them, by name."""
    known = {**lines(), **SHARED}
    return {ANY: schema(), **{
        line.type: {"$schema": DIALECT, "title": f"The line {line.type} of wakelab {line.by}",
                    **known[line.type], **others(known[line.type], known)} for line in rows()}}
