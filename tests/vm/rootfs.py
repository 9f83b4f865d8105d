# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The files of a machine for a course room: Debian with a kernel, a compiler, Python, and wakelab."""
import datetime
import os

from . import bootstrap
from .guest import HERE, ROOT
from .problems import require_programs, run

SUITE = "trixie"
PACKAGES = ("busybox-static", "gcc", "gdb", "initramfs-tools", "iproute2", "kbd", "less",
            "libc6-dev", "libcap2-bin", "linux-image-amd64", "linux-perf", "login", "make", "man-db",
            "manpages", "manpages-dev", "nano", "netcat-openbsd", "openssh-client", "procps",
            "python3", "redis-server", "strace", "sudo", "tmux", "udhcpc", "vim-tiny")
# What starts and ends the machine: nothing else runs beside what is measured.
BUSYBOX = ("init", "halt", "poweroff", "reboot")


def require_tools():
    require_programs("make", by="scripts/setup image")
    bootstrap.require_tools(by="scripts/setup image")


def install_debian(root):
    room = HERE / "room"
    links = "; ".join(f'ln -s ../bin/busybox "$1/usr/sbin/{name}"' for name in BUSYBOX)
    bootstrap.bootstrap(
        SUITE, root, "--variant=minbase", f"--include={','.join(PACKAGES)}",
        *(f"--dpkgopt={option}" for option in bootstrap.WITHOUT_DOCUMENTS),
        # before the kernel's package makes an initramfs
        f'--essential-hook=cp -rT {room} "$1"',
        f'--customize-hook=cp -rT {room} "$1"; {links}')  # the set-up left its own host name


def version():
    """Which wakelab it is, of which commit, and the day."""
    name, commit, *_ = run([ROOT / "build-static" / "wakelab", "--version"]).splitlines()
    return f"{name}, {' '.join(commit.replace(':', '').split())}, image of {datetime.date.today()}"


def install_wakelab(root):
    """The static binary, the lessons and the documents."""
    run(["make", "-s", "-C", ROOT, "STATIC=1", "PREFIX=/usr/local", f"DESTDIR={root}", "install"])
    (root / "root/labs").symlink_to("/usr/local/share/wakelab/labs")
    motd = root / "etc/motd"
    motd.write_text(motd.read_text().replace("@VERSION@", version()))


def make_root(root, say):
    """Fills the folder root, which is made for it; say is told what goes on."""
    say("building wakelab")
    run(["make", "-s", "-C", ROOT, f"-j{len(os.sched_getaffinity(0))}", "STATIC=1"])
    say(f"installing Debian {SUITE}, about a minute")
    install_debian(root)
    install_wakelab(root)
