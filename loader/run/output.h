/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Where a run is shown: a file, a pipe, a terminal. What is printed waits in memory until its
 * reader takes it, so nobody is held up by a reader who does not read: the loop of a stream looks
 * after its signals and children meanwhile.
 */
#ifndef WAKELAB_OUTPUT_H
#define WAKELAB_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "wakelab.h"

#define STREAM_GRACE                                                                               \
	5 /* seconds from the signal that tells somebody to end until it is not waited for */

struct output;

/*
 * Opens a file, NULL: standard output. What the file holds stays until output_empty(). A FIFO that
 * nobody reads is waited for, after one line on stderr: call it while a signal still ends the
 * program. Returns NULL after one line on stderr.
 */
struct output *output_open(const char *path);

/* Empties the file: from here on there is something to say. Does nothing to standard output. */
void output_empty(struct output *o);

/* What is said behind the reason when it fails: "; the run goes on". It has to last. */
void output_then(struct output *o, const char *then);

/* Bytes that wait for the reader. */
size_t output_pending(const struct output *o);

/* The descriptor that is written to. */
int output_fd(const struct output *o);

/* To print to, and then output_flush(). */
FILE *output_file(const struct output *o);

/*
 * Writes what can be written without waiting. Returns -1 when that fails for the first time, after
 * one line on stderr: from then on the output has failed, and what is printed to it is dropped.
 */
int output_flush(struct output *o);

/* The descriptor to be polled for POLLOUT, and then output_flush(); -1: nothing waits. */
int output_waits(const struct output *o);

/* Whether the reader has yet to take what it was given. */
bool output_is_behind(const struct output *o);

bool output_failed(const struct output *o);

/*
 * Waits until the reader has taken everything; once a signal that ends a run has come, up to
 * STREAM_GRACE seconds for a reader who takes nothing, and no longer after another signal. These
 * have to be blocked. told: when the first of them came (CLOCK_MONOTONIC, ns); 0: none has. Returns
 * -1 if the output has failed, after one line on stderr.
 */
int output_drain(struct output *o, __u64 told);

/* Without waiting for anything; o may be NULL. */
void output_close(struct output *o);

#endif
