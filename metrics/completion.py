# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Makes what completes wakelab's words in bash, zsh and fish: the files of completion/, with the parts that
the tables of commands and options give. usage: scripts/completion FOLDER"""
import re
import sys
from pathlib import Path

from metrics import commands

TEMPLATES = commands.ROOT / "completion"


def words_of(kind):
    """What a value of that kind, or an argument, can be, if these are names of ours."""
    return {"FAULT": commands.faults, "SCENARIO": commands.scenarios, "model": commands.models,
            "finding": commands.findings, "line": commands.lines, "lesson": lambda: list(commands.lessons()),
            "verb": lambda: [verb.name for verb in commands.VERBS]}.get(kind, list)()


def values(option):
    """What its value can be, in words."""
    return option.words or words_of(option.kind)


# Of a value that is no word of ours: how each shell completes it.
BASH = {"FILE": "files", "FOLDER": "folders", "USER": "users", "PIDS": "pids"}
ZSH = {"FILE": "_files", "FOLDER": "_files -/", "USER": "_users", "PIDS": "_wakelab_pids"}
FISH = {"FILE": "-r -F", "FOLDER": "-x -a '(__fish_complete_directories)'",
        "USER": "-x -a '(__fish_complete_users)'", "PIDS": "-x -a '(__wakelab_list (__fish_complete_pids))'"}


def bash_value(option):
    """The words that the function of bash takes."""
    if values(option):
        manner = "list" if option.kind == "CHOICES" else "words"
        return f"{manner} {' '.join(values(option))}"
    return BASH.get(option.kind, "nothing")


def bash_values():
    lines = []
    for command in commands.COMMANDS:
        for option in commands.options_of(command.name):
            if option.has_value:
                patterns = " | ".join(f"{command.name}:{flag}" for flag in option.flags)
                lines.append(f"\t{patterns}) echo {bash_value(option)} ;;")
    return "\n".join(lines)


def flags_of(options):
    return [flag for option in options for flag in option.flags]


def bash_options():
    return "\n".join(f"\t{command.name}) echo {' '.join(flags_of(commands.options_of(command.name)))} ;;"
                     for command in commands.COMMANDS)


def bash_takes():
    """The argument of each command; subcommands and their lessons apart."""
    lines = []
    for command in commands.COMMANDS:
        if command.takes in ("model", "finding", "line"):
            lines.append(f"\t{command.name}) echo words {' '.join(words_of(command.takes))} ;;")
        elif command.takes:
            lines.append(f"\t{command.name}) echo {command.takes} ;;")
    return "\n".join(lines)


def lesson_verbs():
    return [verb.name for verb in commands.VERBS if verb.of_lesson]


def bash():
    return {
        "options": bash_options(), "values": bash_values(), "takes": bash_takes(),
        "main": " ".join(flags_of(commands.main_options())),
        "verbs_of_lesson": " | ".join(f"1:{name}" for name in lesson_verbs()),
        "commands": " ".join(command.name for command in commands.COMMANDS)}


def zsh_quoted(text):
    """As one word of zsh, in which nothing is special."""
    return "'" + text.replace("'", "'\\''") + "'"


def brief(text):
    """The first part of a text, for a list."""
    for mark in (": ", "; ", ". "):
        text = text.partition(mark)[0]
    return text


def zsh_action(option):
    if option.kind == "CHOICES":
        return f"_sequence compadd - {' '.join(values(option))}"
    if values(option):
        return f"({' '.join(values(option))})"
    return ZSH.get(option.kind, " ")


def zsh_option(option):
    """A specification of _arguments."""
    def plain(text):
        for sign in "\\[]:":
            text = text.replace(sign, "\\" + sign)
        return text
    value = f":{plain(option.value)}:{zsh_action(option)}" if option.has_value else ""
    what = f"[{plain(brief(option.text))}]{value}"
    long = f"--{option.name}{'=' if option.has_value else ''}"
    repeated = "*" if "may be repeated" in option.text else ""
    if not option.letter:
        return zsh_quoted(f"{repeated}{long}{what}")
    short = f"-{option.letter}{'+' if option.has_value else ''}"
    before = repeated or f"({' '.join(option.flags)})"
    return f"{zsh_quoted(before)}{{{short},{long}}}{zsh_quoted(what)}"


ZSH_ARGUMENTS = {
    "model": "':model:({words})'", "finding": "':finding:({words})'", "line": "':type:({words})'",
    "subject": "'*:subject:_wakelab_subject'", "files": "'*:recording:_files'",
    "program": "'*::program:_wakelab_program'",
    "verb": "':subcommand:({words})' ':lesson:_wakelab_lesson' '*:::server:_wakelab_program'"}


def zsh_command(command):
    specs = [zsh_option(option) for option in commands.options_of(command.name)]
    if command.takes:
        specs.append(ZSH_ARGUMENTS[command.takes].format(words=" ".join(words_of(command.takes))))
    return f"\t({command.name})\n\t\t_arguments -s -S : \\\n\t\t\t" + " \\\n\t\t\t".join(specs) + "\n\t\t;;"


def zsh():
    return {
        "verbs_of_lesson": f"({'|'.join(lesson_verbs())})",
        "commands": "\n".join(f"\t\t{zsh_quoted(command.name + ':' + command.summary.replace(':', chr(92) + ':'))}"
                              for command in commands.COMMANDS),
        "main": " \\\n".join(f"\t\t{zsh_option(option)}" for option in commands.main_options()),
        "cases": "\n".join(map(zsh_command, commands.COMMANDS))}


def fish_quoted(text):
    """As one word of fish, in which nothing is special."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_line(condition, rest, text):
    return f"complete -c wakelab -n {fish_quoted(condition)} {rest} -d {fish_quoted(text)}"


def fish_option(condition, option):
    letter = f"-s {option.letter} " if option.letter else ""
    value = ""
    if option.kind == "CHOICES":
        value = f" -x -a '(__wakelab_list {' '.join(values(option))})'"
    elif values(option):
        value = f" -x -a {fish_quoted(' '.join(values(option)))}"
    elif option.has_value:
        value = " " + FISH.get(option.kind, "-x")
    return fish_line(condition, f"{letter}-l {option.name}{value}", brief(option.text))


FISH_ARGUMENTS = {"subject": "(__wakelab_subject)", "program": "(__wakelab_program)"}


def fish_command(command):
    condition = f"__wakelab_command {command.name}"
    lines = [fish_line("__wakelab_begins", f"-a {command.name}", command.summary)]
    lines += [fish_option(condition, option) for option in commands.options_of(command.name)]
    if command.takes == "verb":
        for verb in commands.VERBS:
            lines.append(fish_line(f"{condition}; and not __wakelab_verb", f"-a {verb.name}", verb.summary))
        lines += [fish_line(f"{condition}; and __wakelab_verb {' '.join(lesson_verbs())}", f"-a {folder}", lesson["title"])
                  for folder, lesson in commands.lessons().items()]
        lines.append(f"complete -c wakelab -n {fish_quoted(condition)} -a '(__wakelab_program)'")
    elif command.takes == "files":
        lines.append(f"complete -c wakelab -n {fish_quoted(condition)} -F")
    elif command.takes:
        words = FISH_ARGUMENTS.get(command.takes) or " ".join(words_of(command.takes))
        lines.append(f"complete -c wakelab -n {fish_quoted(condition)} -a {fish_quoted(words)}")
    return "\n".join(lines)


def fish():
    return {
        "main": "\n".join(fish_option("__wakelab_begins", option) for option in commands.main_options()),
        "commands": "\n".join(map(fish_command, commands.COMMANDS))}


# By the names under which the shells look for them: the template, and what is filled in.
FILES = {"wakelab": ("wakelab.bash", bash), "_wakelab": ("_wakelab", zsh), "wakelab.fish": ("wakelab.fish", fish)}


# What all of them have.
WORDS = {"models": "model", "faults": "FAULT", "verbs": "verb", "lessons": "lesson"}


def text_of(name):
    """A file: its template, with all parts in their places."""
    template, make = FILES[name]
    parts = make()
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    words = {name: " ".join(words_of(kind)) for name, kind in WORDS.items()}
    return re.sub(r"@(\w+)@", lambda match: {**words, **parts}[match.group(1)], text)


def main(argv):
    if len(argv) != 1 or argv[0].startswith("-"):
        print("usage: scripts/completion FOLDER", file=sys.stderr)
        return 2
    folder = Path(argv[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (folder / name).write_text(text_of(name), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
