# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The tables of the commands and of their options, commands.def and options.def, as Python reads them;
and the names that a value or an argument may have: models, faults, scenarios, findings, lessons."""
import json
import re
from dataclasses import dataclass, fields
from pathlib import Path

from metrics import schema, table

ROOT = Path(__file__).resolve().parent.parent

WITHOUT_VALUE = ("FLAG", "ACTION")
KINDS = (*WITHOUT_VALUE, "NUMBER", "REAL", "CHOICE", "CHOICES", "NUMBERS", "TEXT", "FILE", "FOLDER",
         "ADDRESS", "PIDS", "USER", "FAULT", "SCENARIO")
# the groups that commands.def does not list: of wakelab itself, and of every command
MAIN, COMMON = "MAIN", "COMMON"


@dataclass(frozen=True)
class Option:
    group: str
    member: str
    name: str
    kind: str
    letter: str = ""
    arg: str = ""
    unit: str = ""
    min: int = 0
    max: int = 0
    low: float = 0.0
    high: float = 0.0
    scale: int = 1
    choices: str = ""
    preset: str = ""
    unset: str = ""
    goes_with: str = ""
    verbs: str = ""
    take: frozenset = frozenset()
    most: frozenset = frozenset()
    text: str = ""

    @property
    def has_value(self):
        return self.kind not in WITHOUT_VALUE

    @property
    def flags(self):
        """Its forms."""
        return ([f"-{self.letter}"] if self.letter else []) + [f"--{self.name}"]

    @property
    def value(self):
        """The word that stands for the value; "": there is none."""
        return (self.arg or self.choices) if self.has_value else ""

    @property
    def words(self):
        """What the value can be, if that is one of some words."""
        return self.choices.split("|") if self.choices else []

    @property
    def notes(self):
        """What --help has in parentheses behind the text."""
        found = [("only for", self.verbs), ("only with", self.goes_with),
                 ("default:", self.preset or self.unset)]
        return [f"{what} {value}" for what, value in found if value]


@dataclass(frozen=True)
class Command:
    name: str
    summary: str = ""
    about: str = ""
    groups: frozenset = frozenset()
    usage: str = ""
    takes: str = ""

    @property
    def usages(self):
        """Its arguments, each way."""
        if self.takes == "verb":
            return [f"{verb.name} {verb.usage}".strip() for verb in VERBS]
        return self.usage.split("|")


@dataclass(frozen=True)
class Verb:
    name: str
    usage: str = ""
    of_lesson: bool = False
    summary: str = ""


@dataclass(frozen=True)
class Example:
    command: str
    line: str
    what: str


def made(kind, row, name, *arguments):
    """A row as an object of that kind, whose fields are of the types of their defaults."""
    defaults = {field.name: field.default for field in fields(kind)}
    given = {key: value == {"true"} if defaults.get(key) is False else value
             for key, value in row.fields.items()}
    for key, value in given.items():
        default = defaults.get(key)
        wanted = (int, float) if isinstance(default, float) else type(default)
        if not isinstance(value, wanted):
            raise table.TableError(f"{name}:{row.line}: .{key} of {row.arguments}")
    return kind(*arguments, **given)


def option(row, name):
    group = row.macro.removesuffix("_OPTION")
    if len(row.arguments) != 3 or row.arguments[2] not in KINDS or group == row.macro:
        raise table.TableError(f"{name}:{row.line}: the arguments of {row.macro}")
    member, option_name, kind = row.arguments
    return made(Option, row, name, group, member, option_name, kind)


def rows(macro):
    return [row for row in table.read("commands.def") if row.macro == macro]


OPTIONS = [option(row, "options.def") for row in table.read("options.def")]
GROUPS = dict(row.arguments for row in rows("GROUP"))
COMMANDS = [made(Command, row, "commands.def", *row.arguments) for row in rows("COMMAND")]
VERBS = [made(Verb, row, "commands.def", *row.arguments) for row in rows("VERB")]
EXAMPLES = [made(Example, row, "commands.def", *row.arguments) for row in rows("EXAMPLE")]


def command(name):
    return next(row for row in COMMANDS if row.name == name)


def options_of(name):
    """The options of a command, in the order of their groups, those of all commands last."""
    groups = [group for group in GROUPS if f"IN_{group}" in command(name).groups]
    return [row for group in (*groups, COMMON) for row in OPTIONS if row.group == group]


def sections_of(name):
    """The same below their headers."""
    found = {}
    for row in options_of(name):
        header = "" if row.group == COMMON and not found else GROUPS.get(row.group, "General:")
        found.setdefault(header, []).append(row)
    return found


def main_options():
    return [row for row in OPTIONS if row.group == MAIN]


def names_in(path, pattern):
    return re.findall(pattern, (ROOT / path).read_text(encoding="utf-8"), re.M)


def models():
    return names_in("servers/models.c", r'^\t\{\.name = "([^"]+)"')


def faults():
    return names_in("servers/models.c", r'^\t\{\.fault = \w+,\s+\.name = "([^"]+)"')


def scenarios():
    return names_in("loader/command/scenarios.c", r'^\t\{\.name = "([^"]+)"')


def findings():
    return list(dict.fromkeys(rule.id for rule in table.RULES))


def lines():
    """The types of lines that have a schema."""
    return list(schema.schemas())


def lessons():
    """Of each its folder's name and what it says of itself."""
    return {path.parent.name: json.loads(path.read_text(encoding="utf-8"))
            for path in sorted((ROOT / "labs").glob("*/lesson.json"))}
