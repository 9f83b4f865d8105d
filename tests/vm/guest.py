# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What runs in the virtual machine: an initramfs of busybox, Python, a static wakelab, the tests."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from programs import FLAGS, build

from .archive import Archive, native_arch, only, system_sources
from .problems import Failure, cache_folder, require_programs, run

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

LIBRARIES = ("libbpf-dev", "libcap-dev", "libelf-dev", "libjson-c-dev", "libmd-dev",
             "libseccomp-dev", "libncurses-dev", "liburing-dev", "libzstd-dev", "zlib1g-dev")
RUNTIME = ("busybox-static", "libc6", "libcap-ng0", "libexpat1", "util-linux", "zlib1g")
UNUSED = ("lib/python3*/ensurepip", "lib/python3*/idlelib", "lib/python3*/lib2to3",
          "lib/python3*/pydoc_data", "lib/python3*/test", "lib/*/gconv", "share")
FOLDERS = ("bin", "dev", "etc", "proc", "root", "sbin", "sys", "tmp", "usr/bin", "usr/sbin")
USERS = {"passwd": "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n",
         "group": "root:x:0:\nnogroup:x:65534:\n"}
CROSS = {"amd64": ("x86", "x86_64-linux-gnu-"), "arm64": ("arm64", "aarch64-linux-gnu-")}


def pack(tree, image):
    """The tree as an archive that the kernel unpacks; several of them may follow one another."""
    new = image.with_name(f"{image.name}.new")
    names = "".join(f"{p.relative_to(tree)}\n" for p in sorted(tree.rglob("*")))
    with open(new, "wb") as out:
        done = subprocess.run(["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0"], cwd=tree,
                              input=names.encode(), stdout=out, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise Failure(f"cpio failed: {done.stderr.decode().strip()}")
    new.rename(image)


def compile_modules(tree, version):
    """Python's modules as byte code, where this Python makes the same: a guest is slow at it."""
    if version == "python{}.{}".format(*sys.version_info):
        run([sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash",
             "-s", tree, tree / "usr" / "lib" / version])


def finish_system(tree):
    """Makes of the packages' files a system that boots."""
    for pattern in UNUSED:
        for folder in (tree / "usr").glob(pattern):
            shutil.rmtree(folder)
    for name in FOLDERS:
        (tree / name).mkdir(parents=True, exist_ok=True)
    if not (tree / "lib").exists():
        (tree / "lib").symlink_to("usr/lib")
    for name, text in USERS.items():
        (tree / "etc" / name).write_text(text)
    python = only([p.name for p in (tree / "usr/bin").glob("python3.*[0-9]")], "Python")
    (tree / "usr/bin/python3").symlink_to(python)
    compile_modules(tree, python)


class Guest:
    """What all machines of one architecture have in common."""

    def __init__(self, arch):
        require_programs("cpio", "make")
        self.arch = arch
        self.archive = Archive(system_sources()[1], arch)
        self.folder = cache_folder() / "trees"
        self.binary = self.image = None

    def prepare(self):
        """All that is common, so that initramfs() has only to put it together."""
        self.binary, self.image = self.build(), self.system()

    def build(self):
        """The static binary; for another architecture with libraries from its packages."""
        argv = ["make", "-s", "-C", ROOT, f"-j{len(os.sched_getaffinity(0))}", "STATIC=1"]
        if self.arch == native_arch():
            run(argv)
            return ROOT / "build-static" / "wakelab"
        arch, prefix = CROSS[self.arch]
        require_programs(f"{prefix}gcc")
        libraries = self.folder / f"libraries-{self.arch}"
        self.archive.tree(LIBRARIES, libraries)
        run([*argv, f"ARCH={arch}", f"CROSS_COMPILE={prefix}", f"SYSROOT={libraries}/root"])
        return ROOT / f"build-static-{arch}" / "wakelab"

    def python_packages(self):
        """Those of the suite's Python; ctypes needs libffi."""
        minimal = self.needed("python3-minimal", r"python3\.\d+-minimal$")
        modules = f"lib{minimal.replace('minimal', 'stdlib')}"
        return minimal, f"lib{minimal}", modules, self.needed(modules, r"libffi\d+$")

    def needed(self, package, pattern):
        """The one package with such a name that another needs."""
        return only([name for name in self.archive.depends(package) if re.match(pattern, name)],
                    f"package like {pattern}")

    def system(self):
        """The programs that the tests need, packed."""
        folder = self.folder / f"system-{self.arch}"
        self.archive.tree((*RUNTIME, *self.python_packages()), folder, finish_system)
        image = folder / "root.cpio"
        if not image.exists():
            pack(folder / "root", image)
        return image

    def initramfs(self, names, work):
        """An archive whose /init runs the tests of these names."""
        tree, own, image = work / "tree", work / "own.cpio", work / "initramfs"
        inside = tree / "wakelab"
        shutil.copytree(ROOT / "tests", inside / "tests",
                        ignore=shutil.ignore_patterns("__pycache__", "vm", "unit"))
        shutil.copytree(ROOT / "metrics", inside / "metrics",
                        ignore=shutil.ignore_patterns("__pycache__"))
        for name in FLAGS:  # there is no compiler in a guest
            if self.arch == "amd64" or name != "abi32":
                build(name, inside / "tests" / "programs", CROSS[self.arch][1])
        (inside / "build").mkdir()
        shutil.copy(self.binary, inside / "build" / "wakelab")
        shutil.copy(HERE / "inside.py", inside / "tests")
        (inside / "names").write_text("".join(f"{name}\n" for name in names))
        shutil.copy(HERE / "init", tree / "init")
        pack(tree, own)
        with open(image, "wb") as out:
            for part in (self.image, own):
                with open(part, "rb") as file:
                    shutil.copyfileobj(file, out)
        return image
