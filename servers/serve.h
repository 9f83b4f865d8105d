/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Opens, runs and stops a server of any model. */
#ifndef WAKELAB_SERVE_H
#define WAKELAB_SERVE_H

#include "model.h"

/*
 * Opens s->fd as s->model and s->opt ask, and raises RLIMIT_NOFILE to its hard limit. Fills in
 * opt.port, opt.threads and opt.procs where they were 0. Returns 0, or -1 after one line on stderr
 * with the remedy.
 */
int server_open(struct server *s);
/*
 * Installs the signal handlers (stop.h; whoever tells others that they may send a signal does it
 * before), serves until a signal stops it, closes s->fd.
 * Returns 0, or -1 after one line on stderr.
 */
int server_run(struct server *s);
/* A zeroed tally that is shared with all later children of the caller; NULL with errno. */
struct tally *tally_map(void);

#endif
