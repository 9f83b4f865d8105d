// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "flights.h"

#include <stdlib.h>

static bool flights_grow(struct load_conn *c)
{
	unsigned capacity = c->capacity ? 2 * c->capacity : 4;
	struct flight *grown = calloc(capacity, sizeof(*grown));

	if (!grown)
		return false;
	for (unsigned i = 0; i < c->count; i++)
		grown[i] = *flight_at(c, i);
	free(c->flights);
	c->flights = grown;
	c->capacity = capacity;
	c->head = 0;
	return true;
}

bool flights_add(struct load *l, struct load_conn *c, uint64_t when)
{
	if (c->count == c->capacity && !flights_grow(c))
		return false;
	l->in_flight++;
	c->count++;
	*flight_at(c, c->count - 1) = (struct flight){.msg = c->started++, .when = when};
	return true;
}

struct flight flight_take(struct load *l, struct load_conn *c, unsigned i)
{
	struct flight taken = *flight_at(c, i);

	for (; i > 0; i--)
		*flight_at(c, i) = *flight_at(c, i - 1);
	c->head = (c->head + 1) & (c->capacity - 1);
	c->count--;
	l->in_flight--;
	return taken;
}
