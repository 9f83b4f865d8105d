/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the exit status of wakelab says. */
#ifndef WAKELAB_EXIT_STATUS_H
#define WAKELAB_EXIT_STATUS_H

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1, /* the run failed: server died, echo differed, target exited non-zero */
	EXIT_USAGE = 2,
	EXIT_LOST = 3,   /* --strict, and something was lost */
	EXIT_UNABLE = 4, /* privileges or kernel cannot do it */
};

#endif
