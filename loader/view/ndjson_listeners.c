// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* NDJSON: listeners, a row each. */
#include <sys/socket.h>

#include "calls.h"
#include "json.h"
#include "names.h"
#include "ndjson.h"

static struct json_object *listener_object(const struct snapshot *s, const struct listener_row *row,
					   const struct beginning *before)
{
	struct json_object *o = json_object_new_object();
	const struct backlog *b = &row->backlog;
	unsigned call = listener_call(row, before);
	char text[64];

	put_known(o, "pid", b->tgid, b->tgid);
	put_string(o, "comm", *b->comm ? b->comm : NULL);
	put_known(o, "fd", b->tgid, b->fd);
	put_string(o, "family", b->family == AF_UNIX ? "unix" : "tcp");
	put_string(o, "address", address_text(b->family, b->addr, b->port, text, sizeof(text)));
	put(o, "waiting", b->waiting);
	put(o, "limit", b->limit);
	put(o, "dropped", b->dropped);
	put(o, "accepted", b->accepted);
	put(o, "waited_ns", backlog_waited(s, b));
	put(o, "longest_ns", b->late);
	put_bool(o, "closed", b->ended);
	put_string(o, "asleep_in", call ? calls[call].name : NULL);
	return o;
}

void put_listeners(struct json_object *o, const struct snapshot *s, const struct beginning *before,
		   unsigned top)
{
	struct json_object *array = put_array(o, "listeners");

	for (unsigned i = 0; i < rows_kept(s->now.n_listeners, top); i++)
		json_object_array_add(array, listener_object(s, &s->now.listeners[i], before));
}
