/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Shows drawings of runs. */
#ifndef WAKELAB_DRAWN_H
#define WAKELAB_DRAWN_H

#include "drawn_page.h"
#include "stream_types.h"

/*
 * To an output: the lines of a head, up to a NULL, and the lanes below it; n is 1 to DRAWN_LANES.
 * Slowly, if out says so, until a signal comes that ends a run. Returns an exit status.
 */
int drawn_show(struct output *output, const struct output_options *out, const char *const *head,
	       const struct drawn_lane *lanes, unsigned n);

/* Whether a terminal that it goes to is wide enough, before anything is started: 0, or an exit
 * status after one line on stderr. */
int drawn_check(const struct output_options *out);

/* The same of the run that sink_draw has kept; of one that did not begin nothing. */
int drawn_run(struct output *output, const struct output_options *out);

#define DRAWN_HEAD 2048

/* "wakelab run epoll-et · 127.0.0.1:4711 · ...", in buf: what a run is; behind its name, unless
 * that is empty. */
const char *drawn_head(const struct run_info *info, const char *name, char buf[DRAWN_HEAD]);

#endif
