// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "drawing.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

struct drawing *drawing_new(void)
{
	struct drawing *d = calloc(1, sizeof(*d));

	if (d && (d->rows = calloc(DRAWN_ROWS, sizeof(*d->rows))))
		return d;
	warn("cannot allocate memory for the drawing");
	free(d);
	return NULL;
}

void drawing_free(struct drawing *d)
{
	if (d)
		free(d->rows);
	free(d);
}

int drawn_thread_of(struct drawing *d, const struct event_head *head)
{
	struct drawn_thread *t;

	for (unsigned i = 0; i < d->n_threads; i++)
		if (d->threads[i].tid == head->tid)
			return (int)i;
	if (d->n_threads == DRAWN_THREADS) {
		d->left_out++;
		return -1;
	}
	t = &d->threads[d->n_threads];
	t->tid = head->tid;
	memcpy(t->comm, head->comm, COMM_LEN);
	return (int)d->n_threads++;
}

/* As far as there is such a kind here. */
static __u8 kind_of(const struct event_file *file)
{
	return file->kind < N_FILE_KINDS ? file->kind : FILE_OTHER;
}

void drawn_place_renew(struct drawn_place *p, const struct event_file *file)
{
	p->kind = kind_of(file);
	p->unread = 0;
	p->told_at = 0;
}

/* A number is given to one file after the other. A listener that is shut down is one no more. */
static bool is_of(const struct drawn_place *p, const struct event_file *file)
{
	return p->kind == kind_of(file) || p->kind == FILE_LISTENER;
}

int drawn_place_of(struct drawing *d, __u32 pid, const struct event_file *file)
{
	struct drawn_place *p;

	for (unsigned i = d->n_places; i-- > 0;)
		if (d->places[i].fd == file->fd && d->places[i].pid == pid &&
		    is_of(&d->places[i], file))
			return (int)i;
	if (file->fd < 0 || d->n_places == DRAWN_PLACES)
		return -1;
	p = &d->places[d->n_places];
	*p = (struct drawn_place){
		.pid = pid, .fd = file->fd, .kind = kind_of(file), .unread = UNREAD_UNKNOWN};
	return (int)d->n_places++;
}

struct drawn_row *drawn_row_add(struct drawing *d, __u64 time, enum drawn_mark mark, int thread,
				int place)
{
	struct drawn_row *r;

	if (d->n == DRAWN_ROWS)
		return NULL;
	r = &d->rows[d->n];
	*r = (struct drawn_row){.time = time,
				.order = d->n++,
				.mark = mark,
				.threads = thread < 0 ? 0 : 1u << thread,
				.place = place,
				.unread = place < 0 ? UNREAD_UNKNOWN : d->places[place].unread};
	return r;
}

static int by_time(const void *left, const void *right)
{
	const struct drawn_row *a = left, *b = right;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* Of what several threads do at about the same time, and in any order: it may stand together. */
static bool is_passive(enum drawn_mark mark)
{
	return mark == DRAWN_ARRIVES || mark == DRAWN_SLEEPS || mark == DRAWN_WOKEN ||
	       mark == DRAWN_ABSORBED || mark == DRAWN_ARMED || mark == DRAWN_ENDS ||
	       mark == DRAWN_SIGNAL || mark == DRAWN_TAKEN;
}

/* Whether two rows say the same, of different threads, or of what happens by none in several
 * processes. */
static bool is_twin(const struct drawing *d, const struct drawn_row *a, const struct drawn_row *b)
{
	bool elsewhere = a->place >= 0 && b->place >= 0 &&
			 d->places[a->place].pid != d->places[b->place].pid;

	if (a->mark != b->mark || a->threads & b->threads || strcmp(a->text, b->text) != 0)
		return false;
	return a->threads && b->threads ? true : !a->threads && !b->threads && elsewhere;
}

#define TOGETHER_NS 10000000 /* what is further apart is told apart */

/* The row among the last of n that one may be joined with: only such that are passive stand
 * between, none of the same threads, and nothing that may have brought it about. */
static struct drawn_row *twin_of(const struct drawing *d, const struct drawn_row *r, unsigned n)
{
	while (is_passive(r->mark) && n-- > 0 && is_passive(d->rows[n].mark) &&
	       r->time - d->rows[n].time < TOGETHER_NS) {
		if (is_twin(d, &d->rows[n], r))
			return &d->rows[n];
		if (d->rows[n].threads & r->threads ||
		    (d->rows[n].mark == DRAWN_ARRIVES && r->mark != DRAWN_ARRIVES))
			return NULL;
	}
	return NULL;
}

/* Where what comes behind all arrivals begins. */
static void find_last(struct drawing *d)
{
	struct drawn_row *last = NULL;

	for (unsigned i = d->n; i-- > 0 && !d->rows[i].begins;)
		if (d->rows[i].bare)
			last = &d->rows[i];
	if (last)
		last->last = true;
}

void drawing_finish(struct drawing *d)
{
	unsigned n = 0;

	qsort(d->rows, d->n, sizeof(*d->rows), by_time);
	for (unsigned i = 0; i < d->n; i++) {
		struct drawn_row *twin = twin_of(d, &d->rows[i], n);

		if (twin)
			twin->threads |= d->rows[i].threads;
		else
			d->rows[n++] = d->rows[i];
	}
	d->n = n;
	find_last(d);
}
