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

from metrics.schema import schema as made

WHERE = "WAKELAB_SEEN"  # the folder in which the tests note it
NAME = "schema/all_that_is_described_comes"
SCHEMA = made()
SEEN = set()

# What does not come where the tests run, and why, as regular expressions.
ELSEWHERE = {}


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


def is_elsewhere(name):
    return any(re.fullmatch(pattern, name) for pattern in ELSEWHERE)


def missing(folder):
    """What never came, though it should; and what was said not to come, and came."""
    seen = {name for file in Path(folder).iterdir() for name in file.read_text(encoding="utf-8").splitlines()}
    return (sorted(name for name in everything() - seen if not is_elsewhere(name)),
            sorted(name for name in seen if is_elsewhere(name)))


def judge(folder, told):
    """A test of its own, of what all others have seen."""
    never, came = missing(folder)
    said = [f"{name} never came" for name in never] + [f"{name} came, and was said not to" for name in came]
    told("FAIL" if said else "ok", NAME, 0, "\n".join(said))
