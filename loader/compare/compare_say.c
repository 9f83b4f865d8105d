// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What a comparison comes to, in words: every sentence is made of the numbers that it names. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "compare_found.h"

#define WORTH_SAYING 1.05 /* a smaller ratio is left to the table */

/* The subjects at the two ends of a row. */
struct ends {
	const struct metric *metric;
	const char *low, *high; /* names; of several that show the same, all */
	char names[2][160];
	double low_value, high_value;
};

/* "a and b": the names of all subjects that show the value of this one, and differ from the other
 * end as it does. */
static void join_names(const struct comparison *c, const struct spread *s, unsigned like,
		       unsigned other, enum unit unit, char *buf, size_t size)
{
	char text[64];
	size_t len = 0;

	snprintf(text, sizeof(text), "%s", value_text(unit, s[like].median));
	for (unsigned i = 0; i < c->n_subjects && len < size; i++)
		if (spreads_differ(&s[i], &s[other]) &&
		    !strcmp(text, value_text(unit, s[i].median)))
			len += snprintf(buf + len, size - len, "%s%s", len ? " and " : "",
					c->names[i]);
}

/* False when the lowest and the highest do not differ. */
static bool find_ends(const struct comparison *c, unsigned metric, const struct spread *s,
		      struct ends *e)
{
	unsigned low = 0, high = 0;

	for (unsigned i = 0; i < c->n_subjects; i++) {
		if (!s[i].n)
			continue;
		if (!s[low].n || s[i].median < s[low].median)
			low = i;
		if (!s[high].n || s[i].median > s[high].median)
			high = i;
	}
	if (!spreads_differ(&s[low], &s[high]))
		return false;
	e->metric = &metrics[metric];
	e->low_value = s[low].median;
	e->high_value = s[high].median;
	join_names(c, s, low, high, e->metric->unit, e->names[0], sizeof(e->names[0]));
	join_names(c, s, high, low, e->metric->unit, e->names[1], sizeof(e->names[1]));
	e->low = e->names[0];
	e->high = e->names[1];
	return true;
}

static void say_told(const struct ends *e, char *buf, size_t size)
{
	snprintf(buf, size, "%s made %s reports per message on average, %s made %s.", e->high,
		 value_text(e->metric->unit, e->high_value), e->low,
		 value_text(e->metric->unit, e->low_value));
}

static void say_count(const struct ends *e, char *buf, size_t size)
{
	const char *high = value_text(e->metric->unit, e->high_value);

	if (e->low_value == 0)
		snprintf(buf, size, "%s %s %s %s, %s none.", e->high, e->metric->verb, high,
			 e->metric->noun, e->low);
	else
		snprintf(buf, size, "%s %s %s times as many %s as %s (%s against %s).", e->high,
			 e->metric->verb, times_text(e->high_value / e->low_value), e->metric->noun,
			 e->low, high, value_text(e->metric->unit, e->low_value));
}

static void say_time(const struct ends *e, char *buf, size_t size)
{
	snprintf(buf, size, "The %s of %s is %s times that of %s (%s against %s).", e->metric->noun,
		 e->high, times_text(e->high_value / e->low_value), e->low,
		 value_text(e->metric->unit, e->high_value),
		 value_text(e->metric->unit, e->low_value));
}

static void (*const say_two[])(const struct ends *e, char *buf, size_t size) = {
	[SAY_COUNT] = say_count,
	[SAY_TOLD] = say_told,
	[SAY_TIME] = say_time,
};

static void say_many(const struct ends *e, char *buf, size_t size)
{
	const char *high = value_text(e->metric->unit, e->high_value);
	const char *low = value_text(e->metric->unit, e->low_value);
	int len = snprintf(buf, size, "%s: lowest %s (%s), highest %s (%s)", e->metric->noun,
			   e->low, low, e->high, high);

	buf[0] = toupper(buf[0]);
	if (len > 0 && (size_t)len < size && e->low_value > 0)
		snprintf(buf + len, size - len, ", %s times as much.",
			 times_text(e->high_value / e->low_value));
	else if (len > 0 && (size_t)len < size)
		snprintf(buf + len, size - len, ".");
}

static bool worth_saying(const struct ends *e)
{
	if (*value_text(e->metric->unit, e->high_value) == '<')
		return false;
	return e->low_value == 0 || e->high_value / e->low_value >= WORTH_SAYING;
}

/* Whether every subject has it often enough to be compared. */
static bool comparable(const struct spread *s, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (s[i].n < 2)
			return false;
	return true;
}

static bool say(const struct comparison *c, unsigned metric, char *buf, size_t size)
{
	struct spread s[MAX_SUBJECTS] = {0};
	struct ends e;

	for (unsigned i = 0; i < c->n_subjects; i++)
		s[i] = comparison_spread(c, metric, i);
	if (find_ends(c, metric, s, &e)) {
		if (!worth_saying(&e))
			return false;
		(c->n_subjects > 2 ? say_many : say_two[e.metric->sentence])(&e, buf, size);
		return true;
	}
	if (!metrics[metric].reassures || any_differ(s, c->n_subjects) ||
	    !comparable(s, c->n_subjects))
		return false;
	snprintf(buf, size, "Their %s does not differ beyond the spread of the rounds.",
		 metrics[metric].noun);
	return true;
}

/*
 * A warning of too few rounds. Of two subjects that are alike, n rounds of one lie beyond all n of
 * the other by chance once in (2n)! / (2 n! n!): 3, 10, 35, 126 for 2, 3, 4, 5 rounds.
 */
static bool say_chance(const struct comparison *c, char *buf, size_t size)
{
	static const unsigned once_in[] = {0, 0, 3, 10};
	unsigned rounds = MAX_ROUNDS;

	for (unsigned i = 0; i < c->n_subjects; i++)
		if (c->n[i] && c->n[i] < rounds)
			rounds = c->n[i];
	if (rounds == 1)
		snprintf(buf, size,
			 "One round has no spread, so no difference is marked: use compare "
			 "--rounds 5.");
	else if (rounds < 4)
		snprintf(buf, size,
			 "With %u rounds, chance alone marks one row in %u as different: use "
			 "--rounds 5.",
			 rounds, once_in[rounds]);
	return rounds < 4;
}

unsigned compare_sentences(const struct comparison *c, char sentences[][SENTENCE_SIZE])
{
	unsigned n = 0;

	if (say_chance(c, sentences[0], SENTENCE_SIZE))
		n++;
	for (unsigned m = 0; m < n_metrics && n < MAX_SENTENCES; m++)
		if (metrics[m].sentence != SAY_NOTHING && say(c, m, sentences[n], SENTENCE_SIZE))
			n++;
	return n + found_sentences(c, sentences + n, MAX_SENTENCES - n);
}
