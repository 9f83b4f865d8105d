# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Makes the manual pages: each of man/*.scd, with the parts that the tables give in the place of its lines
@PART@ or @PART ARGUMENT@, goes through scdoc. usage: scripts/manual VERSION FOLDER"""
import re
import subprocess
import sys
from pathlib import Path

from metrics import commands, pages, table

TEMPLATES = commands.ROOT / "man"
PART = re.compile(r"^@(\w+)(?: ([\w.]+))?@$", re.M)


class ManualError(Exception):
    pass


def escaped(text):
    """Text in which nothing is markup."""
    return re.sub(r"([\\*_#|+.~`\[\]-])", r"\\\1", text)


def prose(text):
    """The text of a table: options, and what stands between backquotes, in bold."""
    def bold(match):
        return f"*{escaped(match.group(1) or match.group(2))}*"
    parts = re.split(r"(`[^`]+`|(?<![\w-])--[a-z][a-z-]*)", text)
    return "".join(re.sub(r"^`([^`]+)`$|^(--.*)$", bold, part) if index % 2 else escaped(part)
                   for index, part in enumerate(parts))


def sentence(text):
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith(".") else ".")


def literal(text):
    """A name or a command line, in bold."""
    return f"*{escaped(text)}*"


def item(head, text):
    """The lines of a head, which is markup already, and a text that is indented below it."""
    return [head, "\t" + prose(text), ""]


def scaled(number):
    return f"{number:.10g}"


def bounds(option):
    """What the value of an option has to be, "" if that is no question of size."""
    unit = f" {option.unit}" if option.unit else ""
    if option.kind == "REAL":
        return f"{scaled(option.low)} to {scaled(option.high)}{unit}"
    if option.kind not in ("NUMBER", "NUMBERS"):
        return ""
    return f"{option.min} to {option.max}{unit}" if option.max else f"any whole number{unit}"


def limits(option):
    """The sentences behind the text of an option."""
    found = [sentence(note) for note in option.notes]
    if bounds(option):
        found.append(sentence(f"range: {bounds(option)}"))
    return found


def entry(option):
    value = f" _{escaped(option.value)}_" if option.value else ""
    names = [f"{literal(flag)}{value}" for flag in option.flags]
    return item(", ".join(names), " ".join([sentence(option.text), *limits(option)]))


def options(name, _argument):
    """The sections of its options; those of all commands are no section of their own where there are
    no others."""
    if not name:
        return sum((entry(option) for option in commands.main_options()), [])
    lines = []
    for header, rows in commands.sections_of(name).items():
        lines += [f"## {header.rstrip(':').upper()}", ""] if header else []
        lines += sum((entry(option) for option in rows), [])
    return lines


def name_section(name, _argument):
    summary = commands.command(name).summary
    return [f"wakelab-{name} - {summary}"]


def synopsis(name, _argument):
    lines = [f"*wakelab {name}* [_option_...]" + (f" {escaped(usage)}" if usage else "")
             for usage in commands.command(name).usages]
    return [" ++\n".join(lines)]


def about(name, _argument):
    return [prose(commands.command(name).about)]


def examples(name, _argument):
    lines = []
    for example in commands.EXAMPLES:
        if example.command == name:
            lines += item(literal(example.line), sentence(example.what))
    return lines


def all_commands(_name, _argument):
    lines = []
    for command in commands.COMMANDS:
        lines += item(f"*wakelab-{command.name}*(1)", sentence(command.summary))
    return lines


def verbs(_name, _argument):
    lines = []
    for verb in commands.VERBS:
        usage = f" {escaped(verb.usage)}" if verb.usage else ""
        lines += item(f"*{verb.name}*{usage}", sentence(verb.summary))
    return lines


def findings(_name, weight):
    lines = []
    for rules in pages.rules_by_id(weight):
        lines += [f"## {escaped(rules[0].id)}", "", prose(sentence(rules[0].title)), ""]
        for rule in rules:
            lines += [*item(literal(rule.cause or rule.id), pages.plain(rule.holds)),
                      "\t" + prose(pages.said(rule)), ""]
            lines += ["\t" + literal(rule.shows), ""] if rule.shows else []
    return lines


def measures(rows):
    lines = []
    for row in rows:
        lines += item(f"{literal(row.name)} ({escaped(row.unit)})", pages.meaning(row))
    return lines


def counts(_name, object_):
    return measures(table.fields_of(object_))


def latencies(_name, object_):
    """Those of an object; "none" is what stands in no object."""
    return measures(row for row in table.LATENCIES if row.object == object_.replace("none", ""))


def lessons(_name, _argument):
    lines = []
    for folder, lesson in commands.lessons().items():
        exercise = " It has an exercise." if (commands.ROOT / "labs" / folder / "exercise.json").exists() \
            else ""
        lines += item(literal(folder), f"{lesson['title']}. {lesson['question']}{exercise}")
    return lines


PARTS = {"options": options, "name": name_section, "synopsis": synopsis, "about": about,
         "examples": examples, "commands": all_commands, "verbs": verbs, "findings": findings,
         "counts": counts, "latencies": latencies, "lessons": lessons}


def source(template, version):
    """The page as scdoc takes it."""
    page, _, section = template.stem.rpartition(".")
    name = page.removeprefix("wakelab").removeprefix("-") if section == "1" else ""

    def part(match):
        if match.group(1) not in PARTS:
            raise ManualError(f"{template.name}: there is no part {match.group(0)}")
        return "\n".join(PARTS[match.group(1)](name, match.group(2))).rstrip("\n")
    text = PART.sub(part, template.read_text(encoding="utf-8"))
    return f'{page}({section}) "wakelab {version}" "wakelab manual"\n\n{text}'


def templates():
    return sorted(TEMPLATES.glob("*.scd"))


def make(version, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for template in templates():
        run = subprocess.run(["scdoc"], input=source(template, version), capture_output=True, text=True,
                             check=False)
        if run.returncode:
            raise ManualError(f"{template.name}: {run.stderr.strip()}")
        (folder / template.stem).write_text(run.stdout, encoding="utf-8")


def main(argv):
    if len(argv) != 2 or any(word.startswith("-") for word in argv):
        print("usage: scripts/manual VERSION FOLDER", file=sys.stderr)
        return 2
    try:
        make(argv[0], Path(argv[1]))
    except FileNotFoundError:
        print("manual: scdoc is not installed: scripts/setup install", file=sys.stderr)
        return 1
    except ManualError as problem:
        print(f"manual: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
