// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "sleepers.h"

#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "calls.h"
#include "members.h"
#include "places.h"
#include "proc_comm.h"
#include "run_program.h"
#include "signals.h"

/* Fills in the call that a thread sleeps in: "232 0x4 0x7ffd... ..."; false if it does not. */
static bool read_call(struct sleeper *s)
{
	unsigned long long a[SLEEPER_ARGS];
	char path[64], line[256] = "";
	FILE *file;
	int nr;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", s->pid, s->tid);
	file = fopen(path, "re");
	if (file && !fgets(line, sizeof(line), file))
		*line = '\0';
	if (file)
		fclose(file);
	if (sscanf(line, "%d %llx %llx %llx %llx %llx %llx", &nr, &a[0], &a[1], &a[2], &a[3], &a[4],
		   &a[5]) != 1 + SLEEPER_ARGS ||
	    nr < 0)
		return false;
	for (unsigned i = 0; i < SLEEPER_ARGS; i++)
		s->args[i] = a[i];
	call_name(nr, s->call, sizeof(s->call));
	return true;
}

int find_sleepers(struct wakelab *skel, const struct processes *only, struct beginning *b)
{
	unsigned n;
	struct member *members = list_members(skel, &n);

	b->sleepers = members ? calloc(n + 1, sizeof(*b->sleepers)) : NULL;
	for (unsigned i = 0; b->sleepers && i < n && !(b->cut = signals_ask_for_end()); i++) {
		struct sleeper *s = &b->sleepers[b->n_sleepers];

		*s = (struct sleeper){
			.task = members[i].task, .pid = members[i].pid, .tid = members[i].tid};
		if ((only && !processes_have(only, s->pid)) || !read_call(s))
			continue;
		read_comm(s->pid, s->tid, s->comm, sizeof(s->comm));
		b->n_sleepers++;
	}
	free(members);
	if (!b->sleepers)
		warn("cannot list the sleeping threads");
	return b->sleepers ? 0 : -1;
}

static bool is_epoll_wait(const char *name)
{
	return calls[call_row_of(name)].kind == KIND_EPOLL_WAIT;
}

/* What is registered edge-triggered, sorted by instance: only that can stall. */
struct candidates {
	struct interest_key *rows;
	unsigned n, max;
};

static void take_candidate(void *ctx, const volatile void *place)
{
	struct interest i = *(const volatile struct interest *)place;
	struct candidates *c = ctx;

	if (i.key.epoll && i.events & EPOLLET && c->n < c->max)
		c->rows[c->n++] = i.key;
}

static int by_instance(const void *a, const void *b)
{
	const struct interest_key *left = a, *right = b;

	return (left->epoll > right->epoll) - (left->epoll < right->epoll);
}

/* Returns 0, or -1 with errno; rows is to be freed in any case. */
static int list_candidates(const struct wakelab *skel, struct candidates *c)
{
	c->max = places_of(skel->maps.interest_places, &skel->bss->interests_used);
	c->rows = calloc(c->max + 1, sizeof(*c->rows));
	if (!c->rows || for_each_place(skel->maps.interest_places, c->max, c, take_candidate))
		return -1;
	qsort(c->rows, c->n, sizeof(*c->rows), by_instance);
	return 0;
}

/* The first candidate of an instance, or behind all of those before it. */
static unsigned first_of(const struct candidates *c, __u64 epoll)
{
	unsigned low = 0, high = c->n;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (c->rows[middle].epoll < epoll)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The thread waits for what its instance had; asks of every candidate of that whether it stalls. */
static int adopt_stalls_of(struct wakelab *skel, const struct sleeper *s,
			   const struct candidates *c)
{
	__u64 args[4] = {s->task, (__u32)s->args[0]};
	int err = run_program(skel->progs.adopt_sleeper, args, 2 * sizeof(*args));
	__u64 epoll = skel->bss->adopt_epoll;

	for (unsigned i = first_of(c, epoll); !err && i < c->n && c->rows[i].epoll == epoll; i++) {
		args[2] = c->rows[i].epoll;
		args[3] = c->rows[i].data;
		err = run_program(skel->progs.adopt_stall, args, sizeof(args));
	}
	return err;
}

int adopt_stalls(struct wakelab *skel, struct beginning *b)
{
	struct candidates c = {0};
	int err = list_candidates(skel, &c);

	for (unsigned i = 0; !err && i < b->n_sleepers && !(b->cut = signals_ask_for_end()); i++)
		if (is_epoll_wait(b->sleepers[i].call))
			err = adopt_stalls_of(skel, &b->sleepers[i], &c);
	if (err)
		warn("cannot record the stalls that began before tracing");
	free(c.rows);
	return err ? -1 : 0;
}
