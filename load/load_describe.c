// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "load_describe.h"

#include <stdio.h>

#include "plural.h"

static void describe_mode(const struct load_options *opt, char *buf, size_t len)
{
	switch (opt->mode) {
	case LOAD_LOCKSTEP:
		snprintf(buf, len, opt->burst > 1 ? "lockstep, bursts of %u" : "lockstep",
			 opt->burst);
		break;
	case LOAD_PIPELINE:
		snprintf(buf, len, "pipeline of %u", opt->depth);
		break;
	case LOAD_OPEN:
		snprintf(buf, len, "open, %.6g messages/s", opt->rate);
		break;
	}
}

void load_describe(const struct load_options *opt, char *buf, size_t len)
{
	const char *one = opt->one_by_one ? " one by one" : "",
		   *urgent = opt->urgent ? " and an urgent byte before each" : "";
	char mode[48] = "", active[32] = "";

	describe_mode(opt, mode, sizeof(mode));
	if (opt->active && opt->active < opt->conns)
		snprintf(active, sizeof(active), " (%u active)", opt->active);
	snprintf(buf, len, "%u connection%s%s%s, %s, %zu B messages%s%s", opt->conns,
		 plural(opt->conns), active, one, mode, opt->size, urgent,
		 opt->reset ? ", ended by RST" : "");
}
