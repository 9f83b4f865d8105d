# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""How a measured test tells of a share: between what the true one lies, 95 times of 100, too."""
import math

Z = 1.96  # standard deviations within which 95 % of a normal distribution lie


def bounds(hits, tries):
    """Of the true share, after Wilson: they hold for few tries, and for shares near none and all."""
    centre = hits + Z * Z / 2
    width = Z * math.sqrt(hits * (tries - hits) / tries + Z * Z / 4)
    return (centre - width) / (tries + Z * Z), (centre + width) / (tries + Z * Z)


def report(what, hits, tries):
    if not tries:
        print(f"     {what}: there was none")
        return
    low, high = bounds(hits, tries)
    print(f"     {what}: {hits} of {tries}, {hits / tries:.1%} (95 %: {low:.1%} to {high:.1%})")
