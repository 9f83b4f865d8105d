/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What a load is asked for, and what it gives. */
#ifndef WAKELAB_LOAD_TYPES_H
#define WAKELAB_LOAD_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "hist.h"

enum load_mode {
	LOAD_LOCKSTEP, /* the next message only after the whole echo */
	LOAD_PIPELINE, /* depth messages in flight on each connection */
	LOAD_OPEN,     /* rate messages a second in all, whatever comes back */
};

/* The two moments between which a load is under way. */
enum load_moment {
	LOAD_BEGINS, /* sending begins; with idle connections, all are established */
	LOAD_ENDS,   /* the last that sends is closed, or time is over; idle ones are still there */
};

struct load_options {
	const char *address; /* numeric IPv4 or IPv6 */
	unsigned port;
	enum transport transport;
	unsigned conns;    /* connections; for UDP, connected sockets */
	unsigned active;   /* of these, how many send; the others stay idle. 0: all */
	uint64_t messages; /* for each active connection; 0: until seconds are over */
	double seconds;    /* 0: until messages are done */
	size_t size;       /* bytes of a message */
	enum load_mode mode;
	unsigned depth;  /* pipeline: messages in flight */
	double rate;     /* open: messages a second, over all connections */
	unsigned burst;  /* messages sent back to back before the echoes are awaited */
	bool one_by_one; /* the next connection is opened when the last one is closed */
	bool reset;      /* connections end with a RST, not with a FIN */
	bool urgent;     /* an urgent byte goes before each message; lockstep over TCP */
	size_t fragment; /* 0: a message is one write; else writes of so many bytes */
	uint64_t seed;   /* of the message bytes */
	double timeout;  /* seconds without any progress after which the load fails */
	/* told of both moments, each once, the end only after a beginning; NULL: nobody is */
	void (*at)(enum load_moment moment, void *arg);
	void *at_arg;
};

/*
 * The client's own account, the second of the three witnesses. It may lie in shared memory and is
 * kept up to date while the load runs.
 */
struct load_result {
	uint64_t connections; /* established */
	uint64_t sent;        /* messages sent whole */
	uint64_t messages;    /* echoes that came back whole and equal */
	uint64_t bytes;       /* bytes of these echoes */
	uint64_t urgent;      /* urgent bytes sent; no part of the messages */
	uint64_t mismatches;  /* echoes that differed */
	uint64_t unanswered;  /* messages sent and never echoed */
	uint64_t overdue;     /* open: messages due, and not sent when the time was over */
	uint64_t elapsed_ns;  /* from the first connect to the last echo */
	struct hist latency;  /* ns, send to whole echo; open: from the intended send time */
	char error[256];      /* why the load failed; empty when it did not */
};

#endif
