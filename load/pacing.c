// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "pacing.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>

#include "closing.h"
#include "load_conn.h"
#include "plural.h"
#include "sending.h"

#define LOAD_BATCH         128          /* connects that no echo has answered yet, ... */
#define LOAD_PAUSE         2000000      /* ... and after so many ns the next ones nevertheless */
#define LOAD_LAST_PATIENCE NSEC_PER_SEC /* after a signal, ... */
#define LOAD_LAST_GRACE    (4 * NSEC_PER_SEC) /* ... and in all */
#define LOAD_LATE          (NSEC_PER_SEC / 5) /* by so much the client itself was not run */

static void load_tell(const struct load *l, enum load_moment moment)
{
	if (l->opt->at)
		l->opt->at(moment, l->opt->at_arg);
}

/* Sending begins, and with it the time that --seconds gives. */
static void load_begin(struct load *l)
{
	load_tell(l, LOAD_BEGINS);
	l->epoch = now_ns();
	l->limit = LOAD_NEVER;
	if (l->opt->seconds > 0)
		l->deadline = l->epoch + (uint64_t)(l->opt->seconds * 1e9);
	for (unsigned i = 0; i < l->next && !l->failed; i++)
		load_conn_send(l, &l->conns[i]);
}

static bool load_may_connect(const struct load *l)
{
	unsigned closed = l->opt->conns - l->left;

	if (l->next == l->opt->conns)
		return false;
	return l->opt->one_by_one ? l->next == closed : l->unproven < LOAD_BATCH;
}

/*
 * A connect succeeds when it is queued, long before the server accepts it, and one that finds the
 * queue full is tried again after a whole second. So connects go out in batches: the echoes of
 * one make room for the next, or, where none can come yet, a short pause does.
 */
static void load_connect(struct load *l)
{
	if (l->unproven >= LOAD_BATCH && now_ns() >= l->paused + LOAD_PAUSE)
		l->unproven = 0;
	if (!load_may_connect(l))
		return;
	while (load_may_connect(l) && !l->failed) {
		l->unproven++;
		load_conn_open(l, &l->conns[l->next++]);
	}
	l->paused = now_ns();
}

/*
 * Where idle connections are part of the picture, or a schedule is for all connections together,
 * sending is held until every one is established; else each begins on its own.
 */
void load_advance(struct load *l)
{
	bool held = l->opt->mode == LOAD_OPEN || l->active < l->opt->conns;

	if (l->ending)
		return;
	if (!l->epoch && !held)
		load_begin(l);
	load_connect(l);
	if (!l->epoch && l->next == l->opt->conns && !l->connecting && !l->failed)
		load_begin(l);
}

void load_ended(struct load *l)
{
	if (l->epoch && !l->ended)
		load_tell(l, LOAD_ENDS);
	l->ended = true;
}

/* No new messages from here on. What is in flight may come home; all else is closed. */
static void load_end(struct load *l)
{
	load_ended(l);
	l->ending = true;
	l->deadline = LOAD_NEVER;
	l->limit = now_ns() + l->grace;
	for (unsigned i = 0; i < l->opt->conns && !l->failed; i++) {
		struct load_conn *c = &l->conns[i];

		if (c->state == CONN_NEW)
			load_conn_close(l, c);
		else if (c->state == CONN_CONNECTING)
			load_conn_settle(l, c);
		else if (c->state == CONN_OPEN)
			load_conn_send(l, c);
	}
}

void load_signalled(struct load *l)
{
	if (l->patience > LOAD_LAST_PATIENCE)
		l->patience = LOAD_LAST_PATIENCE;
	if (l->grace > LOAD_LAST_GRACE)
		l->grace = LOAD_LAST_GRACE;
	l->progress = now_ns();
	load_end(l);
}

void load_close_idle(struct load *l)
{
	load_ended(l);
	for (unsigned i = l->active; i < l->next && !l->failed; i++)
		load_conn_send(l, &l->conns[i]);
}

/* Open mode: when the schedule goes on. */
static uint64_t load_next_due(const struct load *l)
{
	if (l->opt->messages && l->issued == l->opt->messages * l->active)
		return LOAD_NEVER;
	return load_due(l, l->issued / l->active, l->issued % l->active);
}

/* Open mode: has every message sent that is due by now, however late the client itself is. */
static void load_schedule(struct load *l, uint64_t now)
{
	while (!l->ending && !l->failed && load_next_due(l) <= now) {
		struct load_conn *c = &l->conns[l->issued % l->active];

		c->due++;
		l->issued++;
		load_conn_send(l, c);
	}
}

static void load_stalled(struct load *l)
{
	double s = l->patience / 1e9;

	if (l->in_flight)
		load_fail(l, "nothing came from the server for %gs, with %llu message%s in flight",
			  s, (unsigned long long)l->in_flight, plural(l->in_flight));
	else if (l->connecting)
		load_fail(l,
			  "%u connection%s could not be established in %gs; the accept queue of "
			  "the server may be full",
			  l->connecting, plural(l->connecting), s);
	else if (l->closing)
		load_fail(
			l,
			"the server kept %u connection%s open for %gs after the client ended them",
			l->closing, plural(l->closing), s);
}

/* Progress there is, but no end. */
static void load_drags_on(struct load *l)
{
	double s = l->grace / 1e9;

	if (l->in_flight)
		load_fail(l, "%gs after the end of the load, %llu message%s still in flight", s,
			  (unsigned long long)l->in_flight, l->in_flight == 1 ? " is" : "s are");
	else if (!l->ending)
		load_fail(l, "%u connection%s could not be established in %gs", l->left,
			  plural(l->left), l->opt->seconds + s);
	else
		load_fail(l,
			  "%gs after the end of the load, the server still keeps %u connection%s "
			  "open",
			  s, l->left, plural(l->left));
}

/* The next time at which something has to be done although no socket is ready. */
static uint64_t load_wake(const struct load *l)
{
	uint64_t wake = l->progress + l->patience;
	uint64_t due = LOAD_NEVER;

	if (l->limit < wake)
		wake = l->limit;
	if (l->deadline < wake)
		wake = l->deadline;
	if (!l->ending && l->next < l->opt->conns && !l->opt->one_by_one &&
	    l->paused + LOAD_PAUSE < wake)
		wake = l->paused + LOAD_PAUSE;
	if (!l->ending && l->epoch && l->opt->mode == LOAD_OPEN)
		due = load_next_due(l);
	return due < wake ? due : wake;
}

void load_arm(struct load *l)
{
	uint64_t wake = load_wake(l);
	struct itimerspec at = {
		.it_value = {.tv_sec = wake / NSEC_PER_SEC, .tv_nsec = wake % NSEC_PER_SEC}};

	if (wake >= l->armed)
		return;
	if (timerfd_settime(l->timer, TFD_TIMER_ABSTIME, &at, NULL) < 0)
		load_fail(l, "cannot set the client's timer: %s", strerror(errno));
	l->armed = wake;
}

/* A client that comes far later than its timer was not run, and may have all in its sockets that it
 * misses: it looks again before it complains. */
static void load_forgive(struct load *l, uint64_t now)
{
	if (l->armed == LOAD_NEVER || now < l->armed + LOAD_LATE)
		return;
	l->progress = now;
	if (l->limit != LOAD_NEVER)
		l->limit += now - l->armed;
}

void load_time(struct load *l)
{
	uint64_t now = now_ns();

	load_forgive(l, now);
	l->armed = LOAD_NEVER;
	if (l->epoch && l->opt->mode == LOAD_OPEN)
		load_schedule(l, now < l->deadline ? now : l->deadline - 1);
	if (now >= l->deadline)
		load_end(l);
	if (now >= l->limit)
		load_drags_on(l);
	if (now < l->progress + l->patience)
		return;
	load_stalled(l);
	l->progress = now;
}
