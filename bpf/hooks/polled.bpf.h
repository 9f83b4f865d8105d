/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What poll() and select() found, as they left it in the memory of the target. */
#ifndef WAKELAB_POLLED_BPF_H
#define WAKELAB_POLLED_BPF_H

#include "spins.bpf.h"
#include "telling.bpf.h"

/* struct pollfd, include/uapi/asm-generic/poll.h */
struct user_pollfd {
	__s32 fd;
	__s16 events;
	__u16 revents;
};

/* So many descriptors of one wait are looked at; like a thread's list in lists.bpf.h, in parts. */
#define POLLED_PART 8
#define MAX_POLLED  1024

/* The thread's wait that ends found something at once, as did so many before it that it is to be
 * noted; 0: it is not. */
static __always_inline __u32 spun_noted(const struct task_state *t)
{
	return t->outcome == OUTCOME_AT_ONCE && t->spun + 1 >= SPIN_NOTED ? t->spun + 1 : 0;
}

/* The first flags of poll(), from POLLIN on: in the order of their counters. */
#define N_POLL_FLAGS (COUNT_POLL_NVAL - COUNT_POLL_IN + 1)
#define LANE_BITS    8

/* Each of the first seven bits in a byte of its own, which several of them add up in. */
static __always_inline __u64 flag_lanes(__u16 revents)
{
	return (revents & (1 << N_POLL_FLAGS) - 1) * 0x0002040810204081ull & 0x0101010101010101ull;
}

static __always_inline void poll_flags_count(__u64 lanes)
{
	__u32 zero = 0;
	struct counters *c = bpf_map_lookup_elem(&counters, &zero);

	for (__u32 i = 0; c && i < N_POLL_FLAGS; i++, lanes >>= LANE_BITS)
		if (lanes & (1 << LANE_BITS) - 1)
			cell_add(&c->v[COUNT_POLL_IN + i], lanes & (1 << LANE_BITS) - 1);
}

/* A wait that looked at n descriptors and found some of them ready. */
static __always_inline void polled_count(__u32 n, __u32 found)
{
	__u32 zero = 0;
	struct counters *c = bpf_map_lookup_elem(&counters, &zero);

	if (!c)
		return;
	cell_add(&c->v[COUNT_POLL_LOOKED_AT], n);
	cell_add(&c->v[COUNT_POLL_REPORTED], found);
}

/* Counts what a part of the array of a poll() says; gives how many in it were found ready. Global,
 * with scalar arguments, as are those below: verified once and not at each turn of the loop. */
__weak __noinline int polled_part(__u64 fds, __u32 n, __u32 spun)
{
	struct user_pollfd part[POLLED_PART] = {};
	__u32 size = n < POLLED_PART ? n * sizeof(part[0]) : sizeof(part);
	__u64 lanes = 0;
	int found = 0;

	barrier_var(size);
	if (size > sizeof(part) || bpf_probe_read_user(part, size, (const void *)fds))
		return 0;
	for (__u32 i = 0; i < POLLED_PART; i++) {
		found += part[i].revents != 0;
		lanes += flag_lanes(part[i].revents);
	}
	poll_flags_count(lanes);
	for (__u32 i = 0; spun && i < POLLED_PART; i++)
		if (part[i].revents)
			spin_polled(part[i].fd, part[i].revents, spun);
	for (__u32 i = 0; i < POLLED_PART; i++)
		if (part[i].revents)
			tell_polled(part[i].fd, part[i].revents);
	return found;
}

/* A poll() of n descriptors that found some of them ready; spun in a row did so at once, 0: too few
 * to be noted. */
__weak __noinline int poll_exit(__u64 fds, __u32 n, int found, __u32 spun)
{
	polled_count(n, found);
	for (__u32 i = 0; found > 0 && i < MAX_POLLED && i < n; i += POLLED_PART)
		found -= polled_part(fds + i * sizeof(struct user_pollfd), n - i, spun);
	if (found > 0)
		tally(COUNT_POLL_FLAGS_UNKNOWN, found);
	return 0;
}

#define BITS_OF_WORD 64

static __always_inline __u32 bits_of(__u64 word)
{
	word -= word >> 1 & 0x5555555555555555ull;
	word = (word & 0x3333333333333333ull) + (word >> 2 & 0x3333333333333333ull);
	word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0full;
	return word * 0x0101010101010101ull >> 56;
}

/* The descriptors of a word of a set, from first on. */
__weak __noinline int selected_word(__u64 word, __u32 first, __u32 event, __u32 spun)
{
	for (__u32 i = 0; i < BITS_OF_WORD && word; i++) {
		__u32 fd = first + bits_of((word & -word) - 1);

		if (spun || !tells_polled())
			spin_polled(fd, event, spun);
		tell_polled(fd, event);
		word &= word - 1;
	}
	return 0;
}

/* A set of descriptors below n that were found; NULL: none was asked for. */
__weak __noinline int selected_set(__u64 set, __u32 n, __u32 event, __u32 spun)
{
	__u64 word;

	for (__u32 i = 0; set && i < MAX_POLLED && i < n; i += BITS_OF_WORD)
		if (!bpf_probe_read_user(&word, sizeof(word), (const void *)(set + i / 8)) && word)
			selected_word(word, i, event, spun);
	return 0;
}

/* How many descriptors a select() looks through: no more than there is room for in the process. */
static __always_inline __u32 selected_of(__u32 n)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	__u32 room;

	if (n <= BITS_OF_WORD) /* there always is for so many */
		return n;
	room = READ(task, files, fdt, max_fds);
	return n < room ? n : room;
}

/* The running thread's select(); spun as of poll_exit(). */
static __always_inline void select_exit(const struct task_state *t, __u32 found, __u32 spun)
{
	polled_count(selected_of(t->args[0]), found);
	if (!spun && !tells_polled())
		return;
	selected_set(t->args[1], t->args[0], EPOLLIN, spun);
	selected_set(t->args[2], t->args[0], EPOLLOUT, spun);
	selected_set(t->args[3], t->args[0], EPOLLPRI, spun);
}

#endif
