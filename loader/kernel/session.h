/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The BPF programs of one run: loaded, attached, pointed at a target, read. Nothing is pinned: when
 * this process ends, in whatever way, the kernel takes all of it down. */
#ifndef WAKELAB_SESSION_H
#define WAKELAB_SESSION_H

#include <sys/types.h>

#include "beginning.h"
#include "event_source.h"
#include "hooks.h"
#include "processes.h"
#include "snapshot.h"

struct session;

/* What a session is to be. */
struct session_wish {
	enum hooks_wanted hooks;
	unsigned watched; /* WATCH_... */
	unsigned room;    /* for so many connections and as many registrations; 0: as usual */
	__u64 stall_ns;   /* data that was left unread for so long is a stall */
	/* processes that are taken in whenever they come to be such; NULL: none. It has to last. */
	const struct sought *sought;
	struct event_wish events; /* which are told */
	unsigned event_mib;       /* of the ring that they wait in */
};

/* Loads and attaches the programs. NULL after one line on stderr. */
struct session *session_open(const struct session_wish *wish);

/* Whether a session can be opened, and in which tier (see session_tier()). Returns 0 or -1 after
 * one line on stderr. */
int session_try(enum hooks_wanted wanted, char *tier, size_t len);

/*
 * Follows processes that exist: their threads, their sockets, if wanted the same of the children
 * that they have, and theirs, and from here on all that is forked by any of them.
 * Returns EXIT_DONE; or, after one line on stderr, EXIT_FAILED or EXIT_UNABLE. A signal that is to
 * end the run (signals_that_end(), blocked) ends this early: then session_beginning() says that it
 * was cut, and nothing is known of the rest.
 */
int session_adopt(struct session *s, const struct processes *p, bool children);

/* The same of one, without its children. */
int session_adopt_one(struct session *s, pid_t pid);

/* Takes in what the processes have that have come since then, and their children, if those were
 * wanted. To be called at each alarm. Returns 0, or -1 after one line on stderr. */
int session_arrivals(struct session *s);

/* When session_adopt() began, by kernel_now(): what was adopted is counted from then on. */
__u64 session_since(const struct session *s);

/* Adds the processes that are followed and live. Returns 0 or -1 after one line on stderr. */
int session_living(const struct session *s, struct processes *p);

/* What was so already when session_adopt() came. */
const struct beginning *session_beginning(const struct session *s);

/* Reads all maps once, sums them over CPUs. The witnesses are left alone. Returns 0 or -1 after one
 * line on stderr. */
int session_sample(struct session *s, struct snapshot *snap);

/*
 * What tracing itself takes. session_count_runs() has the kernel count how often programs run, and
 * for how long, until session_close() or the end of this process; where it refuses, one line on
 * stderr says so. session_self() fills in snap->self, which is void else; start is when the run
 * began (kernel_now()), cpu the CPU time of this process by then.
 */
void session_count_runs(struct session *s);
void session_self(const struct session *s, __u64 start, const struct cpu_split *cpu,
		  struct snapshot *snap);

/*
 * Stalls. The descriptor of session_alarm_fd() is readable once data is left behind;
 * session_alarm_take() takes note of it. Then what lies about is to be read from time to time with
 * session_stalls(), which fills in the time, what is seen, the stalls and stalled_left of snap
 * alone (0, or -1 after one line on stderr), until session_watch_ends() says that nothing is left
 * and that the next will raise an alarm again. all: what has not lasted for long enough yet, too.
 */
int session_alarm_fd(const struct session *s);
void session_alarm_take(struct session *s);
int session_stalls(struct session *s, struct snapshot *snap, bool all);
bool session_watch_ends(struct session *s);

/* How long loading and attaching took, ns; the names of the attached hooks, NULL-terminated; the
 * ways in which they are hooked, "tracepoint+fentry". */
__u64 session_attach_ns(const struct session *s);
const char *const *session_hooks(const struct session *s);
const char *session_tier(const struct session *s);
/* SEES_...: what this kernel shows. */
unsigned session_sees(const struct session *s);

/* Where events come from; NULL: none are told. */
struct event_source *session_events(const struct session *s);

/* Detaches the programs, and waits until those that run have ended: nothing is counted any more. */
void session_quiet(struct session *s);

void session_close(struct session *s);

#endif
