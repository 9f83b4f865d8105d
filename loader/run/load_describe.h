/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A load in words. */
#ifndef WAKELAB_LOAD_DESCRIBE_H
#define WAKELAB_LOAD_DESCRIBE_H

#include <stddef.h>

#include "load_types.h"

/* "4 connections, lockstep, 64 B messages", in buf. */
void load_describe(const struct load_options *opt, char *buf, size_t len);

#endif
