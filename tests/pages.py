# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Pages of wakelab report, as far as they can be read without a browser."""
from html.parser import HTMLParser


class Elements(HTMLParser):
    """The elements of a page as a browser tells them apart, and the text of its scripts by their class."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.inside, self.scripts = [], None, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "script":
            self.inside = dict(attrs).get("class", "")
            self.scripts.append((self.inside, ""))

    def handle_endtag(self, tag):
        if tag == "script":
            self.inside = None

    def handle_data(self, data):
        if self.inside is not None:
            kind, text = self.scripts[-1]
            self.scripts[-1] = kind, text + data

    def of(self, kind):
        return [text for name, text in self.scripts if name == kind]
