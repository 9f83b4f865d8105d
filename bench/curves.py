# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What bench/scale.py measured as a picture: what an event costs, by how many there are."""
from math import ceil, log10
from xml.sax.saxutils import escape

from plot import document

LEFT, WIDTH, HEAD, HEIGHT, FOOT = 70, 560, 34, 180, 44  # pixels
COLOURS = {"untraced": "#8a8a8a", "floor": "#d68910", "wakelab": "#c0392b"}
NAMES = {"untraced": "untraced", "floor": "empty programs", "wakelab": "wakelab"}


class Chart:
    """One line a watcher, over sizes on a logarithmic scale. lines: name -> [(n, ns)]."""

    def __init__(self, title, lines):
        self.title, self.lines = title, lines
        points = [point for line in lines.values() for point in line]
        self.decades = max(1, ceil(log10(max(n for n, _ in points))))
        most = max(ns for _, ns in points)
        self.step = next(s for s in (k * 10 ** e for e in range(10) for k in (1, 2, 5))
                         if most / s <= 6)
        self.top = self.step * ceil(most / self.step)
        self.height = HEAD + HEIGHT + FOOT

    def x(self, n):
        return LEFT + WIDTH * log10(n) / self.decades

    def y(self, ns):
        return HEAD + HEIGHT * (1 - ns / self.top)

    def draw(self):
        yield f'<text x="8" y="20" font-weight="bold">{escape(self.title)}</text>'
        for i, name in enumerate(self.lines):
            yield (f'<text x="{LEFT + 230 + 140 * i}" y="20" style="fill:{COLOURS[name]}">'
                   f'\u2013 {NAMES[name]}</text>')
        for i in range(round(self.top / self.step) + 1):
            y = self.y(i * self.step)
            yield f'<line x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
            yield (f'<text class="small" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">'
                   f'{i * self.step:,}</text>')
        for decade in range(self.decades + 1):
            yield (f'<text class="small" x="{self.x(10 ** decade):.1f}" y="{HEAD + HEIGHT + 16}" '
                   f'text-anchor="middle">{10 ** decade:,}</text>')
        for name, line in self.lines.items():
            yield from self.draw_line(name, line)

    def draw_line(self, name, line):
        path = " ".join(f"{self.x(n):.1f},{self.y(ns):.1f}" for n, ns in line)
        yield f'<polyline points="{path}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>'
        for n, ns in line:
            yield f'<circle cx="{self.x(n):.1f}" cy="{self.y(ns):.1f}" r="3" fill="{COLOURS[name]}"/>'


def draw(about, curves):
    """An SVG document. curves: by -> name -> [(n, ns)]."""
    charts = [Chart(f"Nanoseconds a turn, by {by}", lines) for by, lines in curves.items()]
    return document(about, LEFT + WIDTH + 60, charts)
