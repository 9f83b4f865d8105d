// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Rules about threads that woke for nothing, or never slept. */
#include <string.h>
#include <sys/epoll.h>

#include "calls.h"
#include "find.h"

#define NS_PER_SEC        1000000000.0
#define IMBALANCE_WORKERS 3 /* of two, one may well serve another listener */

static const struct thread_stats *thread_at(const struct grounds *g, unsigned i)
{
	return &g->s->now.threads[i];
}

static unsigned threads_known(const struct grounds *g)
{
	return rows_kept(g->s->now.n_threads, MAX_ROWS);
}

/* Wakes that led to nothing, of several threads: those that slept on in the same wait, and those
 * whose I/O another one was quicker at. A read or write that sleeps on gets more, or more room. */
struct idle {
	__u64 wakes, slept_on, refused;
	unsigned threads;
	const struct thread_stats *most;
};

static __u64 idle_of(const struct thread_stats *t)
{
	return t->v[COUNT_SLEPT_ON] + t->v[COUNT_REFUSED];
}

static struct idle idle_wakes(const struct grounds *g)
{
	struct idle idle = {.wakes = g->c[COUNT_WAKES],
			    .slept_on = g->c[COUNT_SLEPT_ON],
			    .refused = g->c[COUNT_REFUSED]};

	for (unsigned i = 0; i < threads_known(g); i++) {
		const struct thread_stats *t = thread_at(g, i);

		if (!idle_of(t))
			continue;
		idle.threads++;
		if (!idle.most || idle_of(t) > idle_of(idle.most))
			idle.most = t;
	}
	return idle;
}

static void add_idle(const struct rule *r, struct found *found, const struct idle *idle)
{
	struct finding *f;

	if (idle->threads < 2 || !enough(r, idle->slept_on + idle->refused, idle->wakes))
		return;
	f = found_add(found, r, idle->slept_on + idle->refused);
	finding_about_thread(f, idle->most);
	finding_rests_on(f, "idle", idle->slept_on + idle->refused);
	finding_rests_on(f, "wakes", idle->wakes);
	finding_rests_on(f, "refused", idle->refused);
	finding_rests_on(f, "slept_on", idle->slept_on);
	finding_rests_on(f, "threads", idle->threads);
	finding_costs(f, "wakes", idle->slept_on + idle->refused);
}

/* Whether a listener is registered so that one waiter is woken, or few. */
static bool wakes_few(const struct grounds *g)
{
	const struct details *d = &g->s->now;

	for (unsigned i = 0; i < rows_kept(d->n_interests, MAX_ROWS); i++)
		if (d->interests[i].kind == FILE_LISTENER &&
		    d->interests[i].events & EPOLLEXCLUSIVE)
			return true;
	return false;
}

/* They must have tried: who woke and asked for nothing may have had its work in memory. */
void find_herd(const struct grounds *g, const struct rule *r, struct found *found)
{
	struct idle idle = idle_wakes(g);

	if (g->instances != 1 && (idle.refused || g->c[COUNT_ACCEPTED]) && !wakes_few(g))
		add_idle(r, found, &idle);
}

void find_shared(const struct grounds *g, const struct rule *r, struct found *found)
{
	struct idle idle = idle_wakes(g);

	if (g->instances == 1)
		add_idle(r, found, &idle);
}

/* Workers that each watch a listener in an epoll instance of their own, and are named alike. */
struct crew {
	const struct thread_stats *first;
	__u64 accepted;
	unsigned n;
};

static struct crew crew_of(const struct grounds *g, const struct thread_stats *first)
{
	struct crew w = {.first = first};

	for (unsigned i = 0; i < threads_known(g); i++) {
		const struct thread_stats *t = thread_at(g, i);

		if (!t->v[COUNT_WATCHES] || strcmp(t->comm, first->comm) != 0)
			continue;
		w.n++;
		w.accepted += t->v[COUNT_ACCEPTED];
		if (t->v[COUNT_ACCEPTED] > w.first->v[COUNT_ACCEPTED])
			w.first = t;
	}
	return w;
}

/* One of several, and each of them known once: by the one that accepted most. */
void find_imbalance(const struct grounds *g, const struct rule *r, struct found *found)
{
	for (unsigned i = 0; i < threads_known(g); i++) {
		const struct thread_stats *t = thread_at(g, i);
		struct crew w = crew_of(g, t);
		struct finding *f;

		if (!t->v[COUNT_WATCHES] || w.first != t || w.n < IMBALANCE_WORKERS ||
		    !enough(r, t->v[COUNT_ACCEPTED], w.accepted))
			continue;
		f = found_add(found, r, t->v[COUNT_ACCEPTED]);
		finding_about_thread(f, t);
		finding_rests_on(f, "accepted", t->v[COUNT_ACCEPTED]);
		finding_rests_on(f, "connections", w.accepted);
		finding_rests_on(f, "workers", w.n);
	}
}

/* A thread that waits for nothing but time, so many times a second. */
void find_tick(const struct grounds *g, const struct rule *r, struct found *found)
{
	double seconds = g->end->elapsed_ns / NS_PER_SEC;

	for (unsigned i = 0; i < threads_known(g) && seconds > 0; i++) {
		const struct thread_stats *t = thread_at(g, i);
		__u64 rate = t->v[COUNT_TICKED] / seconds;
		struct finding *f;

		if (rate < r->least || !enough(r, t->v[COUNT_TICKED], t->v[COUNT_WAKES]))
			continue;
		f = found_add(found, r, t->v[COUNT_TICKED]);
		finding_about_thread(f, t);
		f->about.row = g->timer;
		finding_rests_on(f, "ticks", t->v[COUNT_TICKED]);
		finding_rests_on(f, "rate", rate);
		finding_costs(f, "wakes", t->v[COUNT_TICKED]);
	}
}

void find_empty_waits(const struct grounds *g, const struct rule *r, struct found *found)
{
	struct finding *f;

	if (!enough(r, g->c[COUNT_POLLED], g->waits))
		return;
	f = found_add(found, r, g->c[COUNT_POLLED]);
	finding_rests_on(f, "empty", g->c[COUNT_POLLED]);
	finding_rests_on(f, "waits", g->waits);
	finding_costs(f, "calls", g->c[COUNT_POLLED]);
}

void find_refused_calls(const struct grounds *g, const struct rule *r, struct found *found)
{
	struct finding *f;

	if (!enough(r, g->refused, g->taken + g->written + g->waits))
		return;
	f = found_add(found, r, g->refused);
	finding_rests_on(f, "refused", g->refused);
	finding_rests_on(f, "taken", g->taken);
	finding_costs(f, "calls", g->refused);
}
