# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Writes docs/messages.md: every warning and error that the sources can print, with the file and the
function that it comes from. With --check changes nothing, and fails where the page says something else.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/messages.md"
FOLDERS = ("loader", "load", "servers", "net")
TABLES = "loader/view"  # what stands there is no message

# Who prints a message, and what it then is: the first string is its format.
PRINTERS = {
    "argp_error": "usage", "err": "error", "errx": "error",
    "warn": "message", "warnx": "message", "vwarnx": "message", "tasks_warn": "message",
    "say_refused": "message", "loop_complain": "message", "complain": "part",
    "load_fail": "client", "fields_wrong": "lesson", "mismatch": "lesson", "fail": "lesson",
}
# Behind these follows the text of an error, of errno or of a limit.
WITH_ERROR = ("err", "warn", "tasks_warn")
# What a message is completed by: texts that are made in such a variable, or returned.
FILLED = re.compile(r"(?:^|->|\.)(?:why|why_not|reason|remedy|value|words|no_stats|error|of_user)$")
FILLED_HERE = re.compile(FILLED.pattern + "|^buf$")
ANY_BUFFER = ("net/", "loader/lab/traced_server.c", "loader/process/child.c", "loader/process/privileges.c")

KINDS = {
    "usage": "What is wrong in a command line. The exit status is 2, and nothing was run.",
    "error": "An error that ends the program.",
    "message": "A warning, or the reason for an exit status that is not 0.",
    "client": "What the load client fails with: printed by `load`, in `error` of NDJSON, and in the "
              "finding `run-failed` or `unanswered` of a run.",
    "lesson": "What is wrong in a file of a lesson; the line begins with the file and the field.",
    "part": "A part of messages: a reason or a remedy that one of the above ends with.",
}

LITERAL = r'"(?:[^"\\\n]|\\.)*"'
TOKEN = re.compile(rf"{LITERAL}|'(?:[^'\\]|\\.)+'|\w+|\S", re.S)
COMMENT = re.compile(r"/\*.*?\*/", re.S)
FUNCTION = re.compile(r"^(?:\w[^\n;{}=]*[ *])?(\w+)\((?:[^;{}\n]|\n[\t ])*\)\n\{\n(.*?)^\}", re.M | re.S)


def macros(text):
    """The macros that stand for text, with their values."""
    return dict(re.findall(rf"^#define (\w+)\s+({LITERAL})\s*$", text, re.M))


def closing(found, at):
    """Where the bracket at that place is closed."""
    depth = 0
    for i in range(at, len(found)):
        depth += {"(": 1, ")": -1}.get(found[i], 0)
        if not depth:
            return i
    return len(found)


def sentences(found, names):
    """The texts among tokens; what stands side by side, macros too, is one."""
    texts, line = [], None
    for token in [*found, ";"]:
        value = token if token.startswith('"') else names.get(token)
        if value is not None:
            line = (line or "") + value[1:-1]
        elif token.startswith("PRI"):
            line = (line or "") + "llu"
        elif line is not None:
            texts.append(line)
            line = None
    return texts


def is_said(text):
    """Words, and not a name, a format of numbers or an ending."""
    return len(text.strip()) > 7 and " " in text.strip() and re.search(r"[a-z]{2}", text)


def has_words(text):
    return re.search(r"[a-z]{2}", re.sub(r"%[-0-9.*]*(?:ll|z)?[a-z]", "", text))


def call(token, found, names):
    """(kind, text) of each in the arguments of who prints."""
    texts = sentences(found, names)
    if PRINTERS[token] == "lesson":  # the field stands in front
        texts = [text for text in texts if is_said(text)]
    if texts and has_words(texts[0]):
        yield PRINTERS[token], texts[0] + (": ERROR" if token in WITH_ERROR else "")
    yield from (("part", text) for text in texts[1:] if is_said(text))


def is_text(found):
    """What is returned is a text, and not what a function makes of one."""
    return all(token in ("tr", "?", ":", "return")
               for token, following in zip(found, found[1:]) if following == "(")


def messages(body, names, fills):
    """(kind, text) of each in the body of a function."""
    found, at = TOKEN.findall(body), 0
    while at < len(found):
        token = found[at]
        if token in PRINTERS and found[at + 1:at + 2] == ["("]:
            end = closing(found, at + 1)
            yield from call(token, found[at + 1:end], names)
            at = end
        elif token == "snprintf" and fills.search("".join(found[at + 2:found.index(",", at)])):
            end = closing(found, at + 1)
            yield from (("part", text) for text in sentences(found[at + 1:end], names) if is_said(text))
            at = end
        elif token == "return" and is_text(found[at:found.index(";", at)]):
            end = found.index(";", at)
            yield from (("part", text) for text in sentences(found[at + 1:end], names) if is_said(text))
            at = end
        at += 1


def collected():
    """Kind -> (text, file, function), in the order of the files."""
    kinds = {kind: [] for kind in KINDS}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.c")):
            name = path.relative_to(ROOT).as_posix()
            if name.startswith(TABLES):
                continue
            fills = FILLED_HERE if name.startswith(ANY_BUFFER) else FILLED
            text = COMMENT.sub("", path.read_text(encoding="utf-8"))
            names = macros(text)
            for function, body in FUNCTION.findall(text):
                for kind, said in messages(body, names, fills):
                    kinds[kind].append((said, name, function))
    return kinds


def cell(text):
    """In a table of Markdown, as C has it but for quotes; one line."""
    return text.replace('\\"', '"').replace("\\n", " ").replace("|", "\\|").strip()


def page():
    lines = ["# Messages", "",
             "Every warning and error that wakelab prints; each line begins with `wakelab: `. A value is shown as in the",
             "sources: `%s` is a text, `%d` or `%u` a number. `ERROR` is the text of the system's error, such as",
             "\"No such file or directory\". `scripts/messages` makes this page; it is not edited by hand.", ""]
    for kind, rows in collected().items():
        lines += [f"## {kind.capitalize()}", "", KINDS[kind], "", "| text | from |", "| --- | --- |"]
        before = "FILE: FIELD: " if kind == "lesson" else ""
        lines += [f"| {before}{cell(text)} | `{file}`, `{function}()` |" for text, file, function in rows]
        lines.append("")
    return "\n".join(lines)


def lags():
    return not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page()


def main(argv):
    if argv not in ([], ["--check"]):
        print("usage: scripts/messages [--check]", file=sys.stderr)
        return 2
    if not argv:
        PAGE.write_text(page(), encoding="utf-8")
    elif lags():
        print(f"messages: {PAGE.relative_to(ROOT)} says something else than the sources do: "
              "run scripts/messages", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
