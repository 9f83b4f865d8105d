# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What wakelab doctor said on each kernel, as the table of docs/kernels.md: python3 -m vm.table."""
import json
import sys

from .guest import ROOT
from .kernels import KERNELS

FOLDER = ROOT / "build" / "vm"
PAGE = ROOT / "docs" / "kernels.md"
WAYS = {"tp_btf": "tracepoint", "fexit": "fentry", "none": "-"}


def remember(kernel, line):
    """Keeps what doctor said in a guest, one JSON object."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{kernel.name}.json").write_text(line + "\n")


def recall():
    """The objects by the kernels' names, as far as they have run."""
    found = {}
    for kernel in KERNELS:
        file = FOLDER / f"{kernel.name}.json"
        if file.exists():
            found[kernel.name] = json.loads(file.read_text())
    return found


def release(doctor):
    """6.12 of "Linux 6.12.118+deb13-cloud-arm64, aarch64", and the architecture."""
    words = doctor["findings"][0]["value"].replace(",", "").split()
    return f"{'.'.join(words[1].split('.')[:2])} {words[2]}"


def place(hook):
    """In which way it is hooked; what is less exact in italics."""
    way = WAYS.get((hook["name"] or "none").split("/")[0], (hook["name"] or "none").split("/")[0])
    return way if way == "-" or hook["exact"] else f"*{way}*"


def table(doctors):
    rows = [["to be seen", *(release(d) for d in doctors), "metrics"],
            ["---"] * (len(doctors) + 2)]
    for hooks in zip(*(d["hooks"] for d in doctors)):
        rows.append([hooks[0]["what"], *map(place, hooks), hooks[0]["metrics"]])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def shown(column):
    """What the page's table has in a column, by what is to be seen; empty: there is none."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    heads = [row for row in rows if row[0] == "to be seen" and column in row]
    return {row[0]: row[heads[0].index(column)] for row in rows if heads and len(row) == len(heads[0])}


def check(line):
    """The verdict on what doctor said in a guest, held against the page's table, and why."""
    doctor = json.loads(line or "{}")
    if not doctor.get("hooks"):
        return "FAIL", f"doctor found no hooks: {doctor.get('why', 'it said nothing')}"
    column = release(doctor)
    known = shown(column)
    if not known:
        return "skip", f"{PAGE.name} has no column {column}: scripts/check kernels, scripts/docs"
    wrong = [f"{hook['what']}: {place(hook)}, not {known.get(hook['what'])}"
             for hook in doctor["hooks"] if place(hook) != known.get(hook["what"])]
    return ("FAIL", f"{PAGE.name} shows something else:\n" + "\n".join(wrong)) if wrong else ("ok", "")


def notes(doctors):
    """How the places in use are less exact, each once."""
    seen = {(h["what"], h["name"]): h["weaker"] for d in doctors for h in d["hooks"] if h["weaker"]}
    return "\n".join(f"- {what}, `{name}`: {weaker}." for (what, name), weaker in seen.items())


def main():
    known = recall()
    missing = [kernel.name for kernel in KERNELS if kernel.name not in known]
    if missing:
        sys.exit(f"vm.table: {', '.join(missing)} did not run here yet: scripts/check kernels")
    doctors = list(known.values())
    print(f"{table(doctors)}\n\n{notes(doctors)}")


if __name__ == "__main__":
    main()
