# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Virtual machines: the traced tests on other kernels (scripts/check kernels), the room's (scripts/image)."""
