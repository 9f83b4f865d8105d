// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "exercise.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "fields.h"
#include "hostile.h"
#include "translation.h"

static const struct field exercise_fields[] = {
	{.name = "task", .type = FIELD_TEXT, .at = offsetof(struct exercise, task)},
	{.name = "protocol", .type = FIELD_TEXT, .at = offsetof(struct exercise, protocol)},
	{.name = "loads", .type = FIELD_LIST, .at = offsetof(struct exercise, load_list)},
	{.name = "criteria", .type = FIELD_LIST, .at = offsetof(struct exercise, criterion_list)},
	{0},
};

static const struct field load_fields[] = {
	{.name = "name", .type = FIELD_TEXT, .at = offsetof(struct exercise_load, name)},
	{.name = "clients",
	 .type = FIELD_LIST,
	 .optional = true,
	 .at = offsetof(struct exercise_load, client_list)},
	{.name = "args", .type = FIELD_LIST, .at = offsetof(struct exercise_load, arg_list)},
	{0},
};

static const struct field criterion_fields[] = {
	{.name = "name", .type = FIELD_TEXT, .at = offsetof(struct criterion, name)},
	{.name = "points", .type = FIELD_NUMBER, .at = offsetof(struct criterion, points)},
	{.name = "asks", .type = FIELD_TEXT, .at = offsetof(struct criterion, asks)},
	{.name = "when", .type = FIELD_LIST, .at = offsetof(struct criterion, when_list)},
	{.name = "because", .type = FIELD_LIST, .at = offsetof(struct criterion, because_list)},
	{.name = "call",
	 .type = FIELD_TEXT,
	 .optional = true,
	 .at = offsetof(struct criterion, call)},
	{.name = "event",
	 .type = FIELD_TEXT,
	 .optional = true,
	 .at = offsetof(struct criterion, event)},
	{0},
};

static const struct field reason_fields[] = {
	{.name = "when", .type = FIELD_TEXT, .optional = true, .at = offsetof(struct reason, when)},
	{.name = "say", .type = FIELD_TEXT, .at = offsetof(struct reason, say)},
	{0},
};

struct exercise_reader {
	struct reader r;
	struct exercise *exercise;
};

static bool take_clients(struct reader *r, struct exercise_load *load)
{
	if (!load->client_list)
		return true;
	if (!fields_take_texts(r, "clients", load->client_list, MAX_CLIENTS, load->clients))
		return false;
	for (unsigned i = 0; load->clients[i]; i++)
		if (!hostile_find(load->clients[i]))
			return fields_wrong(r, "clients", "there is no client \"%s\"",
					    load->clients[i]);
	return true;
}

static bool take_load(struct exercise_reader *e, struct json_object *o, unsigned i)
{
	struct exercise_load *load = &e->exercise->loads[i];
	struct reader *r = &e->r;

	snprintf(r->where, sizeof(r->where), "loads[%u]", i);
	return fields_take(r, o, load_fields, load) && take_clients(r, load) &&
	       fields_take_texts(r, "args", load->arg_list, MAX_LOAD_ARGS, load->args) &&
	       fields_take_name(r, load->name);
}

/* The last one always holds, and no other. */
static bool take_reason(struct reader *r, struct criterion *c, unsigned criterion, unsigned i)
{
	struct reason *reason = &c->because[i];

	snprintf(r->where, sizeof(r->where), "criteria[%u].because[%u]", criterion, i);
	if (!fields_take(r, json_object_array_get_idx(c->because_list, i), reason_fields, reason) ||
	    !fields_check_expression(r, "say", reason->say, true))
		return false;
	if (!reason->when != (i + 1 == c->n_because))
		return fields_wrong(r, "when",
				    reason->when ? "the last one must have none" : "is missing");
	return !reason->when || fields_check_expression(r, "when", reason->when, false);
}

static bool take_criterion(struct exercise_reader *e, struct json_object *o, unsigned i)
{
	struct criterion *c = &e->exercise->criteria[i];
	struct reader *r = &e->r;

	snprintf(r->where, sizeof(r->where), "criteria[%u]", i);
	if (!fields_take(r, o, criterion_fields, c) ||
	    !fields_take_texts(r, "when", c->when_list, MAX_WHEN, c->when) ||
	    !fields_take_count(r, "because", c->because_list, MAX_REASONS, &c->n_because))
		return false;
	if (c->points < 1 || c->points != floor(c->points))
		return fields_wrong(r, "points", "must be a whole number, 1 or more");
	if (c->event && strcmp(c->event, "stall") != 0)
		return fields_wrong(r, "event", "must be \"stall\"");
	for (unsigned n = 0; c->when[n]; n++)
		if (!fields_check_expression(r, "when", c->when[n], false))
			return false;
	for (unsigned n = 0; n < c->n_because; n++)
		if (!take_reason(r, c, i, n))
			return false;
	return true;
}

static bool take_exercise(struct exercise_reader *reader)
{
	struct exercise *e = reader->exercise;
	struct reader *r = &reader->r;

	if (!fields_take(r, e->root, exercise_fields, e) ||
	    !fields_take_count(r, "loads", e->load_list, MAX_LOADS, &e->n_loads) ||
	    !fields_take_count(r, "criteria", e->criterion_list, MAX_CRITERIA, &e->n_criteria))
		return false;
	e->udp = !strcmp(e->protocol, "udp");
	if (!e->udp && strcmp(e->protocol, "tcp") != 0)
		return fields_wrong(r, "protocol", "must be \"tcp\" or \"udp\"");
	for (unsigned i = 0; i < e->n_loads; i++)
		if (!take_load(reader, json_object_array_get_idx(e->load_list, i), i))
			return false;
	for (unsigned i = 0; i < e->n_criteria; i++)
		if (!take_criterion(reader, json_object_array_get_idx(e->criterion_list, i), i))
			return false;
	return true;
}

/* All that stands in the root, into the rest of the exercise. */
static bool take_root(struct exercise *exercise, char *error)
{
	struct exercise_reader reader = {
		.r = {.names = json_object_new_object(), .error = error},
		.exercise = exercise,
	};
	bool good = take_exercise(&reader);

	json_object_put(reader.r.names);
	return good;
}

bool exercise_parse(struct exercise *exercise, const char *json, char *error)
{
	*exercise = (struct exercise){0};
	return fields_parse(json, &exercise->root, error) && take_root(exercise, error);
}

bool exercise_translate(struct exercise *exercise, const char *json, char *error)
{
	bool good = translate(exercise->root, json, error);

	*exercise = (struct exercise){.root = exercise->root};
	return good && take_root(exercise, error);
}

void exercise_free(struct exercise *exercise)
{
	json_object_put(exercise->root);
	exercise->root = NULL;
}
