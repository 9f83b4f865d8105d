// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

#define MANY 999.5 /* a larger ratio says no more than that it is large */

void comparison_init(struct comparison *c, const char *const *names, unsigned n_subjects)
{
	memset(c, 0, sizeof(*c));
	c->n_subjects = n_subjects;
	for (unsigned i = 0; i < n_subjects; i++)
		c->names[i] = names[i];
}

void comparison_add(struct comparison *c, unsigned subject, const struct outcome *o)
{
	unsigned round = c->n[subject]++;

	for (unsigned m = 0; m < n_metrics; m++)
		c->values[m][subject][round] = metric_value(&metrics[m], o);
	if (o->total->client.messages < c->messages)
		return;
	c->messages = o->total->client.messages;
	c->connections = o->total->client.connections;
}

struct spread comparison_spread(const struct comparison *c, unsigned metric, unsigned subject)
{
	return spread_of(c->values[metric][subject], c->n[subject]);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct spread spread_of(const double *values, unsigned n)
{
	struct spread s = {.median = NAN, .min = NAN, .max = NAN};
	double sorted[MAX_ROUNDS];

	for (unsigned i = 0; i < n; i++)
		if (!isnan(values[i]))
			sorted[s.n++] = values[i];
	if (!s.n)
		return s;
	qsort(sorted, s.n, sizeof(sorted[0]), ascending);
	s.min = sorted[0];
	s.max = sorted[s.n - 1];
	s.median = (sorted[(s.n - 1) / 2] + sorted[s.n / 2]) / 2;
	return s;
}

bool spreads_differ(const struct spread *a, const struct spread *b)
{
	return a->n > 1 && b->n > 1 && (a->max < b->min || b->max < a->min);
}

bool any_differ(const struct spread *s, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		for (unsigned j = 0; j < i; j++)
			if (spreads_differ(&s[i], &s[j]))
				return true;
	return false;
}

bool any_value(const struct spread *s, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (s[i].n && s[i].max > 0)
			return true;
	return false;
}

/* Always the same, and the same for both. */
static bool identical(const struct spread *a, const struct spread *b)
{
	return a->min == a->max && b->min == b->max && a->min == b->min;
}

static void difference_text(enum unit unit, double first, double other, char *buf, size_t size)
{
	const char *way = other > first ? "more" : "less";
	double ratio = other > first ? other / first : first / other;

	if (unit == UNIT_SHARE && fabs(other - first) < 1)
		snprintf(buf, size, "%c<1 pt", other > first ? '+' : '-');
	else if (unit == UNIT_SHARE)
		snprintf(buf, size, "%+.0f pts", other - first);
	else if (first == 0)
		snprintf(buf, size, "only here");
	else if (other == 0)
		snprintf(buf, size, "none");
	else if (ratio < 1.01)
		snprintf(buf, size, "<1 %% %s", way);
	else if (ratio < 1.095)
		snprintf(buf, size, "%.0f %% %s", fabs(other - first) / first * 100, way);
	else if (ratio < MANY)
		snprintf(buf, size, "%s %s", other > first ? "×" : "÷", times_text(ratio));
	else
		snprintf(buf, size, "far %s", way);
}

const char *mark_text(enum unit unit, const struct spread *first, const struct spread *other,
		      bool wide, char *buf, size_t size)
{
	*buf = '\0';
	if (first->n < 2 || other->n < 2)
		return buf;
	if (identical(first, other))
		snprintf(buf, size, "same");
	else if (spreads_differ(first, other))
		difference_text(unit, first->median, other->median, buf, size);
	else
		snprintf(buf, size, "%s", wide ? "within the spread" : "in spread");
	return buf;
}

static const char *each_text(double value)
{
	static const struct {
		double below;
		const char *format;
	} formats[] = {
		{0.0005, "<0.001"}, {0.01, "%.3f"},  {9.995, "%.2f"},
		{99.95, "%.1f"},    {999.5, "%.0f"},
	};
	char *buf;
	unsigned i = 0;

	if (value >= formats[sizeof(formats) / sizeof(formats[0]) - 1].below)
		return format_count(llround(value));
	buf = format_buffer();
	while (value >= formats[i].below)
		i++;
	if (value == 0)
		snprintf(buf, FORMAT_SIZE, "0");
	else
		snprintf(buf, FORMAT_SIZE, formats[i].format, value);
	return buf;
}

static const char *share_text(double percent)
{
	char *buf = format_buffer();

	if (percent > 0 && percent < 1)
		snprintf(buf, FORMAT_SIZE, "<1 %%");
	else if (percent > 99 && percent < 100)
		snprintf(buf, FORMAT_SIZE, ">99 %%");
	else
		snprintf(buf, FORMAT_SIZE, "%.0f %%", percent);
	return buf;
}

const char *value_text(enum unit unit, double value)
{
	if (isnan(value))
		return "-";
	switch (unit) {
	case UNIT_EACH:
	case UNIT_RATIO:
		return each_text(value);
	case UNIT_SHARE:
		return share_text(value);
	case UNIT_NS:
		return format_ns(llround(value));
	default:
		return format_count(llround(value));
	}
}

const char *times_text(double ratio)
{
	char *buf = format_buffer();

	if (ratio < MANY)
		snprintf(buf, FORMAT_SIZE,
			 ratio < 1.095  ? "%.2f"
			 : ratio < 9.95 ? "%.1f"
					: "%.0f",
			 ratio);
	else
		snprintf(buf, FORMAT_SIZE, "over 1000");
	return buf;
}
