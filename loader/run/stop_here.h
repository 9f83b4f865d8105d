/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_STOP_HERE_H
#define WAKELAB_STOP_HERE_H

#include "output.h"

/* Stops this process, as Ctrl-Z does; for as long as that the terminal has no screen of ours. */
void stop_here(struct output *o);

#endif
