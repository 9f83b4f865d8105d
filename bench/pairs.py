# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What a few paired measurements say: quartiles of their ratios, and whether these lie to one side.

Nothing is assumed of how the measurements scatter.
"""
from math import comb


def quartiles(values):
    """The lower quartile, the median and the upper one; between two values, in proportion."""
    ordered = sorted(values)

    def at(share):
        place = share * (len(ordered) - 1)
        below = int(place)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (place - below) * (ordered[above] - ordered[below])

    return at(0.25), at(0.5), at(0.75)


def median(values):
    return quartiles(values)[1]


def sign_test(ratios):
    """How likely it is, were there no difference, that at least so many of the ratios lie to one side
    of 1: two-sided, exact. Those that are 1 tell nothing, and are left out."""
    below = sum(ratio < 1 for ratio in ratios)
    n = sum(ratio != 1 for ratio in ratios)
    tail = sum(comb(n, k) for k in range(min(below, n - below) + 1))
    return min(1.0, 2 * tail / 2 ** n)
