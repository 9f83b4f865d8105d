// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "lab_check.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exit_status.h"
#include "json.h"
#include "language.h"
#include "program.h"
#include "results.h"
#include "trial.h"
#include "verdict.h"
#include "visible.h"

struct check {
	const struct exercise *exercise;
	const struct check_options *opt;
	struct judgement judgement;
	struct trial_setup setup;
	struct json_object *facts;  /* {load: facts} of those that clients could come to */
	char why_not[TRIAL_REASON]; /* of the first that none could */
	struct results results;
	struct layout l;
};

/* "echo: hang-up, reset, wakelab load --conns 2" */
static void say_load(struct check *c, const struct exercise_load *load)
{
	if (c->opt->ndjson)
		return;
	lay(&c->l, tr("load %s: "), load->name);
	lay(&c->l, HANG);
	for (unsigned i = 0; load->clients[i]; i++)
		lay(&c->l, "%s, ", load->clients[i]);
	lay(&c->l, "wakelab load");
	for (unsigned i = 0; load->args[i]; i++)
		lay(&c->l, " %s", load->args[i]);
	lay(&c->l, "\n");
	fflush(c->l.out);
}

static void put_trial(struct check *c, const struct exercise_load *load, const struct trial *t)
{
	struct json_object *o = new_line("trial");

	put_string(o, "lesson", c->judgement.name);
	put_string(o, "load", load->name);
	put_string(o, "why_not", t->came ? NULL : t->why_not);
	put_string(o, "ended", *t->ended ? t->ended : NULL);
	put_string(o, "printed", t->printed);
	json_object_object_add(o, "facts", json_object_get(t->facts));
	put_line(c->results.out, o);
}

/* That the server did not go on, and its last words. */
static void show_end(struct check *c, const struct trial *t)
{
	char words[sizeof(t->printed)], seen[VISIBLE_SIZE(sizeof(words))], *rest = NULL;

	if (c->opt->ndjson || (t->came && !*t->ended))
		return;
	if (t->came)
		lay(&c->l, tr("  the server %s before it was told to end\n"), t->ended);
	snprintf(words, sizeof(words), "%s", t->printed);
	if (*words)
		lay(&c->l, "%s", tr("  it said last:\n"));
	for (char *line = strtok_r(words, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		lay(&c->l, "    %s\n", visible(line, seen, sizeof(seen)));
}

/* One load. What comes after one that no client could come to is not tried. */
static int try_load(struct check *c, const struct exercise_load *load)
{
	struct trial t = {0};
	int status = 0;

	if (!*c->why_not) {
		say_load(c, load);
		status = trial_run(&t, &c->setup, load);
		if (!status) {
			put_trial(c, load, &t);
			show_end(c, &t);
			snprintf(c->why_not, sizeof(c->why_not), "%s", t.why_not);
		}
	}
	json_object_object_add(c->facts, load->name, t.came ? json_object_get(t.facts) : NULL);
	trial_free(&t);
	return status;
}

static int try_all(struct check *c)
{
	int status = 0;

	for (unsigned i = 0; i < c->exercise->n_loads && !status; i++)
		status = try_load(c, &c->exercise->loads[i]);
	return status;
}

static int check(struct check *c)
{
	struct judgement *j = &c->judgement;
	int status = try_all(c);

	if (status)
		return status;
	j->why_not = c->why_not;
	if (judge(j, c->facts))
		return EXIT_FAILED;
	judgement_put(j, c->results.out);
	if (results_put_score(&c->results, j, c->opt->command))
		return EXIT_FAILED;
	if (c->opt->ndjson) {
		results_print(&c->results, stdout);
	} else {
		lay(&c->l, "\n");
		judgement_show(j, &c->l);
	}
	return j->points == j->of ? EXIT_DONE : EXIT_FAILED;
}

int lab_check(const struct exercise *exercise, const char *name, const struct check_options *opt)
{
	struct check c = {
		.exercise = exercise,
		.opt = opt,
		.judgement = {.exercise = exercise, .name = name},
		.setup = {opt->command, opt->trace, opt->load, exercise->udp},
	};
	struct program program;
	int status = program_find(&program, opt->command);

	if (status)
		return status;
	if (results_begin(&c.results, opt->results))
		return EXIT_FAILED;
	c.judgement.program = program.path;
	c.facts = json_object_new_object();
	layout_begin(&c.l, stdout, STDOUT_FILENO,
		     !opt->no_color && layout_may_color(STDOUT_FILENO));
	status = check(&c);
	json_object_put(c.facts);
	return results_end(&c.results) ? EXIT_FAILED : status;
}
