// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What `lab` says, in Chinese. */
#include <stddef.h>

#include "language.h"

const struct wording words_zh[] = {
	/* the list */
	{"N", "课"},
	{"LESSON", "名称"},
	{"QUESTION", "问题"},
	{"NEEDS", "需要"},
	{"SECONDS", "秒"},
	{"CHECK", "练习"},
	{"yes", "有"},
	{"\nRead a lesson: wakelab lab show N · predict and run it: sudo wakelab lab run N · "
	 "check your server: sudo wakelab lab check N -- ./my-server {port}\n",
	 "\n阅读一课：wakelab lab show 课 · 预测并运行：sudo wakelab lab run 课 · "
	 "检查你的服务器：sudo wakelab lab check 课 -- ./my-server {port}\n"},
	/* predictions */
	{"a number", "一个数"},
	{", ", "、"},
	{" or ", " 或 "},
	{"   Your prediction (%s; Enter for none)> ", "   你的预测（%s；直接回车表示不预测）> "},
	{"   Invalid answer.\n", "   这不是有效的回答。\n"},
	{"\nNo prediction was given, so nothing is run.\n", "\n没有回答：什么也不运行。\n"},
	{"--predict: \"%s\" is not a valid answer to question %u, which takes %s",
	 "--predict：“%s”不能回答问题 %u，它要求的是%s"},
	{"--predict takes one answer for each question, %u here, separated by commas; an empty "
	 "one makes no prediction",
	 "--predict 的回答要和问题一样多，共 %u 个，用逗号分隔；两个逗号之间留空表示不预测"},
	/* answers */
	{"predicted ", "预测 "},
	{"measured %s", "实测 %s"},
	{" · correct", " · 正确"},
	{" · wrong", " · 不对"},
	{" (accepted: %s to %s)", "（%s 到 %s 都算对）"},
	{" (accepted: only %s)", "（只有 %s 算对）"},
	{"unknown", "未知"},
	{"cannot evaluate question %u of lesson %s: %s", "%2$s 的问题 %1$u 无法回答：%3$s"},
	{"Tracing lost some events (\"lost\" in the summary of the run), so these numbers may be "
	 "too low.\n",
	 "有一部分事件没有被看到（见运行汇总里的 lost）：这些数字可能偏小。\n"},
	{"%u of %u prediction correct. ", "预测对了 %u 个，共 %u 个。"},
	{"%u of %u predictions correct. ", "预测对了 %u 个，共 %u 个。"},
	{"The explanation: wakelab lab show %.2s\n", "为什么是这样：wakelab lab show %.2s\n"},
	{"the run \"%s\" of this lesson %s, but it must exit with status %.0f: nothing was "
	 "measured",
	 "这一课的运行“%s”（%s）应当以状态 %.0f 退出：没有测量结果"},
	{"lesson %s needs programs that are not installed; on Debian: apt-get install%s",
	 "%s 这一课需要没有安装的程序：在 Debian 上，apt-get install%s"},
	/* checks */
	{"\n%sWrite it%s\n\n%s\n\n", "\n%s动手写%s\n\n%s\n\n"},
	{"Start with starter.c or starter.py in %s/%s, and check it:\n\n",
	 "从 %s/%s 里的 starter.c 或 starter.py 开始，写好后检查：\n\n"},
	{"load %s: ", "负载 %s："},
	{"  the server %s before it was told to end\n", "  还没有让服务器结束，它就结束了（%s）\n"},
	{"  its last output:\n", "  它最后说：\n"},
	{"ok", "通过"},
	{"FAILED", "未通过"},
	{"not seen", "没有看到"},
	{"cannot judge \"%s\" of exercise %s: %s", "练习 %2$s 的“%1$s”无法判定：%3$s"},
	{"when: %s after the start, on fd %d", "时间：启动后 %s，描述符 %d"},
	{" (client %s)", "（客户端 %s）"},
	{", thread %d\n", "，线程 %d\n"},
	{"required: ", "要求："},
	{"look at: %s, which calls %s\n", "请看：%s，它调用了 %s\n"},
	{"\nThe server could not be tested: %s.\n", "\n无法试验这个服务器：%s。\n"},
	{"\nTracing lost some events, so the counts may be too low.\n",
	 "\n有一部分事件没有被看到：计数可能偏小。\n"},
	{"\n%sScore: %u/%u%s", "\n%s得分：%u/%u%s"},
	{" (%u more point cannot be judged on this kernel)", "（另有 %u 分在这个内核上无法判定）"},
	{" (%u more points cannot be judged on this kernel)", "（另有 %u 分在这个内核上无法判定）"},
	{"it %s before it listened on port %u%s", "它还没有监听端口 %2$u 就结束了（%1$s）%3$s"},
	{"; it must stay in the foreground (not daemonize) until it is told to end",
	 "；它应当留在前台，直到让它结束"},
	{"it listens on port %u instead of port %u, which it was given",
	 "它监听的是端口 %u，而不是交给它的端口 %u"},
	{"after %ds it does not listen on port %u", "过了 %d 秒它还没有监听端口 %u"},
	{"the server could not be traced: %s", "无法跟踪这个服务器：%s"},
	{"its tracer was stopped, by the server, unless somebody else did it",
	 "跟踪它的进程被停住了，若不是别人，就是服务器自己做的"},
	{"its tracer %s, because of the server, unless somebody else did it",
	 "跟踪它的进程结束了（%s），若不是别人，就是服务器自己做的"},
	{"its tracer does not end", "跟踪它的进程不结束"},
	{"its tracer %s", "跟踪它的进程结束了（%s）"},
	{"the server to listen", "它开始监听"},
	{"  waiting for %s, %us more at most\n", "  正在等待：%s，最多再等 %u 秒\n"},
	{"  for %.1fs the server was runnable, but other processes had the CPU: trying again with "
	 "timeouts %d times as long\n",
	 "  有 %.1f 秒服务器本来可以运行，CPU 却给了别的进程：再试一次，每次等待延长到 %d 倍\n"},
	{"not judged: for %.1fs the server was runnable, but other processes had the CPU; check "
	 "it again when this machine is less busy",
	 "没有评分：有 %.1f 秒服务器本来可以运行，CPU "
	 "却给了别的进程；请在这台机器空闲一些时再检查"},
	{"lab check needs the /proc of this PID namespace: mount it (unshare does so with "
	 "--mount-proc)",
	 "lab check 需要这个 PID 命名空间的 /proc：请挂载它（unshare 用 --mount-proc 挂载）"},
	{"lab check needs 127.0.0.1, but no client can reach it: bring up the loopback interface "
	 "(ip link set lo up)",
	 "lab check 需要 127.0.0.1，但没有客户端能连到它：请启用回环接口（ip link set lo up）"},
	/* lessons */
	{"cannot read %s", "无法读取 %s"},
	{"cannot find lessons (directories 01-NAME to 99-NAME) in %s",
	 "%s 里没有课程（名为 01-NAME 到 99-NAME 的目录）"},
	{"cannot find the lessons: they are neither in %s nor in %s, relative to %s; install the "
	 "package wakelab-course (apt install ./wakelab-course_*.deb), or give their directory "
	 "with --labs DIR",
	 "从 %3$s 看，%1$s 和 %2$s 里都没有课程：请安装软件包 wakelab-course（apt install "
	 "./wakelab-course_*.deb），或用 --labs DIR 指明它们在哪里"},
	{"cannot find the lessons, because /proc/self/exe cannot be read: mount procfs (mount -t "
	 "proc proc /proc), or give their directory with --labs DIR",
	 "找不到课程，因为无法读取 /proc/self/exe：请挂载 procfs（mount -t proc proc /proc），"
	 "或用 --labs DIR 指明它们在哪里"},
	{"there is no lesson \"%s\"; did you mean %s? \"wakelab lab list\" lists them",
	 "没有“%s”这一课；你是指 %s 吗？wakelab lab list 列出所有的课"},
	{"there is no lesson \"%s\"; \"wakelab lab list\" lists them",
	 "没有“%s”这一课；wakelab lab list 列出所有的课"},
	{"lesson %s has no exercise to check; \"wakelab lab list\" shows which lessons have one",
	 "%s 这一课没有可以检查的练习；wakelab lab list 显示哪些课有"},
	{0},
};
