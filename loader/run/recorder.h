/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Records a run while it is shown: to a file that need not take it at once, see output.h. What it
 * cannot take costs moments between the first and the last, never the run. */
#ifndef WAKELAB_RECORDER_H
#define WAKELAB_RECORDER_H

#include "output.h"
#include "recorded.h"

struct recorder;

/* What is kept in memory, and not written before it is asked for. */
struct flight_wish {
	double seconds; /* of the last so many; 0: all is written at once */
	__u64 room;     /* bytes */
	const char *on; /* ids of findings, comma-separated; NULL: all that are wrong */
};

/* Opens the file; view: where else the run goes to. NULL after one line on stderr. */
struct recorder *recorder_open(const char *path, const struct flight_wish *flight,
			       const struct output *view);

/* The run has begun, at start as snapshots have the time: the file is emptied. */
void recorder_start(struct recorder *r, const struct run_info *info, __u64 start);

/* Any section; data is the struct that recorded.h has for it. */
void recorder_add(struct recorder *r, enum section section, const void *data);

/* What a sink is given, see sink.h. shown: the view took it as the end of an interval. */
void recorder_attached(struct recorder *r, const struct beginning *b, const struct snapshot *total);
void recorder_moment(struct recorder *r, const struct snapshot *total, __u64 elapsed_ns,
		     bool shown);
void recorder_stall(struct recorder *r, const struct stall_row *row, __u64 stalled_ns,
		    __u64 elapsed_ns);
void recorder_event(struct recorder *r, const struct event_head *head);
void recorder_finding(struct recorder *r, const struct finding *finding, __u64 elapsed_ns);
/* The last moment has been recorded. */
void recorder_summary(struct recorder *r, const struct snapshot *total, __u64 elapsed_ns,
		      const struct run_end *end);

/* Whether the file is so late that events should not be added. */
bool recorder_is_behind(const struct recorder *r);

/* What is kept in memory is to be written with the next flush; why is said on stderr: "SIGUSR2". */
void recorder_keep(struct recorder *r, const char *why);

/* Writes what the file takes without waiting; the descriptor to be polled for POLLOUT, -1: nothing
 * waits. */
void recorder_flush(struct recorder *r);
int recorder_waits(const struct recorder *r);

/* Waits for the file, see output_drain(), and closes it. r may be NULL. Returns 0, or -1 if not all
 * is in it, after one line on stderr. */
int recorder_close(struct recorder *r, __u64 told);

#endif
