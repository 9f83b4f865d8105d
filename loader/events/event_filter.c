// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "event_filter.h"

#include <string.h>

#include "event_table.h"

/* Whether it matters what descriptor an event is of. */
static bool is_narrow(const struct event_wish *wish)
{
	return wish->fd >= 0 || wish->port || wish->peer_port || wish->family;
}

bool event_waits_are_told(const struct event_wish *wish)
{
	return wish->kinds & 1ull << EVENT_WAIT && !is_narrow(wish);
}

/* The descriptor that an event is of; NULL: there is none. */
static const struct event_file *file_of(const struct event_head *head)
{
	const struct event_row *row = &event_rows[head->kind];

	for (unsigned i = 0; i < row->n_fields; i++)
		if (!strcmp(row->fields[i].name, "file"))
			return (const void *)((const char *)head + row->fields[i].at);
	return NULL;
}

static bool is_of(const struct event_wish *wish, const struct event_file *f)
{
	return f && (wish->fd < 0 || wish->fd == f->fd) &&
	       (!wish->peer_port || wish->peer_port == f->port) &&
	       (!wish->family ||
		(wish->family == f->family && !memcmp(wish->addr, f->addr, sizeof(f->addr))));
}

bool event_is_asked_for(const struct event_wish *wish, const struct event_head *head)
{
	return wish->kinds & 1ull << head->kind && (!wish->tid || wish->tid == head->tid) &&
	       (!*wish->comm || !strncmp(wish->comm, head->comm, sizeof(head->comm))) &&
	       (!is_narrow(wish) || is_of(wish, file_of(head)));
}
