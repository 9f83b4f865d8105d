/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What is recorded of each struct: tables. */
#ifndef WAKELAB_SHAPES_H
#define WAKELAB_SHAPES_H

#include "shape.h"

/* Those that a snapshot consists of, and it. */
extern const struct shape shape_hist, shape_stats, shape_signal, shape_fcntl, shape_stall,
	shape_stall_row, shape_thread, shape_waker, shape_epoll, shape_interest, shape_source,
	shape_evidence, shape_listener, shape_command, shape_tally, shape_client, shape_snapshot;

#endif
