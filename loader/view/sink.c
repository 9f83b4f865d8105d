// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "sink.h"

#include <string.h>

static const struct sink *const sinks[] = {&sink_table, &sink_ndjson};
static const size_t n_sinks = sizeof(sinks) / sizeof(sinks[0]);

const struct sink *sink_find(const char *name)
{
	for (size_t i = 0; i < n_sinks; i++)
		if (!strcmp(sinks[i]->name, name))
			return sinks[i];
	return NULL;
}
