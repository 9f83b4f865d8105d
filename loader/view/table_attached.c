// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What was so when tracing of processes that ran already began. */
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "names.h"
#include "plural.h"
#include "table.h"

#define ROWS_USUAL 8 /* of a kind, without --top */

/* Threads of one name that sleep in the same call of the same process. */
struct group {
	const struct sleeper *first;
	unsigned n;
	bool waits; /* the call is a wait */
};

static bool is_wait(const char *name)
{
	enum call_class class = calls[call_row_of(name)].class;

	return class == CLASS_MUX || class == CLASS_IO || class == CLASS_URING;
}

static bool is_alike(const struct sleeper *a, const struct sleeper *b)
{
	return a->pid == b->pid && !strcmp(a->call, b->call) && !strcmp(a->comm, b->comm);
}

/* Waits first; of these the larger groups. */
static int by_worth(const void *a, const void *b)
{
	const struct group *left = a, *right = b;

	if (left->waits != right->waits)
		return right->waits - left->waits;
	if (left->n != right->n)
		return left->n < right->n ? 1 : -1;
	return left->first->tid - right->first->tid;
}

/* Fills in groups, which has room for all sleepers; gives how many there are. */
static unsigned group_sleepers(const struct beginning *b, struct group *groups)
{
	unsigned n = 0, at;

	for (unsigned i = 0; i < b->n_sleepers; i++) {
		const struct sleeper *s = &b->sleepers[i];

		for (at = 0; at < n && !is_alike(groups[at].first, s); at++)
			;
		if (at == n)
			groups[n++] = (struct group){.first = s, .waits = is_wait(s->call)};
		groups[at].n++;
	}
	qsort(groups, n, sizeof(*groups), by_worth);
	return n;
}

/* The call with its first two arguments, as many as it takes; in buf. */
static const char *call_text(const struct sleeper *s, char *buf, size_t size)
{
	static const char *const forms[] = {"%s()", "%s(0x%llx)", "%s(0x%llx, 0x%llx)",
					    "%s(0x%llx, 0x%llx, ...)"};

	snprintf(buf, size, forms[rows_kept(call_args(s->call), 3)], s->call,
		 (unsigned long long)s->args[0], (unsigned long long)s->args[1]);
	return buf;
}

static void print_group(struct layout *l, const struct group *g)
{
	const struct sleeper *s = g->first;
	char name[VISIBLE_SIZE(sizeof(s->comm))], call[96];

	visible(s->comm, name, sizeof(name));
	if (g->n > 1)
		lay(l, "  %u threads (%s) of process %d sleep in %s\n", g->n, name, s->pid,
		    s->call);
	else
		lay(l, "  thread %d (%s) of process %d sleeps in %s\n", s->tid, name, s->pid,
		    call_text(s, call, sizeof(call)));
}

static void print_sleepers(struct layout *l, const struct beginning *b, unsigned top)
{
	struct group *groups = calloc(b->n_sleepers + 1, sizeof(*groups));
	unsigned n, shown, more = 0;

	if (!groups)
		return;
	n = group_sleepers(b, groups);
	shown = rows_kept(n, top);

	for (unsigned i = 0; i < shown; i++)
		print_group(l, &groups[i]);
	for (unsigned i = shown; i < n; i++)
		more += groups[i].n;
	if (more)
		lay(l, "  and %u more\n", more);
	free(groups);
}

static void print_unread(struct layout *l, const struct beginning *b, unsigned top)
{
	unsigned shown = rows_kept(b->n_unread, top);
	char unread[48], peer[80];

	for (unsigned i = 0; i < shown; i++) {
		const struct stall *s = &b->unread[i];

		peer_text(s, peer, sizeof(peer));
		lay(l, "  %s on fd %u of process %u%s%s%s\n",
		    unread_text(s, unread, sizeof(unread)), s->fd, s->tgid, *peer ? " (peer " : "",
		    peer, *peer ? ")" : "");
	}
	if (b->n_unread > shown)
		lay(l, "  and %u more descriptor%s\n", b->n_unread - shown,
		    plural(b->n_unread - shown));
}

/* Data that waits for a busy process is no fault: only what a thread sleeps over stands in red. */
void table_attached(FILE *out, const struct run_info *info, const struct beginning *b,
		    const struct snapshot *total)
{
	unsigned top = info->top_given ? info->top : ROWS_USUAL;
	struct layout l;

	layout_begin(&l, out, info->fd, info->color);
	lay(&l, "When tracing began: %u thread%s asleep", b->n_sleepers, plural(b->n_sleepers));
	if (b->n_unread)
		lay(&l, " · %u descriptor%s had unread input", b->n_unread, plural(b->n_unread));
	if (total->now.n_stalls)
		lay(&l, " · %s%u left unread%s", paint(&l, RED), total->now.n_stalls,
		    paint(&l, PLAIN));
	lay(&l, "\n");
	print_sleepers(&l, b, top);
	print_unread(&l, b, top);
	lay(&l, "\n");
}
