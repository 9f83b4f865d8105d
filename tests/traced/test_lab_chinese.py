# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The course in Chinese: who chooses the language, and that all of it is there and fits the screen."""
import os
import re
import shutil
import tempfile
import unicodedata
import unittest
from pathlib import Path

from harness import Process, binary, expand, for_each, wait_until
from lessons import LABS
from shape import read_lines
from tracing import Terminal, require_root

LESSONS = sorted(path.name for path in LABS.iterdir())
CHINESE = r"[\u4e00-\u9fff]"


def lab(test, *args, labs=LABS, **environment):
    """Without what the environment of the tests says of a locale."""
    unset = [arg for name in ("LC_ALL", "LC_MESSAGES", "LANG") for arg in ("-u", name)]
    run = Process(test, ["env", *unset, *(f"{k}={v}" for k, v in environment.items()), binary(),
                         "lab", "--labs", labs, *args])
    run.wait()
    return run


def columns(line):
    """How wide a terminal shows it."""
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in line)


@expand
class Chosen(unittest.TestCase):
    @for_each([("LANG", "zh_CN.UTF-8"), ("LC_MESSAGES", "zh_CN.UTF-8"), ("LC_ALL", "zh_TW.utf8")])
    def test_by_the_locale(self, variable):
        environment = {"LC_CTYPE": "C.UTF-8", **dict([variable])}
        self.assertRegex(lab(self, "list", **environment).stdout, CHINESE)

    @for_each(["C.UTF-8", "en_GB.UTF-8", "C", "zh_CN.GBK", "zh_CN"])
    def test_any_other_is_english(self, locale):
        run = lab(self, "list", LANG=locale)
        self.assertEqual((run.status, run.stderr), (0, ""))
        self.assertIn("QUESTION", run.stdout)
        self.assertNotRegex(run.stdout, CHINESE)

    def test_by_the_option(self):
        self.assertNotRegex(lab(self, "show", "1", "--lang", "en", LC_ALL="zh_CN.UTF-8").stdout,
                            CHINESE)
        self.assertRegex(lab(self, "show", "1", "--lang", "zh", LC_ALL="C.UTF-8").stdout, CHINESE)

    def test_where_there_are_no_such_characters(self):
        run = lab(self, "list", "--lang", "zh", LC_ALL="C")
        self.assertEqual((run.status, run.stderr), (0, "wakelab: --lang zh: the locale does not use "
                         "UTF-8, so the output is in English; set LC_ALL=C.UTF-8\n"))
        self.assertTrue(run.stdout.isascii())

    def test_one_that_is_none(self):
        run = lab(self, "list", "--lang", "de", LC_ALL="C.UTF-8")
        self.assertEqual((run.status, run.stdout), (2, ""))
        self.assertIn('invalid --lang "de": must be one of en, zh', run.stderr)

    def test_a_lesson_without_a_translation_is_english(self):
        with tempfile.TemporaryDirectory() as folder:
            lesson = Path(shutil.copytree(LABS / "01-blocking", f"{folder}/01-x"))
            for file in lesson.glob("*.zh.*"):
                file.unlink()
            shown = [lab(self, verb, *args, labs=folder, LC_ALL="zh_CN.UTF-8")
                     for verb, *args in (("list",), ("show", "1"))]
            self.assertEqual([(run.status, run.stderr) for run in shown], [(0, "")] * 2)
            self.assertIn("What does it take to wait for a message?", shown[0].stdout)
            self.assertIn("The question\n", shown[1].stdout)

    def test_a_broken_translation_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            lesson = Path(shutil.copytree(LABS / "01-blocking", f"{folder}/01-x"))
            (lesson / "lesson.zh.json").write_text('{"seconds": 2}')
            run = lab(self, "list", labs=folder, LC_ALL="zh_CN.UTF-8")
            self.assertEqual((run.status, run.stderr), (1, f"wakelab: {lesson}/lesson.zh.json: "
                             "seconds: is not a text, so only the original may have it\n"))


@expand
class Shown(unittest.TestCase):
    def test_the_list(self):
        for width in (60, 80, 100):
            run = lab(self, "list", LANG="zh_CN.UTF-8", COLUMNS=width)
            self.assertEqual((run.status, run.stderr), (0, ""))
            self.assertLessEqual(max(map(columns, run.stdout.splitlines())), width)
            self.assertEqual(re.findall(rf"^(\d\d) ([a-z-]+) +.*{CHINESE}.*？", run.stdout, re.M),
                             [(name[:2], name[3:]) for name in LESSONS])

    @for_each(LESSONS)
    def test_a_handout(self, name):
        for width in (60, 100):
            run = lab(self, "show", name, LANG="zh_CN.UTF-8", COLUMNS=width)
            self.assertEqual((run.status, run.stderr), (0, ""))
            lines = run.stdout.splitlines()
            self.assertRegex(lines[0], rf"^{name[:2]} .*{CHINESE}")
            for line in lines:
                if not line.startswith("  $ "):
                    self.assertLessEqual(columns(line), max(width, 78))
                self.assertNotRegex(line, r"`|\*\*|^#|<!--|\]\(|\x1b|^\s*[，。：；）」、？]")
            headings = ("问题", "背景", "预测", "为什么是这样", "练习", "你应该看到的结果")
            self.assertEqual([line for line in lines if line in headings], list(headings))

    def test_names_that_are_none(self):
        run = lab(self, "show", "edge-trigered", LANG="zh_CN.UTF-8")
        self.assertEqual((run.status, run.stderr), (2, "wakelab: 没有“edge-trigered”这一课；你是指 "
                         "07-edge-triggered 吗？wakelab lab list 列出所有的课\n"))


class Run(unittest.TestCase):
    def setUp(self):
        require_root(self)

    def test_for_people(self):
        run = lab(self, "run", "1", "--predict", "201,,c", LANG="zh_CN.UTF-8")
        self.assertEqual(run.status, 0, run.stderr)
        text = re.sub(r"\s+", "", run.stdout)
        self.assertTrue(text.startswith("01阻塞服务器，以及等待的代价wakelabrunblocking"))
        self.assertIn("？预测201·实测201·正确（只有201算对）201次read中有200次带回了消息。", text)
        self.assertIn("？实测2.00200条消息用了201次read和200次write。", text)
        self.assertIn("c)睡在poll或epoll_wait里预测c)睡在poll或epoll_wait里·实测b)睡在read里·不对201次read中有", text)
        self.assertTrue(text.endswith("预测对了1个，共2个。为什么是这样：wakelablabshow01"))

    def test_as_ndjson(self):
        """The names of fields and all numbers are as in English, the texts are not."""
        run = lab(self, "run", "1", "--predict", "201,,b", "--format", "ndjson", "--lang", "zh",
                  LC_ALL="C.UTF-8")
        self.assertEqual(run.status, 0, run.stderr)
        first, _, last = read_lines(run.stdout)
        self.assertEqual((first["type"], first["measured"], first["right"]), ("answer", 201, True))
        self.assertEqual((last["prediction"], last["measured"], last["right"]), ("b", "b", True))
        self.assertEqual(last["choices"][1], "睡在 read 里")
        for answer in (first, last):
            self.assertRegex(answer["ask"] + answer["explanation"], CHINESE)
            self.assertNotRegex(answer["explanation"], r"[{}]|未知|unknown")

    def test_asked_on_a_terminal(self):
        t = Terminal(self, binary(), "lab", "run", "01", "--labs", LABS, "--lang", "zh")
        asked = "你的预测（{}；直接回车表示不预测）> "
        for number, (letters, wants) in enumerate((("many\n", "一个数"), ("\n", "一个数"),
                                                   ("\n", "一个数"), ("b\n", "a、b 或 c")), 1):
            wait_until(lambda: t.look().count("直接回车") == number, "the question")
            wait_until(lambda: t.look().endswith(asked.format(wants)), "the prompt")
            os.write(t.fd, letters.encode())
        self.assertEqual(t.wait(), 0, t.look())
        self.assertEqual(t.look().count("这不是有效的回答。"), 1)
        self.assertIn("预测对了 1 个，共 1 个。", t.look())


class Check(unittest.TestCase):
    def test_a_server_that_cannot_be_tried(self):
        require_root(self)
        run = lab(self, "check", "1", "--lang", "zh", "--", "false", "{port}", LC_ALL="C.UTF-8",
                  COLUMNS=100)
        self.assertEqual((run.status, run.stderr), (1, ""))
        self.assertIn("没有看到 0/2 echoes: 要求：客户端原样收回自己消息的字节，不多也不少。\n", run.stdout)
        self.assertRegex(run.stdout, r"无法试验这个服务器：它还没有监听端口 \d+ 就结束了"
                         r"（exited with status 1）。\n")
        self.assertTrue(run.stdout.endswith("\n得分：0/10\n"), run.stdout)

    def test_one_that_fails(self):
        """The sentences have their numbers, in the file of results as well."""
        require_root(self)
        run = lab(self, "check", "1", "--lang", "zh", "--format", "ndjson", "--", "python3",
                  LABS / "01-blocking" / "starter.py", "{port}", LC_ALL="C.UTF-8")
        self.assertEqual((run.status, run.stderr), (1, ""))
        found = {line["name"]: line for line in read_lines(run.stdout)
                 if line["type"] == "criterion"}
        self.assertEqual((found["next-client"]["verdict"], found["next-client"]["because"]),
                         ("failed", "两个客户端的 100 条消息中有 0 条得到回应。"))

    def test_what_is_to_be_written(self):
        run = lab(self, "show", "1", LANG="zh_CN.UTF-8")
        self.assertIn("\n动手写\n\n写一个回显服务器，", run.stdout)
        self.assertIn("\n  sudo wakelab lab check 01 -- ./my-server {port}\n", run.stdout)
