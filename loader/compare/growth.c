// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "growth.h"

#include <math.h>
#include <string.h>

#include "format.h"

const struct growing growing[] = {
	{.key = "cpu_ns",
	 .title = "CPU time per message",
	 .said = "the CPU time per message of ",
	 .behind = ""},
	{.key = "looked_at_each",
	 .title = "Descriptors looked at by poll or select for each one reported",
	 .said = "the number of descriptors that ",
	 .behind = " looked at for each one reported"},
};
const unsigned n_growing = sizeof(growing) / sizeof(growing[0]);

_Static_assert(sizeof(growing) / sizeof(growing[0]) <= MAX_GROWING, "more than a step holds");

bool growth_carries(const struct growth *g, unsigned subject, const struct growth_step *step)
{
	return !g->max_conns[subject] || step->conns <= g->max_conns[subject];
}

static unsigned metric_of(unsigned which)
{
	unsigned m = 0;

	while (strcmp(metric_key(&metrics[m]), growing[which].key))
		m++;
	return m;
}

void growth_set_step(struct growth *g, unsigned step, unsigned conns, unsigned active)
{
	g->steps[step] = (struct growth_step){.conns = conns, .active = active};
	for (unsigned which = 0; which < n_growing; which++)
		for (unsigned i = 0; i < g->n_subjects; i++)
			g->steps[step].cost[which][i] = spread_of(NULL, 0);
}

void growth_set(struct growth *g, unsigned step, const struct comparison *c)
{
	for (unsigned which = 0; which < n_growing; which++)
		for (unsigned i = 0; i < g->n_subjects; i++)
			g->steps[step].cost[which][i] = comparison_spread(c, metric_of(which), i);
}

enum unit growth_unit(unsigned which)
{
	return metrics[metric_of(which)].unit;
}

bool growth_known(const struct growth *g, unsigned which)
{
	for (unsigned s = 0; s < g->n_steps; s++)
		for (unsigned i = 0; i < g->n_subjects; i++)
			if (g->steps[s].cost[which][i].n)
				return true;
	return false;
}

/* Whether a step differs from the last in nothing but what its idle connections cost. Where none
 * are idle at all, every step is to be compared. */
static bool alike(const struct growth *g, const struct growth_step *step)
{
	const struct growth_step *last = &g->steps[g->n_steps - 1];

	return last->active == last->conns || step->active == last->active;
}

/* The first and the last step, of those alike, at which a subject was measured. */
static unsigned measured_steps(const struct growth *g, unsigned which, unsigned subject,
			       const struct growth_step **first, const struct growth_step **last)
{
	unsigned n = 0;

	for (unsigned i = 0; i < g->n_steps; i++) {
		if (!g->steps[i].cost[which][subject].n || !alike(g, &g->steps[i]))
			continue;
		if (!n++)
			*first = &g->steps[i];
		*last = &g->steps[i];
	}
	return n;
}

static void say(const struct growth *g, unsigned which, unsigned subject,
		const struct growth_step *first, const struct growth_step *last, char *buf,
		size_t size)
{
	const struct spread *a = &first->cost[which][subject], *b = &last->cost[which][subject];
	const char *before = value_text(growth_unit(which), a->median);
	const char *after = value_text(growth_unit(which), b->median);
	double ratio = b->median / a->median;
	int len = snprintf(buf, size, "From %s to %s connections, %s%s%s ",
			   format_count(first->conns), format_count(last->conns),
			   growing[which].said, g->names[subject], growing[which].behind);

	if (len < 0 || (size_t)len >= size)
		return;
	buf += len;
	size -= len;
	if (a->n < 2 || b->n < 2)
		snprintf(buf, size, "went from %s to %s, but in one round only.", before, after);
	else if (!spreads_differ(a, b))
		snprintf(buf, size, "did not change beyond the spread of the rounds (%s, %s).",
			 before, after);
	else if (ratio > 1)
		snprintf(buf, size, "grew by a factor of %s (%s to %s).", times_text(ratio), before,
			 after);
	else
		snprintf(buf, size, "fell to %.0f %% (%s to %s).", ratio * 100, before, after);
}

unsigned growth_sentences(const struct growth *g, unsigned which, char sentences[][SENTENCE_SIZE])
{
	const struct growth_step *first, *last;
	unsigned n = 0;

	for (unsigned i = 0; i < g->n_subjects && n < MAX_SENTENCES; i++)
		if (measured_steps(g, which, i, &first, &last) > 1)
			say(g, which, i, first, last, sentences[n++], SENTENCE_SIZE);
	return n;
}
