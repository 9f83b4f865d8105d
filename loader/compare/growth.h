/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* How costs grow: a few metrics of each subject at several numbers of connections. */
#ifndef WAKELAB_GROWTH_H
#define WAKELAB_GROWTH_H

#include "compare.h"
#include "layout.h"

#define MAX_STEPS   12
#define MAX_GROWING 2

/* A metric that is shown as it grows. */
struct growing {
	const char *key;
	const char *title;         /* of its table and its plot */
	const char *said, *behind; /* before and behind a subject's name in a sentence */
};

extern const struct growing growing[];
extern const unsigned n_growing;

struct growth_step {
	unsigned conns, active;
	struct spread cost[MAX_GROWING][MAX_SUBJECTS]; /* n 0: not measured */
};

struct growth {
	unsigned n_subjects, n_steps;
	const char *names[MAX_SUBJECTS];
	unsigned max_conns[MAX_SUBJECTS]; /* that the subject can hold; 0: no limit */
	struct growth_step steps[MAX_STEPS];
};

/* Whether the subject can hold the connections of a step. */
bool growth_carries(const struct growth *g, unsigned subject, const struct growth_step *step);

/* A step of which nothing is known yet. The subjects are set. */
void growth_set_step(struct growth *g, unsigned step, unsigned conns, unsigned active);

/* Sets the costs of a step from the rounds that were made of it. */
void growth_set(struct growth *g, unsigned step, const struct comparison *c);

/* The unit of a metric that grows; whether any subject had a value of it at any step. */
enum unit growth_unit(unsigned which);
bool growth_known(const struct growth *g, unsigned which);

/* A sentence for each subject that has two steps or more at which as many connections send as at
 * the last one of all (if all always do: two steps or more); gives their number. */
unsigned growth_sentences(const struct growth *g, unsigned which, char sentences[][SENTENCE_SIZE]);

/*
 * Draws a cost over connections, both logarithmic, at most 90 columns wide: a letter for each
 * subject, A for the first, and dots between. Nothing if fewer than two points are known.
 */
void growth_plot(struct layout *l, const struct growth *g, unsigned which);

#endif
