/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Where the user is: which screen, which row of it, how it is sorted, what is typed. */
#ifndef WAKELAB_LOOK_H
#define WAKELAB_LOOK_H

#include <linux/types.h>
#include <stdbool.h>

enum screen_id {
	SCREEN_OVERVIEW,
	SCREEN_CALLS,
	SCREEN_WAKEUPS,
	SCREEN_EPOLL,
	SCREEN_THREADS,
	SCREEN_FINDINGS,
	N_SCREENS,
};

#define N_IDS 3

/* A row of a list, wherever it stands. */
struct row_id {
	__u64 id[N_IDS];
};

#define MAX_DEPTH 3

/* Of a list, as the user has left it. */
struct place {
	unsigned selected, first; /* the row, and the one at the top */
	unsigned n, top;          /* rows when it was drawn last, and where on the screen */
	unsigned column;          /* that it is sorted by, and 1; 0: as it comes */
	bool inverted;
	struct row_id at; /* the selected row */
};

/* What is counted: since the start, or in the last second. */
enum scope { SCOPE_FITTING, SCOPE_SECOND, SCOPE_START, N_SCOPES };

enum prompt { PROMPT_NONE, PROMPT_SEARCH, PROMPT_FILTER };

#define TYPED_SIZE 48

struct look {
	enum screen_id screen;
	unsigned depth[N_SCREENS];
	struct place places[N_SCREENS][MAX_DEPTH];
	struct row_id into[N_SCREENS][MAX_DEPTH]; /* what Enter was pressed on, by depth */
	enum scope scope;
	bool help, paused;
	enum prompt prompt;
	char typed[TYPED_SIZE];
	char filter[TYPED_SIZE], search[TYPED_SIZE];
	char message[512];    /* the answer to a key, until the next one */
	const char *position; /* of a replay: what the keys do there; NULL: it goes on now */
};

static inline struct place *look_place(struct look *l)
{
	return &l->places[l->screen][l->depth[l->screen]];
}

#endif
