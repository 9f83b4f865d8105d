// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Goes through the rules, and puts what holds in order. */
#include <string.h>

#include "find.h"

const struct rule rules[] = {
#define FINDING(id_, cause_, ...) {.id = id_, .cause = cause_, __VA_ARGS__},
#include "findings.def"
};
const char *const weight_names[] = {[WRONG] = "wrong", [NOTE] = "note"};
const unsigned n_rules = sizeof(rules) / sizeof(rules[0]);

_Static_assert(sizeof(rules) / sizeof(rules[0]) <= MAX_RULES, "more rules than there is room for");

const struct rule *rule_find(const char *id)
{
	for (unsigned i = 0; i < n_rules; i++)
		if (!strcmp(rules[i].id, id))
			return &rules[i];
	return NULL;
}

/* What stands first is more important: what is wrong, and the first of each rule. */
static unsigned rank(const struct finding *f, bool first)
{
	return f->rule->weight * 2 + !first;
}

/* Findings come in the order of the rules, those of one together. */
static unsigned in_order(const struct finding *rows, unsigned n, struct finding *to, unsigned max)
{
	unsigned kept = 0;

	for (unsigned want = 0; want <= NOTE * 2 + 1; want++)
		for (unsigned i = 0; i < n && kept < max; i++)
			if (rank(&rows[i], !i || rows[i].rule != rows[i - 1].rule) == want)
				to[kept++] = rows[i];
	return kept;
}

/* Whether this kernel shows all that a rule needs. */
static bool can_be_judged(const struct rule *r, const struct snapshot *s)
{
	return !(r->needs & ~s->sees);
}

unsigned findings_find(const struct snapshot *total, const struct run_end *end,
		       struct finding *findings, unsigned max)
{
	struct grounds g = grounds_of(total, end);
	static struct finding rows[MAX_RULES * MAX_ALIKE]; /* only pages in use are there */
	struct found found = {.rows = rows};
	unsigned n = 0;

	for (unsigned i = 0; i < n_rules; i++)
		if (!can_be_judged(&rules[i], total))
			g.unshown[g.n_unshown++] = &rules[i];
	for (unsigned i = 0; i < n_rules; i++) {
		found.first = found.n;
		found.more = 0;
		if (can_be_judged(&rules[i], total))
			rules[i].find(&g, &rules[i], &found);
		if (found.n > found.first)
			found.rows[found.first].more = found.more;
	}
	n = in_order(rows, found.n, findings, max);
	for (unsigned i = 0; i < n; i++) {
		finding_command(&findings[i], total);
		finding_words(&findings[i]);
	}
	return n;
}
