// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What becomes ready, what a wait told of it, and how the wait ended. */
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "calls.h"
#include "drawn_rows.h"
#include "event_names.h"
#include "names.h"

void drawn_ready(struct drawing *d, const struct event_head *head)
{
	const struct event_ready *e = (const void *)head;
	int place = drawn_place_of(d, head->pid, &e->file);
	__s64 now = drawn_seen(e->unread), before;
	struct drawn_row *r;

	if (place < 0)
		return;
	before = d->places[place].unread;
	if (now > before && now > 0) {
		drawn_arrives(d, place, head->time, before, now, true);
		return;
	}
	drawn_unread(d, place, now);
	r = drawn_row_add(d, head->time, DRAWN_ARRIVES, -1, place);
	if (r)
		r->bare = !now && d->places[place].kind != FILE_LISTENER;
	drawn_say(r, now < 0 ? "becomes ready"
		     : now   ? "ready, no more bytes"
			     : "ready, without bytes");
}

/* "IN RDHUP" of "EPOLLIN EPOLLRDHUP"; "" of EPOLLIN alone, which is the usual. */
static const char *flags(__u32 events, char *buf, size_t size)
{
	char all[160], *to = buf;
	const char *from = told_events_text(events, all, sizeof(all));

	*buf = '\0';
	if (events == EPOLLIN)
		return buf;
	to += snprintf(to, size, ":");
	for (size_t len; *from && to + 24 < buf + size; from += len + (from[len] == ' ')) {
		len = strcspn(from, " ");
		if (!strncmp(from, "EPOLL", 5))
			to += snprintf(to, 24, " %.*s", (int)len - 5, from + 5);
	}
	return buf;
}

void drawn_report(struct drawing *d, const struct event_head *head)
{
	static const struct {
		enum drawn_mark mark;
		const char *text;
	} judged[N_EVENT_WORDS] = {
		[WORD_JUDGED_FRESH] = {DRAWN_FRESH, "reported, new"},
		[WORD_JUDGED_AGAIN] = {DRAWN_AGAIN, "reported again"},
	};
	const struct event_report *e = (const void *)head;
	int thread = drawn_thread_of(d, head), place = drawn_place_of(d, head->pid, &e->file);
	bool known = e->judged == WORD_JUDGED_FRESH || e->judged == WORD_JUDGED_AGAIN;
	char text[64];

	if (thread < 0)
		return;
	drawn_say(drawn_row_add(d, head->time, known ? judged[e->judged].mark : DRAWN_UNJUDGED,
				thread, place),
		  "%s%s", known ? judged[e->judged].text : "reported",
		  flags(e->events, text, sizeof(text)));
	if (place >= 0 && !d->places[place].told_at)
		d->places[place].told_at = head->time;
}

void drawn_polled(struct drawing *d, const struct event_head *head)
{
	const struct event_polled *e = (const void *)head;
	int thread = drawn_thread_of(d, head), place = drawn_place_of(d, head->pid, &e->file);

	if (thread < 0)
		return;
	drawn_say(drawn_row_add(d, head->time, DRAWN_FOUND, thread, place), "found ready");
	if (place >= 0 && !d->places[place].told_at)
		d->places[place].told_at = head->time;
}

/* Wakes of a thread within a wait that returned, but for the last, were for nothing: it slept on.
 */
static void absorb(struct drawing *d, int thread, __u64 since)
{
	bool last = true;

	for (unsigned i = d->n; i-- > 0 && !drawn_is_before(&d->rows[i], since);) {
		struct drawn_row *r = &d->rows[i];

		if (r->mark != DRAWN_WOKEN || r->threads != 1u << thread)
			continue;
		if (!last) {
			r->mark = DRAWN_ABSORBED;
			drawn_say(r, "woken, sleeps on");
		}
		last = false;
	}
}

/* Among how many descriptors poll() or select() found it, if that was seen. */
static void say_looked(struct drawn_row *r, const struct event_wait *e, enum call_kind kind)
{
	if (kind == KIND_POLL)
		drawn_say(r, "found ready, %lld of %llu", (long long)e->result,
			  (unsigned long long)e->args[1]);
	else
		drawn_say(r, "found ready, below fd %llu", (unsigned long long)e->args[0]);
}

/* A thread was told of a single descriptor, and was woken for it: it was ready then. */
static void note_woken(struct drawing *d, int thread, const struct drawn_row *told, __u64 since)
{
	__u64 woken = drawn_woken_at(d, thread, since);

	if (woken && told->place >= 0 && d->places[told->place].told_at == told->time)
		d->places[told->place].told_at = woken;
}

void drawn_wait(struct drawing *d, const struct event_head *head)
{
	const struct event_wait *e = (const void *)head;
	enum call_kind kind = call_kind_of(e->call);
	int thread = drawn_thread_of(d, head);
	__u64 begun = head->time - e->duration_ns;
	struct drawn_row *found;

	if (thread < 0)
		return;
	found = drawn_last_of(d, thread, DRAWN_FOUND);
	if (found && e->result > 0)
		say_looked(found, e, kind);
	if (found && e->result == 1 && e->sleeps)
		note_woken(d, thread, found, begun);
	if (e->result <= 0)
		drawn_say(drawn_row_add(d, head->time, DRAWN_ENDS, thread, -1), "%s: %s",
			  event_call(e->call), e->result ? event_error(e->result) : "nothing");
	if (!e->sleeps)
		return;
	absorb(d, thread, begun);
	drawn_sleeps(d, head, thread, e->duration_ns);
}
