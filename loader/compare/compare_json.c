// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* A comparison as NDJSON: a line for each run of a subject, and a last one with what they come to.
 */
#include "calls.h"
#include "compare_found.h"
#include "compare_view.h"
#include "counts.h"
#include "json.h"

static void put_names(struct json_object *o, const struct growth *g)
{
	struct json_object *array = put_array(o, "subjects");

	for (unsigned i = 0; i < g->n_subjects; i++)
		json_object_array_add(array, json_object_new_string(g->names[i]));
}

static void ndjson_start(FILE *out, const struct compare_info *info)
{
	struct json_object *o = new_line("start"), *conns;

	put_string(o, "version", info->run->version);
	put_string(o, "command", info->run->command);
	put_names(o, info->growth);
	put_string(o, "load", info->run->load);
	put_string(o, "kernel", info->run->kernel);
	put_string(o, "tier", info->run->tier);
	put(o, "rounds", info->rounds);
	conns = put_array(o, "conns");
	for (unsigned i = 0; i < info->growth->n_steps; i++)
		json_object_array_add(conns, json_object_new_uint64(info->growth->steps[i].conns));
	put_line(out, o);
}

static void put_calls(struct json_object *o, const struct snapshot *s)
{
	struct json_object *returned = put_object(o, "syscalls");

	for (unsigned i = OTHER_CALL; i < n_calls; i++)
		if (calls_returned(&s->stats[i]))
			put(returned, calls[i].name, calls_returned(&s->stats[i]));
}

static void put_counters(struct json_object *o, const struct snapshot *s)
{
	const struct values values = {.v = s->counters, .sees = s->sees};
	enum counter counter;

	for (unsigned place = 1; count_total(place, &counter); place++)
		put_known(o, count_alone(counter),
			  count_known(count_row(KEPT_AS_COUNTER, counter), &values),
			  s->counters[counter]);
}

static void put_totals(struct json_object *o, const struct outcome *run)
{
	const struct snapshot *s = run->total;
	struct json_object *t = put_object(o, "totals");

	put(t, "messages", s->client.messages);
	put(t, "connections", s->client.connections);
	put(t, "accepts", s->server.accepts);
	put(t, "closes", s->server.closes);
	put(t, "eagain", s->server.eagain);
	put_counters(t, s);
	put(t, "pending", interests_pending(s));
	put_calls(t, s);
	put(t, "cpu_ns", run->cpu_ns);
	if (run->end.time) {
		put(t, "load_ns", run->end.time - run->begin.time);
		put(t, "load_cpu_ns", run->end.cpu_ns - run->begin.cpu_ns);
		put(t, "load_messages", run->end.messages - run->begin.messages);
	}
	put(t, "lost", snapshot_lost(s));
}

static void put_step(struct json_object *o, const struct compare_info *info)
{
	put(o, "conns", info->growth->steps[info->step].conns);
	put(o, "active", info->growth->steps[info->step].active);
}

static void ndjson_ran(FILE *out, const struct compare_info *info, const struct comparison *c,
		       unsigned subject, const struct outcome *run)
{
	struct json_object *o = new_line("round"), *values;

	put(o, "round", info->round);
	put_step(o, info);
	put_string(o, "subject", c->names[subject]);
	values = put_object(o, "metrics");
	for (unsigned m = 0; m < n_metrics; m++)
		put_real(values, metric_key(&metrics[m]), metric_value(&metrics[m], run));
	put_totals(o, run);
	put_line(out, o);
}

static void ndjson_nothing(FILE *out, const struct compare_info *info, const struct comparison *c)
{
	(void)out; /* each run of a subject has a line already */
	(void)info;
	(void)c;
}

static const char *unit_name(enum unit unit)
{
	static const char *const names[] = {
		[UNIT_EACH] = "per message", [UNIT_RATIO] = "per descriptor reported",
		[UNIT_SHARE] = "percent",    [UNIT_NS] = "ns",
		[UNIT_RATE] = "per second",  [UNIT_COUNT] = "count"};

	return names[unit];
}

static void put_spreads(struct json_object *o, const struct spread *s, unsigned n)
{
	struct json_object *array = put_array(o, "values");

	for (unsigned i = 0; i < n; i++) {
		struct json_object *one = s[i].n ? json_object_new_object() : NULL;

		if (one) {
			put_real(one, "median", s[i].median);
			put_real(one, "min", s[i].min);
			put_real(one, "max", s[i].max);
			put(one, "rounds", s[i].n);
		}
		json_object_array_add(array, one);
	}
	put_bool(o, "differs", any_differ(s, n));
}

static void put_metrics(struct json_object *o, const struct comparison *c)
{
	struct json_object *array = put_array(o, "metrics");

	for (unsigned m = 0; m < n_metrics; m++) {
		struct json_object *row = json_object_new_object();
		struct spread s[MAX_SUBJECTS];

		for (unsigned i = 0; i < c->n_subjects; i++)
			s[i] = comparison_spread(c, m, i);
		put_string(row, "name", metric_key(&metrics[m]));
		put_string(row, "unit", unit_name(metrics[m].unit));
		put_spreads(row, s, c->n_subjects);
		json_object_array_add(array, row);
	}
}

static void put_failures(struct json_object *o, const struct comparison *c)
{
	struct json_object *array = put_array(o, "failures");

	for (unsigned i = 0; i < c->n_subjects; i++) {
		struct json_object *one;

		if (!c->failed[i])
			continue;
		one = json_object_new_object();
		put_string(one, "subject", c->names[i]);
		put(one, "rounds", c->failed[i]);
		put_string(one, "why", c->failure[i]);
		json_object_array_add(array, one);
	}
}

/* What was found in any subject, and in how many rounds of each. */
static void put_found(struct json_object *o, const struct comparison *c)
{
	struct json_object *array = put_array(o, "findings");

	for (unsigned i = 0; i < n_rules; i++) {
		struct json_object *one, *rounds;

		if (!found_by_any(c, i))
			continue;
		one = json_object_new_object();
		put_string(one, "id", rules[i].id);
		put_string(one, "cause", *rules[i].cause ? rules[i].cause : NULL);
		put_string(one, "weight", weight_names[rules[i].weight]);
		rounds = put_array(one, "rounds");
		for (unsigned s = 0; s < c->n_subjects; s++)
			json_object_array_add(rounds, json_object_new_uint64(c->found[i][s]));
		put_bool(one, "differs", found_differs(c, i));
		json_object_array_add(array, one);
	}
}

static void put_sentences(struct json_object *o, char sentences[][SENTENCE_SIZE], unsigned n)
{
	struct json_object *array = put_array(o, "sentences");

	for (unsigned i = 0; i < n; i++)
		json_object_array_add(array, json_object_new_string(sentences[i]));
}

static void ndjson_done(FILE *out, const struct compare_info *info, const struct comparison *c)
{
	struct json_object *o = new_line("comparison");
	char sentences[MAX_SENTENCES][SENTENCE_SIZE];

	put_names(o, info->growth);
	put_step(o, info);
	put_bool(o, "completed", info->completed);
	put_metrics(o, c);
	put_failures(o, c);
	put_found(o, c);
	put_sentences(o, sentences, compare_sentences(c, sentences));
	put_line(out, o);
}

static void put_growing(FILE *out, const struct compare_info *info, unsigned which)
{
	const struct growth *g = info->growth;
	struct json_object *o = new_line("growth"), *array;
	char sentences[MAX_SENTENCES][SENTENCE_SIZE];

	put_names(o, g);
	put_bool(o, "completed", info->completed);
	put_string(o, "name", growing[which].key);
	array = put_array(o, "steps");
	for (unsigned i = 0; i < g->n_steps; i++) {
		struct json_object *step = json_object_new_object();

		put(step, "conns", g->steps[i].conns);
		put(step, "active", g->steps[i].active);
		put_spreads(step, g->steps[i].cost[which], g->n_subjects);
		json_object_array_add(array, step);
	}
	put_sentences(o, sentences, growth_sentences(g, which, sentences));
	put_line(out, o);
}

static void ndjson_end(FILE *out, const struct compare_info *info)
{
	for (unsigned which = 0; which < n_growing; which++)
		if (!which || growth_known(info->growth, which))
			put_growing(out, info, which);
}

const struct compare_view compare_ndjson = {
	.name = "ndjson",
	.start = ndjson_start,
	.ran = ndjson_ran,
	.begin = ndjson_nothing,
	.round = ndjson_nothing,
	.done = ndjson_done,
	.end = ndjson_end,
};
