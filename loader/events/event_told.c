// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "event_told.h"

#include <stdbool.h>
#include <stdlib.h>

#include "calls.h"
#include "event_call_text.h"
#include "event_names.h"
#include "event_table.h"
#include "names.h"

#define MAX_TOLD 64 /* descriptors of one wait that are named */

/* What a thread's wait has told so far. */
struct wait_told {
	__u32 tid;
	__u32 cpu;
	unsigned n;
	struct line line;
	char text[TOLD_BYTES];
	struct wait_told *next;
};

struct waits_told {
	struct wait_told *first;
};

struct waits_told *told_new(void)
{
	return calloc(1, sizeof(struct waits_told));
}

void told_free(struct waits_told *w)
{
	struct wait_told *t, *next;

	for (t = w ? w->first : NULL; t; t = next) {
		next = t->next;
		free(t);
	}
	free(w);
}

/* Where one stands, or would. */
static struct wait_told **told_find(struct waits_told *w, __u32 tid)
{
	struct wait_told **at = &w->first;

	while (*at && (*at)->tid != tid)
		at = &(*at)->next;
	return at;
}

static void told_drop(struct wait_told **at)
{
	struct wait_told *t = *at;

	*at = t->next;
	free(t);
}

static struct wait_told *told_make(struct waits_told *w, const struct event_head *head)
{
	struct wait_told *t = calloc(1, sizeof(*t));

	if (t) {
		t->tid = head->tid;
		t->cpu = head->cpu;
		t->line = (struct line){.text = t->text, .size = sizeof(t->text)};
		t->next = w->first;
		w->first = t;
	}
	return t;
}

void told_forget(struct waits_told *w, __u32 cpu)
{
	for (struct wait_told **at = &w->first; *at;)
		if ((*at)->cpu == cpu)
			told_drop(at);
		else
			at = &(*at)->next;
}

static void describe_report(struct line *out, const struct event_report *e)
{
	char events[160];

	event_file_text(out, &e->file);
	line_char(out, ' ');
	line_text(out, told_events_text(e->events, events, sizeof(events)));
	line_char(out, ' ');
	line_text(out, event_word(e->judged));
}

static void describe_polled(struct line *out, const struct event_polled *e)
{
	bool is_select = call_kind_of(e->call) == KIND_SELECT;
	char events[160];

	event_file_text(out, &e->file);
	line_char(out, ' ');
	line_text(out, call_events_text(is_select ? KIND_SELECT : KIND_POLL, e->events, events,
					sizeof(events)));
}

void told_describe(struct line *out, const struct event_head *head)
{
	if (head->kind == EVENT_REPORT)
		describe_report(out, (const void *)head);
	else
		describe_polled(out, (const void *)head);
}

void told_add(struct waits_told *w, const struct event_head *head)
{
	struct wait_told *t = *told_find(w, head->tid);

	if (!t)
		t = told_make(w, head);
	if (!t || t->n++ >= MAX_TOLD)
		return;
	if (t->n > 1)
		line_text(&t->line, ", ");
	told_describe(&t->line, head);
}

void told_take(struct waits_told *w, struct line *out, const struct event_wait *e)
{
	struct wait_told **at = told_find(w, e->head.tid), *t = *at;

	if (!t)
		return;
	line_text(out, " [");
	line_add(out, t->text, t->line.len);
	if (t->n > MAX_TOLD) {
		line_text(out, ", and ");
		line_number(out, t->n - MAX_TOLD);
		line_text(out, " more");
	}
	if (e->result > t->n) {
		line_text(out, ", and ");
		line_number(out, e->result - t->n);
		line_text(out, " unseen");
	}
	line_char(out, ']');
	told_drop(at);
}
