// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab doctor: what can be seen on this kernel, how exactly, and why not more. It loads and
 * attaches what a run would, and takes it down again. */
#include <stdio.h>
#include <string.h>

#include "attach.h"
#include "command.h"
#include "diagnosis.h"
#include "json.h"
#include "stream_options.h"

#define WIDTH 100

struct doctor_command {
	bool ndjson;
	enum hooks_wanted hooks;
};

/* What was found. */
struct health {
	struct finding findings[MAX_FINDINGS];
	unsigned n_findings;
	bool looked; /* at the hooks: nothing had stopped us before */
	struct kernel kernel;
	struct plan plan;
	char tier[64];
	char why[512]; /* nothing can be traced; empty: it can */
};

enum { KEY_FORMAT = 0x800, KEY_HOOKS };

static const struct argp_option options[] = {
	{"format", KEY_FORMAT, "text|ndjson", 0, "for people, or one JSON object", 0},
	{"hooks", KEY_HOOKS, "auto|tracepoint|fentry", 0, "as run --hooks would choose (auto)", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct doctor_command *cmd = state->input;

	switch (key) {
	case KEY_FORMAT:
		if (strcmp(arg, "text") && strcmp(arg, "ndjson"))
			argp_error(state, "--format %s: there is only text and ndjson", arg);
		cmd->ndjson = !strcmp(arg, "ndjson");
		return 0;
	case KEY_HOOKS:
		cmd->hooks = option_hooks(state, arg);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "doctor takes no arguments: \"%s\" is one too many", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Show what wakelab can see on this kernel: what stands in its way, where each thing "
	       "is hooked, what its numbers are worth there, and why a better place was refused. "
	       "The exit status is 4 if nothing can be traced.",
};

static void look_at_hooks(struct health *h, enum hooks_wanted wanted)
{
	struct attachment a = {0};

	h->looked = !kernel_open(&h->kernel);
	if (!h->looked) {
		snprintf(h->why, sizeof(h->why), "the kernel cannot be asked");
		return;
	}
	plan_make(&h->plan, &h->kernel, wanted);
	attach_plan(&a, &h->plan, &h->kernel, h->why, sizeof(h->why));
	attach_end(&a);
	plan_tier(&h->plan, h->tier, sizeof(h->tier));
}

static void examine(struct health *h, enum hooks_wanted wanted)
{
	h->n_findings = diagnose(h->findings);
	if (!diagnosis_text(h->findings, h->n_findings, "tracing", h->why, sizeof(h->why)))
		look_at_hooks(h, wanted);
}

/* Prints text from column at on, broken between words, further lines indented to indent. */
static void print_wrapped(unsigned at, unsigned indent, const char *text)
{
	const char *space = "";

	while (*text) {
		size_t len = strcspn(text, " ");

		if (*space && at + 1 + len > WIDTH) {
			printf("\n%*s", indent, "");
			at = indent;
			space = "";
		}
		at += printf("%s%.*s", space, (int)len, text);
		text += len;
		text += strspn(text, " ");
		space = " ";
	}
	printf("\n");
}

static void print_finding(const struct finding *f)
{
	printf("%s %-34s ", f->stops ? "!" : " ", f->name);
	print_wrapped(37, 37, f->value);
	if (*f->remedy) {
		printf("%37s", "");
		print_wrapped(37, 37, f->remedy);
	}
}

static void print_hook(const struct plan *plan, enum hook_id id)
{
	const struct candidate *c = plan_candidate(plan, id);
	const struct hook *hook = &hooks[id];
	unsigned tried = c ? plan->chosen[id] : candidates_of(hook);
	char text[512];

	printf("%s %-46s ", c ? " " : "!", hook->what);
	snprintf(text, sizeof(text), "%s%s", c ? c->name : "cannot be seen",
		 c && !c->weaker ? " · exact" : "");
	print_wrapped(49, 49, text);
	printf("      for ");
	print_wrapped(10, 10, hook->metrics);
	if (c && c->weaker) {
		printf("      ");
		snprintf(text, sizeof(text), "less exact: %s", c->weaker);
		print_wrapped(6, 10, text);
	}
	for (unsigned i = 0; i < tried; i++) {
		printf("      ");
		snprintf(text, sizeof(text), "not by %s: %s", hook->candidates[i].name,
			 plan->refused[id][i]);
		print_wrapped(6, 10, text);
	}
}

static unsigned count_exact(const struct plan *plan)
{
	unsigned n = 0;

	for (unsigned i = 0; i < N_HOOKS; i++)
		n += plan_candidate(plan, i) && !plan_candidate(plan, i)->weaker;
	return n;
}

/* The kernel keeps a program from an event while a task is switched out in it. */
static void print_preemption(const struct plan *plan, const struct kernel *k)
{
	char text[512];

	if (plan->steady)
		snprintf(text, sizeof(text),
			 "This kernel can preempt programs on tracepoints: system calls have a "
			 "second program, run by perf, which it cannot.");
	else
		snprintf(
			text, sizeof(text),
			"This kernel can preempt programs on tracepoints, and a second program "
			"that it cannot preempt is not to be had (%s): events can be lost, and are "
			"counted in lost.recursion. As root: mount -t tracefs nodev "
			"/sys/kernel/tracing",
			k->ways[WAY_PERF].why);
	print_wrapped(0, 0, text);
}

static void print_health(const struct health *h)
{
	char text[640];

	for (unsigned i = 0; i < h->n_findings; i++)
		print_finding(&h->findings[i]);
	if (h->looked) {
		printf("\nWhat is to be seen, where it is hooked, and the metrics that live on "
		       "it:\n");
		for (unsigned i = 0; i < N_HOOKS; i++)
			print_hook(&h->plan, i);
	}
	printf("\n");
	if (h->looked && h->kernel.preemptible)
		print_preemption(&h->plan, &h->kernel);
	if (*h->why)
		snprintf(text, sizeof(text), "wakelab cannot trace here: %s.", h->why);
	else
		snprintf(text, sizeof(text),
			 "wakelab can trace here (%s tier): %u of %u hooks "
			 "exact, the others as said above.",
			 h->tier, count_exact(&h->plan), N_HOOKS);
	print_wrapped(0, 0, text);
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
		struct json_object *row = json_object_new_object();

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
	struct json_object *o = json_object_new_object(), *array;

	put_string(o, "type", "doctor");
	put(o, "schema", JSON_SCHEMA);
	put_string(o, "version", WAKELAB_VERSION);
	put_bool(o, "possible", !*h->why);
	put_string(o, "why", *h->why ? h->why : NULL);
	array = put_array(o, "findings");
	for (unsigned i = 0; i < h->n_findings; i++) {
		const struct finding *f = &h->findings[i];
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

	argp_parse(&argp, argc, argv, 0, NULL, &cmd);
	examine(&h, cmd.hooks);
	if (cmd.ndjson)
		put_health(&h);
	else
		print_health(&h);
	return *h.why ? EXIT_UNABLE : EXIT_DONE;
}
