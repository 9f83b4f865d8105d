# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The page of wakelab report in a browser: what is to be seen, what keys and clicks do, and that it says nothing on its
console and asks for nothing."""
import json
import subprocess
import tempfile
import unittest
from pathlib import Path

from browser import Browser
from harness import ROOT, binary

RECORDS = ROOT / "tests" / "records"


class Page(unittest.TestCase):
    """A browser for all tests of a class; each opens a page of its own."""

    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)

    def setUp(self):
        self.browser.size(1280, 900)
        self.browser.looks()

    def open(self, *records):
        file = self.folder / "page.html"
        subprocess.run([binary(), "report", *(RECORDS / record for record in records), "-o", file], check=True)
        self.browser.open(file)
        self.addCleanup(self.check_quiet)

    def check_quiet(self):
        self.assertEqual(self.browser.complaints(), [])
        self.assertEqual(self.browser.requests(), [])

    def column(self, table, number):
        return self.browser.text(f"{table} tbody td:nth-child({number})")

    def head(self, table, number):
        return f"{table} thead th:nth-child({number}) button"


class Sections(Page):
    def test_what_ran_and_what_was_found(self):
        self.open("stall.rec")
        text, = self.browser.text("main")
        for words in ("epoll-et", "127.0.0.1:42073", "1 connection, lockstep, 64 B messages", "Linux 6.18.44"):
            self.assertIn(words, text)
        found = self.browser.text(".finding.wrong")
        self.assertIn("wrong · stall", found[0])
        self.assertIn("Read or accept until EAGAIN", found[0])
        self.assertEqual(self.browser.value("document.title"), "stall.rec · wakelab")

    def test_contents_lead_to_each_section(self):
        self.open("stall.rec", "level.rec")
        heads = self.browser.text("main h2")
        self.assertEqual(self.browser.text("nav a"), heads)
        self.assertTrue(heads)
        self.assertTrue(self.browser.value(
            "[...document.querySelectorAll('nav a')].every((a) => document.querySelector(a.getAttribute('href')))"))

    def test_two_runs_stand_side_by_side(self):
        self.open("stall.rec", "level.rec")
        self.assertEqual(self.browser.text(".runs h3")[:2], ["stall.rec", "level.rec"])
        left, right = self.browser.value("[...document.querySelector('.runs').children].map((e) => e.getBoundingClientRect().x)")
        self.assertLess(left, right)
        names = self.browser.text("section[aria-labelledby=differs] > div > div:not(.scroll) tbody td:first-child")
        self.assertIn("interests.rereports", names)

    def test_the_other_language(self):
        self.open("stall.rec")
        self.assertEqual(self.browser.value("document.documentElement.lang"), "en")
        self.browser.click("#language")
        self.assertEqual(self.browser.value("document.documentElement.lang"), "zh")
        self.assertEqual(self.browser.text("main h2")[:2], ["运行了什么", "发现"])
        self.browser.press("Enter")  # the button has the focus still
        self.assertEqual(self.browser.text("main h2")[:2], ["What ran", "Findings"])

    def test_it_fits_a_telephone_and_a_wide_screen(self):
        for width in (400, 1280):
            for records in (("events.rec",), ("stall.rec", "level.rec"), ("hostile.rec",)):
                with self.subTest(width=width, records=records):
                    self.browser.size(width, 900)
                    self.open(*records)
                    self.assertLessEqual(self.browser.value("document.documentElement.scrollWidth"), width)

    def test_light_dark_and_paper(self):
        self.open("stall.rec")
        colour = "getComputedStyle(document.body).backgroundColor"
        light = self.browser.value(colour)
        self.browser.looks("dark")
        self.assertNotEqual(self.browser.value(colour), light)
        self.browser.looks("light", "print")
        self.assertEqual(self.browser.value("getComputedStyle(document.querySelector('nav')).display"), "none")
        self.assertEqual(self.browser.value(colour), light)

    def test_what_can_be_pressed_has_a_name(self):
        self.open("events.rec", "stall.rec")
        self.assertEqual(self.browser.value(
            "[...document.querySelectorAll('button, input, canvas, [tabindex]')]"
            ".filter((e) => !(e.textContent || e.getAttribute('aria-label') || e.hidden)).map((e) => e.outerHTML)"), [])

    def test_names_are_text(self):
        self.open("hostile.rec")
        self.assertEqual(self.browser.value("document.querySelectorAll('img, main script').length"), 0)
        self.assertEqual(self.browser.value("document.title"), "hostile.rec · wakelab")
        text, = self.browser.text("main")
        self.assertIn('</script><img src=x onerror=document.title="owned">', text)
        self.assertNotRegex(text, "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u200b]")


class Tables(Page):
    CALLS = "section[aria-labelledby=tables] details:first-of-type table"

    def test_a_click_sorts_and_another_turns_around(self):
        self.open("level.rec")
        calls = [int(n.replace("\u202f", "")) for n in self.column(self.CALLS, 2)]
        self.assertNotEqual(calls, sorted(calls, reverse=True))
        for reverse, order in ((True, "descending"), (False, "ascending")):
            self.browser.click(self.head(self.CALLS, 2))
            found = [int(n.replace("\u202f", "")) for n in self.column(self.CALLS, 2)]
            self.assertEqual(found, sorted(calls, reverse=reverse))
            self.assertEqual(self.browser.value(f"document.querySelector('{self.CALLS} th:nth-child(2)').ariaSort"), order)
        self.browser.click(self.head(self.CALLS, 1))
        names = self.column(self.CALLS, 1)
        self.assertEqual(names, sorted(names))

    def test_keys_sort_too(self):
        self.open("level.rec")
        self.browser.value(f"document.querySelector('{self.head(self.CALLS, 2)}').focus()")
        self.browser.press("Enter")
        self.assertEqual(self.browser.value(f"document.querySelector('{self.CALLS} th:nth-child(2)').ariaSort"), "descending")

    def test_a_filter(self):
        self.open("level.rec")
        every = self.column(self.CALLS, 1)
        self.browser.click("section[aria-labelledby=tables] input")
        for key in "EPOLL_":
            self.browser.press(key)
        found = self.column(self.CALLS, 1)
        self.assertEqual(found, [name for name in every if "epoll_" in name])
        self.assertEqual(self.browser.text("section[aria-labelledby=tables] .tools span")[0], f"{len(found)} of {len(every)} rows")

    def test_every_number_of_the_summary_is_there(self):
        self.open("level.rec")
        self.browser.value("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
        counts = self.browser.text("section[aria-labelledby=tables] details:last-of-type tbody td:first-child")
        self.assertIn("interests.rereports", counts)
        self.assertIn("wakeup_ns.waking_to_return.p99", counts)


class Data(Page):
    def test_what_is_downloaded_is_what_a_replay_prints(self):
        self.open("events.rec")
        given = self.browser.value(
            "new Promise((done) => { URL.createObjectURL = (blob) => { blob.text().then(done); return '#'; };"
            "document.querySelector('section[aria-labelledby=data] button').click(); })")
        told = [json.loads(line) for line in given.splitlines()]
        printed = (RECORDS / "events.ndjson").read_text(encoding="utf-8").splitlines()
        self.assertEqual([line for line in told if line["type"] == "event"],
                         [line for line in map(json.loads, printed) if line["type"] == "event"])
        self.assertEqual({line["type"] for line in told}, {"start", "interval", "event", "summary"})


if __name__ == "__main__":
    unittest.main()
