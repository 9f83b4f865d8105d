/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A student's server as it is seen from outside: its processes, what they have open, whether they
 * are at rest. */
#ifndef WAKELAB_OUTSIDE_H
#define WAKELAB_OUTSIDE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "descendants.h"
#include "sockets.h"

/* What processes have used up to a moment. */
struct use {
	double cpu_ms;
	unsigned long long switches;
	double waited_ms; /* for a CPU: the thread that waited longest */
	bool running;     /* a thread of theirs runs, or could */
};

struct outside {
	pid_t above; /* whose children they are, and theirs: the keeper's, see keeper.h. 0: not yet
		      */
	bool udp;
	struct descendants processes;
	struct sockets before, now; /* what they had open when nobody had come yet; and at last */
	unsigned left_open, zombies, threads;
	int left_open_fd;
	struct use before_visit, before_rest;
	double idle_cpu_ms;
	unsigned long long idle_switches;
	double starved_ms, used_ms;
};

/* Looks which processes there are, and what they have open. */
void outside_look(struct outside *o);

/* A port that one of them listens on, the wanted one if that is among several; 0: none does. */
unsigned outside_port(struct outside *o, unsigned wanted);

/* Whether they have closed all that clients have closed, and waited for all children that ended. */
bool outside_settled(struct outside *o);

/* From here on they are to rest. */
void outside_rests(struct outside *o);

/* What they did since then. False: one of them would run, but was hardly let: that is no rest yet,
 * and is to be looked at again. */
bool outside_rested(struct outside *o);

/* From here on clients come. */
void outside_visited(struct outside *o);

/* Looks what CPU time they have used since clients came, or else since they began, and how long one
 * of their threads would have run and others did: the longest such time, less what they used
 * themselves. It goes into starved_ms if that is not longer. */
void outside_starves(struct outside *o);

/* What was seen at last, as fields of an object; null if it is not known. */
void outside_put(const struct outside *o, bool known, struct json_object *object);

#endif
