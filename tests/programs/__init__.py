# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Programs of tests that are no Python, and how they are built."""

# no C library is needed, so a compiler for the native ABI suffices
ABI32_FLAGS = ("-m32", "-O1", "-nostdlib", "-static", "-ffreestanding", "-fno-stack-protector",
               "-fno-pie", "-no-pie")
