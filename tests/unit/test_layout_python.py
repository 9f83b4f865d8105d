# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The modules in Python are short and import one another in one direction, and so are the programs of
the tests, which lie in no room (test_layout.py)."""
import ast
import tempfile
import unittest
from pathlib import Path

from unit.test_layout import FILE_LINES, ROOT, circles

# A module finds another beside itself, or in the folder that its tier or its script puts first.
FOLDERS = ("bench", "metrics", "tests")


def modules(root):
    """Path below root -> text."""
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
            for folder in FOLDERS for path in sorted((root / folder).rglob("*.py"))}


def imported(name, tree):
    """The dotted names that a module imports, with their folder where it says one."""
    folder = name.rpartition("/")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((None, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            where = folder if node.level else None
            yield where, node.module or ""
            yield from ((where, f"{node.module}.{alias.name}" if node.module else alias.name)
                        for alias in node.names)


def uses(files):
    """Module -> those of ours that it imports."""
    edges = {}
    for name, text in files.items():
        for where, dotted in imported(name, ast.parse(text)):
            path = dotted.replace(".", "/")
            folders = [where] if where else [name.rpartition("/")[0], *FOLDERS]
            for found in (f"{folder}/{path}{end}" for folder in folders
                          for end in (".py", "/__init__.py")):
                if found in files and found != name:
                    edges.setdefault(name, set()).add(found)
                    break
    return edges


class Python(unittest.TestCase):
    def test_modules_import_in_one_direction(self):
        edges = uses(modules(ROOT))
        self.assertIn("tests/harness.py", edges["tests/tracing.py"])
        self.assertIn("tests/vm/kernels.py", edges["tests/vm/matrix.py"])
        self.assertEqual(circles(edges), [])

    def test_files_are_short(self):
        files = {**modules(ROOT), **{path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
                                     for path in (ROOT / "tests").rglob("*.[ch]")}}
        self.assertEqual([name for name, text in files.items() if text.count("\n") > FILE_LINES], [])

    def test_a_circle_would_be_found(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {"tests/a.py": "from b import x\n", "tests/b.py": "import vm.c\n",
                               "tests/vm/c.py": "def f():\n    from .d import y\n",
                               "tests/vm/d.py": "import a\n", "tests/e.py": "import a\n"}.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            self.assertEqual(circles(uses(modules(Path(folder)))),
                             [("tests/a.py", "tests/b.py", "tests/vm/c.py", "tests/vm/d.py")])
