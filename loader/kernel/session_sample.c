// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Reads the maps of a session into a snapshot. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>

#include "calls.h"
#include "commands.h"
#include "details.h"
#include "kernel_clock.h"
#include "percentile.h"
#include "program_info.h"
#include "session.h"
#include "session_types.h"

static int map_fd(const struct bpf_map *map)
{
	return bpf_map__fd(map);
}

/* Adds n 64-bit values of every CPU's copy at s->percpu, size bytes apart, to sum. */
static void sum_values(const struct session *s, size_t size, __u64 *sum, size_t n)
{
	for (int cpu = 0; cpu < s->n_cpus; cpu++) {
		const __u64 *values = (const void *)((char *)s->percpu + cpu * size);

		for (size_t i = 0; i < n; i++)
			sum[i] += values[i];
	}
}

/* Element key of a per-CPU array of 64-bit counters, summed over CPUs. */
static int sample_counters(struct session *s, const struct bpf_map *map, __u64 *sum, size_t n)
{
	__u32 zero = 0;

	if (bpf_map_lookup_elem(map_fd(map), &zero, s->percpu))
		return -1;
	sum_values(s, n * sizeof(__u64), sum, n);
	return 0;
}

/* The row, and then at once how often its call was entered: see struct call_entries. */
static int sample_row(struct session *s, struct snapshot *snap, __u32 row)
{
	const struct call_entries *entries = s->percpu;
	const struct call_stats *stats = s->percpu;
	__u32 zero = 0;

	if (bpf_map_lookup_elem(map_fd(s->attached.skel->maps.ledger), &row, s->percpu))
		return -1;
	for (int cpu = 0; cpu < s->n_cpus; cpu++)
		if (calls_returned(&stats[cpu]))
			call_stats_add(&snap->stats[row], &stats[cpu]);
	if (bpf_map_lookup_elem(map_fd(s->attached.skel->maps.entries), &zero, s->percpu))
		return -1;
	for (int cpu = 0; cpu < s->n_cpus; cpu++)
		snap->calls[row] += entries[cpu].calls[row];
	return 0;
}

static int sample_ledger(struct session *s, struct snapshot *snap)
{
	for (__u32 row = OTHER_CALL; row < n_calls; row++)
		if (sample_row(s, snap, row))
			return -1;
	memcpy(snap->others, s->attached.skel->bss->other_calls, sizeof(snap->others));
	snap->other_names = call_names(snap->others);
	return 0;
}

static int sample_latencies(struct session *s, struct snapshot *snap)
{
	const struct hist *copies = s->percpu;

	for (__u32 i = 0; i < N_LATENCIES; i++) {
		if (bpf_map_lookup_elem(map_fd(s->attached.skel->maps.latencies), &i, s->percpu))
			return -1;
		for (int cpu = 0; cpu < s->n_cpus; cpu++)
			hist_merge(&snap->latencies[i], &copies[cpu]);
	}
	return 0;
}

/* Data left behind: how long, how much at most, and what last. */
static int sample_left(struct session *s, struct snapshot *snap)
{
	const struct wakelab *skel = s->attached.skel;
	const struct hist *times = s->percpu;
	const struct largest_left *largest = s->percpu;
	__u32 zero = 0;

	for (__u32 i = 0; i < N_WAKER_CONTEXTS; i++) {
		if (bpf_map_lookup_elem(map_fd(skel->maps.left_times), &i, s->percpu))
			return -1;
		for (int cpu = 0; cpu < s->n_cpus; cpu++)
			hist_merge(&snap->left, &times[cpu]);
	}
	if (bpf_map_lookup_elem(map_fd(skel->maps.largest_left), &zero, s->percpu))
		return -1;
	for (int cpu = 0; cpu < s->n_cpus; cpu++)
		for (unsigned unit = 0; unit < N_UNREAD; unit++)
			if (snap->left_largest[unit] < largest[cpu].unread[unit])
				snap->left_largest[unit] = largest[cpu].unread[unit];
	if (bpf_map_lookup_elem(map_fd(skel->maps.last_left), &zero, &snap->left_last))
		return errno == ENOENT ? 0 : -1;
	return 0;
}

static int sample_signals(struct session *s, struct snapshot *snap)
{
	for (__u32 i = 1; i < N_SIGNALS; i++)
		if (bpf_map_lookup_elem(map_fd(s->attached.skel->maps.signals), &i,
					&snap->signals[i]))
			return -1;
	return 0;
}

static int sample_fcntls(struct session *s, struct snapshot *snap)
{
	int fd = map_fd(s->attached.skel->maps.fcntls);
	struct fcntl_key *prev = NULL;

	while (snap->n_fcntls < MAX_FCNTLS) {
		struct fcntl_row *row = &snap->fcntls[snap->n_fcntls];

		if (bpf_map_get_next_key(fd, prev, &row->key))
			return errno == ENOENT ? 0 : -1;
		if (bpf_map_lookup_elem(fd, &row->key, &row->stats))
			return -1;
		prev = &row->key;
		snap->n_fcntls++;
	}
	return 0;
}

/* How often the kernel skipped programs, since the same one ran on that CPU. */
static int read_misses(const struct session *s, const char *const names[MAX_PROGRAMS],
		       __u64 *misses)
{
	for (unsigned n = 0; n < MAX_PROGRAMS && names[n]; n++) {
		struct bpf_prog_info info;

		if (program_info(s->attached.skel, names[n], &info) < 0)
			return -1;
		*misses += info.recursion_misses;
	}
	return 0;
}

/* How often the programs of a hook were skipped. */
struct skipped {
	__u64 first;  /* programs */
	__u64 second; /* that stand behind them */
	bool paired;  /* there are such */
};

static int read_skipped(const struct session *s, enum hook_id hook, struct skipped *n)
{
	const struct candidate *c = plan_candidate(&s->plan, hook);
	const char *const steady[MAX_PROGRAMS] = {c ? c->steady : NULL};
	const char *const *second = plan_pairs(&s->plan, hook)  ? c->again
				    : s->plan.steady && *steady ? steady
								: NULL;

	*n = (struct skipped){.paired = second};
	if (!c || c->way == WAY_KPROBE)
		return 0;
	if (read_misses(s, c->programs, &n->first))
		return -1;
	return second ? read_misses(s, second, &n->second) : 0;
}

static int sample_skipped(const struct session *s, struct skipped skipped[N_HOOKS])
{
	for (unsigned i = 0; i < N_HOOKS; i++)
		if (read_skipped(s, i, &skipped[i]))
			return -1;
	return 0;
}

/* Events that no program handled: at most as many as the one was skipped that was skipped least,
 * and none of those that the second one is known to have. */
static __u64 count_lost_events(const struct snapshot *snap, const struct skipped skipped[N_HOOKS])
{
	__u64 sum = 0;

	for (unsigned i = 0; i < N_HOOKS; i++) {
		const struct skipped *n = &skipped[i];
		__u64 caught = hooks[i].caught ? snap->counters[hooks[i].caught] : 0;
		__u64 lost = remainder_of(n->first, caught);

		sum += n->paired && n->second < lost ? n->second : lost;
	}
	return sum;
}

/*
 * While a task is switched out in the middle of a map operation, the kernel keeps the steady
 * programs on that CPU from their events (bpf_disable_instrumentation()). So we are not to be
 * switched out there, where that is allowed us.
 */
static void hold_cpu(const struct session *s, bool hold)
{
	const struct sched_param first = {.sched_priority = 1}, usual = {0};

	if (s->plan.steady)
		sched_setscheduler(0, hold ? SCHED_FIFO : SCHED_OTHER, hold ? &first : &usual);
}

static int read_maps(struct session *s, struct snapshot *snap)
{
	struct skipped skipped[N_HOOKS];

	/* What was skipped before the counters: it is skipped first, and caught then. The counters
	 * before the ledger: a call that ended its thread was entered before it was counted. */
	if (stalls_look(s->attached.skel, snap) || sample_skipped(s, skipped) ||
	    sample_counters(s, s->attached.skel->maps.counters, snap->counters, N_COUNTERS) ||
	    sample_ledger(s, snap) || sample_latencies(s, snap) || sample_left(s, snap) ||
	    sample_signals(s, snap) || sample_fcntls(s, snap) ||
	    details_sample(s->attached.skel, snap))
		return -1;
	snap->lost[LOST_RECURSION] = count_lost_events(snap, skipped);
	return 0;
}

/* What has grown up to the last sample does not shrink. */
static void keep_larger(__u64 *now, __u64 *last)
{
	if (*now < *last)
		*now = *last;
	*last = *now;
}

int session_sample(struct session *s, struct snapshot *snap)
{
	int err;

	memset(snap, 0, offsetof(struct snapshot, witnessed));
	snap->time = kernel_now();
	snap->sees = session_sees(s);
	snap->stall_ns = s->attached.stall_ns;
	hold_cpu(s, true);
	err = read_maps(s, snap);
	hold_cpu(s, false);
	if (err || commands_sample(s, snap)) {
		warn("cannot read the BPF maps");
		return -1;
	}
	/* a call that ended its thread has no return: it did what it was asked */
	snap->stats[OTHER_CALL].verdicts[VERDICT_READY] += snap->counters[COUNT_ENDED];
#define LOST_COUNT(id, ...) snap->lost[LOST_##id] = snap->counters[COUNT_LOST_##id];
#include "counts.def"
	snap->lost[LOST_INTERESTS] += s->unread;
	snap->stalled_ns += snap->counters[COUNT_STALLED_NS];
	snap->counters[COUNT_STALLS] += snap->now.n_stalls;
	/* one that ends between the reads is in neither part: it is in the next sample */
	keep_larger(&snap->stalled_ns, &s->stalled_ns);
	keep_larger(&snap->counters[COUNT_STALLS], &s->stalls);
	keep_larger(&snap->lost[LOST_RECURSION], &s->recursion);
	return 0;
}

int session_stalls(struct session *s, struct snapshot *snap, bool all)
{
	int err;

	snap->time = kernel_now();
	snap->sees = session_sees(s);
	snap->stall_ns = all ? 0 : s->attached.stall_ns;
	hold_cpu(s, true);
	err = stalls_sample(s->attached.skel, snap);
	hold_cpu(s, false);
	if (!err)
		return 0;
	warn("cannot read the BPF maps");
	return -1;
}
