# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Whether all that the schemas describe comes: the tests note what they have seen in the lines that they
check, and a whole run of the tiers that trace and serve is held against all that there is to see.

What can be seen of a schema has a name: "stall.fd", a field; "call.duration_ns: null", one of several types;
"stall.unit = bytes", one of several words; "load.error -", a field that is absent."""
import os
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import raised
from metrics import table
from metrics.schema import schema as made

WHERE = "WAKELAB_SEEN"  # the folder in which the tests note it
NAME = "schema/all_that_is_described_comes"
SCHEMA = made()
SEEN = set()

# Fields that are null where the kernel shows no readiness.
NEEDY = "|".join(sorted({name for row in table.COUNTS + table.LATENCIES if row.needs for name in (row.name, row.alone)
                         if name}))
# Rules that some command raises for certain.
CERTAIN = [rule for rule in table.RULES if not raised.ELSEWHERE.get((rule.id, rule.cause), "").startswith("unit/")]
# What need not come, as regular expressions: where it does.
ELSEWHERE = {
    rf"(epoll|interests|sockets|totals|trial\.facts|wakes\.by|wakeup_ns)\.({NEEDY}): null":
        "where the kernel shows no readiness",
    r"criterion\.verdict = unknown": "where the kernel does not show what the criterion needs",
    r"sigio\.sources(: array|\[\].*)": "where fentry shows which descriptor raises SIGIO",
    r"waker\.context = unknown": "where the nesting of interrupts cannot be read",
    r"self\.(programs\[\]\.)?missed: null": "before Linux 5.12, and for a kprobe",
    r"trial\.facts\.stalled\[\]": "a server under check has ended, and its stalls with it",
    r"listener\.(pid|fd|comm): null": "of a listener without a descriptor, by io_uring from Linux 6.11 on",
    r"event\.woken_by = unknown": "the same",
    r"event\.why = (computed|not_run)": "one of the two: other programs may have the CPU",
    r"event\.(event = decide|reports)": "where an eventfd is reported while another thread reads it",
    r"event\.(outcome = (early|refused)|to = (refused|failed))":
        "where chance has it: what a program tries has gone by then, or it runs already",
    r"doctor\.hooks\[\]\.name: null": "where something that tracing needs cannot be hooked",
    rf"rule = (?!({'|'.join(rule.id for rule in CERTAIN)})$).*": "where chance has it: the unit tests raise it",
    rf"cause = (?!({'|'.join(rule.cause for rule in CERTAIN if rule.cause)})$).*": "as well",
}


def target(schema):
    """The name of what it refers to."""
    return schema["$ref"].removeprefix("#/$defs/")


def types(schema):
    """Its types, if it has several."""
    if "anyOf" in schema:
        one = inside(schema)
        return [one.get("type") or SCHEMA["$defs"][target(one)]["type"], "null"]
    return schema["type"] if isinstance(schema.get("type"), list) else []


def inside(schema):
    """It without null."""
    return schema["anyOf"][0] if "anyOf" in schema else schema


def of_schema(schema, path):
    """The names of all that it describes, without what it refers to."""
    schema, several = inside(schema), types(schema)
    yield path
    yield from (f"{path}: {kind}" for kind in several)
    yield from (f"{path} = {word}" for word in schema.get("enum", ()) if word is not None)
    for name, inner in schema.get("properties", {}).items():
        yield from of_schema(inner, f"{path}.{name}")
        if name not in schema["required"]:
            yield f"{path}.{name} -"
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if inner:
            yield from of_schema(inner, f"{path}[]")


def everything():
    return {name for kind, schema in SCHEMA["$defs"].items() for name in of_schema(schema, kind)}


KINDS = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null", int: "integer",
         float: "number"}


def kind_of(value, several):
    """Its type, as one of several: a whole number is a number, too."""
    kind = KINDS[type(value)]
    return "number" if kind == "integer" and kind not in several else kind


def of_value(value, schema, path):
    """The names of all that is seen in a value that is as the schema says."""
    several = types(schema)
    schema = inside(schema)
    yield path
    if several:
        yield f"{path}: {kind_of(value, several)}"
    if value is None:
        return
    if "enum" in schema:
        yield f"{path} = {value}"
    if "$ref" in schema:
        yield from of_value(value, SCHEMA["$defs"][target(schema)], target(schema))
    if isinstance(value, dict):
        yield from of_object(value, schema, path)
    elif isinstance(value, list):
        for item in value:
            yield from of_value(item, schema["items"], f"{path}[]")


def of_object(value, schema, path):
    known, others = schema.get("properties", {}), schema.get("additionalProperties")
    for name, inner in value.items():
        if name in known:
            yield from of_value(inner, known[name], f"{path}.{name}")
        elif others:
            yield from of_value(inner, others, f"{path}[]")
    yield from (f"{path}.{name} -" for name in known.keys() - value.keys())


def note(lines):
    """What is new in these lines."""
    new = {name for line in lines for name in of_value(line, SCHEMA["$defs"][line["type"]], line["type"])} - SEEN
    SEEN.update(new)
    if new and WHERE in os.environ:
        with open(Path(os.environ[WHERE]) / str(os.getpid()), "a", encoding="utf-8") as file:
            file.writelines(f"{name}\n" for name in sorted(new))


def needed():
    """What has to come wherever all tests run."""
    return {name for name in everything() if not any(re.fullmatch(pattern, name) for pattern in ELSEWHERE)}


def missing(folder):
    """What never came."""
    seen = {name for file in Path(folder).iterdir() for name in file.read_text(encoding="utf-8").splitlines()}
    return sorted(needed() - seen)


def judge(folder, told):
    """A test of its own, of what all others have seen."""
    never = missing(folder)
    told("FAIL" if never else "ok", NAME, 0, "\n".join(f"{name} never came" for name in never))
