/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the parts of the table share. */
#ifndef WAKELAB_TABLE_H
#define WAKELAB_TABLE_H

#include "sink.h"
#include "visible.h"

#define BOLD  "\033[1m"
#define RED   "\033[1;31m"
#define DIM   "\033[2m"
#define PLAIN "\033[0m"

/* The colour, or nothing where there are to be none. */
static inline const char *paint(const struct run_info *info, const char *colour)
{
	return info->color ? colour : "";
}

/*
 * The rows behind the totals, as many of each kind as info->top says: threads, epoll instances,
 * interests, stalls under way. Where the user did not ask (info->top_given), only of what there are
 * several.
 */
void table_details(FILE *out, const struct run_info *info, const struct snapshot *total);

/* What the totals come to, in words, and of a scenario what to look at: the end of the summary. */
void table_meaning(FILE *out, const struct run_info *info, const struct snapshot *total,
		   const struct run_end *end);

#endif
