/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A server of ours and the client that loads it, under the tracer: from the fork of the server to
 * the end of both. */
#ifndef WAKELAB_STAGE_H
#define WAKELAB_STAGE_H

#include "stream.h"

struct stage {
	const struct io_model *model;
	struct server_options server;
	struct load_options load; /* its port is that which the server gets */
	bool again;               /* more of them follow: keep the privileges for that */
	bool watched;             /* begin and end are wanted: it takes a look through /proc */
	/* how it went, for the caller */
	struct progress begin,
		end;  /* of the load, if watched; end.time 0: it did not come to that */
	__u64 cpu_ns; /* of the server and its workers, start and stop included */
};

/*
 * Starts the server, attaches to it, starts the client, and streams until both are done. st has
 * been through stream_open() and is filled in for this server; before is the signal mask that the
 * two shall have. Both are ended and reaped and the session is closed on all paths; st->target and
 * st->client then say how they ended. Returns an exit status, after a line on stderr if it could
 * not get as far as stream_run().
 */
int stage_run(struct stage *stage, struct stream *st, const struct signals *before);

#endif
