# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A page in headless Chromium: what it says on its console, what it asks the network for, real keys and clicks.

Chromium is told what to do by the DevTools protocol, a JSON message at a time with a NUL behind it, on descriptors
3 and 4 of it (chromedevtools.github.io/devtools-protocol)."""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
import unittest

from harness import WAIT, wait_until

# what it must not do on its own: look for updates, send anything, use a sandbox that root cannot have
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
         "--no-default-browser-check", "--disable-default-apps", "--mute-audio", "--remote-debugging-pipe",
         "--force-device-scale-factor=1", "--lang=en-US"]
LONG = 5 * WAIT  # a browser is several processes, and each of them waits for a CPU
KEYS = {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Enter": 13, "Tab": 9, "Home": 36, "End": 35}


class Browser:
    """A browser with one page; close() ends it."""

    def __init__(self):
        program = shutil.which("chromium")
        if not program:
            raise unittest.SkipTest("chromium is not installed: scripts/setup check")
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        their_in, self.to = os.pipe()
        self.back, their_out = os.pipe()
        self.process = subprocess.Popen(
            ["bash", "-c", 'exec 3<&"$1" 4>&"$2"; shift 2; exec "$@"', "bash", str(their_in), str(their_out), program,
             *FLAGS, f"--user-data-dir={self.folder.name}", "about:blank"],
            pass_fds=(their_in, their_out), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env={**os.environ, "HOME": self.folder.name})
        os.close(their_in)
        os.close(their_out)
        self.number, self.read, self.told, self.session = 0, b"", [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for part in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{part}.enable")

    def close(self):
        os.close(self.to)
        self.process.kill()
        self.process.wait()
        os.close(self.back)
        self.folder.cleanup()

    def message(self):
        """The next one, of whatever kind."""
        deadline = time.monotonic() + LONG
        while b"\0" not in self.read:
            if not select.select([self.back], [], [], max(0, deadline - time.monotonic()))[0]:
                raise AssertionError(f"chromium said nothing for {LONG} s")
            more = os.read(self.back, 1 << 20)
            if not more:
                raise AssertionError(f"chromium ended: {self.process.wait()}")
            self.read += more
        line, _, self.read = self.read.partition(b"\0")
        return json.loads(line)

    def call(self, method, **params):
        """The result of a method; events that come meanwhile are kept."""
        self.number += 1
        order = {"id": self.number, "method": method, "params": params}
        if self.session:
            order["sessionId"] = self.session
        os.write(self.to, json.dumps(order).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]
            self.told.append(answer)

    def open(self, path):
        """Opens a file, and waits until its page has drawn itself."""
        self.told = []
        self.call("Page.navigate", url=f"file://{path}")
        self.until("document.documentElement?.dataset.open === 'yes'", "the page is open")

    def value(self, expression):
        """That of an expression of JavaScript; a promise is waited for."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise AssertionError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def until(self, expression, what):
        wait_until(lambda: self.value(expression), what, LONG)

    def text(self, selector):
        """What is to be read in the elements that a selector names."""
        return self.value(f"[...document.querySelectorAll({json.dumps(selector)})].map((e) => e.innerText)")

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def looks(self, scheme="light", medium=""):
        self.call("Emulation.setEmulatedMedia", media=medium,
                  features=[{"name": "prefers-color-scheme", "value": scheme}])

    def place(self, selector):
        """The middle of an element, once it is in sight."""
        found = f"document.querySelector({json.dumps(selector)})"
        self.value(f"{found}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
        box = self.value(f"(({{x, y, width, height}}) => [x + width / 2, y + height / 2])({found}.getBoundingClientRect())")
        return {"x": box[0], "y": box[1]}

    def mouse(self, kind, at, **more):
        self.call("Input.dispatchMouseEvent", type=kind, **at, **more)

    def click(self, selector):
        at = self.place(selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.mouse(kind, at, button="left", clickCount=1)

    def press(self, key):
        code = KEYS.get(key, ord(key[0].upper()))
        text = {"text": "\r"} if key == "Enter" else {} if key in KEYS else {"text": key}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def picture(self):
        return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=False)["data"])

    def complaints(self):
        """Errors and warnings of the page, and what it said on its console."""
        self.value("1")  # what was said before has come then
        return [told for told in self.told if told["method"] in
                ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")]

    def requests(self):
        """What was asked for but the page itself, and what is in it."""
        self.value("1")
        urls = [told["params"]["request"]["url"] for told in self.told
                if told["method"] == "Network.requestWillBeSent"]
        return [url for url in urls[1:] if not url.startswith(("data:", "blob:"))]


def in_one_browser(cls):
    """A class decorator: the methods see_... become parts of one test, since a browser takes longer to start than each of
    them to run. The class has begin() and done(), for before and after each."""
    parts = [name for name in dir(cls) if name.startswith("see_")]

    def test_page(self):
        for name in parts:
            with self.subTest(name):
                self.begin()
                getattr(self, name)()
                self.done()

    cls.test_page = test_page
    return cls
