// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "lab_check.h"

#include <err.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exit_status.h"
#include "json.h"
#include "language.h"
#include "ports.h"
#include "processes.h"
#include "program.h"
#include "results.h"
#include "terminal.h"
#include "trial.h"
#include "verdict.h"
#include "visible.h"

#define TRIES        3   /* on one port after another */
#define MORE_PATIENT 3   /* times as much, when a server was starved ... */
#define MOST_PATIENT 9   /* ... but no more than so many times the usual */
#define SATED_MS     500 /* of CPU time, with which it had enough for its clients ... */
#define LEAST_MS     100 /* ... and with which it is judged at last */
#define STARVED_MS   300 /* so long it can be kept from a CPU without losing a point */

struct check {
	const struct exercise *exercise;
	const struct check_options *opt;
	struct judgement judgement;
	struct trial_setup setup;
	struct json_object *facts;  /* {load: facts} of those that clients could come to */
	struct json_object *trials; /* a line for each load */
	char why_not[TRIAL_REASON]; /* of the first that none could */
	double starved_ms;          /* the longest of all loads, see struct trial */
	char sealed[PATH_MAX];
	struct results results;
	struct layout l;
};

/* "echo: hang-up, reset, wakelab load --conns 2" */
static void say_load(struct check *c, const struct exercise_load *load)
{
	char before[512];
	size_t len;

	if (c->opt->ndjson)
		return;
	len = snprintf(before, sizeof(before), tr("load %s: "), load->name);
	for (unsigned i = 0; load->clients[i] && len < sizeof(before); i++)
		len += snprintf(before + len, sizeof(before) - len, "%s, ", load->clients[i]);
	if (len < sizeof(before))
		snprintf(before + len, sizeof(before) - len, "wakelab load");
	lay_command(&c->l, before, load->args);
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
	json_object_array_add(c->trials, o);
}

/* Of a wait that takes a while. */
static void say_wait(void *arg, const char *what, unsigned seconds)
{
	struct check *c = arg;

	if (c->opt->ndjson)
		return;
	lay(&c->l, tr("  waiting for %s, %us more at most\n"), what, seconds);
	fflush(c->l.out);
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
		lay(&c->l, "%s", tr("  its last output:\n"));
	for (char *line = strtok_r(words, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		lay(&c->l, "    %s\n", visible(line, seen, sizeof(seen)));
}

/* 0 also where more time would not have helped it. */
static double starved_ms(const struct check *c, const struct trial *t)
{
	double enough = c->setup.patience.times == MOST_PATIENT ? LEAST_MS : SATED_MS;

	return t->came && t->used_ms > enough ? 0 : t->starved_ms;
}

/* Again on another port if this one was taken meanwhile. */
static int run_trial(struct check *c, const struct exercise_load *load, struct trial *t)
{
	int status = trial_run(t, &c->setup, load);

	for (unsigned i = 1; !status && t->taken && i < TRIES; i++) {
		trial_free(t);
		status = trial_run(t, &c->setup, load);
	}
	return status;
}

/* One load. What comes after one that no client could come to is not tried. */
static int try_load(struct check *c, const struct exercise_load *load)
{
	struct trial t = {0};
	int status = 0;

	if (!*c->why_not) {
		say_load(c, load);
		status = run_trial(c, load, &t);
		if (!status) {
			put_trial(c, load, &t);
			show_end(c, &t);
			snprintf(c->why_not, sizeof(c->why_not), "%s", t.why_not);
			c->starved_ms = fmax(c->starved_ms, starved_ms(c, &t));
		}
	}
	json_object_object_add(c->facts, load->name, t.came ? json_object_get(t.facts) : NULL);
	trial_free(&t);
	return status;
}

static void forget(struct check *c)
{
	json_object_put(c->facts);
	json_object_put(c->trials);
	c->facts = c->trials = NULL;
}

static int try_all(struct check *c)
{
	int status = 0;

	forget(c);
	c->facts = json_object_new_object();
	c->trials = json_object_new_array();
	c->starved_ms = 0;
	*c->why_not = '\0';
	for (unsigned i = 0; i < c->exercise->n_loads && !status; i++)
		status = try_load(c, &c->exercise->loads[i]);
	c->judgement.why_not = c->why_not;
	if (!status && judge(&c->judgement, c->facts))
		status = EXIT_FAILED;
	return status;
}

/* Whether points were lost that the machine may have taken. */
static bool is_starved(const struct check *c)
{
	return c->judgement.points < c->judgement.of &&
	       c->starved_ms > STARVED_MS * c->setup.patience.times;
}

/* A server that was not let run is waited for longer, and at last not judged. */
static int try_patiently(struct check *c)
{
	unsigned *times = &c->setup.patience.times;
	int status;

	for (*times = 1;; *times *= MORE_PATIENT) {
		status = try_all(c);
		if (status || !is_starved(c))
			return status;
		if (*times == MOST_PATIENT)
			break;
		if (!c->opt->ndjson)
			lay(&c->l,
			    tr("  for %.1fs the server was runnable, but other processes had the "
			       "CPU: trying again with timeouts %d times as long\n"),
			    c->starved_ms / 1000, MORE_PATIENT);
	}
	warnx(tr("not judged: for %.1fs the server was runnable, but other processes had the CPU; "
		 "check it again when this machine is less busy"),
	      c->starved_ms / 1000);
	return EXIT_UNABLE;
}

static int check(struct check *c)
{
	struct judgement *j = &c->judgement;
	int status = try_patiently(c);

	if (status)
		return status;
	for (size_t i = 0; i < json_object_array_length(c->trials); i++)
		put_line(c->results.out, json_object_get(json_object_array_get_idx(c->trials, i)));
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

/* Whether a server can be tried here at all; else why not is said. */
static bool is_possible(void)
{
	if (!proc_is_ours()) {
		warnx("%s", tr("lab check needs the /proc of this PID namespace: mount it (unshare "
			       "does so with --mount-proc)"));
		return false;
	}
	if (ports_reachable())
		return true;
	warn("%s", tr("lab check needs 127.0.0.1, but no client can reach it: bring up the "
		      "loopback interface (ip link set lo up)"));
	return false;
}

int lab_check(const struct exercise *exercise, const char *name, const struct check_options *opt)
{
	struct check c = {
		.exercise = exercise,
		.opt = opt,
		.judgement = {.exercise = exercise, .name = name},
		.setup = {.command = opt->command,
			  .user = opt->user,
			  .load = opt->load,
			  .udp = exercise->udp,
			  .patience = {.say = say_wait, .arg = &c}},
	};
	struct terminal terminal;
	struct program program;
	int status = program_find(&program, opt->command);

	if (status)
		return status;
	if (!is_possible())
		return EXIT_UNABLE;
	if (results_begin(&c.results, opt->results))
		return EXIT_FAILED;
	if (results_seal(&c.results, c.sealed))
		c.setup.sealed = c.sealed;
	c.judgement.program = program.path;
	layout_begin(&c.l, stdout, STDOUT_FILENO,
		     !opt->no_color && layout_may_color(STDOUT_FILENO));
	terminal_note(&terminal);
	status = check(&c);
	terminal_restore(&terminal);
	forget(&c);
	return results_end(&c.results) ? EXIT_FAILED : status;
}
