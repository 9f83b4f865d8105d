# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The table of events, events.def, as Python reads it."""
from dataclasses import dataclass, field

from metrics import table


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    means: str


@dataclass(frozen=True)
class Event:
    id: str
    name: str
    part: str
    means: str
    counted: str
    fields: list = field(default_factory=list)


@dataclass(frozen=True)
class Word:
    group: str
    id: str
    word: str
    means: str


def read():
    """The words, and the events with their fields."""
    words, events = [], []
    for row in table.read("events.def"):
        if row.macro == "EVENT_WORD":
            words.append(Word(*row.arguments))
        elif row.macro == "EVENT":
            events.append(Event(*row.arguments, row.fields.get("counted", "")))
        elif row.macro in ("EVENT_FIELD", "EVENT_END") and events[-1].name != row.arguments[0]:
            raise table.TableError(f"events.def:{row.line}: {row.arguments[0]} does not follow its event")
        elif row.macro == "EVENT_FIELD":
            events[-1].fields.append(Field(*row.arguments[1:]))
        elif row.macro != "EVENT_END":
            raise table.TableError(f"events.def:{row.line}: {row.macro}")
    return words, events


WORDS, EVENTS = read()
GROUPS = sorted({word.group for word in WORDS})


def words_of(group):
    return [word.word for word in WORDS if word.group == group]
