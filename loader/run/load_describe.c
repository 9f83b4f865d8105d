// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "load_describe.h"

#include <math.h>
#include <stdio.h>

#include "format.h"
#include "plural.h"

static const char *rate_text(double rate, char *buf, size_t len)
{
	if (rate == floor(rate) && rate < 1e15)
		return format_count(rate);
	snprintf(buf, len, "%.6g", rate);
	return buf;
}

static void describe_mode(const struct load_options *opt, char *buf, size_t len)
{
	char rate[24];

	switch (opt->mode) {
	case LOAD_LOCKSTEP:
		snprintf(buf, len, opt->burst > 1 ? "lockstep, bursts of %s" : "lockstep",
			 format_count(opt->burst));
		break;
	case LOAD_PIPELINE:
		snprintf(buf, len, "pipeline of %s", format_count(opt->depth));
		break;
	case LOAD_OPEN:
		snprintf(buf, len, "open, %s messages/s", rate_text(opt->rate, rate, sizeof(rate)));
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
		snprintf(active, sizeof(active), " (%s active)", format_count(opt->active));
	snprintf(buf, len, "%s connection%s%s%s, %s, %s B messages%s%s", format_count(opt->conns),
		 plural(opt->conns), active, one, mode, format_count(opt->size), urgent,
		 opt->reset ? ", ended by RST" : "");
}
