/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_STREAM_OPTIONS_H
#define WAKELAB_STREAM_OPTIONS_H

#include "command.h"
#include "stream.h"

/* --interval, --format, -o, --strict, --no-color, --top, --stall-ms; its input is a struct
 * output_options. */
extern const struct argp output_argp;

/* The options as they stand before the command line is read. */
void output_options_init(struct output_options *out);

#endif
