# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Packages as a job: made twice, looked at by lintian, installed, used and purged on Debian."""
import contextlib
import hashlib
import os
import re
import tarfile
import tempfile
import time
from pathlib import Path

from vm import bootstrap
from vm.archive import Archive, native_arch
from vm.problems import Failure, Unavailable, explain, require_programs, run

from . import package, source

NAME = "packages"
SUITES = ("bookworm", "trixie")
HELD = ("installed", "used", "lessons", "purged", "group")  # of tests/packages/installed
ELSEWHERE = "/srv/another/folder"
COMMIT = "[0-9a-f]{12}"
MACHINES = {"amd64": 62, "arm64": 183}  # e_machine


def sums(paths):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def same_again(made, folder):
    """Whether one architecture, made anew in another folder, gives the same files."""
    again = sums(package.make(folder, [native_arch()], ELSEWHERE))
    del again["SHA256SUMS"]
    first = sums(made)
    differ = sorted(name for name in again if again[name] != first[name])
    if differ or len(again) != 3:
        raise Failure(f"made twice, these differ: {', '.join(differ)}, of {', '.join(sorted(again))}")


def lint(made):
    """No error and no warning; what is kept quiet has a comment why, which is shown."""
    require_programs("lintian", by="scripts/setup package")
    run(["lintian", "--allow-root", "--fail-on", "error,warning",
         *(path for path in made if path.suffix == ".deb")])


def lint_rpm(_made):
    """The form of what cannot be built here."""
    require_programs("rpmspec", "rpmlint", by="scripts/setup package")
    spec = source.ROOT / "packaging" / "wakelab.spec"
    run(["rpmspec", "--parse", spec])
    run(["rpmlint", spec])


def one(made, ending):
    return next(path for path in made if path.name.endswith(ending))


def right_arch(made):
    """Each package has a binary of its own architecture, and each suite has what it depends on."""
    for arch in package.ARCHES:
        deb = one(made, f"_{arch}.deb")
        with tempfile.TemporaryDirectory() as name:
            run(["dpkg-deb", "-x", deb, name])
            head = (Path(name) / "usr/bin/wakelab").read_bytes()[:20]
        if int.from_bytes(head[18:20], "little") != MACHINES[arch]:
            raise Failure(f"{deb.name} has a binary of another architecture")
        for suite in SUITES:
            Archive(suite, arch).apt("apt-get", "install", "--simulate", "--no-install-recommends", deb,
                                     one(made, "_all.deb"))


def unpacked(made):
    """The tarball of this architecture runs from the folder that it is unpacked in."""
    file = one(made, f"-linux-{native_arch()}.tar.xz")
    with tempfile.TemporaryDirectory() as name:
        with tarfile.open(file) as tar:
            tar.extractall(name)
        binary = Path(name) / f"wakelab-{source.version()}" / "bin" / "wakelab"
        said = run([binary, "--version"])
        if not re.match(rf"wakelab {re.escape(source.version())}\ncommit: +({COMMIT}|not known)", said):
            raise Failure(f"{file.name} says it is {said}")
        if "07 edge-triggered" not in run([binary, "lab", "list"]):
            raise Failure(f"{file.name} does not find its lessons")
        if re.search(r"^\s*\d+ NEEDED|INTERP", run(["objdump", "-p", binary]), re.M):
            raise Failure(f"{file.name} needs shared libraries")


def try_on(suite, folder, told):
    """What holds of the packages on a clean Debian, a test each."""
    start = time.monotonic()
    try:
        said = bootstrap.bootstrap(
            suite, None, "--variant=minbase", "--include=debconf,libcap2-bin",
            '--customize-hook=mkdir "$1/made"', f"--customize-hook=sync-in {folder} /made",
            f'--customize-hook=cp {source.ROOT}/tests/packages/installed "$1/made"',
            f'--customize-hook=chroot "$1" env VERSION={source.version()} /made/installed')
    except Unavailable as reason:
        told("skip", f"{NAME}/{suite}", 0, str(reason))
        return
    except Failure as failure:
        said = failure.said
    held = re.findall(r"^held (\w+)$", said, re.M)
    missing = [name for name in HELD if name not in held]
    last = "\n".join(said.splitlines()[-package.LAST:])
    for name in HELD:
        why = last if name in missing[:1] else f"it ended at {missing[0]}" if name in missing else ""
        told("FAIL" if why else "ok", f"{NAME}/{suite}/{name}", time.monotonic() - start, why)


# A test each, of what was made.
CHECKS = {"lintian": lint, "rpmlint": lint_rpm, "arch": right_arch, "tarball": unpacked}


class Packages:
    """All of it, since it takes packages to begin with."""
    name = NAME
    stage, alone, goal = "slow", "", None

    @staticmethod
    def has(pattern):
        """Whether one of its tests has the pattern in its name; then all of them run."""
        names = ["made", *CHECKS, *(f"{suite}/{name}" for suite in SUITES for name in HELD),
                 "same"]
        return any(pattern in f"{NAME}/{name}" for name in names)

    @staticmethod
    @contextlib.contextmanager
    def test(name, told):
        start = time.monotonic()
        try:
            yield
        except Unavailable as reason:
            told("skip", f"{NAME}/{name}", 0, str(reason))
        except (Failure, OSError) as error:
            reason = explain(error) if isinstance(error, OSError) else error
            said = "\n".join(reason.said.splitlines()[-package.LAST:])
            told("FAIL", f"{NAME}/{name}", time.monotonic() - start, f"{said}\n{reason}")
        else:
            told("ok", f"{NAME}/{name}", time.monotonic() - start)

    def run(self, _worker, told):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            os.chmod(folder, 0o755)
            made = []
            with self.test("made", told):
                made = package.make(folder / "made", package.ARCHES)
            if made:
                self.try_all(folder, made, told)

    def try_all(self, folder, made, told):
        for name, check in CHECKS.items():
            with self.test(name, told):
                check(made)
        for suite in SUITES:
            try_on(suite, folder / "made", told)
        with self.test("same", told):
            same_again(made, folder / "again")


def packages(pattern):
    return [job for job in [Packages()] if job.has(pattern)]
