# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The sources lie in rooms: folders with C files, which are found here, as the Makefile finds them.

ROOMS says which rooms one may use, all of them above it in the table; a room in a room is written
with its path ("loader/kernel"). A new one gets a row. Files and rooms depend on one another in one
direction: by what they include, and, since a header may declare what another file defines, by the
symbols that their objects need.
"""
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

ROOMS = {
    # the kernel's types, for bpf
    "vmlinux": [],
    # the programs; what user space shares with them
    "bpf": ["vmlinux"],
    # what servers and the load client share
    "net": [],
    # the echo servers, one file a model
    "servers": ["net"],
    # the load client
    "load": ["net", "bpf"],
    # numbers, times, names and foreign strings as text; JSON; lines and columns
    "loader/text": ["bpf"],
    # all that was counted up to one moment; whether the witnesses agree; what tracing itself took
    "loader/snapshot": ["bpf", "servers", "load", "loader/text"],
    # what is shown of snapshots: a file a format, and what a run meant in sentences
    "loader/view": ["loader/text", "loader/snapshot"],
    # processes, ours and others': children, users, privileges, signals, writes that do not wait
    "loader/process": ["net", "loader/text"],
    # the BPF programs: what the kernel can do, hooks, attaching, adopting, reading the maps
    "loader/kernel": ["bpf", "net", "loader/text", "loader/snapshot", "loader/process"],
    # a traced run: its loop, its children, how it ends, its output
    "loader/run": ["bpf", "net", "servers", "load", "loader/text", "loader/snapshot",
                   "loader/view", "loader/process", "loader/kernel"],
    # the options that several commands have
    "loader/options": ["net", "servers", "load", "loader/view", "loader/kernel", "loader/run"],
    # the same load on several servers, and on ever more connections
    "loader/compare": ["load", "loader/text", "loader/snapshot", "loader/view", "loader/process",
                       "loader/kernel", "loader/run", "loader/options"],
    # the course: lessons, predictions, their runs, the answers
    "loader/lab": ["net", "servers", "loader/text", "loader/process"],
    # main, and a file a command
    "loader/command": ["servers", "load", "loader/text", "loader/process", "loader/kernel",
                       "loader/run", "loader/options", "loader/compare", "loader/lab"],
}
FILE_LINES = 400
FUNCTION_LINES = 50


def sources(root):
    """Path below root -> text, of all C files of all rooms. Below labs/ are programs of students;
    those of bench/ are no part of wakelab."""
    files = [path for depth in ("*/*.[ch]", "*/*/*.[ch]") for path in sorted(root.glob(depth))]
    names = {path.relative_to(root).as_posix(): path for path in files}
    return {name: path.read_text(encoding="utf-8") for name, path in names.items()
            if not name.startswith(("bench/", "build", "labs/", "tests/"))}


def room(name):
    return name.rpartition("/")[0]


def unit(name):
    """A .c and its .h are one; programs (.bpf.c) are not the other half of a header."""
    return name if name.endswith(".bpf.c") else re.sub(r"(\.bpf)?\.[ch]$", "", name)


def resolve(name, include, files):
    """The file that an include means: its own room's, or the only one of that name."""
    if include.endswith(".skel.h"):
        return f"bpf/{include}"  # built from the programs
    own = f"{room(name)}/{include}"
    found = [own] if own in files else [f for f in files if f.endswith(f"/{include}")]
    if len(found) != 1:
        raise AssertionError(f"{name}: \"{include}\" is {found or 'in no room'}")
    return found[0]


def includes(files):
    """Pairs of files: who includes, and whom."""
    return {(name, resolve(name, include, files)) for name, text in files.items()
            for include in re.findall(r'^#include "([^"]+)"', text, re.M)}


def graph(pairs, key):
    edges = {}
    for user, used in pairs:
        if key(user) != key(used):
            edges.setdefault(key(user), set()).add(key(used))
    return edges


def circles(edges):
    """The sets of nodes that reach one another, each sorted."""
    def reached(node):
        seen, todo = set(), [node]
        while todo:
            new = edges.get(todo.pop(), set()) - seen
            seen |= new
            todo += new
        return seen

    reach = {node: reached(node) for node in edges}
    return sorted({tuple(sorted(other for other in reach[node] if node in reach.get(other, ())))
                   for node in edges if node in reach[node]})


def wrong_way(pairs, rooms):
    """Uses that the table of rooms does not allow."""
    return sorted(f"{user} uses {used}" for user, used in pairs
                  if room(user) != room(used) and room(used) not in rooms.get(room(user), ()))


def functions(text):
    """Name and length of each: from the line of its name to the brace that closes it."""
    lines = text.split("\n")
    for start, line in enumerate(lines):
        if line == "{":
            head = start
            while head and re.match(r"[A-Za-z_\t]", lines[head - 1]):
                head -= 1
            name = re.search(r"(\w+)\(", " ".join(lines[head:start]))
            yield name.group(1) if name else lines[head], lines.index("}", start) - head + 1


def symbols(files):
    """Pairs of files: whose object needs a symbol, and whose defines it."""
    objects = {f"build/{name[:-2]}.o": name for name in files
               if name.endswith(".c") and room(name) != "bpf"}
    listing = subprocess.run(["nm", "-A", *objects], cwd=ROOT, capture_output=True, text=True,
                             check=True).stdout
    lines = re.findall(r"^(.+?):.* ([A-Z]) (\S+)$", listing, re.M)
    defines = {symbol: objects[path] for path, kind, symbol in lines if kind != "U"}
    return {(objects[path], defines[symbol]) for path, kind, symbol in lines
            if kind == "U" and symbol in defines}


class Layout(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = sources(ROOT)
        cls.includes = includes(cls.files)

    def test_every_room_is_in_the_table(self):
        self.assertEqual({room(name) for name in self.files}, set(ROOMS))

    def test_a_room_may_use_only_those_above_it_in_the_table(self):
        order = list(ROOMS)
        self.assertEqual([(user, used) for user, all_used in ROOMS.items() for used in all_used
                          if used not in order[:order.index(user)]], [])

    def test_no_room_may_use_one_that_it_does_not(self):
        uses = graph(self.includes | symbols(self.files), room)
        self.assertEqual([(user, used) for user, all_used in ROOMS.items() for used in all_used
                          if used not in uses.get(user, ())], [])

    def test_rooms_include_in_one_direction(self):
        self.assertEqual(wrong_way(self.includes, ROOMS), [])
        self.assertEqual(circles(graph(self.includes, room)), [])

    def test_files_include_in_one_direction(self):
        self.assertEqual(circles(graph(self.includes, unit)), [])

    def test_objects_need_symbols_in_one_direction(self):
        needs = symbols(self.files)
        self.assertIn(("loader/command/main.c", "loader/command/cmd_load.c"), needs)
        self.assertEqual(wrong_way(needs, ROOMS), [])
        self.assertEqual(circles(graph(needs, unit)), [])

    def test_files_are_short(self):
        self.assertEqual([name for name, text in self.files.items()
                          if text.count("\n") > FILE_LINES], [])

    def test_functions_are_short(self):
        self.assertEqual([(name, function, length) for name, text in self.files.items()
                          for function, length in functions(text) if length > FUNCTION_LINES], [])


class Measures(unittest.TestCase):
    """What the tests above would say of sources that are not in order."""

    def tree(self, files):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, text in files.items():
            path = Path(folder.name, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return sources(Path(folder.name))

    def test_a_circle_of_files(self):
        files = self.tree({"a/x.c": '#include "x.h"\n#include "y.h"\n', "a/x.h": "",
                           "a/y.h": '#include "z.h"\n', "a/y.c": "",
                           "a/b/z.h": '#include "x.h"\n', "a/main.c": '#include "x.h"\n'})
        pairs = includes(files)
        self.assertEqual(circles(graph(pairs, unit)), [("a/b/z", "a/x", "a/y")])
        self.assertEqual(circles(graph(pairs, room)), [("a", "a/b")])
        self.assertEqual(wrong_way(pairs, {"a": ["a/b"], "a/b": []}), ["a/b/z.h uses a/x.h"])

    def test_the_programs_of_students_are_in_no_room(self):
        self.assertEqual(list(self.tree({"labs/01-x/starter.c": "", "tests/exercises/01-x/good.c": "",
                                         "a/x.c": ""})), ["a/x.c"])

    def test_a_program_is_no_half_of_a_header(self):
        files = self.tree({"bpf/x.bpf.c": '#include "y.bpf.h"\n', "bpf/x.bpf.h": "",
                           "bpf/y.bpf.h": '#include "x.bpf.h"\n'})
        self.assertEqual(circles(graph(includes(files), unit)), [])

    def test_a_name_in_two_rooms(self):
        files = self.tree({"a/x.h": "", "b/x.h": "", "b/y.c": '#include "x.h"\n'})
        self.assertEqual(includes(files), {("b/y.c", "b/x.h")})
        files["c/y.c"] = '#include "x.h"\n'
        with self.assertRaisesRegex(AssertionError, r'c/y\.c: "x\.h" is \[.a/x\.h., .b/x\.h.\]'):
            includes(files)

    def test_the_length_of_a_function(self):
        text = ("#include <x.h>\n\nstatic int one(int a,\n\t       int b)\n{\n\treturn a;\n}\n\n"
                "/* Says. */\nvoid two(void)\n{\n}\n\nint table[] = {\n\t1,\n};\n")
        self.assertEqual(list(functions(text)), [("one", 5), ("two", 3)])
