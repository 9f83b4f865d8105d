/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Takes in what the target has registered with epoll already. */
#ifndef WAKELAB_ADOPT_INTERESTS_H
#define WAKELAB_ADOPT_INTERESTS_H

#include "adopt_files.h"

/* Reads it from /proc, of the epoll instances that were found. Gives in unread of how many
 * processes it is not known (said in one line). Returns 0 or -1 after one line on stderr. */
int adopt_interests(struct wakelab *skel, struct open_files *files, unsigned *unread);

#endif
