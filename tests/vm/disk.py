# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A disk that boots by itself, made of the files of a system without mounting anything: a partition
table, a file system, and GRUB before the first partition, which the BIOS starts."""
import struct
from pathlib import Path

from .problems import Failure, Unavailable, require_programs, run

SECTOR = 512
FIRST = 2048  # sector of the partition
SIZE = 4 << 30  # bytes of the disk; what is not used takes no room
GRUB = Path("/usr/lib/grub/i386-pc")
MODULES = ("biosdisk", "part_msdos", "ext2", "normal", "linux", "serial", "terminal", "minicmd")
FEATURES = "^metadata_csum_seed,^orphan_file"  # which GRUB may not know
FORMATS = {".qcow2": ("qcow2", "-c"), ".raw": ("raw",), ".img": ("raw",), ".vdi": ("vdi",),
           ".vmdk": ("vmdk", "-o", "subformat=streamOptimized")}
CODE = 440  # bytes of a first sector before what belongs to the table


def require_tools():
    require_programs("grub-mkimage", "mke2fs", "qemu-img", by="scripts/setup image")
    if not (GRUB / "boot.img").exists():
        raise Unavailable("GRUB for a BIOS is not installed: scripts/setup image")


def partition(disk):
    """A table of one partition, bootable, of Linux; with no cylinders, heads and sectors."""
    entry = struct.pack("<B3sB3sII", 0x80, b"\xfe\xff\xff", 0x83, b"\xfe\xff\xff", FIRST,
                        SIZE // SECTOR - FIRST)
    with open(disk, "wb") as file:
        file.write((bytes(CODE + 6) + entry).ljust(SECTOR - 2, b"\0") + b"\x55\xaa")
        file.truncate(SIZE)


def make_file_system(root, disk):
    run(["mke2fs", "-q", "-t", "ext4", "-L", "wakelab", "-O", FEATURES,
         "-E", f"offset={FIRST * SECTOR}", "-d", root, disk, f"{(SIZE - FIRST * SECTOR) >> 10}k"])


def install_grub(disk):
    """The first sector loads the rest, from the second one on, which finds its menu by itself."""
    core = disk.with_suffix(".core")
    run(["grub-mkimage", "-O", "i386-pc", "-p", "(,msdos1)/boot/grub", "-o", core, *MODULES])
    rest = core.read_bytes()
    if len(rest) > (FIRST - 1) * SECTOR:
        raise Failure("GRUB does not fit before the first partition")
    with open(disk, "r+b") as file:
        file.write((GRUB / "boot.img").read_bytes()[:CODE])
        file.seek(SECTOR)
        file.write(rest)


def make_disk(root, file):
    """Makes a disk of the folder root, in the format that the ending of file tells."""
    disk = file.with_suffix(".disk")
    partition(disk)
    make_file_system(root, disk)
    install_grub(disk)
    kind, *options = FORMATS[file.suffix]
    run(["qemu-img", "convert", "-f", "raw", "-O", kind, *options, disk, file])
