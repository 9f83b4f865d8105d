// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "compare_found.h"

#include <string.h>

void found_in_round(struct comparison *c, unsigned subject, const struct outcome *o)
{
	static struct finding findings[MAX_FINDINGS];
	unsigned n = findings_find(o->total, o->run_end, findings, MAX_FINDINGS);
	bool in_this[MAX_RULES] = {false};

	for (unsigned i = 0; i < n; i++) {
		unsigned rule = findings[i].rule - rules;

		c->found[rule][subject] += !in_this[rule];
		in_this[rule] = true;
	}
}

bool found_by_any(const struct comparison *c, unsigned rule)
{
	for (unsigned i = 0; i < c->n_subjects; i++)
		if (c->found[rule][i])
			return true;
	return false;
}

bool found_differs(const struct comparison *c, unsigned rule)
{
	bool always = false, never = false;

	for (unsigned i = 0; i < c->n_subjects; i++) {
		always |= c->n[i] > 1 && c->found[rule][i] == c->n[i];
		never |= c->n[i] > 1 && !c->found[rule][i];
	}
	return always && never;
}

/* "a (5 of 5 rounds) and b (1 of 5)", of those that have it or have it not. */
static void join_subjects(const struct comparison *c, unsigned rule, bool have, char *buf,
			  size_t size)
{
	size_t len = 0;

	*buf = '\0';
	for (unsigned i = 0; i < c->n_subjects && len < size; i++) {
		unsigned n = c->found[rule][i];

		if (!c->n[i] || (n > 0) != have)
			continue;
		len += snprintf(buf + len, size - len, "%s%s", len ? " and " : "", c->names[i]);
		if (have && len < size)
			len += snprintf(buf + len, size - len, " (%u of %u)", n, c->n[i]);
	}
}

unsigned found_sentences(const struct comparison *c, char sentences[][SENTENCE_SIZE], unsigned max)
{
	char have[SENTENCE_SIZE / 3], lack[SENTENCE_SIZE / 3];
	unsigned n = 0;

	for (unsigned i = 0; i < n_rules && n < max; i++) {
		if (!found_differs(c, i))
			continue;
		join_subjects(c, i, true, have, sizeof(have));
		join_subjects(c, i, false, lack, sizeof(lack));
		snprintf(sentences[n++], SENTENCE_SIZE, "Found in %s but not in %s: %s%s%s (%s).",
			 have, lack, rules[i].id, *rules[i].cause ? ":" : "", rules[i].cause,
			 rules[i].title);
	}
	return n;
}
