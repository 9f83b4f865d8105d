# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The sources lie in rooms: folders with C files, which are found here, as the Makefile finds them.

ROOMS says which rooms one may use, all of them above it in the table; a room in a room is written
with its path ("loader/kernel"). A new one gets a row. Files and rooms depend on one another in one
direction: by what they include, and, since a header may declare what another file defines, by the
symbols that their objects need.

What runs in the kernel is one object, whose symbols tell nothing. So there each file stands by itself:
what it uses, it includes.
"""
import platform
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

ROOMS = {
    # the kernel's types, for bpf
    "vmlinux": [],
    # what is counted, what is found, the commands and their options, as tables that C and Python read
    "metrics": [],
    # what user space and the programs share
    "bpf": ["metrics"],
    # what the programs keep: their variables, the maps, what is in them
    "bpf/state": ["vmlinux", "bpf"],
    # what is judged, and counted
    "bpf/ledger": ["bpf/state"],
    # what is hooked: the programs
    "bpf/hooks": ["bpf", "bpf/state", "bpf/ledger"],
    # what servers and the load client share
    "net": [],
    # the echo servers, one file a model
    "servers": ["net"],
    # the load client
    "load": ["net", "bpf"],
    # numbers, times, names and foreign strings as text; JSON; lines and columns
    "loader/text": ["bpf", "net"],
    # all that was counted up to one moment; whether the witnesses agree; what tracing itself took
    "loader/snapshot": ["metrics", "bpf", "servers", "load", "loader/text"],
    # events, one at a time: how they are read, put in order, and said
    "loader/events": ["metrics", "bpf", "loader/text", "loader/snapshot"],
    # what was wrong in a run, or is worth knowing of it, and why
    "loader/findings": ["metrics", "net", "loader/text", "loader/snapshot"],
    # what is shown of snapshots: a file a format
    "loader/view": ["metrics", "bpf", "net", "loader/text", "loader/snapshot", "loader/events", "loader/findings"],
    # what is recorded of a run, how it is written, and how it is read
    "loader/record": ["metrics", "loader/text", "loader/snapshot", "loader/events", "loader/findings", "loader/view"],
    # processes, ours and others': children, users, privileges, signals, writes that do not wait
    "loader/process": ["net", "loader/text"],
    # the live view: screens of snapshots, their keys, the terminal
    "loader/live": ["loader/text", "loader/snapshot", "loader/findings",
                    "loader/view", "loader/process"],
    # drawings of events: rows, lanes, pages
    "loader/draw": ["bpf", "net", "loader/text", "loader/snapshot", "loader/events", "loader/view"],
    # the BPF programs: what the kernel can do, hooks, attaching, adopting, reading the maps
    "loader/kernel": ["metrics", "bpf", "bpf/hooks", "net", "loader/text", "loader/snapshot",
                      "loader/process"],
    # a traced run: its loop, its children, how it ends, its output
    "loader/run": ["bpf", "net", "servers", "load", "loader/text", "loader/snapshot",
                   "loader/events", "loader/findings", "loader/view", "loader/live", "loader/record",
                   "loader/process", "loader/kernel", "loader/draw"],
    # how command lines are read; the options that several commands have
    "loader/options": ["metrics", "net", "servers", "load", "loader/events", "loader/view", "loader/live",
                       "loader/draw", "loader/process", "loader/run"],
    # the same load on several servers, and on ever more connections
    "loader/compare": ["net", "loader/text", "loader/snapshot", "loader/findings", "loader/view", "loader/record",
                       "loader/process", "loader/kernel", "loader/draw", "loader/run", "loader/options"],
    # the course: lessons, predictions, their runs, the answers
    "loader/lab": ["net", "servers", "loader/text", "loader/view", "loader/process", "loader/run",
                   "loader/options"],
    # recordings in the formats of other programs
    "loader/export": ["bpf", "loader/text", "loader/snapshot", "loader/events", "loader/view", "loader/record",
                      "loader/process", "loader/run"],
    # recordings as a page for a browser
    "loader/report": ["loader/text", "loader/snapshot", "loader/events", "loader/view", "loader/record",
                      "loader/process", "loader/run"],
    # main, and a file a command
    "loader/command": ["metrics", "servers", "load", "loader/text", "loader/findings", "loader/view",
                       "loader/record", "loader/export", "loader/report", "loader/process", "loader/kernel",
                       "loader/run", "loader/options", "loader/compare", "loader/lab"],
}
# What the Makefile makes, of no room's sources: which build it is.
FACTS = ("build_commit.h", "build_version.h")
FILE_LINES = 400
FUNCTION_LINES = 50


def sources(root):
    """Path below root -> text, of all C files and tables of all rooms. Below labs/ are programs of
    students; those of bench/ are no part of wakelab."""
    files = [path for depth in ("*/*.[ch]", "*/*/*.[ch]", "*/*.def")
             for path in sorted(root.glob(depth))]
    names = {path.relative_to(root).as_posix(): path for path in files}
    return {name: path.read_text(encoding="utf-8") for name, path in names.items()
            if not name.startswith(("bench/", "build", "labs/", "tests/"))}


def room(name):
    return name.rpartition("/")[0]


def unit(name):
    """A .c and its .h are one, of the programs, too."""
    return re.sub(r"(\.bpf)?\.[ch]$", "", name)


def namesakes(files):
    """Files of one name in several layers of the programs, and in what these share with user space."""
    by_name = {}
    for name in {unit(name) for name in files if name.startswith("bpf/")}:
        by_name.setdefault(name.rpartition("/")[2], []).append(name)
    return sorted(tuple(sorted(names)) for names in by_name.values() if len(names) > 1)


def kernel_side(files):
    return sorted(name for name in files if re.search(r"\.bpf\.[ch]$", name))


def incomplete(root):
    """Files of the programs that do not compile by themselves: they use what they do not include."""
    arch = {"x86_64": "x86", "aarch64": "arm64"}[platform.machine()]
    names = kernel_side(sources(root))
    folders = ["vmlinux", "metrics", "bpf", *sorted({room(name) for name in names})]
    flags = ["-std=gnu11", "-target", "bpf", f"-D__TARGET_ARCH_{arch}", "-Wall", "-Wextra", "-Werror",
             "-Wno-unused-parameter", "-Wno-unused-function", *(f"-I{folder}" for folder in folders)]
    run = subprocess.run(["clang", "-fsyntax-only", *flags, "-x", "c", *names], cwd=root,
                         capture_output=True, text=True, check=False)
    said = re.findall(r"^(\S+):\d+:\d+: error: (.*)$", run.stderr, re.M)
    return said or ([run.stderr] if run.returncode else [])


def variables(files):
    """Files with variables, or declarations of such, that others can see."""
    line = re.compile(r"^(?!static |typedef )(?:\w+ )+\**\w+[^({\n]*;$", re.M)
    return [name for name in kernel_side(files) if line.search(files[name])]


def resolve(name, include, files):
    """The file that an include means: its own room's, or the only one of that name."""
    if include.endswith(".skel.h") or include == "objects_digest.h":
        return f"bpf/hooks/{include}"  # built from the programs
    own = f"{room(name)}/{include}"
    found = [own] if own in files else [f for f in files if f.endswith(f"/{include}")]
    if len(found) != 1:
        raise AssertionError(f"{name}: \"{include}\" is {found or 'in no room'}")
    return found[0]


def includes(files):
    """Pairs of files: who includes, and whom."""
    return {(name, resolve(name, include, files)) for name, text in files.items()
            for include in re.findall(r'^#include "([^"]+)"', text, re.M) if include not in FACTS}


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
               if name.endswith(".c") and not name.endswith(".bpf.c")}
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
        self.assertIn(("loader/command/command.c", "loader/command/cmd_load.c"), needs)
        self.assertEqual(wrong_way(needs, ROOMS), [])
        self.assertEqual(circles(graph(needs, unit)), [])

    def test_layers_have_no_names_in_common(self):
        self.assertEqual(namesakes(self.files), [])

    def test_programs_include_what_they_use(self):
        self.assertEqual(incomplete(ROOT), [])

    def test_all_variables_of_the_programs_are_in_one_file(self):
        # the finder and the probe are objects of their own
        self.assertEqual(variables(self.files), ["bpf/hooks/finder.bpf.c", "bpf/hooks/probe.bpf.c",
                                                 "bpf/state/globals.bpf.h"])

    def test_files_are_short(self):
        self.assertEqual([name for name, text in self.files.items()
                          if text.count("\n") > FILE_LINES and not name.endswith(".def")], [])

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
        self.root = Path(folder.name)
        return sources(self.root)

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

    def test_a_program_is_the_other_half_of_a_header(self):
        files = self.tree({"bpf/x.bpf.c": '#include "y.bpf.h"\n', "bpf/x.bpf.h": "",
                           "bpf/y.bpf.h": '#include "x.bpf.h"\n'})
        self.assertEqual(circles(graph(includes(files), unit)), [("bpf/x", "bpf/y")])

    def test_a_name_in_two_layers(self):
        files = self.tree({"bpf/hooks/x.bpf.c": "", "bpf/state/x.bpf.h": "", "bpf/ledger/y.bpf.c": "",
                           "bpf/ledger/y.bpf.h": "", "a/y.c": ""})
        self.assertEqual(namesakes(files), [("bpf/hooks/x", "bpf/state/x")])

    def test_a_use_without_an_include(self):
        self.tree({"bpf/hooks/z.bpf.c": '#include "x.bpf.h"\nint z(void)\n{\n\treturn x() + 1;\n}\n',
                   "bpf/state/x.bpf.h": "static inline int x(void)\n{\n\treturn y();\n}\n",
                   "bpf/state/y.bpf.h": "static inline int y(void)\n{\n\treturn 1;\n}\n"})
        self.assertEqual({(name, "'y'" in error) for name, error in incomplete(self.root)},
                         {("bpf/state/x.bpf.h", True)})

    def test_a_variable(self):
        texts = ["const volatile bool x;\n", "extern __u32 x;\n", "__u8 x[4], y;\n", "struct a *x;\n",
                 "static const struct a *x;\n", "struct a {\n\tint x;\n} x SEC(\".maps\");\n",
                 "enum a { X, Y };\n", "extern void *x(int a) __ksym;\n", "void x(void)\n{\n\tint y;\n}\n"]
        files = self.tree({f"bpf/{n}.bpf.h": text for n, text in enumerate(texts)})
        self.assertEqual(variables(files), [f"bpf/{n}.bpf.h" for n in range(4)])

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
