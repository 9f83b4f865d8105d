# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""make install and make uninstall, below folders with any name: the program, the lessons, the manual pages,
what completes words in shells."""
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import ROOT

DOCUMENTS = ("README.md", "CHANGELOG.md", "LICENSE.BSD-2-Clause", "LICENSE.GPL-2.0")
NAMES = ("plain", "with space", "it's", "a;b", "$(x)")


def make(target, destination):
    """The rules alone: nothing is built for it, since a binary of any content is installed alike."""
    name = destination.replace("$", "$$")
    return subprocess.run(["make", "-s", "-C", ROOT, "-o", "all", target, f"DESTDIR={name}"],
                          capture_output=True, text=True, check=False)


def files(folder):
    return {str(p.relative_to(folder)) for p in Path(folder).rglob("*") if p.is_file()}


@unittest.skipUnless(shutil.which("scdoc"), "scdoc is not installed: scripts/setup install")
class Install(unittest.TestCase):
    def test_what_is_installed_is_taken_away_and_nothing_else(self):
        docs = [p.relative_to(ROOT) for p in (ROOT / "docs").rglob("*") if p.is_file()]
        schemas = [p.relative_to("docs") for p in docs if p.parent.name == "schema"]
        documents = [*DOCUMENTS, *(p for p in docs if p.parent.name != "schema")]
        shipped = {f"usr/local/share/{place}" for place in (
            *(f"wakelab/{p.relative_to(ROOT)}" for p in (ROOT / "labs").glob("*/*")),
            *(f"wakelab/{p}" for p in schemas), *(f"doc/wakelab/{p}" for p in documents),
            *(f"man/man{p.stem[-1]}/{p.stem}" for p in (ROOT / "man").glob("*.scd")),
            "bash-completion/completions/wakelab", "zsh/site-functions/_wakelab",
            "fish/vendor_completions.d/wakelab.fish")}
        for name in NAMES:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                root = Path(folder, name)
                others = [Path(folder, word, "share/wakelab/own") for word in name.split()[:-1]]
                for other in [*others, root / "usr/local/bin/own"]:
                    other.parent.mkdir(parents=True)
                    other.touch()
                before = files(folder)
                done = make("install", str(root))
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(files(root), shipped | {"usr/local/bin/wakelab",
                                                         "usr/local/bin/own"})
                self.assertTrue((root / "usr/local/share/doc/wakelab/docs/schema/any.json").is_file())
                done = make("uninstall", str(root))
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(files(folder), before)
