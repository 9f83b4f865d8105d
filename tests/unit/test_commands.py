# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The tables of commands and of their options: that they are in order, and that pages and completions have
every row. tests/servers/test_help.py asks wakelab itself."""
import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from metrics import commands, completion, manual, table

HELP_WIDTH = 79
ROWS = [(command.name, option) for command in commands.COMMANDS
        for option in commands.options_of(command.name)]
# what a kind reads by itself; the others take a function
READ = {"FLAG", "NUMBER", "REAL", "CHOICE", "CHOICES", "TEXT", "FILE", "FOLDER", "ADDRESS", "USER", "FAULT"}


def source(path):
    return (ROOT / path).read_text(encoding="utf-8")


def defined(path, name):
    """The value of a constant of C."""
    text = re.search(rf"^#define {name}\s+(.*?)\s*(?:/\*.*)?$|^\t{name} = (\d+),", source(path), re.M)
    return eval(text[1] or text[2])  # digits, shifts and parentheses


class Options(unittest.TestCase):
    def test_names_and_letters_are_there_once(self):
        for command in commands.COMMANDS:
            flags = completion.flags_of(commands.options_of(command.name))
            self.assertEqual(sorted(flags), sorted(set(flags)), command.name)

    def test_every_group_is_of_a_command(self):
        used = {group for command in commands.COMMANDS for group in command.groups}
        self.assertEqual(used, {f"IN_{group}" for group in commands.GROUPS})
        self.assertEqual({option.group for option in commands.OPTIONS},
                         {*commands.GROUPS, commands.MAIN, commands.COMMON})

    def test_every_kind_can_be_read(self):
        own = {commands.MAIN, commands.COMMON}
        self.assertEqual([option.name for option in commands.OPTIONS
                          if option.kind not in READ and not option.take and option.group not in own], [])

    def test_values_are_bounded(self):
        for _, option in ROWS:
            self.assertEqual(option.kind in ("CHOICE", "CHOICES"), bool(option.choices), option)
            self.assertEqual(option.kind == "REAL", option.high > 0, option)
            self.assertLessEqual(option.low, option.high)
            self.assertTrue(not option.max or option.min < option.max, option)
            self.assertEqual(option.has_value, bool(option.value), option)

    def test_presets_are_values(self):
        for _, option in ROWS:
            if option.choices and option.preset:
                self.assertIn(option.preset, option.words)
            if option.kind == "NUMBER" and option.preset:
                self.assertTrue(option.min <= int(option.preset) and
                                (not option.max or int(option.preset) <= option.max), option)
            if option.kind == "REAL" and option.preset:
                self.assertTrue(option.low <= float(option.preset) <= option.high, option)
            self.assertFalse(option.preset and option.unset, option)

    def test_what_goes_with_an_option_is_one_of_the_same_command(self):
        for name, option in ROWS:
            if not option.goes_with:
                continue
            other, _, value = option.goes_with.removeprefix("--").partition(" ")
            found, = [row for row in commands.options_of(name) if row.name == other]
            self.assertTrue(not value or value in found.words, option)

    def test_subcommands_are_those_of_lab(self):
        known = {verb.name for verb in commands.VERBS}
        for name, option in ROWS:
            self.assertLessEqual(set(filter(None, option.verbs.split(", "))), known)
            self.assertTrue(not option.verbs or commands.command(name).takes == "verb")

    def test_texts_are_sentences_without_a_full_stop(self):
        for option in commands.OPTIONS:
            self.assertRegex(option.text, r"^[A-Z].*[^.]$")
        for row in (*commands.COMMANDS, *commands.VERBS):
            self.assertRegex(row.summary, r"^\w.*[^.]$")

    def test_choices_are_explained(self):
        """Where one row does, the others of that name may refer to it."""
        for name in {option.name for option in commands.OPTIONS if option.choices} - {"lang"}:
            texts = [option for option in commands.OPTIONS if option.name == name]
            self.assertTrue(any(all(word in option.text for word in option.words) for option in texts), name)

    def test_lines_fit(self):
        for command in commands.COMMANDS:
            self.assertLessEqual(len(f"  {command.name:9}  {command.summary}"), HELP_WIDTH)
        for example in commands.EXAMPLES:
            self.assertLessEqual(len(f"      {example.what}"), HELP_WIDTH, example)
            self.assertLessEqual(len(f"  {example.line}"), HELP_WIDTH, example)

    def test_every_command_has_examples(self):
        self.assertEqual({example.command for example in commands.EXAMPLES},
                         {command.name for command in commands.COMMANDS})
        for example in commands.EXAMPLES:
            self.assertRegex(example.line, r"^(sudo )?wakelab ")

    def test_bounds_are_those_of_the_code(self):
        def of(name, option):
            found, = [row for command, row in ROWS if (command, row.name) == (name, option)]
            return found
        self.assertEqual(of("run", "read-size").max, defined("servers/model.h", "SERVER_READ_MAX"))
        self.assertEqual(int(of("run", "read-size").preset), defined("servers/model.h", "SERVER_READ_SIZE"))
        self.assertEqual(int(of("run", "threads").unset), defined("servers/model.h", "SERVER_WORKERS"))
        self.assertEqual(int(of("run", "procs").unset), defined("servers/model.h", "SERVER_WORKERS"))
        for name in ("run", "serve", "load"):
            self.assertEqual(int(of(name, "port").preset), defined("net/address.h", "SERVER_PORT"))
        self.assertEqual(of("run", "top").max, defined("loader/snapshot/snapshot.h", "MAX_ROWS"))
        self.assertEqual(of("compare", "rounds").max, defined("loader/compare/compare.h", "MAX_ROUNDS"))
        self.assertEqual(of("run", "room").min, defined("bpf/state/maps.bpf.h", "MAX_INTERESTS"))

    def test_choices_are_those_of_the_code(self):
        """Whose places are values."""
        def of(name, option):
            return next(row for command, row in ROWS if (command, row.name) == (name, option)).words
        modes = re.findall(r"^\tLOAD_(LOCKSTEP|PIPELINE|OPEN)\b", source("load/load_types.h"), re.M)
        self.assertEqual(of("run", "mode"), [mode.lower() for mode in modes])
        hooks = re.search(r"enum hooks_wanted \{ (.*) \}", source("loader/kernel/hooks.h"))[1]
        wanted = [word.removeprefix("HOOKS_").lower() for word in hooks.split(", ")]
        self.assertEqual((of("run", "hooks"), of("doctor", "hooks")), (wanted, wanted))
        parts = re.findall(r"^\tWATCH_(\w+) = (\d+),", source("loader/kernel/hooks.h"), re.M)
        self.assertEqual(of("run", "only")[1:], [name.lower() for name, _ in parts])
        self.assertEqual([1 << bit for bit in range(len(parts))], [int(value) for _, value in parts])


class Elsewhere(unittest.TestCase):
    """Every option of every command."""

    def page(self, name):
        return manual.source(manual.TEMPLATES / f"wakelab{name and '-'}{name}.1.scd", "0")

    def test_pages_have_it(self):
        for command in commands.COMMANDS:
            text = self.page(command.name)
            for option in commands.options_of(command.name):
                entry = manual.entry(option)
                self.assertIn("\n" + "\n".join(entry), text)
                for flag in option.flags:
                    self.assertIn(f"*{manual.escaped(flag)}*", entry[0])

    def test_the_first_page_has_the_commands_and_its_own_options(self):
        text = self.page("")
        for command in commands.COMMANDS:
            self.assertIn(f"*wakelab-{command.name}*(1)", text)
        for option in commands.main_options():
            self.assertIn("\n".join(manual.entry(option)), text)

    def test_completions_have_it(self):
        bash, zsh, fish = (completion.text_of(name)
                           for name in ("wakelab", "_wakelab", "wakelab.fish"))
        for name, option in ROWS:
            if option.has_value:
                self.assertIn(f"{name}:--{option.name})", bash)
            self.assertRegex(bash, rf"\t{name}\) echo .*--{option.name}\b")
            case = zsh[zsh.index(f"\t({name})\n"):].partition(";;")[0]
            self.assertIn(completion.zsh_option(option), case)
            self.assertIn(completion.fish_option(f"__wakelab_command {name}", option) + "\n", fish)

    def test_no_other_list(self):
        """Where an option is explained, there is a row: nothing in C has argp's own tables."""
        for path in (*ROOT.glob("loader/*/*.c"), *ROOT.glob("tests/fuzz/*.c")):
            if path.name != "reading.c":
                self.assertNotRegex(path.read_text(encoding="utf-8"), r"struct argp_option\b")


class Reading(unittest.TestCase):
    def option(self, text):
        row, = table.Reader(text, "it.def").rows()
        return commands.option(row, "it.def")

    def test_an_option(self):
        row = self.option('RUN_OPTION(a.b, "name", REAL, .letter = "n", .arg = "N", .low = 0.5, .high = 2,\n'
                          '.take = f, .text = "Do it")')
        self.assertEqual((row.group, row.member, row.name, row.kind, row.letter, row.low, row.high),
                         ("RUN", "a.b", "name", "REAL", "n", 0.5, 2))
        self.assertEqual((row.flags, row.value, manual.bounds(row)),
                         (["-n", "--name"], "N", "0.5 to 2"))

    def test_what_is_no_option(self):
        for text in ('RUN_OPTION(a, "n", NONE, .text = "x")', 'RUN_OPTION("n", FLAG, .text = "x")',
                     'RUN(a, "n", FLAG, .text = "x")', 'RUN_OPTION(a, "n", FLAG, .text = 1)',
                     'RUN_OPTION(a, "n", NUMBER, .min = "1")', 'RUN_OPTION(a, "n", FLAG, .txet = "x")'):
            with self.assertRaises(table.TableError):
                self.option(text)


if __name__ == "__main__":
    unittest.main()
