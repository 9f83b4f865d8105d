# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Lines of NDJSON as tables, as docs/commands/export.md says that `wakelab export --csv` writes them; and what is
in the files that it wrote. By the schemas in docs/schema/."""
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = json.loads((ROOT / "docs/schema/any.json").read_text(encoding="utf-8"))["$defs"]
TYPES = ("start", "attached", "interval", "stall", "finding", "event", "summary")
NAMED = ["row", "parent", "name", "value"]
CELL = re.compile(r'("(?:[^"]|"")*"|[^",\n]*)([,\n])')  # one of RFC 4180, and what ends it


def meant(schema):
    """It without null, and what it refers to."""
    if "anyOf" in schema:
        return meant(schema["anyOf"][0])
    return meant(SCHEMA[schema["$ref"].removeprefix("#/$defs/")]) if "$ref" in schema else schema


def rows_of(schema):
    """The objects of an array of such."""
    items = meant(schema.get("items", {}))
    return items if "properties" in items else None


def is_named(schema):
    return isinstance(schema.get("additionalProperties"), dict)


def fields(schema, path):
    """(column, where that is in the object, schema) of each value of an object; parts are looked into."""
    for name, inner in schema["properties"].items():
        inner, at = meant(inner), (*path, name)
        if "properties" in inner:
            yield from fields(inner, at)
        else:
            yield ".".join(at), at, inner


def columns():
    """Of each table the names of its columns."""
    found = {}

    def add(name, schema, first):
        found[name] = first
        for column, _, inner in fields(schema, ()):
            if is_named(inner):
                found[f"{name}.{column}"] = NAMED
            elif rows_of(inner):
                add(f"{name}.{column}", rows_of(inner), ["row", "parent"])
            elif (name, column) not in ((kind, "type") for kind in TYPES):
                found[name] = [*found[name], column]

    for kind in TYPES:
        add(kind, SCHEMA[kind], ["row"])
    return found


def reach(value, path):
    for name in path:
        value = value.get(name) if value else None
    return value


def tables(lines):
    """Of each table its rows, as lists of what is in the columns."""
    found = {name: [] for name in columns()}

    def add(name, schema, value, first):
        number = len(found[name]) + 1
        row = [number, *first]
        found[name].append(row)
        for column, path, inner in fields(schema, ()):
            at, there = f"{name}.{column}", reach(value, path)
            if is_named(inner):
                for key, of_key in (there or {}).items():
                    found[at].append([len(found[at]) + 1, number, key, of_key])
            elif rows_of(inner):
                for item in there or []:
                    add(at, rows_of(inner), item, [number])
            elif (name, column) not in ((kind, "type") for kind in TYPES):
                row.append(" ".join(there) if isinstance(there, list) else there)

    for line in lines:
        add(line["type"], SCHEMA[line["type"]], line, [])
    return found


def value(cell):
    """What is in a cell: a text is in quotes, and one that a spreadsheet might take for a formula has a '."""
    if cell.startswith('"'):
        return cell[1:-1].replace('""', '"').removeprefix("'")
    return json.loads(cell) if cell else None


def read(path):
    """The names of the columns, and the rows."""
    text, rows, row, at = path.read_text(encoding="utf-8"), [], [], 0
    while at < len(text):
        match = CELL.match(text, at)
        row.append(match[1])
        at = match.end()
        if match[2] == "\n":
            rows.append(row)
            row = []
    if row:
        raise AssertionError(f"{path}: its last line has no end")
    return rows[0], [[value(cell) for cell in row] for row in rows[1:]]
