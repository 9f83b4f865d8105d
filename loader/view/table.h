/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the parts of the table share. */
#ifndef WAKELAB_TABLE_H
#define WAKELAB_TABLE_H

#include "counts.h"
#include "layout.h"
#include "sink.h"
#include "visible.h"

/* An event, and how many there were; nothing where they were not asked for. */
void table_event(FILE *out, const struct run_info *info, const struct event_head *head);
void table_events(struct layout *l, const struct event_counts *events);

/* The table of calls: of an interval, below its title; of the whole run, with the calls that had
 * not returned. In an interval the calls that set things up share a line, unless they are many. */
void table_calls_interval(struct layout *l, const char *title, const struct snapshot *delta,
			  const struct snapshot *total);
void table_calls_summary(struct layout *l, const struct snapshot *total);

/* The lines below the calls: of an interval of ns, with rates; of the whole run (ns 0), with counts
 * and with what an interval leaves out. */
void table_ledgers(struct layout *l, const struct snapshot *s, __u64 ns);

/* The fcntl ledger. */
void table_fcntls(struct layout *l, const struct snapshot *s);

/*
 * The rows behind the totals, as many of each kind as info->top says: threads, epoll instances,
 * interests, stalls under way. Where the user did not ask (info->top_given), only of what there are
 * several.
 */
void table_details(struct layout *l, const struct run_info *info, const struct snapshot *total);

/* What tracing itself took; nothing where it was not asked for. */
void table_self(struct layout *l, const struct self *self);

/* What was so when tracing of processes that ran already began. */
void table_attached(FILE *out, const struct run_info *info, const struct beginning *b,
		    const struct snapshot *total);

/* What was found, and of a scenario what to look at: the end of the summary. */
void table_findings(struct layout *l, const struct run_info *info, const struct snapshot *total,
		    const struct run_end *end);

/* One of them, at the moment that it is certain. */
void table_finding(FILE *out, const struct run_info *info, const struct finding *finding,
		   __u64 elapsed_ns);

#endif
