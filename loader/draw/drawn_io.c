// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What reads, writes and accepts. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "drawn_rows.h"
#include "event_names.h"
#include "units.h"

/* What was drawn of a descriptor since then did not know of what had come. */
static void correct(struct drawing *d, int place, __u64 since, __s64 had)
{
	for (unsigned i = d->n; i-- > 0 && !drawn_is_before(&d->rows[i], since);)
		if (d->rows[i].place == place && d->rows[i].time >= since)
			d->rows[i].unread = had;
}

/* So much was taken by a call that has ended, and so much is left: more may have come before than
 * was seen to. It was there when a thread was told of it, or was woken for it. */
static void take(struct drawing *d, int place, const struct event_io *e, __s64 taken)
{
	struct drawn_place *p = &d->places[place];
	__s64 before = p->unread, left = drawn_seen(e->unread);
	__s64 had = left + (taken < DRAWN_MOST ? taken : DRAWN_MOST);
	__u64 begun = e->head.time - e->duration_ns, by = p->told_at;

	if (!by && e->slept_ns)
		by = drawn_woken_at(d, drawn_thread_of(d, &e->head), begun);
	if (!by)
		by = e->head.time;
	if (left >= 0 && (before < 0 ? had > 0 : had > before)) {
		correct(d, place, by, had);
		drawn_arrives(d, place, by - 1, before, had, false);
	}
	drawn_unread(d, place, left);
	p->told_at = 0;
}

/* A call on a descriptor that has ended: marked so if it gave something. Of one that gave nothing,
 * or failed, that is all there is to say. */
static struct drawn_row *add_call(struct drawing *d, const struct event_io *e, const char *name,
				  enum drawn_mark gave, int thread, int place)
{
	struct drawn_row *r = drawn_row_add(d, e->head.time,
					    e->result >= 0         ? gave
					    : e->result == -EAGAIN ? DRAWN_NOTHING
								   : DRAWN_ENDS,
					    thread, place);

	if (e->result < 0)
		drawn_say(r, "%s: %s", name, event_error(e->result));
	return r;
}

static void add_accept(struct drawing *d, const struct event_io *e, int thread, int place)
{
	struct drawn_row *r;

	if (place >= 0)
		take(d, place, e, e->result >= 0);
	r = add_call(d, e, "accept", DRAWN_ACCEPTED, thread, place);
	if (e->result < 0)
		return;
	drawn_say(r, "accepts fd %d", e->opened.fd);
	place = drawn_place_of(d, e->head.pid, &e->opened);
	if (place >= 0)
		drawn_place_renew(&d->places[place], &e->opened);
}

static void add_read(struct drawing *d, const struct event_io *e, int thread, int place)
{
	bool packets = place >= 0 && units[d->places[place].kind] == UNREAD_PACKETS;
	struct drawn_row *r;

	if (place >= 0)
		take(d, place, e, e->result < 0 ? 0 : packets ? 1 : e->result);
	r = add_call(d, e, "read", DRAWN_READ, thread, place);
	if (e->result > 0 || (!e->result && packets))
		drawn_say(r, "read %lld", (long long)e->result);
	else if (!e->result)
		drawn_say(r, "read: the end");
}

/* What was read is written right away: one row says both. */
static bool joins_read(const struct drawing *d, int thread, int place)
{
	const struct drawn_row *r = &d->rows[d->n - 1];

	return d->n && r->mark == DRAWN_READ && r->place == place && r->threads == 1u << thread &&
	       !strchr(r->text, ',');
}

static void add_write(struct drawing *d, const struct event_io *e, int thread, int place)
{
	struct drawn_row *r;
	size_t len;

	if (e->result >= 0 && joins_read(d, thread, place)) {
		r = &d->rows[d->n - 1];
		len = strlen(r->text);
		snprintf(r->text + len, sizeof(r->text) - len, ", write %lld",
			 (long long)e->result);
		return;
	}
	r = add_call(d, e, "write", DRAWN_WRITE, thread, place);
	if (e->result >= 0)
		drawn_say(r, "write %lld", (long long)e->result);
}

void drawn_io(struct drawing *d, const struct event_head *head)
{
	const struct event_io *e = (const void *)head;
	enum call_kind kind = call_kind_of(e->call);
	int thread = drawn_thread_of(d, head), place = drawn_place_of(d, head->pid, &e->file);

	if (thread < 0)
		return;
	if (e->slept_ns)
		drawn_sleeps(d, head, thread, e->duration_ns);
	if (kind == KIND_ACCEPT)
		add_accept(d, e, thread, place);
	else if (kind_takes_bytes(kind) || kind == KIND_SENDMMSG)
		add_write(d, e, thread, place);
	else
		add_read(d, e, thread, place);
}
