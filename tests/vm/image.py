# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Makes a virtual machine image for a course room, in about two minutes.

  sudo scripts/image                     makes wakelab.qcow2
  sudo scripts/image course.vdi          makes an image for VirtualBox; the ending of FILE selects the
                                            format: .qcow2, .raw, .img, .vdi, .vmdk

The machine boots (x86-64, BIOS) to a root shell, on its screen and on its serial console. It contains
wakelab as it is built here, the lessons, a C compiler, Python and an editor, on Debian trixie with Linux
6.12. The packages come from the archive of the system's own sources, as they are today, so make an image
shortly before you need it. "scripts/setup image" installs the tools. The image takes 0.4 GiB; making it
takes 2 GiB.
"""
import argparse
import os
import platform
import shlex
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from . import disk, rootfs
from .problems import Failure, NoSpace, Unavailable

NEEDED = 2 << 30  # bytes, while it is made
NAME = "wakelab.qcow2"


def say(text):
    print(f"image: {text}", flush=True)


def check(file):
    """Raises what would keep an image from being made, as far as it can be known before."""
    if file.suffix not in disk.FORMATS:
        raise Failure(f"{file} ends in none of {', '.join(disk.FORMATS)}")
    if os.path.lexists(file):
        raise Failure(f"{file} exists: remove it, or name another file")
    if not file.parent.is_dir():
        raise Failure(f"{file.parent} is no folder: make it first")
    if platform.machine() != "x86_64":
        raise Unavailable(f"an image is made on x86_64 only, and this is {platform.machine()}")
    if os.geteuid():
        raise Unavailable("installing Debian into a folder takes root: sudo scripts/image")
    rootfs.require_tools()
    disk.require_tools()
    free = shutil.disk_usage(file.parent).free
    if free < NEEDED:
        raise NoSpace(f"making an image takes {NEEDED >> 30} GiB, and {file.parent} has "
                      f"{free / (1 << 30):.1f}: free some, or name a file elsewhere")


def make(file):
    """Makes the image in the folder where it will be; until it is whole it has another name, and
    when that fails nothing is left."""
    check(file)
    os.umask(0o022)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".wakelab-image-") as name:
        work = Path(name)
        new = work / f"new{file.suffix}"
        os.chmod(work, 0o755)  # what becomes the root of the system lies in it
        try:
            rootfs.make_root(work / "root", say)
            say(f"writing {file}")
            disk.make_disk(work / "root", new)
            new.rename(file)
        except NoSpace:
            raise NoSpace(f"no space left in {file.parent}: free some, or name a file elsewhere"
                          ) from None


def command(file):
    """How to start it. KVM where there is one; else one thread: see kernels.Arch."""
    drive = f"file={str(file).replace(',', ',,')},format={disk.FORMATS[file.suffix][0]},if=virtio"
    return shlex.join(["qemu-system-x86_64", "-accel", "kvm", "-accel", "tcg,thread=single",
                       "-cpu", "max", "-smp", "2", "-m", "2G", "-drive", drive])


def main():
    parser = argparse.ArgumentParser(prog="scripts/image", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=Path(NAME), metavar="FILE",
                        help=f"where to; it must not exist ({NAME})")
    file = parser.parse_args().file
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        make(file)
    except KeyboardInterrupt:
        print("image: interrupted, no image was made", file=sys.stderr)
        return 1
    except (Failure, Unavailable, OSError) as error:
        print(f"image: cannot make {file}: {error}", file=sys.stderr)
        return 1
    say(f"{file}, {file.stat().st_size / (1 << 20):.0f} MiB. A window; or, with -nographic, in this "
        f"terminal until poweroff:\n  {command(file)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
