// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab findings: what can be found in a run, and each explained. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "finding.h"
#include "finding_names.h"
#include "layout.h"
#include "reading.h"

/* A rule stands for its id where it is the first with that. */
static bool is_first(const struct rule *r)
{
	return r == rule_find(r->id);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const char **id = state->input;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (*id)
		argp_error(state, "unexpected argument \"%s\": give one id", arg);
	finding_check(state, arg);
	*id = arg;
	return 0;
}

static void list_all(struct layout *l)
{
	static const struct column columns[] = {
		{.title = "FINDING", .least = 18, .most = 20, .left = true},
		{.title = "WEIGHT", .least = 6, .most = 8, .left = true},
		{.title = "WHAT IT IS ABOUT", .least = 30, .most = 60, .left = true}};
	struct grid g;

	grid_fit(&g, l, columns, sizeof(columns) / sizeof(columns[0]));
	grid_head(l, &g, NULL);
	for (unsigned i = 0; i < n_rules; i++)
		if (is_first(&rules[i]))
			grid_row(l, &g,
				 (const char *const[]){rules[i].id, weight_names[rules[i].weight],
						       rules[i].title});
	lay(l,
	    "\n" HANG "Weight wrong: there is a fault to be fixed; note: worth knowing. \"wakelab "
	    "findings ID\" explains a finding.\n");
}

static void explain_part(struct layout *l, const char *what, const char *words)
{
	char text[FINDING_TEXT];

	if (words)
		lay(l, "  %s" HANG "%s\n", what, rule_words(words, text, sizeof(text)));
}

static void explain(struct layout *l, const struct rule *r)
{
	lay(l, "%s%s%s  weight: %s\n", r->id, *r->cause ? ":" : "", r->cause,
	    weight_names[r->weight]);
	explain_part(l, "when    ", r->holds);
	explain_part(l, "says    ", r->seen);
	explain_part(l, "why     ", r->why);
	explain_part(l, "change  ", r->change);
	if (r->shows)
		lay(l, "  shows   " HANG "%s\n", r->shows);
}

static void explain_all(struct layout *l, const char *id)
{
	const struct rule *r = rule_find(id);

	lay(l, "%s: %s\n", id, r->title);
	for (; r < rules + n_rules; r++) {
		if (strcmp(r->id, id) != 0)
			continue;
		lay(l, "\n");
		explain(l, r);
	}
}

int cmd_findings(int argc, char **argv)
{
	const char *id = NULL;
	struct layout l;

	options_read(&(struct reading){.command = "findings", .arguments = parse, .input = &id},
		     argc, argv);
	layout_begin(&l, stdout, STDOUT_FILENO, false);
	if (id)
		explain_all(&l, id);
	else
		list_all(&l);
	return EXIT_DONE;
}
