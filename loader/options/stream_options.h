/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_STREAM_OPTIONS_H
#define WAKELAB_STREAM_OPTIONS_H

#include "options.h"
#include "stream.h"

/* In which form it is printed, and where to; how much of what streams; how often, and what is
 * traced; by which hooks; where it is recorded. All go to a struct output_options. */
extern const struct option_group output_group, show_group, stream_group, hooks_group, record_group;
/* What of it is kept in memory; goes to a struct flight_wish. */
extern const struct option_group flight_group;

/* Which events are shown; which of those the programs tell. They go there, too. */
extern const struct option_group told_group, events_group;

/* What --explain adds to the events that are asked for. Where they are not recorded already, it
 * requires all of them: else ends the program by argp_error(). */
void explain_check(struct argp_state *state, struct output_options *out, bool recorded);

/* The options as they stand before the command line is read. */
void output_options_init(struct output_options *out);

/* --live does not go with every other option; ends the program by argp_error(). */
void live_options_check(struct argp_state *state, const struct output_options *out);

/* What --live changes, once the command line is read. Returns 0, or an exit status after one line
 * on stderr: there is no terminal for it. */
int live_options_apply(struct output_options *out);

/*
 * The same of --draw. Where it is asked for, the events of all parts are, unless others are; argv
 * then gets a load in front of all others that is small enough to be looked at, so that these
 * change it: with several reads a message, but of datagrams. Gives the new argv, to be freed; NULL
 * after one line on stderr.
 */
void draw_options_check(struct argp_state *state, const struct output_options *out);
int draw_options_apply(struct output_options *out);
char **draw_arguments(int *argc, char **argv);

#endif
