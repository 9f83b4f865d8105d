# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Checks lines of NDJSON against their schema, of which it knows the words that metrics/ uses."""
import json

from described import SCHEMA, note

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
         "integer": int, "number": (int, float)}


def is_type(value, name):
    return isinstance(value, TYPES[name]) and (isinstance(value, bool) == (name == "boolean"))


def of_object(value, schema, root, path):
    known = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{path}.{name} is missing"
    for name, inner in value.items():
        if name in known:
            yield from problems(inner, known[name], root, f"{path}.{name}")
        elif others is False:
            yield f"{path}.{name} is in no schema"
        elif others is not True:
            yield from problems(inner, others, root, f"{path}.{name}")


def of_choice(value, choices, root, path):
    """What the alternative that comes closest has against it."""
    found = [list(problems(value, choice, root, path)) for choice in choices]
    if all(found):
        yield from min(found, key=len)


def problems(value, schema, root, path="line"):
    """What is wrong with a value."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        yield from problems(value, root["$defs"][name], root, path)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            yield from of_choice(value, schema[word], root, path)
    kinds = schema.get("type", list(TYPES))
    if not any(is_type(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        yield f"{path} is no {kinds}: {value!r}"
    if "const" in schema and value != schema["const"]:
        yield f"{path} is not {schema['const']!r}: {value!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path} is none of {schema['enum']}: {value!r}"
    if "minimum" in schema and is_type(value, "number") and value < schema["minimum"]:
        yield f"{path} is below {schema['minimum']}: {value}"
    if isinstance(value, dict):
        yield from of_object(value, schema, root, path)
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from problems(item, schema["items"], root, f"{path}[{number}]")


def problems_of_line(line):
    """What is wrong with a whole line: as its type says, so that it is named."""
    kinds = {choice["$ref"].removeprefix("#/$defs/") for choice in SCHEMA["oneOf"]}
    if line.get("type") not in kinds:
        return [f"no such type of a line: {line.get('type')!r}"]
    return list(problems(line, SCHEMA["$defs"][line["type"]], SCHEMA, line["type"]))


def check_lines(lines):
    """Fails where one is not as the schemas in docs/schema say."""
    found = [problem for line in lines for problem in problems_of_line(line)]
    if found:
        raise AssertionError("\n".join(found))
    note(lines)


def read_lines(text):
    """The lines that were printed, checked."""
    lines = [json.loads(line) for line in text.splitlines()]
    check_lines(lines)
    return lines
