# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Writes what docs/ has of the tables: those of docs/metrics.md, docs/findings.md and docs/commands/schema.md,
between their markers, and docs/schema/. With --check changes nothing, and fails where one of them says something
else.
"""
import json
import re
import sys
from pathlib import Path

from metrics import events, lines, schema, table

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 100
SCHEMAS = ROOT / "docs/schema"

KEPT_FOR = {"run": "all", "thread": "all, each thread",
            "interest": "all, each instance, each interest", "signal": "each signal",
            "call": "each call"}


def hooks():
    """What each hook sees, as loader/kernel/hooks.c says it."""
    text = (ROOT / "loader/kernel/hooks.c").read_text(encoding="utf-8")
    return dict(re.findall(r'\[(HOOK_\w+)\]\s*=\s*\{\s*(?:\.what\s*=\s*)?"([^"]+)"', text))


def markdown(heads, rows):
    return ["| " + " | ".join(cells) + " |" for cells in [heads, ["---"] * len(heads), *rows]]


def meaning(row):
    """In a cell: also when it is null, and what the screen calls it."""
    parts = [row.means]
    if row.needs:
        parts.append(table.NEEDS[row.needs])
    if row.label != row.name:
        parts.append(f"On the screen: {row.label}.")
    return " ".join(parts)


def counts(object_):
    seen = hooks()
    return markdown(["field", "meaning", "unit", "kept for", "seen when"],
                    [[f"`{row.name}`", meaning(row), row.unit, KEPT_FOR[row.keeper],
                      seen.get(row.hook, "-")] for row in table.fields_of(object_)])


def lost(object_):
    return markdown(["field", "what"], [[f"`{row.name}`", row.means]
                                        for row in table.fields_of(object_)])


def latencies(object_):
    seen = hooks()
    return markdown(["field", "from - to", "on the screen", "what it is made of", "ends when"],
                    [[f"`{row.name}`", " - ".join(row.span), row.label,
                      " ".join(filter(None, (row.means, table.NEEDS.get(row.needs)))), seen[row.hook]]
                     for row in table.LATENCIES if row.object == object_])


GENERIC = {"subject": "fd N of process PID", "process": "process PID", "thread": "thread TID",
           "call": "CALL", "errno": "ERRNO", "events": "FLAGS", "unread": "N bytes unread",
           "signal": "SIGNAL", "detail": "..."}


def plain(words):
    """Words of a rule as they stand for any run: rule_words() of loader/findings/words.c."""
    def generic(match):
        name, _, thing = match.group(1).partition(":")
        if thing:
            return f"N {thing}s"
        return GENERIC.get(name, "TIME" if name.endswith("_ns") else "N")
    text = re.sub(r"\{([^}]*)\}", generic, words).replace("[", "").replace("]", "")
    return text if re.match(r"(fd|epoll|accept) ", text) else text[:1].upper() + text[1:]


def said(rule):
    """What a finding by that rule says, of any run."""
    return " ".join(plain(words) for words in (rule.seen, rule.why, rule.change) if words)


def explained(rule):
    """A rule: when it holds, what it says, and a command that shows it."""
    lines = [f"**`{rule.id}:{rule.cause}`**" if rule.cause else f"**`{rule.id}`**"]
    lines[0] += f" (weight: {rule.weight}): {plain(rule.holds)}"
    lines += ["", f"> {said(rule)}"]
    if rule.shows:
        lines += ["", f"    {rule.shows}"]
    return lines + [""]


def rules_by_id(weight):
    """The rules of each finding of that weight; in the table they may lie apart."""
    ids = dict.fromkeys(rule.id for rule in table.RULES if table.first_rule(rule.id).weight == weight)
    return [[rule for rule in table.RULES if rule.id == id_] for id_ in ids]


def findings(weight):
    lines = []
    for first, *others in rules_by_id(weight):
        lines += [f"### {first.id}", "", f"{first.title[0].upper()}{first.title[1:]}.", ""]
        for rule in (first, *others):
            lines += explained(rule)
    return lines[:-1]


def path(row, object_):
    """How a sum names it in a section of that object."""
    whole = f"{row.object}.{row.name}" + (".count" if row.is_latency else "")
    return whole.removeprefix(f"{object_}.")


def sums(object_):
    lines = []
    for identity in table.IDENTITIES:
        left, right = table.sides(identity)
        if left[0].object.partition(".")[0] not in (object_, object_.partition(".")[0]):
            continue
        sign = {"EQUAL": "=", "AT_LEAST": ">="}[identity.sign]
        text = " + ".join(path(row, object_) for row in left) + f" {sign} " + \
            " + ".join(path(row, object_) for row in right)
        lines.append("    " + text + ("   (once no call is in flight)"
                                      if identity.when == "AT_REST" else ""))
    return lines


def types(_object):
    return markdown(["type", "printed by", "what it is"],
                    [[f"`{line.type}`", ", ".join(f"`wakelab {name}`" for name in line.by.split(", ")), line.means]
                     for line in lines.rows()])


FORMS = {"RESULT": "integer", "ARGS": "array of text", "FILE": "object", "FD": "integer", "NS": "ns", "TIMEOUT": "ns",
         "AMOUNT": "integer", "UNREAD": "integer", "NUMBER": "integer", "TID": "integer"}


def events_of(part):
    """The kinds of a part, each with its fields."""
    found = []
    for event in events.EVENTS:
        if event.part == part:
            found += [f"**`{event.name}`** {event.means} Counted as `{event.counted}`.", "",
                      *markdown(["field", "what", "form"], [[f"`{member.name}`", member.means,
                                                            FORMS.get(member.type, "text")] for member in event.fields]),
                      ""]
    return found[:-1]


def words(group):
    return markdown(["word", "meaning"],
                    [[f"`{word.word}`", word.means] for word in events.WORDS if word.group == group])


PARTS = {"counts": counts, "lost": lost, "latencies": latencies, "sums": sums, "findings": findings, "events": events_of,
         "words": words, "types": types}


def page(text):
    """The same, with what stands between <!-- PART OBJECT --> and <!-- end --> made anew."""
    def made(match):
        return "\n".join([match.group(1), "", *PARTS[match.group(2)](match.group(3)), "",
                          "<!-- end -->"])
    return re.sub(rf"(<!-- ({'|'.join(PARTS)}) ([\w.]+) -->)\n.*?<!-- end -->", made, text, flags=re.S)


def laid_out(value, indent=""):
    """JSON: what fits on a line stands on one."""
    line = json.dumps(value)
    if len(indent) + len(line) <= WIDTH or not isinstance(value, (dict, list)):
        return line
    deeper = indent + " "
    if isinstance(value, list):
        inner = [laid_out(item, deeper) for item in value]
    else:
        inner = [f"{json.dumps(key)}: {laid_out(item, deeper)}" for key, item in value.items()]
    ends = "[]" if isinstance(value, list) else "{}"
    return ends[0] + ",".join(f"\n{deeper}{item}" for item in inner) + f"\n{indent}{ends[1]}"


def pages():
    """Of each file its path, and what it is to say."""
    tables = [ROOT / f"docs/{name}.md" for name in ("metrics", "findings", "events", "commands/schema")]
    return [*((file, page(file.read_text(encoding="utf-8"))) for file in tables),
            *((SCHEMAS / f"{name}.json", laid_out(value) + "\n") for name, value in schema.schemas().items())]


def lagging():
    """Those that say something else, and schemas of what is no more."""
    made = pages()
    return [file for file, text in made if not file.exists() or file.read_text(encoding="utf-8") != text] + \
        [file for file in SCHEMAS.glob("*") if file not in dict(made)]


def main(argv):
    if argv not in ([], ["--check"]):
        print("usage: scripts/metrics [--check]", file=sys.stderr)
        return 2
    if argv:
        for file in lagging():
            print(f"metrics: {file.relative_to(ROOT)} says something else than metrics/ does: "
                  "run scripts/metrics", file=sys.stderr)
        return bool(lagging())
    for file, text in pages():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
