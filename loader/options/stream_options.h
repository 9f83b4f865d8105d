/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_STREAM_OPTIONS_H
#define WAKELAB_STREAM_OPTIONS_H

#include "options.h"
#include "stream.h"

/* --format, -o, --strict, --no-color; and these with --interval, --top, --stall-ms and --self,
 * for what streams. The input of each is a struct output_options. */
extern const struct argp output_argp;
extern const struct argp stream_argp;

/* The options as they stand before the command line is read. */
void output_options_init(struct output_options *out);

/* What --hooks asks for; anything else ends the program through argp_error(). */
enum hooks_wanted option_hooks(struct argp_state *state, const char *arg);

#endif
