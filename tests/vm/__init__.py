# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The traced tests on other kernels, each booted in a virtual machine: see scripts/vm --help."""
