// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Percentiles and sums of histograms. */
#include <math.h>

#include "percentile.h"

/* 1 - 0.9 is less than 0.1 in binary: without it 10 samples would be too few for p90. */
#define SLACK 1e-9

static uint64_t midpoint(uint32_t slot)
{
	uint64_t floor = hist_floor(slot);

	/* The last bucket has no upper end; the caller's max bounds what is said of it. */
	return slot + 1 < HIST_SLOTS ? floor + (hist_floor(slot + 1) - floor) / 2 : floor;
}

bool hist_percentile(const struct hist *h, double p, uint64_t *value)
{
	double n = (double)h->count;
	uint64_t rank, seen = 0;
	uint32_t slot = 0;

	if (n * (1 - p) < 1 - n * SLACK)
		return false;
	rank = (uint64_t)ceil(n * (p - SLACK));
	if (rank < 1)
		rank = 1;
	while (slot < HIST_SLOTS - 1 && seen + h->slots[slot] < rank)
		seen += h->slots[slot++];
	*value = midpoint(slot);
	if (*value < hist_min(h))
		*value = hist_min(h);
	if (*value > h->max)
		*value = h->max;
	return true;
}

void hist_merge(struct hist *into, const struct hist *h)
{
	if (h->low > into->low)
		into->low = h->low;
	if (h->max > into->max)
		into->max = h->max;
	into->count += h->count;
	into->sum += h->sum;
	for (uint32_t i = 0; i < HIST_SLOTS; i++)
		into->slots[i] += h->slots[i];
}
