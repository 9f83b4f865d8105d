// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "drawn_marks.h"

const struct drawn_mark_row drawn_marks[N_DRAWN_MARKS] = {
	[DRAWN_ARRIVES] = {"▲", "^", "something arrives"},
	[DRAWN_FRESH] = {"●", "*", "epoll reports it: something is new"},
	[DRAWN_AGAIN] = {"○", "o", "reported again: nothing new"},
	[DRAWN_UNJUDGED] = {"◌", "?", "reported; new or not is not seen"},
	[DRAWN_FOUND] = {"◉", "#", "select or poll finds it ready"},
	[DRAWN_READ] = {"▼", "v", "read"},
	[DRAWN_NOTHING] = {"×", "x", "nothing there (EAGAIN)"},
	[DRAWN_WRITE] = {"►", ">", "written"},
	[DRAWN_ACCEPTED] = {"+", "+", "a connection is accepted"},
	[DRAWN_SLEEPS] = {"z", "z", "falls asleep"},
	[DRAWN_WOKEN] = {"◆", "w", "woken"},
	[DRAWN_ABSORBED] = {"◇", "~", "woken for nothing, sleeps on"},
	[DRAWN_ENDS] = {"-", "-", "a wait ends without a result"},
	[DRAWN_ARMED] = {"=", "=", "registered, or armed again"},
	[DRAWN_DISARMED] = {"□", "_", "silent until armed again"},
	[DRAWN_SIGNAL] = {"s", "s", "a signal is sent"},
	[DRAWN_TAKEN] = {"S", "S", "a signal is taken"},
	[DRAWN_LEFT] = {"!", "!", "asleep over what it left unread"},
};
