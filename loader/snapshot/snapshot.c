// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "snapshot.h"

#include <signal.h>
#include <string.h>
#include <sys/epoll.h>

#include "calls.h"
#include "percentile.h"

const struct watched_part watched_parts[N_WATCHED] = {
	{"wakes", SEES_WAKES},
	{"interests", SEES_INTERESTS},
	{"signals", SEES_SIGNALS},
};

static void subtract(__u64 *values, const __u64 *before, size_t n)
{
	for (size_t i = 0; i < n; i++)
		values[i] -= before[i];
}

static void hist_delta(struct hist *h, const struct hist *before)
{
	unsigned first = HIST_SLOTS, last = 0;

	if (!before->count)
		return;
	h->count -= before->count;
	h->sum -= before->sum;
	subtract((__u64 *)h->slots, (const __u64 *)before->slots, HIST_SLOTS);
	for (unsigned i = 0; i < HIST_SLOTS; i++) {
		if (!h->slots[i])
			continue;
		if (first == HIST_SLOTS)
			first = i;
		last = i;
	}
	if (!h->count) {
		h->low = h->max = 0;
		return;
	}
	/* a new extreme is exact; else it is known to its bucket */
	if (h->low == before->low)
		h->low = ~hist_floor(first);
	if (h->max == before->max && last + 1 < HIST_SLOTS)
		h->max = hist_floor(last + 1) - 1;
}

static void stats_delta(struct call_stats *s, const struct call_stats *before)
{
	subtract(s->verdicts, before->verdicts, N_VERDICTS);
	s->bytes -= before->bytes;
	s->zero -= before->zero;
	s->sleeps -= before->sleeps;
	subtract(s->errors, before->errors, N_ERRNO_CELLS);
	hist_delta(&s->duration, &before->duration);
}

static void fcntls_delta(struct snapshot *delta, const struct snapshot *before)
{
	for (unsigned i = 0; i < delta->n_fcntls; i++) {
		struct fcntl_row *row = &delta->fcntls[i];

		for (unsigned j = 0; j < before->n_fcntls; j++) {
			const struct fcntl_row *old = &before->fcntls[j];

			if (memcmp(&row->key, &old->key, sizeof(row->key)))
				continue;
			row->stats.calls -= old->stats.calls;
			row->stats.failed -= old->stats.failed;
			subtract(row->stats.on, old->stats.on, N_FLAG_BITS);
			subtract(row->stats.off, old->stats.off, N_FLAG_BITS);
		}
	}
}

static void witnesses_delta(struct snapshot *delta, const struct snapshot *before)
{
	struct load_result *c = &delta->client;

	subtract((__u64 *)&delta->server, (const __u64 *)&before->server,
		 sizeof(delta->server) / sizeof(__u64));
	c->connections -= before->client.connections;
	c->sent -= before->client.sent;
	c->messages -= before->client.messages;
	c->bytes -= before->client.bytes;
	c->urgent -= before->client.urgent;
	c->mismatches -= before->client.mismatches;
	hist_delta(&c->latency, &before->client.latency);
}

/* fs/eventpoll.c, EP_PRIVATE_BITS: what is not a condition to report */
#define EPOLL_PRIVATE (EPOLLEXCLUSIVE | EPOLLWAKEUP | EPOLLONESHOT | EPOLLET)

bool interest_is_disarmed(const struct interest *i)
{
	return i->events & EPOLLONESHOT && !(i->events & ~EPOLL_PRIVATE);
}

__u64 backlog_waited(const struct snapshot *s, const struct backlog *b)
{
	return b->waiting ? remainder_of(b->ended ? b->ended : s->time, b->since) : 0;
}

unsigned listener_call(const struct listener_row *row, const struct beginning *before)
{
	if (!row->before)
		return row->row;
	for (unsigned i = 0; before && i < before->n_sleepers; i++)
		if (before->sleepers[i].tid == (pid_t)row->tid)
			return call_row_of(before->sleepers[i].call);
	return 0;
}

void snapshot_delta(struct snapshot *delta, const struct snapshot *now,
		    const struct snapshot *before)
{
	*delta = *now;
	delta->time -= before->time;
	subtract(delta->calls, before->calls, MAX_CALLS);
	subtract(delta->others, before->others, MAX_NR);
	for (unsigned i = 0; i < MAX_CALLS; i++)
		stats_delta(&delta->stats[i], &before->stats[i]);
	for (unsigned i = 0; i < N_LATENCIES; i++)
		hist_delta(&delta->latencies[i], &before->latencies[i]);
	for (unsigned i = 0; i < N_COUNTERS; i++) /* merged and unknown may become less */
		delta->counters[i] = remainder_of(now->counters[i], before->counters[i]);
	for (unsigned i = 0; i < N_SIGNALS; i++) {
		subtract(delta->signals[i].results, before->signals[i].results, N_SIGNAL_RESULTS);
		delta->signals[i].delivered -= before->signals[i].delivered;
		delta->signals[i].consumed -= before->signals[i].consumed;
		delta->signals[i].ended -= before->signals[i].ended;
	}
	fcntls_delta(delta, before);
	subtract(delta->lost, before->lost, N_LOST);
	hist_delta(&delta->left, &before->left);
	delta->stalled_ns -= before->stalled_ns;
	witnesses_delta(delta, before);
}

static void add(__u64 *sum, const __u64 *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum[i] += values[i];
}

void call_stats_add(struct call_stats *sum, const struct call_stats *copy)
{
	add(sum->verdicts, copy->verdicts, N_VERDICTS);
	sum->bytes += copy->bytes;
	sum->zero += copy->zero;
	sum->sleeps += copy->sleeps;
	add(sum->errors, copy->errors, N_ERRNO_CELLS);
	hist_merge(&sum->duration, &copy->duration);
}

__u64 calls_returned(const struct call_stats *stats)
{
	__u64 sum = 0;

	for (unsigned i = 0; i < N_VERDICTS; i++)
		sum += stats->verdicts[i];
	return sum;
}

__u64 calls_in_flight(const struct snapshot *s, unsigned row)
{
	return s->calls[row] - calls_returned(&s->stats[row]);
}

__u64 calls_succeeded(const struct call_stats *stats)
{
	return stats->verdicts[VERDICT_READY] + stats->verdicts[VERDICT_SLEPT];
}

__u64 snapshot_lost(const struct snapshot *s)
{
	__u64 sum = 0;

	for (unsigned i = 0; i < N_LOST; i++)
		sum += s->lost[i];
	return sum;
}

__u64 remainder_of(__u64 whole, __u64 parts)
{
	return whole > parts ? whole - parts : 0;
}

bool sees_edges(const struct snapshot *s, const struct interest *i)
{
	if (sees(s, SEES_CALLBACKS))
		return true;
	return i->sock && !(i->events & EPOLLEXCLUSIVE) && !i->v[COUNT_FOUND - COUNT_EDGES];
}

unsigned rows_kept(unsigned n, unsigned max)
{
	return n < max ? n : max;
}

unsigned row_place(void *rows, size_t size, unsigned n, unsigned max, __u64 weight,
		   __u64 (*weight_of)(const void *row))
{
	unsigned at = rows_kept(n, max);
	char *bytes = rows;

	while (at && weight_of(bytes + (at - 1) * size) < weight)
		at--;
	if (at < max)
		memmove(bytes + (at + 1) * size, bytes + at * size,
			(rows_kept(n, max - 1) - at) * size);
	return at;
}

struct signal_stats snapshot_sigio(const struct snapshot *s)
{
	struct signal_stats sum = {0};

	for (int i = 1; i < N_SIGNALS; i++) {
		const struct signal_stats *one = &s->signals[i];

		if (i != SIGIO && !one->io)
			continue;
		for (unsigned r = 0; r < N_SIGNAL_RESULTS; r++)
			sum.results[r] += one->results[r];
		sum.delivered += one->delivered;
		sum.consumed += one->consumed;
		sum.ended += one->ended;
	}
	return sum;
}
