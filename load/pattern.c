// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "pattern.h"

#include <string.h>

/* The splitmix64 generator (Steele, Lea, Flood 2014): one multiplication chain for 8 bytes. */
static uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

void pattern_fill(struct load *l)
{
	size_t n = LOAD_STARTS + l->opt->size;
	uint64_t state = l->opt->seed;

	for (size_t i = 0; i < n; i += sizeof(uint64_t)) {
		uint64_t word = random_next(&state);

		memcpy(l->pattern + i, &word, n - i < sizeof(word) ? n - i : sizeof(word));
	}
}
