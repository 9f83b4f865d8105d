# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The page of wakelab report in a browser: what is to be seen, what keys and clicks do, and that it says nothing on its
console and asks for nothing."""
import json
import subprocess
import tempfile
import unittest
from pathlib import Path

from browser import Browser, in_one_browser
from harness import ROOT, binary

RECORDS = ROOT / "tests" / "records"


class Opened:
    """What parts of the test share."""

    def setUp(self):
        self.browser = Browser()
        self.addCleanup(self.browser.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def begin(self):
        self.browser.size(1280, 900)
        self.browser.looks()

    def open(self, *records):
        file = self.folder / "-".join((*records, "page.html"))
        if not file.exists():
            subprocess.run([binary(), "report", *(RECORDS / record for record in records), "-o", file], check=True)
        self.browser.open(file)

    def done(self):
        self.assertEqual(self.browser.complaints(), [])
        self.assertEqual(self.browser.requests(), [])

    def colours(self, section):
        """How many colours each canvas of a section has."""
        return self.browser.value(
            f"[...document.querySelectorAll('section[aria-labelledby={section}] canvas')].map((c) => new Set(new Uint32Array("
            "c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size)")

    def column(self, table, number):
        return self.browser.text(f"{table} tbody td:nth-child({number})")

    def head(self, table, number):
        return f"{table} thead th:nth-child({number}) button"


class Sections(Opened):
    def see_what_ran_and_what_was_found(self):
        self.open("stall.rec")
        text, = self.browser.text("main")
        for words in ("epoll-et", "127.0.0.1:42073", "1 connection, lockstep, 64 B messages", "Linux 6.18.44"):
            self.assertIn(words, text)
        found = self.browser.text(".finding.wrong")
        self.assertIn("wrong · stall", found[0])
        self.assertIn("Read or accept until EAGAIN", found[0])
        self.assertEqual(self.browser.value("document.title"), "stall.rec · wakelab")

    def see_contents_lead_to_each_section(self):
        self.open("stall.rec", "level.rec")
        heads = self.browser.text("main h2")
        self.assertEqual(self.browser.text("nav a"), heads)
        self.assertTrue(heads)
        self.assertTrue(self.browser.value(
            "[...document.querySelectorAll('nav a')].every((a) => document.querySelector(a.getAttribute('href')))"))

    def see_two_runs_stand_side_by_side(self):
        self.open("stall.rec", "level.rec")
        self.assertEqual(self.browser.text(".runs h3")[:2], ["stall.rec", "level.rec"])
        left, right = self.browser.value("[...document.querySelector('.runs').children].map((e) => e.getBoundingClientRect().x)")
        self.assertLess(left, right)
        names = self.browser.text("section[aria-labelledby=differs] > div > div:not(.scroll) tbody td:first-child")
        self.assertIn("interests.rereports", names)

    def see_the_other_language(self):
        self.open("stall.rec")
        self.assertEqual(self.browser.value("document.documentElement.lang"), "en")
        self.browser.click("#language")
        self.assertEqual(self.browser.value("document.documentElement.lang"), "zh")
        self.assertEqual(self.browser.text("main h2")[:2], ["运行了什么", "发现"])
        self.browser.press("Enter")  # the button has the focus still
        self.assertEqual(self.browser.text("main h2")[:2], ["What ran", "Findings"])

    def see_it_fits_a_telephone_and_a_wide_screen(self):
        for records in (("events.rec",), ("stall.rec", "level.rec"), ("hostile.rec",)):
            self.open(*records)
            for width in (400, 1280):
                with self.subTest(width=width, records=records):
                    self.browser.size(width, 900)
                    self.assertLessEqual(self.browser.value("document.documentElement.scrollWidth"), width)
            self.done()

    def see_light_dark_and_paper(self):
        self.open("stall.rec")
        colour = "getComputedStyle(document.body).backgroundColor"
        light = self.browser.value(colour)
        self.browser.looks("dark")
        self.assertNotEqual(self.browser.value(colour), light)
        self.browser.looks("light", "print")
        self.assertEqual(self.browser.value("getComputedStyle(document.querySelector('nav')).display"), "none")
        self.assertEqual(self.browser.value(colour), light)

    def see_what_can_be_pressed_has_a_name(self):
        self.open("events.rec", "stall.rec")
        self.assertEqual(self.browser.value(
            "[...document.querySelectorAll('button, input, canvas, [tabindex]')]"
            ".filter((e) => !(e.textContent || e.getAttribute('aria-label') || e.hidden)).map((e) => e.outerHTML)"), [])

    def see_names_are_text(self):
        self.open("hostile.rec")
        self.assertEqual(self.browser.value("document.querySelectorAll('img, main script').length"), 0)
        self.assertEqual(self.browser.value("document.title"), "hostile.rec · wakelab")
        text, = self.browser.text("main")
        self.assertIn('</script><img src=x onerror=document.title="owned">', text)
        self.assertNotRegex(text, "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u200b]")


class Timeline(Opened):
    CANVAS = ".lanes canvas"

    def view(self, run=0):
        view = self.browser.value(f"runs[{run}].timeline.view")
        return view["from"], view["to"]

    def told(self):
        return dict(zip(self.browser.text(".told dt"), self.browser.text(".told dd"), strict=True))

    def see_each_thread_has_a_lane(self):
        self.open("events.rec")
        names = self.browser.value("runs[0].timeline.lanes.map(laneName)")
        lines = [json.loads(line) for line in (RECORDS / "events.ndjson").read_text(encoding="utf-8").splitlines()]
        told = [line for line in lines if line["type"] == "event"]
        self.assertEqual(set(names), {f"{line['comm']} {line['tid']}" if line["tid"] else f"process {line['pid']}" for line in told})
        self.assertGreater(min(self.colours("timeline")), 5)

    def see_keys_zoom_and_move(self):
        self.open("events.rec")
        self.browser.click(self.CANVAS)
        begin, end = self.view()
        self.browser.press("+")
        first = self.view()
        self.assertEqual(first[1] - first[0], (end - begin) / 2)
        self.browser.press("ArrowRight")
        self.assertGreater(self.view()[0], first[0])
        self.browser.press("Home")
        self.assertEqual(self.view(), (0, (end - begin) / 2))
        self.browser.press("End")
        self.assertEqual(self.view(), ((end - begin) / 2, end))
        self.browser.press("-")
        self.assertEqual(self.view(), (begin, end))
        self.browser.press("+")
        self.browser.press("0")
        self.assertEqual(self.view(), (begin, end))

    def see_the_wheel_zooms_where_the_pointer_is_once_it_was_clicked_on(self):
        self.open("events.rec")
        at = self.browser.place(self.CANVAS)
        before = self.view()
        self.browser.click(self.CANVAS)
        self.browser.mouse("mouseWheel", at, deltaX=0, deltaY=-300)
        self.browser.until(f"runs[0].timeline.view.to < {before[1]}", "it is nearer")
        view = self.view()
        self.browser.mouse("mouseWheel", at, deltaX=200, deltaY=0)
        self.browser.until(f"runs[0].timeline.view.to > {view[1]}", "it is later")
        later = self.view()
        self.assertAlmostEqual(later[1] - later[0], view[1] - view[0], delta=1)

    def see_dragging_moves(self):
        self.open("events.rec")
        self.browser.click(self.CANVAS)
        self.browser.press("+")
        view, at = self.view(), self.browser.place(self.CANVAS)
        self.browser.mouse("mousePressed", at, button="left", clickCount=1)
        self.browser.mouse("mouseMoved", {**at, "x": at["x"] - 100}, button="left", buttons=1)
        self.browser.mouse("mouseReleased", {**at, "x": at["x"] - 100}, button="left", clickCount=1)
        self.assertGreater(self.view()[0], view[0])

    def see_two_fingers_zoom(self):
        self.open("events.rec")
        at, view = self.browser.place(self.CANVAS), self.view()
        for apart, kind in ((20, "touchStart"), (60, "touchMove"), (120, "touchMove")):
            self.browser.call("Input.dispatchTouchEvent", type=kind, touchPoints=[
                {"x": at["x"] - apart, "y": at["y"], "id": 1}, {"x": at["x"] + apart, "y": at["y"], "id": 2}])
        self.browser.until(f"runs[0].timeline.view.to - runs[0].timeline.view.from < {(view[1] - view[0]) / 2}", "it is nearer")
        self.browser.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def see_keys_tell_each_event_of_a_thread(self):
        self.open("events.rec")
        self.browser.click(self.CANVAS)
        self.browser.press("Home")
        for _ in range(20):
            self.browser.press("ArrowUp")
        self.browser.press("ArrowDown")
        self.browser.press("0")
        name = self.browser.value("laneName(runs[0].timeline.lanes[1])")
        self.assertEqual(self.told(), {"thread": name})
        lines = [json.loads(line) for line in (RECORDS / "events.ndjson").read_text(encoding="utf-8").splitlines()]
        own = [line for line in lines if line["type"] == "event" and f"{line['comm']} {line['tid']}" == name]
        self.browser.value("runs[0].timeline.chosen = null; runs[0].timeline.show(0, 2000)")
        for line in own[:3]:
            self.browser.press("n")
            told = self.told()
            self.assertEqual((told["event"], told["call"] if "call" in line else None), (line["event"], line.get("call")))
        self.browser.press("p")
        self.assertEqual(self.told()["event"], own[1]["event"])

    def see_what_is_under_the_pointer_is_told(self):
        self.open("events.rec")
        at = self.browser.value(
            "(() => { const t = runs[0].timeline, i = t.lanes.findIndex((lane) => lane.waits.some((w) => w.e.call === 'poll' && w.e.slept_ns));"
            "const wait = t.lanes[i].waits.find((w) => w.e.slept_ns); t.show(wait.from - 1e6, wait.to + 1e6);"
            "t.canvas.scrollIntoView({block: 'center', behavior: 'instant'}); const box = t.canvas.getBoundingClientRect();"
            "return {x: box.x + t.x((wait.from + wait.to) / 2), y: box.y + 22 + (i + 0.5) * 30}; })()")
        self.browser.mouse("mouseMoved", at)
        self.browser.until("document.querySelector('.told').innerText.includes('poll')", "the wait is told")
        told = self.told()
        self.assertEqual((told["event"], told["verdict"], told["woken_by"]), ("wait", "timeout", "hardirq"))
        self.assertTrue(told["args"])

    def see_a_finding_leads_to_its_place(self):
        self.open("events.rec")
        self.assertEqual(len(self.browser.text(".finding button")), 2)
        self.browser.click(".finding button")
        begin, end = self.view()
        place = self.browser.value("placeOf(runs[0], runs[0].findings[0])")
        self.assertTrue(begin <= place["at"] <= end)
        self.assertLess(end - begin, 2e7)
        self.assertEqual(self.browser.value("runs[0].timeline.lanes[runs[0].timeline.lane].tid"), place["tid"])
        self.assertTrue(self.browser.value("document.activeElement === runs[0].timeline.canvas"))

    def see_without_events_it_says_what_to_record(self):
        self.open("stall.rec")
        self.assertIn("Record with --events all", self.browser.text("section[aria-labelledby=timeline]")[0])
        self.assertEqual(self.browser.text(".finding button"), [])


class Charts(Opened):
    def labels(self, section):
        return self.browser.value(
            f"[...document.querySelectorAll('section[aria-labelledby={section}] canvas')].map((c) => c.getAttribute('aria-label'))")

    def see_reports_and_wakes_over_time(self):
        self.open("level.rec")
        reports, wakes = self.labels("over")
        summary = json.loads(subprocess.run([binary(), "replay", "--summary", "--format", "ndjson", RECORDS / "level.rec"], check=True,
                                            capture_output=True).stdout.splitlines()[-1])
        said = reports.replace("\u202f", "")
        self.assertEqual(said, "Reports of epoll: fresh against again: fresh {fresh}, rereports {rereports}".format(**summary["interests"]))
        self.assertIn("useful {useful}".format(**summary["wakes"]), wakes.replace("\u202f", ""))
        self.assertTrue(all(n > 3 for n in self.colours("over")))

    def see_a_heat_map_of_each_latency(self):
        self.open("stall.rec", "level.rec")
        buttons = self.browser.text("section[aria-labelledby=latency] .tools button")
        self.assertLessEqual({"notify", "schedule", "return", "wakeup", "service"}, set(buttons))
        pressed = "section[aria-labelledby=latency] button[aria-pressed=true]"
        self.assertEqual(self.browser.text(pressed), ["wakeup"])
        before = self.labels("latency")
        self.assertTrue(all(label.startswith("wakeup of ") for label in before))
        self.browser.click(f"section[aria-labelledby=latency] .tools button:nth-child({buttons.index('service') + 1})")
        self.assertEqual(self.browser.text(pressed), ["service"])
        self.assertTrue(all(label.startswith("service of ") for label in self.labels("latency")))

    def see_a_cell_of_heat_is_told(self):
        self.open("level.rec")
        self.browser.place("section[aria-labelledby=latency] canvas")
        at = self.browser.value(
            "(() => { const canvas = document.querySelector('section[aria-labelledby=latency] canvas'), box = canvas.getBoundingClientRect();"
            "const {cells, most, span} = heatOf(runs[0], 'wakeup'), cell = cells.find(({n}) => n === most), last = powersOf(runs, 'wakeup')[1];"
            "return {x: box.x + LEFT + (cell.from + cell.to) / 2 / span * (box.width - LEFT), y: box.y + (last - cell.power + 0.5) * CELL, n: most}; })()")
        most = at.pop("n")
        self.browser.mouse("mouseMoved", at)
        self.browser.until("document.querySelector('section[aria-labelledby=latency] [role=status]').innerText.includes(' to ')", "the cell is told")
        told = self.browser.text("section[aria-labelledby=latency] p[role=status]")[0]
        self.assertTrue(told.replace("\u202f", "").endswith(f": {most}"), told)

    def see_wakes_from_where_for_what_and_whom(self):
        self.open("hostile.rec")
        ledger, who = self.labels("wakes")
        self.assertRegex(ledger, r"task → wakes \d+, .*wakes → useful \d+")
        self.assertRegex(who, r"python3 \d+ → </script><img x \d+ 3")
        self.assertTrue(all(n > 3 for n in self.colours("wakes")))

    def see_without_single_wakes_it_says_what_to_record(self):
        self.open("level.rec")
        self.assertIn("--events wakes records them", self.browser.text("section[aria-labelledby=wakes]")[0])

    def see_other_colours_are_drawn_at_once(self):
        self.open("level.rec")
        pixels = "document.querySelector('section[aria-labelledby=over] canvas').toDataURL()"
        self.browser.value(f"window.light = {pixels}; 0")
        self.browser.looks("dark")
        self.browser.until(f"{pixels} !== light", "it is drawn anew")


class Tables(Opened):
    CALLS = "section[aria-labelledby=tables] details:first-of-type table"

    def see_a_click_sorts_and_another_turns_around(self):
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

    def see_keys_sort_too(self):
        self.open("level.rec")
        self.browser.value(f"document.querySelector('{self.head(self.CALLS, 2)}').focus()")
        self.browser.press("Enter")
        self.assertEqual(self.browser.value(f"document.querySelector('{self.CALLS} th:nth-child(2)').ariaSort"), "descending")

    def see_a_filter(self):
        self.open("level.rec")
        every = self.column(self.CALLS, 1)
        self.browser.click("section[aria-labelledby=tables] input")
        for key in "EPOLL_":
            self.browser.press(key)
        found = self.column(self.CALLS, 1)
        self.assertEqual(found, [name for name in every if "epoll_" in name])
        self.assertEqual(self.browser.text("section[aria-labelledby=tables] .tools span")[0], f"{len(found)} of {len(every)} rows")

    def see_every_number_of_the_summary_is_there(self):
        self.open("level.rec")
        self.browser.value("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
        counts = self.browser.text("section[aria-labelledby=tables] details:last-of-type tbody td:first-child")
        self.assertIn("interests.rereports", counts)
        self.assertIn("wakeup_ns.waking_to_return.p99", counts)


class Data(Opened):
    def see_what_is_downloaded_is_what_a_replay_prints(self):
        self.open("events.rec")
        given = self.browser.value(
            "new Promise((done) => { URL.createObjectURL = (blob) => { blob.text().then(done); return '#'; };"
            "document.querySelector('section[aria-labelledby=data] button').click(); })")
        told = [json.loads(line) for line in given.splitlines()]
        printed = (RECORDS / "events.ndjson").read_text(encoding="utf-8").splitlines()
        self.assertEqual([line for line in told if line["type"] == "event"],
                         [line for line in map(json.loads, printed) if line["type"] == "event"])
        self.assertEqual({line["type"] for line in told}, {"start", "interval", "event", "summary"})


@in_one_browser
class Page(Sections, Timeline, Charts, Tables, Data, unittest.TestCase):
    pass


if __name__ == "__main__":
    unittest.main()
