// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "verdict.h"

#include <err.h>
#include <math.h>
#include <string.h>

#include "callers.h"
#include "expression.h"
#include "facts.h"
#include "format.h"
#include "json.h"
#include "language.h"

static const struct {
	const char *shown, *colour, *put;
} verdicts[] = {
	[PASSED] = {"ok", "", "passed"},
	[FAILED] = {"FAILED", RED, "failed"},
	[NOT_SEEN] = {"not seen", RED, "not seen"},
	[UNKNOWN] = {"unknown", DIM, "unknown"},
};

/* Whether all conditions hold; NAN: that is not known, and none is known not to. */
static double holds(const char *const *when, struct json_object *facts, char *error)
{
	double all = 1;

	for (; *when && all != 0; when++) {
		double value = expression_value(*when, facts, error);

		if (*error)
			return NAN;
		if (value == 0)
			all = 0;
		else if (isnan(value))
			all = NAN;
	}
	return all;
}

/* The reason that holds first. */
static void give_reason(const struct criterion *c, struct json_object *facts, char *because,
			char *error)
{
	unsigned i = 0;
	double value;

	for (; i + 1 < c->n_because; i++) {
		value = expression_value(c->because[i].when, facts, error);
		if (*error || (!isnan(value) && value != 0))
			break;
	}
	if (!*error)
		expression_fill(c->because[i].say, facts, because, FIELD_SENTENCE, error);
}

/* The event of the load that the criterion begins with. */
static struct json_object *event_of(const struct criterion *c, struct json_object *facts)
{
	struct json_object *load, *event = NULL;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(c->when[0], "."), c->when[0]);
	if (c->event && json_object_object_get_ex(facts, name, &load))
		json_object_object_get_ex(load, c->event, &event);
	return event;
}

static void find(const struct judgement *j, const struct criterion *c, struct json_object *facts,
		 struct finding *f, char *error)
{
	double value = holds(c->when, facts, error);

	if (isnan(value)) {
		f->verdict = *j->why_not ? NOT_SEEN : UNKNOWN;
		return;
	}
	f->verdict = value != 0 ? PASSED : FAILED;
	if (f->verdict == PASSED)
		return;
	give_reason(c, facts, f->because, error);
	f->event = event_of(c, facts);
	if (c->call && j->program)
		callers_find(j->program, c->call, f->look_at, sizeof(f->look_at));
}

int judge(struct judgement *j, struct json_object *facts)
{
	char error[EXPRESSION_ERROR] = "";

	j->points = j->of = j->unknown = 0;
	j->whole = facts_are_whole(facts);
	for (unsigned i = 0; i < j->exercise->n_criteria; i++) {
		const struct criterion *c = &j->exercise->criteria[i];
		struct finding *f = &j->findings[i];

		*f = (struct finding){0};
		find(j, c, facts, f, error);
		if (*error) {
			warnx(tr("cannot judge \"%s\" of exercise %s: %s"), c->name, j->name,
			      error);
			return -1;
		}
		*(f->verdict == UNKNOWN ? &j->unknown : &j->of) += (unsigned)c->points;
		if (f->verdict == PASSED)
			j->points += (unsigned)c->points;
	}
	return 0;
}

/* When, on which descriptor, of which thread. */
static void show_event(struct layout *l, struct json_object *event)
{
	const char *peer = json_object_get_string(json_object_object_get(event, "peer"));

	lay(l, "            " HANG);
	lay(l, tr("when: %s after the start, on fd %d"),
	    format_ns(json_object_get_uint64(json_object_object_get(event, "elapsed_ns"))),
	    json_object_get_int(json_object_object_get(event, "fd")));
	if (peer)
		lay(l, tr(" (client %s)"), peer);
	lay(l, tr(", thread %d\n"), json_object_get_int(json_object_object_get(event, "tid")));
}

static void show_finding(struct layout *l, const struct criterion *c, const struct finding *f)
{
	unsigned got = f->verdict == PASSED ? (unsigned)c->points : 0;
	const char *shown = tr(verdicts[f->verdict].shown);

	lay(l, "%s%s%*s%s %u/%.0f " HANG "%s%s%s: ", paint(l, verdicts[f->verdict].colour), shown,
	    8 - (int)columns_of(shown), "", paint(l, PLAIN), got, c->points, paint(l, BOLD),
	    c->name, paint(l, PLAIN));
	lay(l, "%s%s\n", f->verdict == PASSED ? "" : tr("required: "), c->asks);
	if (*f->because)
		lay(l, "            " HANG "%s\n", f->because);
	if (f->event)
		show_event(l, f->event);
	if (!*f->look_at)
		return;
	lay(l, "            " HANG);
	lay(l, tr("look at: %s, which calls %s\n"), f->look_at, c->call);
}

void judgement_show(const struct judgement *j, struct layout *l)
{
	for (unsigned i = 0; i < j->exercise->n_criteria; i++)
		show_finding(l, &j->exercise->criteria[i], &j->findings[i]);
	if (*j->why_not)
		lay(l, tr("\nThe server could not be tested: %s.\n"), j->why_not);
	if (!j->whole)
		lay(l, "%s", tr("\nTracing lost some events, so the counts may be too low.\n"));
	lay(l, tr("\n%sScore: %u/%u%s"), paint(l, BOLD), j->points, j->of, paint(l, PLAIN));
	if (j->unknown)
		lay(l,
		    tr(j->unknown == 1 ? " (%u more point cannot be judged on this kernel)"
				       : " (%u more points cannot be judged on this kernel)"),
		    j->unknown);
	lay(l, "\n");
}

static void put_finding(const struct judgement *j, const struct criterion *c,
			const struct finding *f, FILE *out)
{
	struct json_object *o = new_line("criterion");

	put_string(o, "lesson", j->name);
	put_string(o, "name", c->name);
	put_string(o, "verdict", verdicts[f->verdict].put);
	put(o, "points", f->verdict == PASSED ? (__u64)c->points : 0);
	put(o, "of", (__u64)c->points);
	put_string(o, "asks", c->asks);
	put_string(o, "because", *f->because ? f->because : NULL);
	json_object_object_add(o, "event", json_object_get(f->event));
	put_string(o, "call", c->call);
	put_string(o, "look_at", *f->look_at ? f->look_at : NULL);
	put_line(out, o);
}

void judgement_put(const struct judgement *j, FILE *out)
{
	for (unsigned i = 0; i < j->exercise->n_criteria; i++)
		put_finding(j, &j->exercise->criteria[i], &j->findings[i], out);
}
