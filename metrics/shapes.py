# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What a schema is put together from. Every field has its meaning, and every amount its unit (x-unit)."""


def ident(means):
    """A number that names something."""
    return {"type": "integer", "minimum": 0, "description": means}


def count(unit, means):
    return {"type": "integer", "minimum": 0, "x-unit": unit, "description": means}


def real(unit, means):
    return {"type": "number", "x-unit": unit, "description": means}


def text(means, words=None):
    """Any text, or one of these words."""
    return {"type": "string", **({"enum": words} if words else {}), "description": means}


def flag(means):
    return {"type": "boolean", "description": means}


def maybe(schema):
    """The same, or null."""
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}], "description": schema["description"]}
    words = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **words, "type": [schema["type"], "null"]}


def array(items, means):
    return {"type": "array", "items": items, "description": means}


def by_name(unit, means):
    """An object of counts."""
    return {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0, "x-unit": unit},
            "description": means}


def ref(name, means):
    """One of the objects that several lines have."""
    return {"$ref": f"#/$defs/{name}", "description": means}


def record(properties, optional=()):
    """An object with these fields and no other."""
    return {"type": "object", "properties": properties,
            "required": [name for name in properties if name not in optional],
            "additionalProperties": False}


def part(means, properties, optional=()):
    """The same, as a field."""
    return {**record(properties, optional), "description": means}
