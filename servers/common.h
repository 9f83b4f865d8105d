/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Small things that many models do. */
#ifndef WAKELAB_COMMON_H
#define WAKELAB_COMMON_H

#include "model.h"

/* Sets O_NONBLOCK; 0, or -1 with errno. */
int set_nonblocking(int fd);

/*
 * Accounts for a return of the model's wait call, whose result was ret. False, after a line on
 * stderr, when it failed for good.
 */
bool waited(struct server *s, int ret);
/*
 * Says on stderr why a client is refused: the first time only, for clients may come without end,
 * and only if that does not have to wait for whoever reads it. All are counted, see conn_refuse().
 */
__attribute__((format(printf, 1, 2))) void say_refused(const char *format, ...);
/* In a child just forked by parent: die with it, however it dies. */
void die_with_parent(int parent);

#endif
