/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What poll() and select() found, as they left it in the memory of the target. */
#ifndef WAKELAB_POLLED_BPF_H
#define WAKELAB_POLLED_BPF_H

#include "spins.bpf.h"

/* struct pollfd, include/uapi/asm-generic/poll.h */
struct user_pollfd {
	__s32 fd;
	__s16 events;
	__u16 revents;
};

/* So many descriptors of one wait are looked at; like a thread's list in lists.bpf.h, in parts. */
#define POLLED_PART 8
#define MAX_POLLED  1024

/* The thread's wait that ends found something at once, as those before it did. */
static __always_inline bool spin_goes_on(const struct task_state *t)
{
	return t->outcome == OUTCOME_AT_ONCE && t->spun + 1 >= SPIN_NOTED;
}

/* Global, with scalar arguments, as are those below: verified once and not at each turn of the
 * loop. */
__weak __noinline int polled_part(__u64 fds, __u32 n, __u32 spun)
{
	struct user_pollfd part[POLLED_PART] = {};
	__u32 size = n < POLLED_PART ? n * sizeof(part[0]) : sizeof(part);

	barrier_var(size);
	if (size > sizeof(part) || bpf_probe_read_user(part, size, (const void *)fds))
		return 0;
	for (__u32 i = 0; i < POLLED_PART; i++)
		if (part[i].revents)
			spin_polled(part[i].fd, part[i].revents, spun);
	return 0;
}

/* A poll() of n descriptors, with spun in a row that found something at once. */
__weak __noinline int poll_exit(__u64 fds, __u32 n, __u32 spun)
{
	for (__u32 i = 0; i < MAX_POLLED && i < n; i += POLLED_PART)
		polled_part(fds + i * sizeof(struct user_pollfd), n - i, spun);
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
		spin_polled(first + bits_of((word & -word) - 1), event, spun);
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

/* The running thread's select(). */
__weak __noinline int select_exit(__u32 spun)
{
	const struct task_state *t = task_current();

	if (!t)
		return 0;
	selected_set(t->args[1], t->args[0], EPOLLIN, spun);
	selected_set(t->args[2], t->args[0], EPOLLOUT, spun);
	selected_set(t->args[3], t->args[0], EPOLLPRI, spun);
	return 0;
}

#endif
