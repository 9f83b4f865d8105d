// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The rows behind the totals. */
#include "format.h"
#include "table.h"

#define NAME_SHOWN 29 /* bytes of a name: more, of one that is all escapes, is cut */

static bool worth(const struct run_info *info, unsigned rows)
{
	return rows > 1 || (rows && info->top_given);
}

static void print_more(FILE *out, unsigned n, unsigned shown)
{
	if (n > shown)
		fprintf(out, "  and %u more\n", n - shown);
}

static void print_threads(FILE *out, const struct run_info *info, const struct details *d)
{
	unsigned shown = rows_kept(d->n_threads, info->top);
	char name[NAME_SHOWN + 1];

	if (!worth(info, d->n_threads))
		return;
	fprintf(out, "\n%s%-26s %10s %9s %9s %9s %9s %9s%s\n", paint(info, BOLD), "threads woken",
		"wakes", "useful", "wasted", "timed", "absorbed", "early", paint(info, PLAIN));
	for (unsigned i = 0; i < shown; i++) {
		const struct thread_stats *t = &d->threads[i];

		fprintf(out, " %8u %-16s %10s %9s %9s %9s %9s %9s\n", t->key.tid,
			visible(t->comm, name, sizeof(name)), format_count(t->v[COUNT_WAKES]),
			format_count(t->v[COUNT_USEFUL]), format_count(t->v[COUNT_WASTED]),
			format_count(t->v[COUNT_TIMED]), format_count(t->v[COUNT_ABSORBED]),
			format_count(t->v[COUNT_EARLY]));
	}
	print_more(out, d->n_threads, shown);
}

static void print_wakers(FILE *out, const struct run_info *info, const struct details *d)
{
	static const char *const contexts[N_WAKER_CONTEXTS] = {"task", "softirq", "hardirq",
							       "unknown"};
	char name[NAME_SHOWN + 1];

	if (!info->top_given)
		return;
	fprintf(out, "\n%s%-26s %10s%s\n", paint(info, BOLD), "woken by", "wakes",
		paint(info, PLAIN));
	for (unsigned i = 0; i < rows_kept(d->n_wakers, info->top); i++) {
		const struct waker_row *w = &d->wakers[i];

		if (w->waker.wakes && w->key.tid)
			fprintf(out, " %8u %-16s %10s\n", w->key.tid,
				visible(w->waker.comm, name, sizeof(name)),
				format_count(w->waker.wakes));
		else if (w->waker.wakes)
			fprintf(out, " %-25s %10s\n", contexts[w->key.context],
				format_count(w->waker.wakes));
	}
}

static void print_counts(FILE *out, const __u64 v[N_INTEREST_COUNTS])
{
	static const enum counter columns[] = {COUNT_EDGES,     COUNT_REPORTS, COUNT_FRESH,
					       COUNT_REREPORTS, COUNT_MERGED,  COUNT_STALLS};

	for (unsigned i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		fprintf(out, " %10s", format_count(v[columns[i] - COUNT_EDGES]));
	fprintf(out, "\n");
}

static void print_head(FILE *out, const struct run_info *info, const char *first)
{
	fprintf(out, "\n%s%-32s %10s %10s %10s %10s %10s %10s%s\n", paint(info, BOLD), first,
		"edges", "reports", "fresh", "re-reports", "merged", "stalls", paint(info, PLAIN));
}

static void print_epolls(FILE *out, const struct run_info *info, const struct details *d)
{
	unsigned shown = rows_kept(d->n_epolls, info->top);
	char name[48];

	if (!worth(info, d->n_epolls - 1)) /* one is for what did not fit */
		return;
	print_head(out, info, "epoll instances");
	for (unsigned i = 0; i < shown; i++) {
		const struct epoll_row *e = &d->epolls[i];

		if (!e->id)
			continue;
		snprintf(name, sizeof(name), "fd %u of %u, %llu interests", e->state.fd,
			 e->state.tgid, (unsigned long long)e->interests);
		fprintf(out, " %-31s", name);
		print_counts(out, e->state.v);
	}
	print_more(out, d->n_epolls, shown + 1);
}

static void print_interests(FILE *out, const struct run_info *info, const struct details *d)
{
	unsigned shown = rows_kept(d->n_interests, info->top);
	char events[96], name[128];

	if (!info->top_given || !d->n_interests)
		return;
	print_head(out, info, "interests registered now");
	for (unsigned i = 0; i < shown; i++) {
		const struct interest *one = &d->interests[i].interest;

		snprintf(name, sizeof(name), "fd %u %s", one->fd,
			 epoll_events_text(one->events, events, sizeof(events)));
		fprintf(out, " %-31.31s", name);
		print_counts(out, one->v);
	}
	print_more(out, d->n_interests, shown);
}

static void print_stalls(FILE *out, const struct run_info *info, const struct snapshot *s)
{
	const struct details *d = &s->now;
	unsigned shown = rows_kept(d->n_stalls, info->top);
	char unread[48], peer[80];

	if (!shown)
		return;
	fprintf(out, "\n%s%-26s %-24s %-16s %10s%s\n", paint(info, BOLD), "stalled now", "peer",
		"unread", "for", paint(info, PLAIN));
	for (unsigned i = 0; i < shown; i++) {
		const struct stall *one = &d->stalls[i].stall;
		char name[64];

		snprintf(name, sizeof(name), "fd %u, thread %u", one->fd, one->tid);
		fprintf(out, " %-25s %-24s %-16s %10s\n", name, peer_text(one, peer, sizeof(peer)),
			unread_text(one, unread, sizeof(unread)), format_ns(s->time - one->since));
	}
	print_more(out, d->n_stalls, shown);
}

void table_details(FILE *out, const struct run_info *info, const struct snapshot *total)
{
	print_threads(out, info, &total->now);
	print_wakers(out, info, &total->now);
	print_epolls(out, info, &total->now);
	print_interests(out, info, &total->now);
	print_stalls(out, info, total);
}
