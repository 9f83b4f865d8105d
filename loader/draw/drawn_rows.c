// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "drawn_rows.h"

#include <stdarg.h>
#include <stdio.h>

#include "plural.h"
#include "units.h"

void drawn_amount(char *buf, size_t size, const struct drawn_place *p, __s64 n)
{
	static const char *const names[N_UNREAD] = {[UNREAD_BYTES] = "byte",
						    [UNREAD_PACKETS] = "packet",
						    [UNREAD_CONNECTIONS] = "connection"};
	const char *name = names[units[p->kind]];

	snprintf(buf, size, "%lld %s%s", (long long)n, name ? name : "unit", plural(n));
}

__s64 drawn_seen(event_UNREAD unread)
{
	return unread && unread <= DRAWN_MOST ? (__s64)unread - 1 : UNREAD_UNKNOWN;
}

void drawn_say(struct drawn_row *r, const char *format, ...)
{
	va_list args;

	if (!r)
		return;
	va_start(args, format);
	vsnprintf(r->text, sizeof(r->text), format, args);
	va_end(args);
}

void drawn_unread(struct drawing *d, int place, __s64 unread)
{
	struct drawn_place *p = &d->places[place];

	p->unread = unread;
	if (unread > p->most)
		p->most = unread;
}

void drawn_arrives(struct drawing *d, int place, __u64 time, __s64 before, __s64 now, bool seen)
{
	struct drawn_place *p = &d->places[place];
	struct drawn_row *r;
	char text[32];
	__s64 n;

	drawn_unread(d, place, now);
	r = drawn_row_add(d, time, DRAWN_ARRIVES, -1, place);
	if (!r)
		return;
	r->begins = before <= 0 && p->kind != FILE_LISTENER;
	n = before < 0 ? now : now - before;
	drawn_amount(text, sizeof(text), p, n);
	drawn_say(r, "%s %s", text,
		  !seen                                                     ? "by the read"
		  : before < 0 && (n > 1 || units[p->kind] == UNREAD_BYTES) ? "there"
		  : n == 1                                                  ? "arrives"
									    : "arrive");
}

bool drawn_is_before(const struct drawn_row *r, __u64 time)
{
	return r->time < time && r->mark != DRAWN_SLEEPS && r->mark != DRAWN_ARRIVES;
}

__u64 drawn_woken_at(const struct drawing *d, int thread, __u64 since)
{
	for (unsigned i = d->n; i-- > 0 && !drawn_is_before(&d->rows[i], since);)
		if (d->rows[i].mark == DRAWN_WOKEN && d->rows[i].threads == 1u << thread)
			return d->rows[i].time;
	return 0;
}

struct drawn_row *drawn_last_of(struct drawing *d, int thread, enum drawn_mark mark)
{
	for (unsigned i = d->n; i-- > 0;)
		if (d->rows[i].threads == 1u << thread)
			return d->rows[i].mark == mark ? &d->rows[i] : NULL;
	return NULL;
}

/* When a call began is known to some us, and that its thread left something unread was seen when it
 * fell asleep in it: if that stands before, it is what came next. */
static __u64 sleep_begins(const struct drawing *d, int thread, __u64 begun)
{
	for (unsigned i = d->n; i-- > 0;) {
		const struct drawn_row *r = &d->rows[i];

		if (r->threads == 1u << thread && r->time < begun)
			return r->mark == DRAWN_LEFT ? r->time - 1 : begun;
	}
	return begun;
}

void drawn_sleeps(struct drawing *d, const struct event_head *head, int thread, __u64 duration_ns)
{
	__u64 time = sleep_begins(d, thread, head->time - duration_ns);

	drawn_say(drawn_row_add(d, time, DRAWN_SLEEPS, thread, -1), "sleeps");
}
