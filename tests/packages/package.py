# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Makes packages, in about three minutes: for each architecture wakelab_VERSION_ARCH.deb, and a tarball
with a binary that needs no shared library; wakelab-course_VERSION_all.deb, with the lessons; and
SHA256SUMS.

  sudo scripts/package                   in build/packages, for amd64 and arm64
  sudo scripts/package -a amd64 DIR      in DIR, for one architecture

They are built in a Debian bookworm of its own, from the archive of the system's own sources: what is
built there runs on that release and on later ones. Nothing is installed here but mmdebstrap, which
scripts/setup package does. The same sources give the same files, byte by byte, as long as the
compiler is the same.
"""
import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path

from vm import bootstrap
from vm.archive import native_arch
from vm.problems import Failure, Unavailable

from . import source

SUITE = "bookworm"  # the oldest one that its packages are for
ARCHES = ("amd64", "arm64")
LAST = 30  # lines of what was printed before it failed


def say(text):
    print(f"package: {text}", flush=True)


def check():
    """Raises what would keep packages from being made, as far as it can be known before."""
    if os.geteuid():
        raise Unavailable("installing Debian into a folder takes root: sudo scripts/package")
    bootstrap.require_tools(by="scripts/setup package")


def make(folder, arches, where="/build"):
    """Makes the packages in a folder, which may exist; the sources lie in where while they are built.
    Gives the paths of what was made."""
    check()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        source.write_tar(work / "sources.tar")
        (work / "made").mkdir()
        here = f"{where}/wakelab-{source.version()}/packaging/build-here"
        bootstrap.bootstrap(
            SUITE, None, "--variant=apt", f"--architectures={','.join(native_first(arches))}",
            *(f"--dpkgopt={option}" for option in bootstrap.WITHOUT_DOCUMENTS),
            f'--customize-hook=mkdir -p "$1{where}" "$1/made"',
            f"--customize-hook=tar-in {work}/sources.tar {where}",
            f'--customize-hook=chroot "$1" {here} /made {" ".join(arches)}',
            f"--customize-hook=sync-out /made {work}/made")
        folder.mkdir(parents=True, exist_ok=True)
        made = [folder / path.name for path in sorted((work / "made").iterdir())]
        for path in made:
            path.write_bytes((work / "made" / path.name).read_bytes())
    return made


def native_first(arches):
    """What runs here is always among what may be installed there."""
    native = native_arch()
    return [native, *(arch for arch in arches if arch != native)]


def main():
    parser = argparse.ArgumentParser(prog="scripts/package", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=source.ROOT / "build" / "packages",
                        metavar="DIR", help="where to (build/packages)")
    parser.add_argument("-a", dest="arches", action="append", choices=ARCHES, metavar="ARCH",
                        help="an architecture, of amd64 and arm64; can be repeated (both)")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    say("building in a Debian of its own, some minutes")
    try:
        made = make(args.folder, args.arches or ARCHES)
    except KeyboardInterrupt:
        print("package: interrupted, no package was made", file=sys.stderr)
        return 1
    except (Failure, Unavailable, OSError) as error:
        for line in getattr(error, "said", "").splitlines()[-LAST:]:
            print(line, file=sys.stderr)
        print(f"package: cannot make packages: {error}", file=sys.stderr)
        return 1
    for path in made:
        say(f"{path}, {path.stat().st_size / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
