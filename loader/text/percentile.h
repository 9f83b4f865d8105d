/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What is read out of histograms in user space. */
#ifndef WAKELAB_PERCENTILE_H
#define WAKELAB_PERCENTILE_H

#include <stdbool.h>
#include <stdint.h>

#include "hist.h"

/*
 * The p-quantile of h, 0 < p < 1, by nearest rank: the midpoint of the bucket that holds the sample
 * of rank ceil(p * count), kept within [min, max]. False, and *value untouched, when there are too
 * few samples to speak of one: count * (1 - p) < 1, so p50 needs 2, p90 10, p99 100, p99.9 1000.
 */
bool hist_percentile(const struct hist *h, double p, uint64_t *value);

/* Adds all of h to into. */
void hist_merge(struct hist *into, const struct hist *h);

#endif
