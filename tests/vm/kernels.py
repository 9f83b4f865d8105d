# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The kernels by name, and their images: Debian's, for virtual machines, in a cache."""
import re
import shutil
from dataclasses import dataclass

from .archive import Archive, only, replace_folder
from .problems import Unavailable, cache_folder


@dataclass(frozen=True)
class Arch:
    """How QEMU runs an architecture. With more than one thread, changing trace events panics an x86
    guest (Oops: int3); arm64 does well with them. Where x86 says that "rep movsb" is fast (erms), its
    kernel copies and clears with it, and QEMU does that byte by byte. ARM's pointer authentication,
    emulated as the architecture has it and not as the implementation may, takes three times as long as
    all else."""
    name: str  # as Debian says it
    qemu: str
    console: str
    options: tuple


@dataclass(frozen=True)
class Kernel:
    name: str
    suite: str
    arch: Arch

    @property
    def folder(self):
        return cache_folder() / "kernels" / self.name

    @property
    def image(self):
        return self.folder / "vmlinuz"

    def cached(self):
        """The package and version of the image in the cache, or None."""
        note = self.folder / "package"
        return note.read_text().strip() if note.exists() and self.image.exists() else None

    def package(self, archive):
        """The newest image's package; since 7.0 the image lies in a "binary" one."""
        names = archive.depends(f"linux-image-cloud-{self.arch.name}")
        for kind in ("binary", "image"):
            found = [n for n in names if re.match(rf"linux-{kind}-\d.*-cloud-{archive.arch}$", n)]
            if found:
                return only(found, f"newest kernel in {self.suite}")
        raise Unavailable(f"{self.suite} has no kernel for virtual machines")

    def download(self, archive, package, wanted):
        new = self.folder.with_name(f"{self.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        archive.unpack([package], new / "tree")
        images = [str(p) for p in (new / "tree").rglob("vmlinuz*") if p.is_file()]
        shutil.move(only(images, f"image in {package}"), new / "vmlinuz")
        shutil.rmtree(new / "tree")
        (new / "package").write_text(wanted + "\n")
        replace_folder(new, self.folder)

    def fetch(self):
        """Brings the newest image into the cache."""
        archive = Archive(self.suite, self.arch.name)
        package = self.package(archive)
        wanted = archive.versions([package])[0]
        if self.cached() != wanted:
            self.download(archive, package, wanted)


X86 = Arch("amd64", "qemu-system-x86_64", "ttyS0",
           ("-accel", "tcg,thread=single", "-cpu", "max,erms=off"))
ARM = Arch("arm64", "qemu-system-aarch64", "ttyAMA0",
           ("-M", "virt", "-accel", "tcg,thread=multi", "-cpu", "max,pauth-impdef=on"))

KERNELS = (
    Kernel("5.10", "bullseye", X86),  # the oldest that is supported
    Kernel("6.1", "bookworm", X86),  # before the tracepoints of sockets (6.3)
    Kernel("6.12", "trixie", X86),  # long-term support
    Kernel("newest", "sid", X86),  # the newest there is
    Kernel("arm64", "trixie", ARM),  # long-term support, on another architecture
)
