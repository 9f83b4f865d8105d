# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What wakelab says of its commands and options, and which values it takes, is what metrics/commands.def and
metrics/options.def say."""
import re
import sys
import unittest

from harness import ROOT, expand, for_each, usage

sys.path.insert(0, str(ROOT))

from metrics import commands

WIDTH = 79
NAMES = [command.name for command in commands.COMMANDS]
ANYTHING = {"TEXT": ["1"], "FILE": ["f"], "FOLDER": ["."], "ADDRESS": ["127.0.0.1", "::1"], "PIDS": ["1", "1,2"],
            "USER": ["root", "0"], "NUMBERS": ["1", "1,10"], "SCENARIO": []}
# of a text that is read further
TEXTS = {"flight-on": ["stall", "stall,spin"], "peer": ["127.0.0.1", "127.0.0.1:80", "[::1]:80", ":80"]}
# of options, or of kinds, whose values are not bounded by their row
WRONG = {"record": ["-"], "ADDRESS": ["localhost", ""], "PIDS": ["x", ""], "USER": ["no such user"],
         "NUMBERS": ["0", "1,1", "x"], "FAULT": ["no-such"], "CHOICE": ["no-such", ""],
         "CHOICES": ["no-such", "", ","]}


def words(text):
    return re.sub(r"\s+", " ", text)


def right(option):
    """Values that an option takes, the least and the largest included."""
    if option.kind == "NUMBER":
        return [str(option.min), str(option.max or 2**64 - 1)]
    if option.kind == "REAL":
        return [str(option.low), str(option.high)]
    if option.kind == "FAULT":
        return commands.faults()
    return option.words or TEXTS.get(option.name) or ANYTHING[option.kind]


def wrong(option):
    """Values that it does not take, those just beyond the bounds included."""
    if option.kind == "NUMBER":
        below = [str(option.min - 1)] if option.min else ["-1"]
        return [*below, str(option.max + 1 if option.max else 2**64), "x", "1x", ""]
    if option.kind == "REAL":
        below = [str(option.low / 2)] if option.low else []
        return [*below, str(option.high * 2), "-1", "x", "1e3", ""]
    return WRONG.get(option.name) or WRONG.get(option.kind, [])


@expand
class Help(unittest.TestCase):
    def test_the_commands(self):
        got = usage(self, "--help")
        self.assertEqual((got.status, got.stderr), (0, ""))
        for command in commands.COMMANDS:
            self.assertIn(f"  {command.name:9}  {command.summary}\n", got.stdout)
        for option in commands.main_options():
            self.assertRegex(got.stdout, rf"(?m)^  -{option.letter}, --{option.name} +{option.text}$")
        self.assertLessEqual(max(map(len, got.stdout.splitlines())), WIDTH)
        self.assertEqual(usage(self, "-h").stdout, got.stdout)

    @for_each(NAMES)
    def test_a_command(self, name):
        got = usage(self, name, "--help")
        self.assertEqual((got.status, got.stderr), (0, ""))
        self.assertEqual(usage(self, name, "-h").stdout, got.stdout)
        text = words(got.stdout)
        self.assertIn(commands.command(name).about, text)
        for option in commands.options_of(name):
            value = f"={option.value}" if option.value else ""
            notes = f" ({'; '.join(option.notes)})" if option.notes else ""
            short = f"-{option.letter}, " if option.letter else ""
            self.assertIn(f" {short}--{option.name}{value} {option.text}{notes} ", text)
        for example in commands.EXAMPLES:
            if example.command == name:
                self.assertIn(f"  {example.line}\n      {example.what}\n", got.stdout)
        self.assertLessEqual(max(map(len, got.stdout.splitlines())), WIDTH)

    @for_each(NAMES)
    def test_nothing_but_the_table(self, name):
        """Every option that it shows is a row."""
        shown = re.findall(r"^ {2,6}(?:-\w, )?--([\w-]+)", usage(self, name, "--help").stdout, re.M)
        self.assertEqual(sorted(shown), sorted(option.name for option in commands.options_of(name)))
        self.assertEqual(usage(self, name, "--no-such-option").status, 2)


@expand
class Values(unittest.TestCase):
    """An option that was read is followed by --help, which is shown then."""

    @for_each(NAMES)
    def test_that_are_taken(self, name):
        given = []
        for option in commands.options_of(name):
            if option.group == commands.COMMON:
                continue
            given += [f"--{option.name}={value}" for value in right(option)] if option.has_value \
                else [f"--{option.name}"]
            given += [f"-{option.letter}{value}" for value in right(option)] if option.letter else []
        got = usage(self, name, *given, "--help")
        self.assertEqual((got.status, got.stderr), (0, ""), given)

    @for_each(NAMES)
    def test_that_are_refused(self, name):
        for option in commands.options_of(name):
            for value in wrong(option):
                got = usage(self, name, f"--{option.name}={value}", "--help")
                self.assertEqual((got.status, got.stdout), (2, ""), (option.name, value))
                self.assertIn(f'wakelab {name}: invalid --{option.name} "{value}": must ', got.stderr)

    @for_each(NAMES)
    def test_what_requires_another_option(self, name):
        for option in commands.options_of(name):
            if option.goes_with and option.goes_with != "--mode lockstep":  # which holds by default
                given = f"--{option.name}={right(option)[0]}" if option.has_value else f"--{option.name}"
                self.refused(name, [given], f"--{option.name} requires {option.goes_with}\n")

    def refused(self, name, given, says):
        """Whatever else it lacks: what is missing besides options is said first by some commands."""
        arguments = {"run": ["poll"], "compare": ["poll", "select"], "trace": ["--", "true"],
                     "replay": ["f"]}.get(name, [])
        got = usage(self, name, *given, *arguments)
        self.assertEqual(got.status, 2)
        self.assertIn(says, got.stderr)

    def test_subcommands(self):
        for option in commands.options_of("lab"):
            others = {verb.name for verb in commands.VERBS} - set(option.verbs.split(", "))
            for verb in others if option.verbs else ():
                given = [f"--{option.name}={right(option)[0]}", verb]
                given += ["1"] if verb != "list" else []
                given += ["--", "true", "{port}"] if verb == "check" else []
                got = usage(self, "lab", *given)
                self.assertEqual(got.status, 2)
                self.assertIn(f'--{option.name} is not an option of "lab {verb}", only of: {option.verbs}\n',
                              got.stderr)


class Names(unittest.TestCase):
    """What the completions offer is what there is."""

    def names(self, *args, pattern=r"^(\S+)"):
        got = usage(self, *args)
        self.assertEqual((got.status, got.stderr), (0, ""))
        return re.findall(pattern, got.stdout, re.M)

    def test_models_and_faults(self):
        *names, _last_line = self.names("models")
        self.assertEqual(names, ["MODEL", *commands.models(), "--fault", *commands.faults()])

    def test_scenarios(self):
        self.assertEqual(self.names("scenarios"), commands.scenarios())

    def test_findings(self):
        *names, _weight, _last_line = self.names("findings")
        self.assertEqual(names, ["FINDING", *commands.findings()])

    def test_lessons(self):
        found = self.names("lab", "list", "--lang", "en", "--labs", str(ROOT / "labs"), pattern=r"^(\d\d) +(\S+)")
        self.assertEqual(["-".join(pair) for pair in found], list(commands.lessons()))
