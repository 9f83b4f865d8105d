# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Packages: how scripts/package makes them, and what scripts/check packages does with them."""
