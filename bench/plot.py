# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The ratios of bench/report.py as a picture: each of them a dot, the quartiles a bar."""
from math import ceil, floor
from xml.sax.saxutils import escape

from pairs import quartiles
from report import all_ratios, machine

LEFT, WIDTH, ROW, HEAD = 250, 480, 22, 34  # pixels
PANELS = (("speed", "Messages a second"), ("cpu", "CPU time of the server a message"))
COLOURS = {"floor": "#8a8a8a", "wakes": "#d68910", "wakelab": "#c0392b",
           "none": "#2c6e9b"}
STYLE = "text{font:13px sans-serif;fill:#222}.small{font-size:11px;fill:#666}"


class Panel:
    """The ratios of one part in one measure, on a scale of their own."""

    def __init__(self, rows, title):
        self.rows, self.title = rows, title
        every = [ratio for row in rows for ratio in row.ratios] + [1]
        self.low, self.high = floor(min(every) * 10) / 10, ceil(max(every) * 10) / 10
        if self.low == self.high:
            self.low, self.high = self.low - 0.1, self.high + 0.1
        self.height = HEAD + ROW * len(rows) + 34

    def x(self, ratio):
        return LEFT + WIDTH * (ratio - self.low) / (self.high - self.low)

    def grid(self, bottom):
        step = next(s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 1e9) if (self.high - self.low) / s <= 10)
        for i in range(ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9) + 1):
            x, one = self.x(i * step), abs(i * step - 1) < 1e-9
            yield (f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{HEAD}" y2="{bottom}" '
                   f'stroke="{"#222" if one else "#ddd"}"/>')
            yield (f'<text class="small" x="{x:.1f}" y="{bottom + 14}" text-anchor="middle">'
                   f'{i * step:.1f}</text>')

    def draw(self):
        bottom = HEAD + ROW * len(self.rows)
        yield f'<text x="8" y="20" font-weight="bold">{escape(self.title)}</text>'
        yield from self.grid(bottom)
        for i, row in enumerate(self.rows):
            yield from self.draw_row(row, HEAD + ROW * i + ROW / 2)

    def draw_row(self, row, y):
        low, middle, high = (self.x(value) for value in quartiles(row.ratios))
        colour = COLOURS[row.watcher]
        name = row.server if row.watcher == "none" else f"{row.server}, {row.watcher}"
        yield (f'<text x="{LEFT - 10}" y="{y + 4}" text-anchor="end">{escape(name)}</text>'
               f'<rect x="{low:.1f}" y="{y - 5}" width="{max(high - low, 1):.1f}" height="10" '
               f'fill="{colour}" fill-opacity="0.35"/>'
               f'<line x1="{middle:.1f}" x2="{middle:.1f}" y1="{y - 7}" y2="{y + 7}" '
               f'stroke="{colour}" stroke-width="2"/>')
        for ratio in row.ratios:
            yield f'<circle cx="{self.x(ratio):.1f}" cy="{y}" r="2" fill="{colour}"/>'


def panels(records):
    ratios = all_ratios(records)
    for measure, what in PANELS:
        rows = [r for r in ratios if (r.part, r.measure) == ("tracing", measure)]
        if rows:
            yield Panel(rows, f"{what}, of untraced")
    for load in dict.fromkeys(r.load for r in ratios if r.part == "libraries"):
        rows = [r for r in ratios if (r.part, r.load, r.measure) == ("libraries", load, "speed")]
        yield Panel(rows, f"Messages a second, {load}, of the better library")


def document(about, width, parts):
    """An SVG document: a line about it all, then the parts, each with its height, below each other."""
    lines, y = [], 30
    for part in parts:
        lines += [f'<g transform="translate(0 {y})">', *part.draw(), "</g>"]
        y += part.height
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y}" '
                      f'viewBox="0 0 {width} {y}">', f"<style>{STYLE}</style>",
                      f'<rect width="{width}" height="{y}" fill="white"/>',
                      f'<text class="small" x="8" y="20">{escape(about)}</text>', *lines, "</svg>\n"])


def draw(records):
    """An SVG document."""
    about = f"{machine(records)}; dots: pairs of slices, bar: quartiles, line: median"
    return document(about, LEFT + WIDTH + 40, panels(records))
