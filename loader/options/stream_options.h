/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_STREAM_OPTIONS_H
#define WAKELAB_STREAM_OPTIONS_H

#include "options.h"
#include "stream.h"

/* What is printed, and where to; and how often and how much of it, of what streams. Both go to a
 * struct output_options. */
extern const struct option_group output_group, stream_group;

/* The options as they stand before the command line is read. */
void output_options_init(struct output_options *out);

#endif
