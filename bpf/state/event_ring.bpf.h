/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Where events wait for user space, and what is to be told. Only objects that are compiled with
 * EVENTS have any of it; the others tell nothing.
 *
 * A record is written where it stays. Its time is read once there is room for it: so whatever has
 * an earlier time stands before the end of the ring at that moment, and user space can put in order
 * what it has read up to there. What finds no room is counted, by kind, and the next record of that
 * CPU says how many there were: nobody waits.
 */
#ifndef WAKELAB_EVENT_RING_BPF_H
#define WAKELAB_EVENT_RING_BPF_H

#ifdef EVENTS
#include "event_records.h"
#include "globals.bpf.h"
#include "maps.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 24);
} event_ring SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct event_tally);
} event_tallies SEC(".maps") __weak;

/* Of the call that a task is in, by its place. */
struct event_task {
	__u64 asleep; /* since when */
	__u64 slept_ns;
	__u64 to_run_ns;
	__s64 timeout_ns;
	__u32 waker_tid; /* of the wake that came last */
	__u32 woken_by;
	char waker_comm[COMM_LEN];
	__u32 woken;   /* a wake ended the last sleep */
	__u32 unasked; /* its verdict, or how long it took, is not asked for */
	/* when it returned; kept here, since the programs on system calls have little room */
	__s64 result;
	__u64 duration_ns;
	__u64 verdict;
	__u64 judged; /* when the wake was whose outcome is open */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_TASKS);
	__type(key, __u32);
	__type(value, struct event_task);
} event_tasks SEC(".maps") __weak;

static __always_inline struct event_task *event_task_of(const struct task_state *t)
{
	__u32 place = t->id;

	return bpf_map_lookup_elem(&event_tasks, &place);
}

static __always_inline bool event_is_wanted(enum event_kind kind)
{
	return event_wish.kinds & 1ull << kind;
}

static __always_inline bool event_comm_is(const char comm[COMM_LEN])
{
	for (__u32 i = 0; i < COMM_LEN && event_wish.comm[0]; i++) {
		if (comm[i] != event_wish.comm[i])
			return false;
		if (!comm[i])
			break;
	}
	return true;
}

/* Whether a thread's events are to be told, by its number and name. */
static __always_inline bool event_is_of(const struct task_state *t, const struct task_struct *task)
{
	char comm[COMM_LEN] = {};

	if (event_wish.tid && event_wish.tid != t->stats.key.tid)
		return false;
	if (event_wish.comm[0])
		BPF_CORE_READ_STR_INTO(&comm, task, comm);
	return event_comm_is(comm);
}

/* Room for a record of so many bytes, a constant; NULL: there is none. */
static __always_inline void *event_open(enum event_kind kind, __u64 size)
{
	__u32 zero = 0;
	struct event_tally *tally = bpf_map_lookup_elem(&event_tallies, &zero);
	struct event_head *head;

	if (!tally)
		return NULL;
	__sync_fetch_and_add(&tally->happened[kind], 1);
	head = bpf_ringbuf_reserve(&event_ring, size, 0);
	if (!head) {
		__sync_fetch_and_add(&tally->dropped[kind], 1);
		__sync_fetch_and_add(&tally->lost, 1);
		return NULL;
	}
	head->time = bpf_ktime_get_ns();
	head->lost = tally->lost;
	head->cpu = bpf_get_smp_processor_id();
	head->kind = kind;
	return head;
}

/* The thread that it happens to. */
static __always_inline void event_thread(struct event_head *head, const struct task_state *t,
					 const struct task_struct *task)
{
	head->tid = t->stats.key.tid;
	head->pid = t->stats.tgid;
	BPF_CORE_READ_STR_INTO(&head->comm, task, comm);
}

/* It is filled in. User space is rung for once, and comes back by itself while there is more. */
static __always_inline void event_close(void *event)
{
	__u64 flags = BPF_RB_NO_WAKEUP;

	if (!*(volatile __u32 *)&events_rung) {
		events_rung = 1;
		flags = BPF_RB_FORCE_WAKEUP;
	}
	bpf_ringbuf_submit(event, flags);
}
#endif

#endif
