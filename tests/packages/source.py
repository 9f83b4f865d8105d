# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The sources as packages are made of them: their files, version, commit and changes."""
import datetime
import io
import re
import tarfile
import textwrap
from pathlib import Path

from vm.problems import Failure, run

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ROOT / "packaging" / "debian"
WIDTH = 79  # of a line of debian/changelog
NOT_SOURCES = re.compile(r"(build|\.git$|.*/__pycache__/)")  # where there is no history to ask


def version():
    return re.search(r"^VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.M).group(1)


def changes(text):
    """CHANGELOG.md as a list: version, day, lines."""
    parts = re.split(r"^## (\S+) \((\d{4}-\d\d-\d\d)\)\n", text, flags=re.M)
    return [(parts[i], datetime.datetime.fromisoformat(f"{parts[i + 1]}T00:00:00+00:00"),
             parts[i + 2].splitlines()) for i in range(1, len(parts), 3)]


def maintainer():
    return re.search(r"^Maintainer: (.*)$", (RECIPE / "control").read_text(), re.M).group(1)


def debian_lines(lines):
    """Lines of CHANGELOG.md as Debian writes them: headings and items, and blank ones between."""
    for block in re.split(r"\n(?=- |### |\n)", "\n".join(lines).strip("\n")):
        if block.startswith("### "):
            yield f"  [ {block[4:]} ]"
        else:
            yield from textwrap.wrap(" ".join(block.removeprefix("- ").split()), WIDTH, initial_indent="  * ",
                                     subsequent_indent="    ", break_on_hyphens=False) or [""]


def debian_changelog(text):
    """CHANGELOG.md as debian/changelog. Times of what is built are those of its last version."""
    return "\n".join("\n".join([f"wakelab ({number}) unstable; urgency=medium", "",
                                *debian_lines(lines), "",
                                f" -- {maintainer()}  {day:%a, %d %b %Y %H:%M:%S +0000}", ""])
                     for number, day, lines in changes(text))


def names():
    """The files of the sources, as git has them; without it all but what was built."""
    if (ROOT / ".git").exists():
        listed = run(["git", "-c", "safe.directory=*", "-C", ROOT, "ls-files", "-z"]).split("\0")
    else:
        listed = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*")]
    return sorted(name for name in listed if (ROOT / name).is_file() and not NOT_SOURCES.match(name))


def commit():
    """As the Makefile has it: it is asked, and given to sources that have no history."""
    return run(["make", "-s", "-C", ROOT, "commit"]).strip()


def check_version(number):
    """Packages have the number that CHANGELOG.md begins with."""
    if number != version():
        raise Failure(f"CHANGELOG.md begins with {number}, and the Makefile has {version()}")


def write_tar(file):
    """The sources with debian/ in them, in a folder whose name has the version."""
    text = (ROOT / "CHANGELOG.md").read_text()
    number, day, _ = changes(text)[0]
    check_version(number)
    made = {"debian/changelog": debian_changelog(text).encode(),
            "packaging/commit": f"{commit()}\n".encode()}
    made |= {name: (ROOT / name).read_bytes() for name in names() if name not in made}
    made |= {f"debian/{path.relative_to(RECIPE)}": path.read_bytes()
             for path in RECIPE.rglob("*") if path.is_file()}
    with tarfile.open(file, "w") as tar:
        for name, content in sorted(made.items()):
            entry = tarfile.TarInfo(f"wakelab-{number}/{name}")
            entry.size, entry.mtime = len(content), int(day.timestamp())
            entry.mode = 0o755 if content.startswith(b"#!") else 0o644
            tar.addfile(entry, io.BytesIO(content))
