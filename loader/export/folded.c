// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "folded.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "event_names.h"
#include "recorded_events.h"
#include "visible.h"

/* What the lines of a stack are about; of a process, tid and what follows is 0. */
struct stack {
	__u32 pid, tid;
	unsigned call, verdict;
	char comm[COMM_LEN]; /* of a process: of the thread that was seen first, or of its main one
			      */
	__u64 ns;
	struct stack *next;
};

struct folding {
	FILE *out;
	void *stacks, *processes; /* of tsearch() */
	struct stack *all;        /* both */
	__u64 told[MAX_CALLS];    /* by events, ns */
	__u64 total[MAX_CALLS];   /* up to the last moment */
	__s64 events;
	bool failed; /* there was no memory */
};

static int by_number(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

static int by_stack(const void *a, const void *b)
{
	const struct stack *one = a, *other = b;
	const int orders[] = {by_number(one->pid, other->pid), by_number(one->tid, other->tid),
			      memcmp(one->comm, other->comm, sizeof(one->comm)),
			      by_number(one->call, other->call),
			      by_number(one->verdict, other->verdict)};
	size_t i = 0;

	while (i < sizeof(orders) / sizeof(orders[0]) - 1 && !orders[i])
		i++;
	return orders[i];
}

static int by_pid(const void *a, const void *b)
{
	return by_number(((const struct stack *)a)->pid, ((const struct stack *)b)->pid);
}

/* The one that is equal, made if there is none; NULL: there is no memory. */
static struct stack *entry(struct folding *f, void **root, const struct stack *like,
			   int (*order)(const void *a, const void *b))
{
	void *found = tfind(like, root, order);
	struct stack *made;

	if (found)
		return *(struct stack **)found;
	made = malloc(sizeof(*made));
	if (made) {
		*made = *like;
		made->next = f->all;
		f->all = made;
	}
	if (made && tsearch(made, root, order))
		return made;
	f->failed = true;
	return NULL;
}

static void take_call(struct folding *f, const struct event_head *head, __u64 ns, unsigned call,
		      unsigned verdict)
{
	struct stack like = {.pid = head->pid}, *process, *stack;

	memcpy(like.comm, head->comm, COMM_LEN);
	process = entry(f, &f->processes, &like, by_pid);
	if (process && head->tid == head->pid)
		memcpy(process->comm, head->comm, COMM_LEN);
	like.tid = head->tid;
	like.call = call;
	like.verdict = verdict;
	stack = entry(f, &f->stacks, &like, by_stack);
	if (stack)
		stack->ns += ns;
	if (call < MAX_CALLS)
		f->told[call] += ns;
}

static void take_event(void *ctx, const struct event_head *head)
{
	const struct event_wait *wait = (const void *)head;
	const struct event_io *io = (const void *)head;
	struct folding *f = ctx;

	f->events++;
	if (head->kind == EVENT_WAIT)
		take_call(f, head, wait->duration_ns, wait->call, wait->verdict);
	else if (head->kind == EVENT_IO)
		take_call(f, head, io->duration_ns, io->call, io->verdict);
}

static void take_moment(struct folding *f, const struct recorded_moment *m)
{
	for (size_t i = 0; i < n_calls; i++)
		f->total[i] = m->total.stats[i].duration.sum;
}

/* "nginx/7721;"; what divides frames is no part of a name. */
static void put_thread(FILE *out, const char comm[COMM_LEN], __u32 number)
{
	char raw[COMM_LEN + 1], name[VISIBLE_SIZE(sizeof(raw))];

	snprintf(raw, sizeof(raw), "%.*s", COMM_LEN, comm);
	for (const char *c = visible(raw, name, sizeof(name)); *c; c++) {
		if (*c == ';')
			fputs("\\x3b", out);
		else
			putc(*c, out);
	}
	fprintf(out, "/%u;", number);
}

/* For twalk_r(). */
static void put_stack(const void *node, VISIT visit, void *ctx)
{
	const struct stack *s = *(struct stack *const *)node;
	struct folding *f = ctx;
	const struct stack *process;

	if (visit != postorder && visit != leaf)
		return;
	process = *(struct stack **)tfind(s, &f->processes, by_pid);
	put_thread(f->out, process->comm, process->pid);
	put_thread(f->out, s->comm, s->tid);
	fprintf(f->out, "%s;%s %llu\n", event_call(s->call), event_verdict(s->verdict),
		(unsigned long long)s->ns);
}

static void put_rest(const struct folding *f)
{
	for (size_t i = 0; i < n_calls; i++)
		if (f->total[i] > f->told[i])
			fprintf(f->out, "(without events);%s %llu\n", calls[i].name,
				(unsigned long long)(f->total[i] - f->told[i]));
}

/* For tdestroy(): the list has them. */
static void keep(void *entry)
{
	(void)entry;
}

static void end(struct folding *f)
{
	tdestroy(f->stacks, keep);
	tdestroy(f->processes, keep);
	while (f->all) {
		struct stack *next = f->all->next;

		free(f->all);
		f->all = next;
	}
}

__s64 folded_write(FILE *out, struct recording *r)
{
	struct folding f = {.out = out};
	enum section section;

	while (!f.failed && (section = recording_next(r)) != N_SECTIONS) {
		if (section == SECTION_EVENTS)
			recorded_events_each(recording_data(r, section), take_event, &f);
		else if (section == SECTION_MOMENT)
			take_moment(&f, recording_data(r, section));
	}
	if (!f.failed) {
		twalk_r(f.stacks, put_stack, &f);
		put_rest(&f);
	}
	end(&f);
	return f.failed || fflush(out) || ferror(out) ? -1 : f.events;
}
