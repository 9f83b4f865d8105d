# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Writes what docs/ has of the tables: the tables of docs/metrics.md, between their markers, and
docs/ndjson.schema.json. With --check changes nothing, and fails where one of them says something else.
"""
import json
import re
import sys
from pathlib import Path

from metrics import schema, table

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 100

KEPT_FOR = {"run": "all", "thread": "all, each thread",
            "interest": "all, each instance, each interest", "signal": "each signal",
            "call": "each call"}
NEEDS = {"SEES_READY": "`null` where the kernel shows no readiness."}


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
        parts.append(NEEDS[row.needs])
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
                      " ".join(filter(None, (row.means, NEEDS.get(row.needs)))), seen[row.hook]]
                     for row in table.LATENCIES if row.object == object_])


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


PARTS = {"counts": counts, "lost": lost, "latencies": latencies, "sums": sums}


def page(text):
    """The same, with what stands between <!-- PART OBJECT --> and <!-- end --> made anew."""
    def made(match):
        return "\n".join([match.group(1), "", *PARTS[match.group(2)](match.group(3)), "",
                          "<!-- end -->"])
    return re.sub(r"(<!-- (counts|lost|latencies|sums) ([\w.]+) -->)\n.*?<!-- end -->", made, text,
                  flags=re.S)


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
    metrics = ROOT / "docs/metrics.md"
    return [(metrics, page(metrics.read_text(encoding="utf-8"))),
            (ROOT / "docs/ndjson.schema.json", laid_out(schema.schema()) + "\n")]


def lagging():
    """Those that say something else."""
    return [file for file, text in pages()
            if not file.exists() or file.read_text(encoding="utf-8") != text]


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
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
