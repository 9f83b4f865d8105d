/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What is found while a run goes on, and said as soon as it is certain. */
#ifndef WAKELAB_SAYING_H
#define WAKELAB_SAYING_H

#include "loop.h"

/* How the run has gone by a sample: not completed, and without the witnesses. */
struct run_end loop_end_so_far(const struct loop *l, const struct snapshot *sample);

/* Says what a sample has found that holds for good, each once. */
void loop_say_findings(struct loop *l, const struct snapshot *sample);

#endif
