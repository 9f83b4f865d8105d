# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Boots other kernels in virtual machines and runs the traced tests there, one line a test.

  scripts/vm                        all kernels
  scripts/vm 6.1 arm64              these
  scripts/vm 6.1 -k test_models     the tests with "test_models" in their name
  scripts/vm --list                 what there is
  scripts/vm image [FILE]           makes an image for a course room: see scripts/vm image --help

Kernels, Python and libraries come from the Debian archive of the system's own package sources, and
are kept in ~/.cache/wakelab/vm (or below XDG_CACHE_HOME). The last line counts; the status is 1 when a
test failed or none ran.
"""
import argparse
import sys

from run import Report, names_of
from . import image
from .kernels import KERNELS, find
from .matrix import Matrix


def list_kernels():
    for kernel in KERNELS:
        state = kernel.cached() or "not fetched yet"
        print(f"{kernel.name:8} {kernel.arch.name}, Debian {kernel.suite}: {kernel.what}\n"
              f"{'':8} {state}")


def parse():
    parser = argparse.ArgumentParser(prog="scripts/vm", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kernels", nargs="*", metavar="KERNEL", help="its name (all)")
    parser.add_argument("-k", dest="pattern", default="", metavar="NAME",
                        help="only tests with NAME in their name")
    parser.add_argument("--list", action="store_true", help="the kernels by name, and what is cached")
    args = parser.parse_args()
    for name in args.kernels:
        if not find(name):
            parser.error(f"no kernel \"{name}\"; there are {', '.join(k.name for k in KERNELS)}")
    return args


def main():
    if sys.argv[1:2] == ["image"]:
        return image.main(sys.argv[2:])
    args = parse()
    if args.list:
        list_kernels()
        return 0
    report = Report()
    kernels = [find(name) for name in args.kernels] or KERNELS
    try:
        Matrix(report).run(kernels, names_of("traced"), args.pattern)
    except KeyboardInterrupt:
        print("vm: interrupted", file=sys.stderr)
        report.finish()
        return 1
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
