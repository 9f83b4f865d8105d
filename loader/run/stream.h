/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A traced run from its first interval to its last: samples, views, children and signals in one
 * loop that sleeps whenever there is nothing to do. */
#ifndef WAKELAB_STREAM_H
#define WAKELAB_STREAM_H

#include "stream_types.h"

/* Opens the output, see output_open(), and fills in the kernel's part of info. Returns 0 or -1
 * after one line on stderr. */
int stream_open(struct stream *st);

/*
 * Runs until the client is done and the server has ended, the target and all that it started have
 * ended, the seconds are over or a signal comes; releases the children at its start. Ends and reaps
 * every child on all paths. Returns the exit status that the run alone deserves: EXIT_DONE,
 * EXIT_FAILED or EXIT_LOST.
 */
int stream_run(struct stream *st);

/*
 * Waits until the reader of the output has taken it, see output_drain(), and closes it: the last
 * that a command does, since it may last. status is that of the command so far; returns that, or
 * EXIT_FAILED if the output has failed.
 */
int stream_close(struct stream *st, int status);

#endif
