/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What happened in a run, to be drawn: a row for each thing, and for each descriptor how much of
 * what has arrived is not read yet. It is made of events alone; what they do not tell is unknown.
 */
#ifndef WAKELAB_DRAWING_H
#define WAKELAB_DRAWING_H

#include <stdbool.h>

#include "drawn_marks.h"
#include "event_records.h"

#define DRAWN_THREADS 16
#define DRAWN_ROWS    10000
#define DRAWN_PLACES  1024
#define DRAWN_TEXT    48
#define DRAWN_MOST    (1ll << 40) /* bytes: no queue has more, and a recording may say anything */

#define UNREAD_UNKNOWN (-1)

/* A descriptor of a process. */
struct drawn_place {
	__u32 pid;
	int fd;
	__u8 kind;     /* enum file_kind */
	__s64 unread;  /* after what was seen last, or UNREAD_UNKNOWN */
	__s64 most;    /* the most that it was */
	__u64 told_at; /* when a thread was told of it, and it was not read since; 0: never */
};

struct drawn_thread {
	__u32 tid;
	char comm[COMM_LEN + 1];
};

struct drawn_row {
	__u64 time;
	unsigned order; /* among rows of the same time */
	enum drawn_mark mark;
	unsigned threads; /* that it happened to, as bits; 0: it happens by no thread */
	int place;        /* -1: it is of no descriptor */
	__s64 unread;     /* of that, then */
	bool begins;      /* something comes that is to be read, and nothing was there */
	bool bare;        /* news, but nothing that is to be read */
	bool last;        /* the first of such behind all that begins */
	char text[DRAWN_TEXT];
};

struct drawing {
	struct drawn_thread threads[DRAWN_THREADS];
	unsigned n_threads;
	struct drawn_place places[DRAWN_PLACES];
	unsigned n_places;
	struct drawn_row *rows;
	unsigned n;
	__u64 left_out; /* events for which there was no room */
	__u64 lost;     /* that were dropped where they happened */
	bool any;
};

/* NULL after one line on stderr: there is no memory. */
struct drawing *drawing_new(void);
void drawing_free(struct drawing *d);

/* The next event; they come in the order of their times. */
void drawing_add(struct drawing *d, const struct event_head *head);

/* Puts the rows in the order of their times: a sleep stands where it began. Rows of several threads
 * that say the same and stand together become one. Call it once, when all are there. */
void drawing_finish(struct drawing *d);

/* For what makes the rows of events: a thread by its place, -1: there is no room for it; a
 * descriptor likewise. */
int drawn_thread_of(struct drawing *d, const struct event_head *head);
int drawn_place_of(struct drawing *d, __u32 pid, const struct event_file *file);

/* It is a new one, of which nothing has come yet. */
void drawn_place_renew(struct drawn_place *p, const struct event_file *file);

/* A row without a text, thread and descriptor -1: of none; NULL: there is no room. */
struct drawn_row *drawn_row_add(struct drawing *d, __u64 time, enum drawn_mark mark, int thread,
				int place);

#endif
