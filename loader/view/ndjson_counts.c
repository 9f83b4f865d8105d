// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* NDJSON: counts and latencies, as the tables of metrics/ name them. */
#include <string.h>

#include "json.h"
#include "ndjson.h"

/* An array of counts; what is 0 is left out. */
static void put_array_of_counts(struct json_object *o, const struct count_row *row,
				const struct values *values)
{
	const __u64 *v = values->v + (row->at - values->first);

	o = put_object(o, row->name);
	for (unsigned i = 0; i < row->n_names; i++)
		if (v[i])
			put(o, row->names[i], v[i]);
}

void put_counts(struct json_object *o, const char *in, unsigned keepers,
		const struct values *values)
{
	const struct count_row *rows[MAX_FIELDS];
	unsigned n = count_fields(in, rows);

	for (unsigned i = 0; i < n; i++) {
		if (!(rows[i]->keeper & keepers))
			continue;
		if (rows[i]->names)
			put_array_of_counts(o, rows[i], values);
		else
			put_known(o, rows[i]->name, count_known(rows[i], values),
				  count_value(rows[i], values));
	}
}

void put_latency(struct json_object *o, enum latency which, const struct snapshot *s)
{
	const struct latency_row *row = &latency_rows[which];

	if (row->needs & ~s->sees)
		put_string(o, row->name, NULL);
	else
		put_hist(o, row->name, &s->latencies[which]);
}

void put_latencies(struct json_object *o, const char *in, const struct snapshot *s)
{
	for (enum latency i = 0; i < N_LATENCIES; i++)
		if (latency_rows[i].in && !strcmp(latency_rows[i].in, in))
			put_latency(o, i, s);
}
