/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* An I/O model: one row of the table in models.c, one file with its serve function. */
#ifndef WAKELAB_MODEL_H
#define WAKELAB_MODEL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum transport { TRANSPORT_TCP, TRANSPORT_UDP };
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
	const char *what; /* what goes wrong, one line */
};

extern const struct fault_name faults[];
extern const size_t n_faults;

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

#define SERVER_PORT      10086
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

extern const struct io_model models[];
extern const size_t n_models;

/* The model of that name, or NULL. */
const struct io_model *model_find(const char *name);
/* The model whose name is nearest to a mistyped one (edit distance); never NULL. */
const struct io_model *model_nearest(const char *name);
/* Levenshtein's edit distance of two names; of b only the first 31 characters count. */
size_t name_distance(const char *a, const char *b);
/* The fault of that name, or NULL. */
const struct fault_name *fault_find(const char *name);

/* Set by SIGINT and SIGTERM; every serve function leaves its loop when it is set. */
extern volatile sig_atomic_t stopping;

/*
 * Opens s->fd as s->model and s->opt ask, and raises RLIMIT_NOFILE to its hard limit. Fills in
 * opt.port, opt.threads and opt.procs where they were 0. Returns 0, or -1 after one line on stderr
 * with the remedy.
 */
int server_open(struct server *s);
/* Installs the signal handlers: from here on SIGINT and SIGTERM end the server in order.
 * server_run() does it, too; whoever tells others that they may send one does it before. */
void server_signals(const struct server *s);
/*
 * Installs the signal handlers, serves until a signal stops it, closes s->fd.
 * Returns 0, or -1 after one line on stderr.
 */
int server_run(struct server *s);
/* A zeroed tally that is shared with all later children of the caller; NULL with errno. */
struct tally *tally_map(void);

#endif
