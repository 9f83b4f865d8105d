# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What packages are made of agrees with what is built here; what keeps them from being made is said."""
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

from harness import ROOT, binary
from packages import source
from vm.problems import Failure

PACKAGING = ROOT / "packaging"
ALWAYS = {"gcc", "libc6-dev", "make"}  # whoever builds a package has them
INSTRUCTIONS = {"FROM", "WORKDIR", "COPY", "RUN", "ENTRYPOINT", "CMD"}


def make(folder, *args):
    return subprocess.run(["make", "-s", "-C", folder, *args], capture_output=True, text=True,
                          check=True).stdout.strip()


class Agreement(unittest.TestCase):
    def test_there_is_one_version(self):
        number = source.version()
        spec = (PACKAGING / "wakelab.spec").read_text()
        self.assertEqual(source.changes((ROOT / "CHANGELOG.md").read_text())[0][0], number)
        self.assertEqual(re.search(r"^Version: +(\S+)$", spec, re.M).group(1), number)
        self.assertIn(f" - {number}-1\n", spec)

    def test_a_package_is_built_with_what_the_build_needs(self):
        setup = re.findall(r"^(?:build|install)=\((.*?)\)", (ROOT / "scripts/setup").read_text(), re.M | re.S)
        control = re.search(r"^Build-Depends:\n((?: .*\n)+)", (PACKAGING / "debian/control").read_text(), re.M)
        needs = {name.partition(":")[0] for name in re.findall(r"^ ([\w:+.-]+)", control.group(1), re.M)}
        self.assertEqual(needs | ALWAYS, set(" ".join(setup).split()) | {"debhelper-compat"})

    def test_what_users_read_of_changes_is_what_debian_has(self):
        text = ("# Changelog\n\n## 0.2.0 (2026-11-30)\n\n### New\n- One,\n  and more.\n- Two.\n\n"
                "### Old\n- Three.\n\n## 0.1.0 (2026-11-24)\n\n- First.\n")
        self.assertEqual(source.debian_changelog(text), f"""\
wakelab (0.2.0) unstable; urgency=medium

  [ New ]
  * One, and more.
  * Two.

  [ Old ]
  * Three.

 -- {source.maintainer()}  Mon, 30 Nov 2026 00:00:00 +0000

wakelab (0.1.0) unstable; urgency=medium

  * First.

 -- {source.maintainer()}  Tue, 24 Nov 2026 00:00:00 +0000
""")

    def test_a_container_file_is_well_formed(self):
        """The instructions are known, and a stage is there before files are taken from it."""
        text = re.sub(r"\\\n", " ", (PACKAGING / "Containerfile").read_text())
        lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
        stages = []
        for word, *rest in lines:
            self.assertIn(word, INSTRUCTIONS)
            if word == "FROM":
                stages.append(rest[2] if rest[1:2] == ["AS"] else "")
            for taken in re.findall(r"--from=(\S+)", " ".join(rest)):
                self.assertIn(taken, stages[:-1])
            if word == "COPY" and not rest[0].startswith("--"):
                self.assertTrue(all((ROOT / name).exists() for name in rest[:-1]), rest)
        self.assertEqual(lines[0][0], "FROM")


class Facts(unittest.TestCase):
    def test_a_binary_says_which_it_is(self):
        said = subprocess.run([binary(), "--version"], capture_output=True, text=True, check=True).stdout
        self.assertRegex(said, rf"""^wakelab {re.escape(source.version())}
commit:        ([0-9a-f]{{12}}(-dirty)?|not known to the build)
libbpf:        \d+\.\d+, built with \d+\.\d+
BPF programs:  (x86|arm64), for Linux 6\.2 and newer, 5\.12 to 6\.1, 5\.10 and 5\.11
$""")

    def test_sources_without_a_history_know_their_commit_or_none(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = Path(folder.name)
        (root / "packaging").mkdir()
        (root / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
        file = root / "packaging" / "commit"
        for content, commit in (("$Format:%H$", ""), (f"{'0123456789abcdef' * 2}01234567", "0123456789ab"),
                                ("0123456789ab-dirty", "0123456789ab-dirty"), ("", "")):
            file.write_text(f"{content}\n")
            self.assertEqual(make(root, "commit"), commit, content)

    def test_the_sources_of_a_package(self):
        """They are those of the project, with the recipe and the commit, and always the same."""
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder, name) for name in ("one", "two")]
            for file in files:
                source.write_tar(file)
            self.assertEqual(files[0].read_bytes(), files[1].read_bytes())
            with tarfile.open(files[0]) as tar:
                top = f"wakelab-{source.version()}"
                names = {name.removeprefix(f"{top}/") for name in tar.getnames()}
                commit = tar.extractfile(f"{top}/packaging/commit").read().decode()
        self.assertEqual(commit, f"{source.commit()}\n")
        self.assertLessEqual({"Makefile", "scripts/setup", "debian/rules", "debian/changelog",
                              "labs/07-edge-triggered/lesson.json"}, names)
        self.assertEqual([name for name in names if name.startswith(("build", ".git/"))], [])


class Refused(unittest.TestCase):
    def refused(self, why, *prefix, path=os.environ["PATH"]):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            run = subprocess.run([*prefix, sys.executable, "-m", "packages.package", f"{folder}/made"],
                                 cwd=ROOT / "tests", env={"PATH": path}, capture_output=True, text=True,
                                 check=False)
            self.assertEqual((run.returncode, run.stderr), (1, f"package: cannot make packages: {why}\n"))
            self.assertEqual(os.listdir(folder), [])

    def test_a_user(self):
        self.refused("installing Debian into a folder takes root: sudo scripts/package",
                     *([] if os.geteuid() else ["setpriv", "--reuid=65534", "--clear-groups"]))

    def test_a_program_is_missing(self):
        if os.geteuid():
            self.skipTest("refused for another reason: takes root")
        self.refused("mmdebstrap is not installed: scripts/setup package", path="/nowhere")

    def test_changes_of_another_version(self):
        with self.assertRaisesRegex(Failure, "CHANGELOG.md begins with 9.9, and the Makefile has"):
            source.check_version("9.9")
