// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "finding_names.h"

#include <stdio.h>
#include <string.h>

#include "finding.h"
#include "models.h"

static const char *nearest(const char *id)
{
	return rules[name_nearest(&rules[0].id, n_rules, sizeof(rules[0]), id)].id;
}

void finding_check(struct argp_state *state, const char *id)
{
	char hint[64];

	if (!rule_find(id))
		argp_error(state, "unknown finding \"%s\"; %s\"wakelab findings\" lists them all",
			   id, name_hint(nearest(id), id, hint, sizeof(hint)));
}

void findings_check(struct argp_state *state, const char *list)
{
	char id[64];

	for (const char *end; list; list = *end ? end + 1 : NULL) {
		end = list + strcspn(list, ",");
		snprintf(id, sizeof(id), "%.*s", (int)(end - list), list);
		finding_check(state, id);
	}
}
