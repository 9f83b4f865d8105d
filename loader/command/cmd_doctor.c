// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab doctor: what can be seen on this kernel, how exactly, and why not more. It loads and
 * attaches what a run would, and takes it down again. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attach.h"
#include "build_version.h"
#include "command.h"
#include "diagnosis.h"
#include "json.h"
#include "layout.h"
#include "reading.h"

struct doctor_command {
	bool ndjson;
	enum hooks_wanted hooks;
};

/* What was found. */
struct health {
	struct answer answers[MAX_ANSWERS];
	unsigned n_answers;
	bool looked; /* at the hooks: nothing had stopped us before */
	struct kernel kernel;
	struct plan plan;
	char tier[64];
	char why[512]; /* nothing can be traced; empty: it can */
};

static const struct option_row rows[] = {
#define DOCTOR_OPTION(...) OPTION_ROW(struct doctor_command, __VA_ARGS__),
#include "options.def"
};
static const struct option_group group = OPTION_GROUP(DOCTOR, rows);

static void look_at_hooks(struct health *h, enum hooks_wanted wanted)
{
	struct attachment a = {0};

	h->looked = !kernel_open(&h->kernel);
	if (h->looked) {
		plan_make(&h->plan, &h->kernel, wanted, WATCH_ALL);
		attach_plan(&a, &h->plan, &h->kernel, h->why, sizeof(h->why));
		attach_end(&a);
		plan_tier(&h->plan, h->tier, sizeof(h->tier));
	} else {
		snprintf(h->why, sizeof(h->why), "the kernel cannot be probed");
	}
	kernel_close(&h->kernel);
}

static void examine(struct health *h, enum hooks_wanted wanted)
{
	h->n_answers = diagnose(h->answers);
	if (!diagnosis_text(h->answers, h->n_answers, "tracing", h->why, sizeof(h->why)))
		look_at_hooks(h, wanted);
}

static void print_answer(struct layout *l, const struct answer *f)
{
	lay(l, "%s %-34s " HANG "%s\n", f->stops ? "!" : " ", f->name, f->value);
	if (*f->remedy)
		lay(l, "%37s" HANG "%s\n", "", f->remedy);
}

#define NARROW 80 /* there is no room for what is seen and where beside each other */

static void print_hook(struct layout *l, const struct plan *plan, enum hook_id id)
{
	const struct candidate *c = plan_candidate(plan, id);
	const struct hook *hook = &hooks[id];
	unsigned tried = c ? plan->chosen[id] : candidates_of(hook);
	const char *format = l->width < NARROW ? "%s %s\n      %s%s\n" : "%s %-46s " HANG "%s%s\n";

	lay(l, format, c ? " " : "!", hook->what,
	    !c                    ? "not available"
	    : plan_sees(plan, id) ? c->name
				  : "not hooked",
	    c && !c->weaker ? " · exact" : "");
	lay(l, "      metrics: " HANG "%s\n", hook->metrics);
	if (c && c->weaker)
		lay(l, "      %s: %s\n", plan_sees(plan, id) ? "less exact" : "without it",
		    c->weaker);
	for (unsigned i = 0; i < tried; i++)
		lay(l, "      not used: %s: %s\n", hook->candidates[i].name, plan->refused[id][i]);
}

static unsigned count_wanted(const struct plan *plan)
{
	unsigned n = 0;

	for (unsigned i = 0; i < N_HOOKS; i++)
		n += plan_wants(plan, i);
	return n;
}

static unsigned count_exact(const struct plan *plan)
{
	unsigned n = 0;

	for (unsigned i = 0; i < N_HOOKS; i++)
		n += plan_candidate(plan, i) && !plan_candidate(plan, i)->weaker;
	return n;
}

/* The kernel keeps a program from an event while a task is switched out in it. */
static void print_preemption(struct layout *l, const struct plan *plan, const struct kernel *k)
{
	if (plan->steady)
		lay(l, HANG
		    "This kernel can preempt BPF programs on tracepoints. System calls are also "
		    "seen by a second program, run by perf, which the kernel does not preempt.\n");
	else
		lay(l,
		    HANG "This kernel can preempt BPF programs on tracepoints, and a second "
			 "program that it does not preempt is not available (%s): events can be "
			 "lost, and are counted in lost.recursion. If kernel.perf_event_paranoid "
			 "is above 2, run as root: sysctl kernel.perf_event_paranoid=2\n",
		    k->ways[WAY_PERF].why);
}

/* The events that are not seen exactly, by name. */
static void print_others(struct layout *l, const struct plan *plan)
{
	for (unsigned seen = 2; seen--;) {
		unsigned n = 0;

		for (unsigned i = 0; i < N_HOOKS; i++) {
			const struct candidate *c = plan_candidate(plan, i);

			if (!plan_wants(plan, i) || plan_sees(plan, i) != seen || (c && !c->weaker))
				continue;
			if (n++)
				lay(l, " · %s", hooks[i].what);
			else
				lay(l, "%s: " HANG "%s",
				    seen ? "Seen, but less exactly" : "Not hooked", hooks[i].what);
		}
		if (n)
			lay(l, "\n");
	}
}

static void print_health(const struct health *h)
{
	struct layout l;

	layout_begin(&l, stdout, STDOUT_FILENO, false);
	for (unsigned i = 0; i < h->n_answers; i++)
		print_answer(&l, &h->answers[i]);
	if (h->looked) {
		lay(&l, "\n" HANG "Events, the places where they are hooked, and the metrics that "
			"depend on them:\n");
		for (unsigned i = 0; i < N_HOOKS; i++)
			if (plan_wants(&h->plan, i))
				print_hook(&l, &h->plan, i);
	}
	lay(&l, "\n");
	if (h->looked && h->kernel.preemptible)
		print_preemption(&l, &h->plan, &h->kernel);
	if (*h->why)
		lay(&l, HANG "wakelab cannot trace here: %s.\n", h->why);
	else
		lay(&l,
		    HANG "wakelab can trace here (%s tier): %u of %u events are seen exactly.\n",
		    h->tier, count_exact(&h->plan), count_wanted(&h->plan));
	if (!*h->why)
		print_others(&l, &h->plan);
}

static void put_refusals(struct json_object *o, const struct plan *plan, enum hook_id id)
{
	struct json_object *array = put_array(o, "refused");
	unsigned tried = plan_candidate(plan, id) ? plan->chosen[id] : candidates_of(&hooks[id]);

	for (unsigned i = 0; i < tried; i++) {
		struct json_object *row = json_object_new_object();

		put_string(row, "name", hooks[id].candidates[i].name);
		put_string(row, "why", plan->refused[id][i]);
		json_object_array_add(array, row);
	}
}

static void put_hooks(struct json_object *o, const struct plan *plan)
{
	struct json_object *array = put_array(o, "hooks");

	for (unsigned i = 0; i < N_HOOKS; i++) {
		const struct candidate *c = plan_candidate(plan, i);
		struct json_object *row;

		if (!plan_wants(plan, i))
			continue;
		row = json_object_new_object();
		put_string(row, "what", hooks[i].what);
		put_string(row, "metrics", hooks[i].metrics);
		put_string(row, "name", c ? c->name : NULL);
		put_bool(row, "hooked", plan_sees(plan, i));
		put_bool(row, "exact", c && !c->weaker);
		put_string(row, "weaker", c ? c->weaker : NULL);
		put_refusals(row, plan, i);
		json_object_array_add(array, row);
	}
}

static void put_health(const struct health *h)
{
	struct json_object *o = new_line("doctor"), *array;

	put_string(o, "version", WAKELAB_VERSION);
	put_bool(o, "possible", !*h->why);
	put_string(o, "why", *h->why ? h->why : NULL);
	array = put_array(o, "findings");
	for (unsigned i = 0; i < h->n_answers; i++) {
		const struct answer *f = &h->answers[i];
		struct json_object *row = json_object_new_object();

		put_string(row, "name", f->name);
		put_string(row, "value", f->value);
		put_bool(row, "stops", f->stops);
		put_string(row, "remedy", *f->remedy ? f->remedy : NULL);
		json_object_array_add(array, row);
	}
	put_string(o, "tier", h->looked ? h->tier : NULL);
	if (h->looked) {
		put_bool(o, "preemptible", h->plan.preemptible);
		put_bool(o, "steady", h->plan.steady);
		put_hooks(o, &h->plan);
	}
	put_line(stdout, o);
}

int cmd_doctor(int argc, char **argv)
{
	struct doctor_command cmd = {0};
	static struct health h;

	options_read(&(struct reading){.command = "doctor", .uses = {{&group, &cmd}}}, argc, argv);
	examine(&h, cmd.hooks);
	if (cmd.ndjson)
		put_health(&h);
	else
		print_health(&h);
	return *h.why ? EXIT_UNABLE : EXIT_DONE;
}
