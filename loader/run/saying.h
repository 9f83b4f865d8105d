/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What is said of a run, to its view and to its recording. */
#ifndef WAKELAB_SAYING_H
#define WAKELAB_SAYING_H

#include "loop.h"

/* How the run has gone by a sample: not completed, and without the witnesses. */
struct run_end loop_end_so_far(const struct loop *l, const struct snapshot *sample);

/* The start; of processes that run, what was so already. */
void loop_say_start(struct loop *l);

/* l->now. show: an interval ends here, since l->last, which is made l->delta. */
void loop_say_moment(struct loop *l, bool show);

/* Warns of the stalls of l->now that have become long enough since the last look. */
void loop_warn_of_stalls(struct loop *l);

/* An event; they come in the order of their times. */
void loop_say_event(struct loop *l, const struct event_head *head);

/* What a sample has found that holds for good, each once. Nothing where there is no view. */
void loop_say_findings(struct loop *l, const struct snapshot *sample);

/* l->last is the last sample. */
void loop_say_summary(struct loop *l, const struct run_end *end);

#endif
