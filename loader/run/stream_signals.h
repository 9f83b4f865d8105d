/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The signals that a stream takes. */
#ifndef WAKELAB_STREAM_SIGNALS_H
#define WAKELAB_STREAM_SIGNALS_H

#include "stream_types.h"

/* The set of them. groups: also Ctrl-Z, which does not reach the children by itself; keeps: also
 * SIGUSR2, which asks for what a flight recorder keeps. */
void stream_set(sigset_t *set, bool groups, bool keeps);

/*
 * Blocks the signals that the stream takes (SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, with groups
 * also SIGTSTP, with a flight recorder also SIGUSR2, see struct stream) and ignores SIGPIPE, before
 * any child is started; before gets how the caller had them. A caller may have ignored SIGCHLD,
 * with which no child could be waited for. From here on nothing that is printed holds the caller
 * up, see output.h and stderr_drops().
 */
void stream_signals(const struct stream *st, struct signals *before);

/* While a command waits at the gate, Ctrl-Z stops it and us at once; from here on see on_stop() of
 * endings.c. */
void stream_take_stops(void);

#endif
