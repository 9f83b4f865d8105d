// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "teller.h"

#include <err.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "clock.h"
#include "endings.h"
#include "event_explain.h"
#include "event_filter.h"
#include "event_lines.h"
#include "event_order.h"
#include "event_source.h"
#include "event_table.h"
#include "kernel_clock.h"
#include "output.h"
#include "recorder.h"
#include "saying.h"

/* Events are told in such steps: nobody sees the difference, and we are woken no more often. */
#define STEP_NS 20000000ull

struct teller {
	struct event_source *source;
	struct event_order *order;
	struct explainer *explainer; /* NULL: nothing is explained */
	__u64 shown[N_EVENTS];
	bool last_look; /* nothing was there: one more look, see event_source_rests() */
};

static __s64 wall_offset(void)
{
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);
	return wall.tv_sec * 1000000000ll + wall.tv_nsec - (__s64)kernel_now();
}

int teller_open(struct loop *l)
{
	struct event_source *source = session_events(l->st->session);
	struct teller *t;

	if (!source)
		return 0;
	t = l->teller = calloc(1, sizeof(*t));
	if (t)
		*t = (struct teller){.source = source, .order = event_order_new()};
	if (t && l->st->out.explain)
		t->explainer = explainer_new();
	l->st->info.explains = l->st->out.explain;
	l->st->info.tells_events = true;
	l->st->info.tells_waits = event_waits_are_told(&l->st->out.wish.events);
	l->st->info.lines = event_lines_new(l->st->info.tells_waits);
	if (!t || !t->order || !l->st->info.lines || (l->st->out.explain && !t->explainer)) {
		warn("cannot show events");
		return -1;
	}
	l->st->info.wall_ns = wall_offset();
	l->fds[FD_EVENTS].fd = event_source_fd(source);
	return 0;
}

void teller_close(struct loop *l)
{
	event_lines_free(l->st->info.lines);
	l->st->info.lines = NULL;
	if (l->teller) {
		explainer_free(l->teller->explainer);
		event_order_free(l->teller->order);
	}
	free(l->teller);
	l->teller = NULL;
}

static int add(void *ctx, const void *record, unsigned size)
{
	struct teller *t = ctx;

	return event_is_whole(record, size) ? event_order_add(t->order, record, size) : 0;
}

static void show(void *ctx, const struct event_head *head)
{
	struct loop *l = ctx;

	l->teller->shown[head->kind]++;
	loop_say_event(l, head);
}

/* The same, and what it explains. */
static void explain(void *ctx, const struct event_head *head)
{
	struct loop *l = ctx;

	explainer_take(l->teller->explainer, head, show, l);
}

/* Takes what is there, and shows what is complete; false: that was not all there was. */
static bool take(struct loop *l)
{
	struct teller *t = l->teller;
	__s64 horizon = event_source_take(t->source, add, t);

	if (horizon < 0) {
		loop_complain(l, "no memory for events");
		l->failed = true;
		loop_stop_all(l, SIGTERM);
	}
	if (horizon > 0)
		event_order_take(t->order, horizon, t->explainer ? explain : show, l);
	return horizon > 0;
}

void teller_rung(struct loop *l)
{
	event_source_rung(l->teller->source);
	l->fds[FD_EVENTS].fd = -1;
	l->teller->last_look = false;
	loop_set_timer(l, FD_TELL, STEP_NS, false);
}

/* Whether who takes what is told takes his time: the ring waits meanwhile. */
static bool must_wait(const struct stream *st)
{
	return output_is_behind(st->output) || (st->recorder && recorder_is_behind(st->recorder));
}

void teller_look(struct loop *l)
{
	struct teller *t = l->teller;

	if (must_wait(l->st)) {
		loop_set_timer(l, FD_TELL, STEP_NS, false);
		return;
	}
	if (take(l) && event_source_rests(t->source)) {
		l->fds[FD_EVENTS].fd = event_source_fd(t->source);
		if (!t->last_look)
			loop_set_timer(l, FD_TELL, STEP_NS, false);
		t->last_look = !t->last_look;
		return;
	}
	t->last_look = false;
	loop_set_timer(l, FD_TELL, STEP_NS, false);
}

void teller_finish(struct loop *l)
{
	if (!l->teller)
		return;
	session_quiet(l->st->session);
	while (!take(l) && !l->failed)
		continue;
}

struct event_counts teller_counts(const struct loop *l)
{
	struct event_counts counts = {.told = l->teller};

	if (!l->teller || event_source_tally(l->teller->source, &counts.tally))
		return counts;
	for (unsigned kind = 0; kind < N_EVENTS; kind++)
		counts.shown[kind] = l->teller->shown[kind];
	counts.tally.happened[EVENT_LED] = counts.shown[EVENT_LED]; /* the kernel knows none */
	return counts;
}
