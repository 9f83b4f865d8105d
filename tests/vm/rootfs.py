# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The files of a machine for a course room: Debian with a kernel, a compiler, Python, and wakelab."""
import datetime
import os
import re
import shutil
import signal
import subprocess

from .archive import sources
from .guest import HERE, ROOT
from .problems import Failure, NoSpace, Unavailable, require_programs, run

SUITE = "trixie"
PACKAGES = ("busybox-static", "gcc", "gdb", "initramfs-tools", "iproute2", "kbd", "less",
            "libc6-dev", "libcap2-bin", "linux-image-amd64", "linux-perf", "login", "make", "man-db",
            "manpages", "manpages-dev", "nano", "netcat-openbsd", "openssh-client", "procps",
            "python3", "redis-server", "strace", "sudo", "tmux", "udhcpc", "vim-tiny")
WITHOUT = ("path-exclude=/usr/share/locale/*", "path-exclude=/usr/share/doc/*",
           "path-include=/usr/share/doc/*/copyright")
# What starts and ends the machine: nothing else runs beside what is measured.
BUSYBOX = ("init", "halt", "poweroff", "reboot")


def require_tools():
    require_programs("make", "mmdebstrap", "unshare", by="scripts/setup image")


def debian_argv(root):
    """Namespaces of its own: whatever it mounts below root is gone when it has ended."""
    room = HERE / "room"
    links = "; ".join(f'ln -s ../bin/busybox "$1/usr/sbin/{name}"' for name in BUSYBOX)
    return ["unshare", "--mount", "--pid", "--fork",
            "mmdebstrap", "--mode=root", "--variant=minbase", f"--include={','.join(PACKAGES)}",
            *(f"--dpkgopt={option}" for option in WITHOUT),
            # before the kernel's package makes an initramfs
            f'--essential-hook=cp -rT {room} "$1"',
            f'--customize-hook=cp -rT {room} "$1"; {links}',  # the set-up left its own host name
            SUITE, str(root), "-"]


def explain(text):
    """What kept Debian from being installed, of what was said."""
    if "No space left" in text:
        return NoSpace("no space left")
    if re.search(r"E: Failed to fetch|Temporary failure resolving|Could not connect", text):
        return Unavailable(f"cannot fetch Debian {SUITE}: check the network with apt-get update")
    errors = re.findall(r"^(?:E: |unshare: ).*", text, re.M) or text.splitlines() or ["no message"]
    return Failure(f"cannot install Debian {SUITE}: {errors[0]}")


def install_debian(root):
    """Ends by a signal to all that it started; nothing is left mounted."""
    # in a session of its own, Ctrl-C reaches it through us only
    with subprocess.Popen(debian_argv(root), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace",
                          start_new_session=True) as child:
        try:
            text, _ = child.communicate(sources(SUITE))
        except BaseException:
            os.killpg(child.pid, signal.SIGTERM)
            child.communicate()
            raise
    if child.returncode:
        raise explain(text)


def version():
    """Which wakelab it is, of which commit, and the day."""
    name = run([ROOT / "build-static" / "wakelab", "--version"]).strip()
    try:
        commit = ", commit " + run(["git", "-c", "safe.directory=*", "-C", ROOT, "describe",
                                    "--always", "--dirty", "--abbrev=12"]).strip()
    except (Failure, OSError):
        commit = ""  # sources without a history
    return f"{name}{commit}, image of {datetime.date.today()}"


def install_wakelab(root):
    """The static binary, the lessons and the documents."""
    run(["make", "-s", "-C", ROOT, "STATIC=1", "PREFIX=/usr/local", f"DESTDIR={root}", "install"])
    documents = root / "usr/local/share/doc/wakelab"
    shutil.copytree(ROOT / "docs", documents / "docs")
    shutil.copy(ROOT / "README.md", documents)
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
