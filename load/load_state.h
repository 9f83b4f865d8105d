/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Inside the load client: the state of a load and of each connection, which all its files share. */
#ifndef WAKELAB_LOAD_STATE_H
#define WAKELAB_LOAD_STATE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "clock.h"
#include "load_types.h"

#define LOAD_BUFFER  (128 * 1024) /* of one receive; more than any datagram */
#define LOAD_STARTS  (1 << 16)    /* places in the pattern where a message may begin */
#define LOAD_NEVER   UINT64_MAX
#define NSEC_PER_SEC 1000000000ULL

enum conn_state { CONN_NEW, CONN_CONNECTING, CONN_OPEN, CONN_CLOSING, CONN_CLOSED };

/* A message on its way: begun, its echo not yet whole. */
struct flight {
	uint64_t msg;
	uint64_t when; /* ns: from here its latency counts */
};

struct load_conn {
	int fd;
	unsigned id;
	enum conn_state state;
	bool blocked;           /* a send said EAGAIN; EPOLLOUT ends it */
	bool urged;             /* the urgent byte of the next message is sent */
	bool proven;            /* an echo came: the server has accepted it */
	uint64_t started;       /* messages begun; the next one's number */
	uint64_t due;           /* open: messages that the schedule asked for so far */
	uint64_t goal;          /* lockstep: the burst ends when so many have begun */
	size_t put;             /* bytes sent of the message in hand; 0: none is in hand */
	size_t got;             /* TCP: bytes received of the oldest flight's echo */
	struct flight *flights; /* a ring, oldest first */
	unsigned capacity;      /* of the ring: 0 or a power of 2 */
	unsigned head;
	unsigned count;
};

struct load {
	const struct load_options *opt;
	struct load_result *r;
	struct load_conn *conns;
	unsigned char *pattern; /* LOAD_STARTS + size random bytes: every message is a slice */
	unsigned char *buffer;
	struct address address;
	int epfd;
	int timer;
	int signals;
	sigset_t stops;

	unsigned active;     /* connections 0 .. active - 1 send, the others idle */
	unsigned next;       /* connections begun, in the order of their numbers */
	unsigned connecting; /* of these, not yet established */
	unsigned closing;    /* our end is sent, the server's awaited */
	unsigned unproven;   /* connects since the last pause that no echo has answered */
	unsigned left;       /* connections not yet closed */
	unsigned active_left;
	uint64_t in_flight; /* messages, over all connections */
	uint64_t issued;    /* open: messages that the schedule asked for so far */

	uint64_t start;    /* ns, the first connect */
	uint64_t epoch;    /* ns, when sending began; 0: it is held until all are connected */
	uint64_t deadline; /* ns, or LOAD_NEVER */
	uint64_t progress; /* ns, the last sign of life */
	uint64_t patience; /* ns without one after which the load fails */
	uint64_t grace;    /* ns, in all, for what is under way when it is to end */
	uint64_t limit;    /* ns, the end of that; LOAD_NEVER: there is none yet */
	uint64_t paused;   /* ns, the last connect of a batch */
	uint64_t armed;    /* ns, what the timer waits for; LOAD_NEVER: nothing */
	bool ended;        /* LOAD_ENDS was told */
	bool ending;       /* no new messages: time over, or a signal */
	bool failed;
};

/* Messages of a connection sent whole whose echo is still awaited. */
static inline unsigned load_conn_unanswered(const struct load_conn *c)
{
	return c->count - (c->put ? 1 : 0);
}

/* Open mode: messages that the schedule asked for and that were not begun. */
static inline uint64_t load_conn_overdue(const struct load_conn *c)
{
	return c->due > c->started ? c->due - c->started : 0;
}

/* Notes why the load fails; the first reason stays. The loop then ends. */
void load_fail(struct load *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same for a connect, or what stands for one in UDP, that ended in error. */
void load_fail_connect(struct load *l, int error);

#endif
