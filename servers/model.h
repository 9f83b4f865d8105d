/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* An I/O model: one row of the table in models.c, one file with its serve function. */
#ifndef WAKELAB_MODEL_H
#define WAKELAB_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"

enum workers { WORKERS_NONE, WORKERS_THREADS, WORKERS_PROCS };

/* The faults that a lesson switches on by name (--fault). A model is correct without them. */
enum fault {
	FAULT_ET_NO_DRAIN = 1 << 0,
	FAULT_ET_ACCEPT_ONCE = 1 << 1,
	FAULT_LT_ALWAYS_OUT = 1 << 2,
	FAULT_ONESHOT_NO_REARM = 1 << 3,
	FAULT_HERD = 1 << 4,
	FAULT_SIGIO_ONE_READ = 1 << 5,
	FAULT_NONBLOCK_EXIT = 1 << 6,
	FAULT_NO_NODELAY = 1 << 7,
};

struct fault_name {
	enum fault fault;
	const char *name;
	const char *what;    /* what goes wrong, one line */
	const char *finding; /* the id of what tracing finds then, of metrics/findings.def */
};

/*
 * The server's own account of what it did: the first of the three witnesses. It lies in memory that
 * is shared with its workers and with whoever started the server, and outlives all of them. Every
 * field is a count since the start, added to with tally_add().
 */
struct tally {
	uint64_t accepts;   /* accept() calls that gave a connection, refused ones included */
	uint64_t refused;   /* connections closed at once, for want of a descriptor */
	uint64_t closes;    /* connections closed */
	uint64_t reads;     /* read and receive calls that gave data */
	uint64_t bytes_in;  /* bytes that they gave */
	uint64_t bytes_out; /* bytes that write and send calls took */
	uint64_t urgent;    /* urgent bytes taken; no part of the stream */
	uint64_t waits;     /* returns of the model's wait call (io_model.wait_call) */
	uint64_t eagain;    /* accept, read and write calls that ended in EAGAIN */
};

static inline void tally_add(uint64_t *count, uint64_t n)
{
	__atomic_fetch_add(count, n, __ATOMIC_RELAXED);
}

struct server_options {
	const char *address; /* numeric IPv4 or IPv6 */
	unsigned port;       /* 0: any free one */
	size_t read_size;    /* bytes asked for by one read, 1 .. SERVER_READ_MAX */
	unsigned threads;    /* workers of WORKERS_THREADS models; 0: SERVER_WORKERS */
	unsigned procs;      /* workers of WORKERS_PROCS models; 0: SERVER_WORKERS */
	unsigned faults;     /* enum fault bits */
};

#define SERVER_READ_MAX  (1 << 20)
#define SERVER_READ_SIZE 4096
#define SERVER_WORKERS   4

struct server {
	const struct io_model *model;
	struct server_options opt;
	int fd; /* the listening socket (TCP) or the one socket (UDP) */
	struct tally *tally;
};

struct io_model {
	const char *name;
	const char *waits;    /* how it waits, one line */
	const char *syscalls; /* what it lives on */
	const char
		*wait_call; /* the syscall(s) counted as tally.waits, comma-separated; NULL: none */
	enum transport transport;
	enum workers workers;
	unsigned faults;    /* the enum fault bits that it has */
	unsigned max_conns; /* clients that it can hold at a time; 0: no limit of its own */
	/*
	 * Serves until stopping; returns 0, or -1 after it said on stderr what failed.
	 * All of the server's own syscalls between entry and return belong to the model.
	 */
	int (*serve)(struct server *s);
};

/* The serve functions, each in the file of its model. */
int serve_blocking(struct server *s);
int serve_fork(struct server *s);
int serve_thread(struct server *s);
int serve_nonblocking(struct server *s);
int serve_select(struct server *s);
int serve_poll(struct server *s);
int serve_epoll_lt(struct server *s);
int serve_epoll_et(struct server *s);
int serve_epoll_oneshot(struct server *s);
int serve_epoll_exclusive(struct server *s);
int serve_sigio(struct server *s);
int serve_sigio_rt(struct server *s);
int serve_uring(struct server *s);
int serve_aio(struct server *s);

#endif
