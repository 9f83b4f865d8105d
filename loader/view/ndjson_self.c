// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What tracing itself took, as NDJSON. */
#include "json.h"
#include "ndjson.h"

static void put_number(struct json_object *o, const char *name, __u64 value)
{
	put_known(o, name, value != SELF_UNKNOWN, value);
}

static void put_runs(struct json_object *o, const struct self_program *p)
{
	put_number(o, "runs", p->runs);
	put_number(o, "run_ns", p->ns);
	put_number(o, "missed", p->missed);
}

static void put_programs(struct json_object *o, const struct self *self)
{
	const struct self_program all = self_programs(self->programs, self->n_programs);
	struct json_object *array;

	put_runs(o, &all);
	put_string(o, "why_not", *self->why_not ? self->why_not : NULL);
	array = put_array(o, "programs");
	for (unsigned i = 0; i < self->n_programs; i++) {
		struct json_object *row = json_object_new_object();

		put_string(row, "hook", self->programs[i].hook);
		put_string(row, "program", self->programs[i].name);
		put_runs(row, &self->programs[i]);
		json_object_array_add(array, row);
	}
}

static void put_cpu(struct json_object *o, const char *name, const struct cpu_split *cpu)
{
	struct json_object *inner = put_object(o, name);

	put(inner, "user", cpu->user);
	put(inner, "system", cpu->system);
}

static void put_memory(struct json_object *o, const struct self *self)
{
	struct json_object *array;

	put_number(o, "rss_bytes", self->rss);
	put_number(o, "rss_most_bytes", self->rss_most);
	put_number(o, "maps_bytes", self_maps_bytes(self));
	array = put_array(o, "maps");
	for (unsigned i = 0; i < self->n_maps; i++) {
		struct json_object *row = json_object_new_object();

		put_string(row, "name", self->maps[i].name);
		put_number(row, "bytes", self->maps[i].bytes);
		json_object_array_add(array, row);
	}
}

void put_self(struct json_object *o, const struct self *self)
{
	struct json_object *inner;

	if (!self->asked) {
		put_string(o, "self", NULL);
		return;
	}
	inner = put_object(o, "self");
	put_programs(inner, self);
	put_cpu(inner, "start_cpu_ns", &self->start);
	put_cpu(inner, "cpu_ns", &self->run);
	put(inner, "traced_ns", self->ns);
	put_real(inner, "cpu_share", (double)(self->run.user + self->run.system) / self->ns);
	put_memory(inner, self);
}
