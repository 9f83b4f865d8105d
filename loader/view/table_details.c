// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The rows behind the totals. */
#include "format.h"
#include "names.h"
#include "plural.h"
#include "table.h"

#define NAME_SHOWN 29 /* bytes of a name: more, of one that is all escapes, is cut */

static bool worth(const struct run_info *info, unsigned rows)
{
	return rows > 1 || (rows && info->top_given);
}

static void print_more(struct layout *l, unsigned n, unsigned shown)
{
	if (n > shown)
		lay(l, "  and %u more\n", n - shown);
}

/* " 12345 name", cut where a name is all escapes */
static const char *thread_name(unsigned tid, const char *comm, char *buf, size_t size)
{
	char name[NAME_SHOWN + 1];

	snprintf(buf, size, " %8u %s", tid, visible(comm, name, sizeof(name)));
	return buf;
}

/* A row: its name, and counts. */
static void print_counts(struct layout *l, const struct grid *g, const char *name, const __u64 *v)
{
	const char *cells[MAX_COLUMNS] = {name};

	for (unsigned i = 1; i < g->n; i++)
		cells[i] = format_count(v[i - 1]);
	grid_row(l, g, cells);
}

/* A table whose first column is that, and each other one a count. */
static void begin_counts(struct layout *l, struct grid *g, const struct column *columns,
			 const char *first, const enum counter *counts, unsigned n)
{
	const char *titles[MAX_COLUMNS] = {first};

	for (unsigned i = 0; i < n; i++)
		titles[i + 1] = count_label(counts[i]);
	grid_fit(g, l, columns, n + 1);
	lay(l, "\n");
	grid_head(l, g, titles);
}

static const enum counter thread_counts[] = {COUNT_WAKES,  COUNT_USEFUL, COUNT_HANDED,
					     COUNT_WASTED, COUNT_TIMED,  COUNT_ABSORBED,
					     COUNT_EARLY};
#define N_THREAD_COLUMNS (1 + sizeof(thread_counts) / sizeof(thread_counts[0]))

static void print_threads(struct layout *l, const struct run_info *info, const struct details *d)
{
	static const struct column columns[N_THREAD_COLUMNS] = {
		{.title = "", .least = 26, .most = 26, .left = true},
		{.title = "", .least = 10, .most = 10},
		{.title = "", .least = 9, .most = 9, .rank = 1},
		{.title = "", .least = 9, .most = 9, .rank = 2},
		{.title = "", .least = 9, .most = 9},
		{.title = "", .least = 9, .most = 9, .rank = 3},
		{.title = "", .least = 9, .most = 9, .rank = 4},
		{.title = "", .least = 9, .most = 9, .rank = 5},
	};
	unsigned shown = rows_kept(d->n_threads, info->top);
	char name[64];
	struct grid g;

	if (!worth(info, d->n_threads))
		return;
	begin_counts(l, &g, columns, "threads woken", thread_counts, N_THREAD_COLUMNS - 1);
	for (unsigned i = 0; i < shown; i++) {
		const struct thread_stats *t = &d->threads[i];
		__u64 counts[N_THREAD_COLUMNS - 1];

		for (unsigned n = 0; n + 1 < N_THREAD_COLUMNS; n++)
			counts[n] = t->v[thread_counts[n]];
		print_counts(l, &g, thread_name(t->key.tid, t->comm, name, sizeof(name)), counts);
	}
	print_more(l, d->n_threads, shown);
}

static void print_wakers(struct layout *l, const struct run_info *info, const struct details *d)
{
	static const struct column columns[] = {
		{.title = "woken by", .least = 26, .most = 26, .left = true},
		{.title = "wakes", .least = 10, .most = 10}};
	char name[64], context[16];
	struct grid g;

	if (!info->top_given)
		return;
	grid_fit(&g, l, columns, 2);
	lay(l, "\n");
	grid_head(l, &g, NULL);
	for (unsigned i = 0; i < rows_kept(d->n_wakers, info->top); i++) {
		const struct waker_row *w = &d->wakers[i];

		snprintf(context, sizeof(context), " %s",
			 count_alone(COUNT_FROM_TASK + w->key.context));
		if (w->waker.wakes)
			print_counts(l, &g,
				     w->key.tid ? thread_name(w->key.tid, w->waker.comm, name,
							      sizeof(name))
						: context,
				     &w->waker.wakes);
	}
}

static const enum counter interest_counts[] = {COUNT_EDGES,     COUNT_REPORTS, COUNT_FRESH,
					       COUNT_REREPORTS, COUNT_MERGED,  COUNT_STALLS};
#define N_INTEREST_COLUMNS (1 + sizeof(interest_counts) / sizeof(interest_counts[0]))

/* edges: whether they are seen. */
static void print_interest(struct layout *l, const struct grid *g, const char *name,
			   const __u64 v[N_INTEREST_COUNTS], bool edges)
{
	const char *cells[N_INTEREST_COLUMNS] = {name};

	for (unsigned i = 0; i + 1 < N_INTEREST_COLUMNS; i++) {
		enum counter which = interest_counts[i];
		bool of_edges = count_row(KEPT_AS_COUNTER, which)->needs & SEES_READY;

		cells[i + 1] = edges || !of_edges ? format_count(v[which - COUNT_EDGES]) : "-";
	}
	grid_row(l, g, cells);
}

static void print_interest_head(struct layout *l, struct grid *g, const char *first)
{
	static const struct column columns[N_INTEREST_COLUMNS] = {
		{.title = "", .least = 28, .most = 60, .left = true},
		{.title = "", .least = 10, .most = 10, .rank = 3},
		{.title = "", .least = 10, .most = 10},
		{.title = "", .least = 10, .most = 10, .rank = 4},
		{.title = "", .least = 10, .most = 10, .rank = 1},
		{.title = "", .least = 10, .most = 10, .rank = 5},
		{.title = "", .least = 10, .most = 10, .rank = 2},
	};

	begin_counts(l, g, columns, first, interest_counts, N_INTEREST_COLUMNS - 1);
}

static void print_epolls(struct layout *l, const struct run_info *info, const struct details *d)
{
	unsigned shown = rows_kept(d->n_epolls, info->top);
	char name[64];
	struct grid g;

	if (!worth(info, d->n_epolls - 1)) /* one is for what did not fit */
		return;
	print_interest_head(l, &g, "epoll instances");
	for (unsigned i = 0; i < shown; i++) {
		const struct epoll_row *e = &d->epolls[i];

		if (!e->id)
			continue;
		snprintf(name, sizeof(name), " fd %u of pid %u, %llu interest%s", e->state.fd,
			 e->state.tgid, (unsigned long long)e->interests, plural(e->interests));
		print_interest(l, &g, name, e->state.v, true);
	}
	print_more(l, d->n_epolls, shown + 1);
}

/* " fd 5, disarmed, epoll 8 of 7721: EPOLLIN EPOLLONESHOT": in buf. What is registered stands last:
 * where there is no room for all it is cut. */
static void interest_name(const struct details *d, const struct interest *i, char *buf, size_t size)
{
	const struct epoll_row *e = NULL;
	char events[96];
	int len;

	for (unsigned n = 0; !e && n < rows_kept(d->n_epolls, MAX_ROWS); n++)
		e = d->epolls[n].id == i->key.epoll ? &d->epolls[n] : NULL;
	len = snprintf(buf, size, " fd %u%s", i->fd, interest_is_disarmed(i) ? ", disarmed" : "");
	if (e)
		len += snprintf(buf + len, size - len, ", epoll %u of %u", e->state.fd,
				e->state.tgid);
	snprintf(buf + len, size - len, ": %s",
		 interest_events_text(i->events, events, sizeof(events)));
}

static void print_interests(struct layout *l, const struct run_info *info, const struct snapshot *s)
{
	const struct details *d = &s->now;
	unsigned shown = rows_kept(d->n_interests, info->top);
	char name[160], cut[160];
	struct grid g;

	if (!info->top_given || !d->n_interests)
		return;
	print_interest_head(l, &g, "registered interests");
	for (unsigned i = 0; i < shown; i++) {
		const struct interest *one = &d->interests[i];

		interest_name(d, one, name, sizeof(name));
		snprintf(cut, sizeof(cut), "%.*s", (int)g.width[0], name);
		print_interest(l, &g, cut, one->v, sees_edges(s, one));
	}
	print_more(l, d->n_interests, shown);
}

static void print_stalls(struct layout *l, const struct run_info *info, const struct snapshot *s)
{
	static const struct column columns[] = {
		{.title = "stalled now", .least = 26, .most = 26, .left = true},
		{.title = "peer", .least = 22, .most = 48, .rank = 1, .left = true},
		{.title = "left unread", .least = 24, .most = 24, .left = true},
		{.title = "for", .least = 6, .most = 10},
	};
	const struct details *d = &s->now;
	unsigned shown = rows_kept(d->n_stalls, info->top);
	char name[64], unread[48], peer[80];
	struct grid g;

	if (!shown)
		return;
	grid_fit(&g, l, columns, sizeof(columns) / sizeof(columns[0]));
	lay(l, "\n");
	grid_head(l, &g, NULL);
	for (unsigned i = 0; i < shown; i++) {
		const struct stall *one = &d->stalls[i].stall;
		const char *cells[] = {name, peer, unread,
				       format_ns(remainder_of(s->time, one->since))};

		snprintf(name, sizeof(name), " fd %u, thread %u", one->fd, one->tid);
		peer_text(one, peer, sizeof(peer));
		unread_text(one, unread, sizeof(unread));
		grid_row(l, &g, cells);
	}
	print_more(l, d->n_stalls, shown);
}

void table_details(struct layout *l, const struct run_info *info, const struct snapshot *total)
{
	if (sees(total, SEES_WAKES)) {
		print_threads(l, info, &total->now);
		print_wakers(l, info, &total->now);
	}
	print_epolls(l, info, &total->now);
	print_interests(l, info, total);
	print_stalls(l, info, total);
}
