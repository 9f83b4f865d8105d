// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What `lab` says, in Chinese. */
#include <stddef.h>

#include "language.h"

const struct wording words_zh[] = {
	/* the list */
	{"NO", "课"},
	{"LESSON", "名称"},
	{"QUESTION", "问题"},
	{"NEEDS", "需要"},
	{"SECONDS", "秒"},
	{"EXERCISE", "练习"},
	{"yes", "有"},
	{"\nRead one: wakelab lab show NO · predict and run it: sudo wakelab lab run NO · have "
	 "your "
	 "server checked: sudo wakelab lab check NO -- ./my-server {port}\n",
	 "\n阅读一课：wakelab lab show 课 · 预测并运行：sudo wakelab lab run 课 · "
	 "检查你的服务器：sudo wakelab lab check 课 -- ./my-server {port}\n"},
	/* predictions */
	{"a number", "一个数"},
	{", ", "、"},
	{" or ", " 或 "},
	{"   Your prediction, %s; Enter alone: none> ", "   你的预测（%s；直接回车表示不预测）> "},
	{"   That is no answer.\n", "   这不是有效的回答。\n"},
	{"\nNo answer: nothing is run.\n", "\n没有回答：什么也不运行。\n"},
	{"--predict: \"%s\" is no answer to question %u, which takes %s",
	 "--predict：“%s”不能回答问题 %u，它要求的是%s"},
	{"--predict takes as many answers as there are questions, %u, separated by commas; nothing "
	 "between two is no answer",
	 "--predict 的回答要和问题一样多，共 %u 个，用逗号分隔；两个逗号之间留空表示不预测"},
	/* answers */
	{"predicted ", "预测 "},
	{"measured %s", "实测 %s"},
	{" · right", " · 正确"},
	{" · not right", " · 不对"},
	{"unknown", "未知"},
	{"question %u of %s cannot be answered: %s", "%2$s 的问题 %1$u 无法回答：%3$s"},
	{"Some of what happened was not seen (\"lost\" in the summary of the run): these numbers "
	 "may be too small.\n",
	 "有一部分事件没有被看到（见运行汇总里的 lost）：这些数字可能偏小。\n"},
	{"%u of %u predictions right. ", "预测对了 %u 个，共 %u 个。"},
	{"Why it is so: wakelab lab show %s\n", "为什么是这样：wakelab lab show %s\n"},
	/* lessons */
	{"cannot read %s", "无法读取 %s"},
	{"no lessons (folders 01-NAME to 99-NAME) in %s",
	 "%s 里没有课程（名为 01-NAME 到 99-NAME 的目录）"},
	{"there are no lessons in %s nor in %s, seen from %s: say with --labs DIR where they are",
	 "从 %3$s 看，%1$s 和 %2$s 里都没有课程：请用 --labs DIR 指明它们在哪里"},
	{"there is no lesson \"%s\"; did you mean %s? \"wakelab lab list\" lists them",
	 "没有“%s”这一课；你是指 %s 吗？wakelab lab list 列出所有的课"},
	{"the lesson %s has no exercise to be checked; \"wakelab lab list\" shows which have",
	 "%s 这一课没有可以检查的练习；wakelab lab list 显示哪些课有"},
	{0},
};
