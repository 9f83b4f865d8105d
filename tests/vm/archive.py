# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Packages of any Debian suite and architecture, by apt with a state of its own: nothing of the
system changes. Where the archive is, the system's own sources say."""
import os
import re
import shutil
import tempfile
import time

from .problems import Failure, Unavailable, cache_folder, require_programs, run

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
FRESH = 12 * 3600  # seconds for which a suite's lists are new enough
WITHOUT_SECURITY = ("sid",)


def native_arch():
    return run(["dpkg", "--print-architecture"]).strip()


def system_sources():
    """The archives of the system's own sources by their label, and its suite."""
    require_programs("apt-get", "dpkg-deb")
    uris, suite = {}, None
    lines = run(["apt-get", "indextargets", "--format",
                 "$(ORIGIN)|$(LABEL)|$(REPO_URI)|$(CODENAME)", "Created-By: Packages"])
    for line in lines.splitlines():
        origin, label, uri, codename = line.split("|")
        if origin == "Debian":
            uris.setdefault(label, uri)
            if label == "Debian" and "-" not in codename:
                suite = suite or codename
    if "Debian" not in uris or not suite:
        raise Unavailable("apt knows of no Debian archive: run apt-get update on a Debian system")
    return uris, suite


def replace_folder(new, old):
    """A rename, so that nobody ever sees half of it."""
    if old.exists():
        shutil.rmtree(old)
    new.rename(old)


def sources(suite):
    """A suite as lines of sources.list, from the archives of the system's own sources."""
    uris, _ = system_sources()
    lines = [f"deb [signed-by={KEYRING}] {uris['Debian']} {suite} main"]
    if "Debian-Security" in uris and suite not in WITHOUT_SECURITY:
        lines.append(f"deb [signed-by={KEYRING}] {uris['Debian-Security']} {suite}-security main")
    return "\n".join(lines) + "\n"


class Archive:
    """One suite for one architecture."""

    def __init__(self, suite, arch):
        self.suite, self.arch = suite, arch
        self.state = cache_folder() / "apt" / f"{suite}-{arch}"
        for folder in ("lists/partial", "archives/partial"):
            (self.state / folder).mkdir(parents=True, exist_ok=True)
        self.stamp = self.state / "updated"
        (self.state / "status").touch()
        (self.state / "sources.list").write_text(sources(suite))
        self.update()

    def apt(self, program, *args, **options):
        s = self.state
        settings = {"Dir::State": s, "Dir::State::lists": s / "lists",
                    "Dir::State::status": s / "status", "Dir::Cache": s,
                    "Dir::Cache::archives": s / "archives",
                    "Dir::Etc::sourcelist": s / "sources.list", "Dir::Etc::sourceparts": "/dev/null",
                    "APT::Architecture": self.arch, "APT::Architectures": self.arch,
                    "APT::Sandbox::User": "", "Acquire::Languages": "none"}
        flags = [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]
        return run([program, "-q", *flags, *args], error=Unavailable, **options)

    def fresh(self):
        return self.stamp.exists() and time.time() - self.stamp.stat().st_mtime < FRESH

    def update(self):
        """Fetches the suite's lists, unless they are new enough; without a network the last ones,
        which tell what is in the cache, have to do."""
        if self.fresh():
            return
        try:
            self.apt("apt-get", "update", "--error-on=any")
            self.stamp.touch()
        except Unavailable:
            if not self.stamp.exists():
                raise Unavailable(f"cannot fetch the package lists of Debian {self.suite}, and none "
                                  "are in the cache: check the network with apt-get update"
                                  ) from None

    def depends(self, package):
        """Names of all that a package needs, directly or not."""
        text = self.apt("apt-cache", "depends", "--recurse", "--important", package)
        return [line for line in text.splitlines() if not line.startswith((" ", "<"))]

    def versions(self, packages):
        """The lines "NAME VERSION" of the newest ones."""
        text = self.apt("apt-cache", "show", "--no-all-versions", *packages)
        found = dict(re.findall(r"^Package: (\S+)\n(?:.+\n)*?Version: (\S+)$", text, re.M))
        return [f"{name} {found[name]}" for name in packages]

    def unpack(self, packages, target):
        """Downloads packages and unpacks them into a folder that is made for them."""
        target.mkdir(parents=True)
        with tempfile.TemporaryDirectory(dir=self.state) as downloads:
            self.apt("apt-get", "download", *packages, cwd=downloads)
            for package in sorted(os.listdir(downloads)):
                run(["dpkg-deb", "-x", f"{downloads}/{package}", target])

    def tree(self, packages, path, finish=lambda root: None):
        """A folder that has the newest versions of the packages, finished, below root; it is made
        anew when they change."""
        note = path / "packages"
        wanted = "\n".join(self.versions(packages)) + "\n"
        if note.exists() and note.read_text() == wanted:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        self.unpack(packages, new / "root")
        finish(new / "root")
        (new / "packages").write_text(wanted)
        replace_folder(new, path)


def only(names, what):
    """The one name there is."""
    if len(names) != 1:
        raise Failure(f"expected one {what}, found: {', '.join(names) or 'none'}")
    return names[0]
