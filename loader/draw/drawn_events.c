// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The rows of each kind of event. */
#include <sys/epoll.h>

#include "drawn_rows.h"
#include "event_names.h"
#include "event_table.h"
#include "names.h"

static void add_registration(struct drawing *d, const struct event_head *head)
{
	static const char *const done[] = {"added", "changed", "removed", "epoll_ctl"};
	const struct event_registration *e = (const void *)head;
	int thread = drawn_thread_of(d, head), place = drawn_place_of(d, head->pid, &e->file);
	bool again = e->operation == WORD_OPERATION_MODIFY && e->events & EPOLLONESHOT;
	struct drawn_row *r;

	if (thread < 0 || e->operation < WORD_OPERATION_ADD ||
	    e->operation > WORD_OPERATION_INVALID)
		return;
	r = drawn_row_add(d, head->time, DRAWN_ARMED, thread, place);
	if (e->result < 0)
		drawn_say(r, "epoll_ctl: %s", event_error(e->result));
	else if (again)
		drawn_say(r, "armed again");
	else
		drawn_say(r, "%s%s", done[e->operation - WORD_OPERATION_ADD],
			  e->operation == WORD_OPERATION_REMOVE ? ""
			  : e->events & EPOLLONESHOT            ? ", one-shot"
			  : e->events & EPOLLET                 ? ", edge"
								: ", level");
}

static void add_wake(struct drawing *d, const struct event_head *head)
{
	int thread = drawn_thread_of(d, head);

	if (thread >= 0)
		drawn_say(drawn_row_add(d, head->time, DRAWN_WOKEN, thread, -1), "woken");
}

static void add_raise(struct drawing *d, const struct event_head *head)
{
	const struct event_raise *e = (const void *)head;
	int thread = drawn_thread_of(d, head);
	char name[24];

	if (thread >= 0)
		drawn_say(drawn_row_add(d, head->time, DRAWN_SIGNAL, thread, -1), "%s: %s",
			  signal_name(e->signal, name, sizeof(name)), event_raised(e->raised));
}

static void add_take(struct drawing *d, const struct event_head *head)
{
	const struct event_take *e = (const void *)head;
	int thread = drawn_thread_of(d, head);
	char name[24];

	if (thread >= 0)
		drawn_say(drawn_row_add(d, head->time, DRAWN_TAKEN, thread, -1), "%s taken",
			  signal_name(e->signal, name, sizeof(name)));
}

static void add_left(struct drawing *d, const struct event_head *head)
{
	const struct event_left *e = (const void *)head;
	int thread = drawn_thread_of(d, head), place = drawn_place_of(d, head->pid, &e->file);
	char text[32];

	if (thread < 0 || place < 0)
		return;
	drawn_amount(text, sizeof(text), &d->places[place], (__s64)e->amount);
	drawn_say(drawn_row_add(d, head->time, DRAWN_LEFT, thread, place), "asleep over %s", text);
}

static void add_disarm(struct drawing *d, const struct event_head *head)
{
	const struct event_disarm *e = (const void *)head;
	int place = drawn_place_of(d, head->pid, &e->file);

	if (place >= 0)
		drawn_say(drawn_row_add(d, head->time, DRAWN_DISARMED, -1, place), "disarmed");
}

/* What has none says nothing that the others do not show. */
static void (*const add[N_EVENTS])(struct drawing *d, const struct event_head *head) = {
	[EVENT_WAIT] = drawn_wait,     [EVENT_IO] = drawn_io,
	[EVENT_REPORT] = drawn_report, [EVENT_REGISTRATION] = add_registration,
	[EVENT_POLLED] = drawn_polled, [EVENT_WAKE] = add_wake,
	[EVENT_RAISE] = add_raise,     [EVENT_TAKE] = add_take,
	[EVENT_LEFT] = add_left,       [EVENT_READY] = drawn_ready,
	[EVENT_DISARM] = add_disarm,
};

void drawing_add(struct drawing *d, const struct event_head *head)
{
	d->any = true;
	if (d->n + 3 > DRAWN_ROWS) /* an event has as many rows at most */
		d->left_out++;
	else if (add[head->kind])
		add[head->kind](d, head);
}
