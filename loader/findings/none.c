// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The sentence that nothing was wrong: only of what was looked at. */
#include <stdio.h>
#include <string.h>

#include "finding.h"
#include "format.h"
#include "plural.h"

struct list {
	char *buf;
	size_t size;
};

static void add(struct list *l, const char *text)
{
	size_t len = strlen(l->buf);

	snprintf(l->buf + len, l->size - len, "%s%s", len ? ", " : "", text);
}

static void add_messages(struct list *l, const struct snapshot *s, const struct run_end *end)
{
	__u64 n = s->client.messages;
	char one[64];

	if (!s->witnessed || !n)
		return;
	snprintf(one, sizeof(one), "%s%s message%s came back intact", end->completed ? "all " : "",
		 format_count(n), plural(n));
	add(l, one);
}

static void add_reports(struct list *l, const struct snapshot *s)
{
	__u64 n = s->counters[COUNT_REPORTS];
	char one[64];

	if (!n)
		return;
	snprintf(one, sizeof(one), "%s epoll report%s", format_count(n), plural(n));
	add(l, one);
	if (sees(s, SEES_READY) && !s->counters[COUNT_LEFT])
		add(l, "no thread slept and left input unread");
}

/* Of those that ended a sleep: with the call, or the thread saw for itself that there was nothing.
 * A time-out finds no work by rights. */
static void add_wakes(struct list *l, const struct snapshot *s)
{
	__u64 timed = s->counters[COUNT_TIMED];
	__u64 looked = s->counters[COUNT_RETURNED] + s->counters[COUNT_SLEPT_ON];
	__u64 rest = remainder_of(looked, timed);
	char one[96];

	if (!s->counters[COUNT_RETURNED])
		return;
	if (rest) {
		snprintf(one, sizeof(one), "%s of %s wake%s found work",
			 format_count(s->counters[COUNT_USEFUL] + s->counters[COUNT_HANDED]),
			 format_count(rest), plural(rest));
		add(l, one);
	}
	if (timed) {
		snprintf(one, sizeof(one), "%s timeout%s", format_count(timed), plural(timed));
		add(l, one);
	}
}

bool findings_none(const struct snapshot *total, const struct run_end *end, unsigned n, char *buf,
		   size_t size)
{
	char looked_at[384] = "";
	struct list l = {looked_at, sizeof(looked_at)};

	add_messages(&l, total, end);
	add_reports(&l, total);
	add_wakes(&l, total);
	if (n || !*looked_at)
		return false;
	snprintf(buf, size,
		 "No problem was found in what was examined: %s. Every count is complete.",
		 looked_at);
	return true;
}
