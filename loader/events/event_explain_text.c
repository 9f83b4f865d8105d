// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "event_explain_text.h"

#include <stdbool.h>

#include "event_call_text.h"
#include "event_names.h"
#include "event_table.h"

void event_proved_text(struct line *out, const struct event_proved *e)
{
	static const char *const words[N_EVENT_WORDS] = {
		[WORD_PROVED_USEFUL] = "useful",
		[WORD_PROVED_HANDED] = "handed on to another thread",
		[WORD_PROVED_TIMED] = "that of the timeout",
		[WORD_PROVED_ABSORBED] = "absorbed: the thread slept again in the same call",
		[WORD_PROVED_EARLY] = "early: the thread ran already",
		[WORD_PROVED_REFUSED] = "wasted: what was tried found nothing (EAGAIN)",
		[WORD_PROVED_FAILED] = "wasted: what was tried failed",
		[WORD_PROVED_WASTED] = "wasted: nothing was read, written or accepted",
	};

	line_number(out, e->wakes);
	line_text(out, e->wakes == 1 ? " wake" : " wakes");
	if (e->woken_ns) {
		line_char(out, ' ');
		line_ns(out, e->woken_ns);
		line_text(out, " ago");
	}
	line_text(out, e->wakes == 1 ? " was " : " were ");
	line_text(out, e->outcome < N_EVENT_WORDS && words[e->outcome] ? words[e->outcome] : "?");
}

static void step(struct line *out, __u64 ns, const char *what)
{
	line_text(out, " → ");
	line_ns(out, ns);
	line_char(out, ' ');
	line_text(out, what);
}

/* From when it became ready until it was reported, as far as that is known. */
static void put_beginning(struct line *out, const struct event_led *e)
{
	bool woken = e->wake_ns && e->wake_ns < e->ready_ns;

	if (!e->ready_ns) {
		line_text(out, " reported");
		return;
	}
	line_text(out, " ready");
	if (e->edges > 1) {
		line_char(out, ' ');
		line_number(out, e->edges);
		line_text(out, " times");
	}
	if (woken)
		step(out, e->ready_ns - e->wake_ns, "woken");
	step(out, woken ? e->wake_ns : e->ready_ns, "reported");
}

void event_led_text(struct line *out, const struct event_led *e)
{
	event_file_text(out, &e->file);
	put_beginning(out, e);
	if (e->epoll >= 0) {
		line_text(out, " by epoll ");
		line_signed(out, e->epoll);
	}
	if (e->told_tid != e->head.tid) {
		line_text(out, " to thread ");
		line_number(out, e->told_tid);
	}
	if (e->to == WORD_LED_CLOSED) {
		step(out, e->led_ns, "closed");
	} else if (e->to == WORD_LED_WAITED) {
		step(out, e->led_ns, "waited again, no call for it");
	} else {
		step(out, e->led_ns, event_call(e->call));
		event_result_text(out, e->result);
	}
}
