/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Takes in the files that the target has open already, and touches none of them. */
#ifndef WAKELAB_ADOPT_FILES_H
#define WAKELAB_ADOPT_FILES_H

#include "members.h"
#include "processes.h"
#include "wakelab.h"
#include "wakelab.skel.h"

struct epoll_file {
	struct member by; /* a task that has it open */
	unsigned fd;
};

/* What was found, by process and descriptor. Both are the caller's to free, also after an error. */
struct open_files {
	struct stall *unread; /* sockets with something to read */
	struct epoll_file *epolls;
	unsigned n_unread, n_epolls;
	bool cut; /* a signal that ends the run came before all were found */
};

/* Has the programs learn what some files look like. Returns 0, or -1 after one line on stderr. */
int learn_files(struct wakelab *skel);

/* Follows the sockets of all tasks that are followed; only: of those of these processes, unless it
 * is NULL. Returns 0 or -1 after one line on stderr. */
int adopt_files(struct wakelab *skel, const struct processes *only, struct open_files *files);

#endif
