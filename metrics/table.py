# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The tables of this folder, as Python reads them: what C makes of them is in loader/snapshot/counts.c.

A row is a macro: MACRO(ID, argument, ..., .field = value, ...). An argument is a word, a string, or a
word with a word in parentheses, or words with dots between them; the value of a field is a string, a
number, or words between |.
Anything else is an error.
"""
import re
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOKEN = re.compile(r'(?P<text>"(?:[^"\\]|\\")*")|(?P<number>\d+(?:\.\d+)?)|(?P<word>\w+)|(?P<sign>[().,=|])')

# who keeps what has such a macro, besides the run
KEEPERS = {
    "THREAD_COUNT": "thread",
    "RUN_COUNT": "run", "RUN_COUNTS": "run", "RUN_REST": "run",
    "INTEREST_COUNT": "interest", "INTEREST_REST": "interest",
    "LOST_COUNT": "run", "LOST_ELSE": "run", "LEFT_LARGEST": "run",
    "SIGNAL_RESULT": "signal", "SIGNAL_COUNT": "signal", "SIGNAL_REST": "signal",
    "VERDICT": "call", "VERDICT_REST": "call", "CALL_ENTERED": "call", "CALL_COUNT": "call",
}


class TableError(Exception):
    pass


@dataclass
class Row:
    """A row as it is written."""
    macro: str
    line: int
    arguments: list = field(default_factory=list)
    fields: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Number:
    """A count or a latency. object and name are those of NDJSON; of what is shown nowhere they are
    empty. whole and part are the identities in which it stands on the left and on the right."""
    macro: str
    id: str
    hook: str
    adds: str  # up: SUM, LARGEST
    unit: str
    means: str
    object: str
    name: str
    alone: str
    label: str
    needs: str
    whole: frozenset
    part: frozenset
    behind: str
    total: int
    span: tuple = ()  # of a latency: from, to; of an array: size, names

    @property
    def keeper(self):
        return KEEPERS.get(self.macro, "run")

    @property
    def counted(self):
        """Not what others leave."""
        return not self.macro.endswith("_REST")

    @property
    def is_latency(self):
        return self.macro == "LATENCY"


@dataclass(frozen=True)
class Identity:
    id: str
    sign: str  # EQUAL, AT_LEAST
    when: str  # ALWAYS, AT_REST


def blank(match):
    """As many lines, and nothing on them."""
    return "\n" * match.group(0).count("\n")


def tokens(text, name):
    """(kind, text, line) of each."""
    text = re.sub(r"/\*.*?\*/", blank, text, flags=re.S)
    text = re.sub(r"^#.*$", "", text, flags=re.M)
    found, at, line = [], 0, 1
    while at < len(text):
        if text[at].isspace():
            line += text[at] == "\n"
            at += 1
            continue
        match = TOKEN.match(text, at)
        if not match:
            raise TableError(f"{name}:{line}: {text[at:at + 20]!r}")
        found.append((match.lastgroup, match.group(0), line))
        at = match.end()
    return found


class Reader:
    """Reads the rows of one file."""

    def __init__(self, text, name):
        self.name = name
        self.left = tokens(text, name)
        self.left.reverse()

    def fail(self, wanted):
        kind, text, line = self.left[-1] if self.left else ("", "the end", 0)
        raise TableError(f"{self.name}:{line}: {wanted}, not {text}")

    def peek(self):
        return self.left[-1][1] if self.left else ""

    def take(self, kind, text=None):
        if not self.left or self.left[-1][0] != kind or text not in (None, self.left[-1][1]):
            self.fail(text or f"a {kind}")
        return self.left.pop()[1]

    def string(self):
        parts = [self.take("text")]
        while self.left and self.left[-1][0] == "text":
            parts.append(self.take("text"))
        return "".join(part[1:-1].replace('\\"', '"') for part in parts)

    def argument(self):
        if self.left and self.left[-1][0] == "text":
            return self.string()
        word = self.take("word")
        while self.peek() == ".":
            word += self.take("sign") + self.take("word")
        if self.peek() == "(":
            self.take("sign")
            word = (word, self.take("word"))
            self.take("sign", ")")
        return word

    def value(self):
        kind = self.left[-1][0] if self.left else ""
        if kind == "text":
            return self.string()
        if kind == "number":
            text = self.take("number")
            return float(text) if "." in text else int(text)
        words = [self.take("word")]
        while self.peek() == "|":
            self.take("sign")
            words.append(self.take("word"))
        return frozenset(words)

    def row(self):
        line = self.left[-1][2]
        row = Row(self.take("word"), line)
        sign = self.take("sign", "(")
        while sign != ")":
            if self.peek() == ".":
                self.take("sign")
                name = self.take("word")
                if name in row.fields:
                    raise TableError(f"{self.name}:{line}: .{name} is there twice")
                self.take("sign", "=")
                row.fields[name] = self.value()
            elif row.fields:
                self.fail("a .field")
            else:
                row.arguments.append(self.argument())
            if self.peek() not in (",", ")"):
                self.fail(", or )")
            sign = self.take("sign")
        return row

    def rows(self):
        found = []
        while self.left:
            found.append(self.row())
        return found


ADDS = ("SUM", "LARGEST")
# the arguments that only such a macro has: of a latency from and to, of an array its size and names
SPANS = {"LATENCY": (2, 4), "RUN_COUNTS": (1, 3)}
FIELDS = {"in": str, "name": str, "alone": str, "label": str, "behind": str, "needs": frozenset,
          "whole": frozenset, "part": frozenset, "total": int}


def number(row, name):
    """A row of counts or latencies, of the right form."""
    where = f"{name}:{row.line}"
    for key, value in row.fields.items():
        if not isinstance(value, FIELDS.get(key, ())):
            raise TableError(f"{where}: .{key} of {row.arguments[0]}")
    arguments, span = list(row.arguments), ()
    if row.macro in SPANS:
        start, end = SPANS[row.macro]
        span = tuple(arguments[start:end])
        del arguments[start:end]
    if row.macro == "LATENCY":
        arguments.insert(2, ("SUM", "ns"))
    elif row.macro not in KEEPERS:
        raise TableError(f"{where}: {row.macro} is no keeper")
    kinds = [type(argument) for argument in arguments]
    if kinds != [str, str, tuple, str] or arguments[2][0] not in ADDS:
        raise TableError(f"{where}: the arguments of {row.macro}")
    id_, hook, (adds, unit), means = arguments
    get = row.fields.get
    return Number(row.macro, id_, hook, adds, unit, means, get("in", ""), get("name", ""),
                  get("alone", get("name", "")), get("label", get("name", "")),
                  " ".join(get("needs", ())), get("whole", frozenset()), get("part", frozenset()),
                  get("behind", ""), get("total", 0), span)


def read(name):
    return Reader((HERE / name).read_text(encoding="utf-8"), name).rows()


# What .needs says of a field.
NEEDS = {"SEES_READY": "`null` where the kernel shows no readiness."}

WEIGHTS = ("WRONG", "NOTE")
RULE_FIELDS = {"weight": frozenset, "find": frozenset, "least": int, "percent": int,
               "live": frozenset, "warned": frozenset, "needs": frozenset, "title": str, "holds": str,
               "seen": str, "why": str, "change": str, "shows": str}


@dataclass(frozen=True)
class Rule:
    """A rule of findings."""
    id: str
    cause: str
    weight: str
    find: str
    live: bool
    needs: frozenset
    title: str
    holds: str
    seen: str
    why: str
    change: str
    shows: str


def rule(row, name):
    where = f"{name}:{row.line}"
    for key, value in row.fields.items():
        if not isinstance(value, RULE_FIELDS.get(key, ())):
            raise TableError(f"{where}: .{key} of {row.arguments[0]}")
    if row.macro != "FINDING" or [type(argument) for argument in row.arguments] != [str, str]:
        raise TableError(f"{where}: the arguments of {row.macro}")
    get = row.fields.get
    (weight,), (find,) = get("weight", ("",)), get("find", ("",))
    if weight not in WEIGHTS:
        raise TableError(f"{where}: .weight of {row.arguments[0]}")
    return Rule(*row.arguments, weight.lower(), find, bool(get("live")), get("needs", frozenset()),
                *(get(key, "") for key in ("title", "holds", "seen", "why", "change", "shows")))


COUNTS = [number(row, "counts.def") for row in read("counts.def")]
LATENCIES = [number(row, "latencies.def") for row in read("latencies.def")]
RULES = [rule(row, "findings.def") for row in read("findings.def")]


def first_rule(id_):
    return next(rule for rule in RULES if rule.id == id_)


IDENTITIES = [Identity(*row.arguments) for row in read("identities.def")]


def fields_of(object_):
    """The rows of an object of NDJSON, in the order of its fields: count_fields() in C."""
    found = []
    for row in COUNTS:
        if row.object == object_ and not row.behind:
            found.append(row)
            found += [other for other in COUNTS
                      if other.object == object_ and other.behind == row.name]
    return found


def sides(identity):
    """The rows on its left side, and on its right side."""
    rows = COUNTS + LATENCIES
    return ([row for row in rows if identity.id in row.whole],
            [row for row in rows if identity.id in row.part])
