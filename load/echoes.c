// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "echoes.h"

#include <string.h>

#include "flights.h"
#include "pattern.h"
#include "plural.h"

/* An echo is wrong: it counts against the oldest message, whose place it took. */
static void echo_wrong(struct load *l, struct load_conn *c)
{
	l->r->mismatches++;
	if (!c->count)
		return;
	if (c->count == 1)
		c->put = 0;
	flight_take(l, c, 0);
}

static void echo_differs(struct load *l, struct load_conn *c, const unsigned char *want,
			 const unsigned char *got, uint64_t msg, size_t offset)
{
	size_t i = 0;

	while (want[i] == got[i])
		i++;
	load_fail(l,
		  "connection %u: the echo of message %llu differs at byte %zu: sent 0x%02x, "
		  "received 0x%02x",
		  c->id, (unsigned long long)msg, offset + i, want[i], got[i]);
	echo_wrong(l, c);
}

void echo_unasked(struct load *l, struct load_conn *c, size_t n)
{
	load_fail(l, "connection %u: received %zu byte%s while no message was in flight", c->id, n,
		  plural(n));
	echo_wrong(l, c);
}

/* The echo of flight i is whole and equal. */
static void echo_whole(struct load *l, struct load_conn *c, unsigned i, uint64_t now)
{
	struct flight f = flight_take(l, c, i);

	hist_add(&l->r->latency, now - f.when);
	l->r->messages++;
	l->r->bytes += l->opt->size;
	l->r->elapsed_ns = now - l->start;
	if (!c->proven) {
		c->proven = true;
		if (l->unproven)
			l->unproven--;
	}
}

void echo_check_stream(struct load *l, struct load_conn *c, size_t n, uint64_t now)
{
	const unsigned char *p = l->buffer;
	size_t size = l->opt->size;

	while (n) {
		/* Only the last flight can be in hand, and its echo not longer than its start. */
		size_t sent = !c->count ? 0 : c->count == 1 && c->put ? c->put : size;
		size_t take = n < sent - c->got ? n : sent - c->got;
		const unsigned char *want;
		uint64_t msg;

		if (!take) {
			echo_unasked(l, c, n);
			return;
		}
		msg = flight_at(c, 0)->msg;
		want = pattern_message(l, c->id, msg) + c->got;
		if (memcmp(p, want, take)) {
			echo_differs(l, c, want, p, msg, c->got);
			return;
		}
		p += take;
		n -= take;
		c->got += take;
		if (c->got == size) {
			c->got = 0;
			echo_whole(l, c, 0, now);
		}
	}
}

/* It is the oldest, unless some were lost or reordered. */
void echo_check_datagram(struct load *l, struct load_conn *c, size_t n, uint64_t now)
{
	uint64_t msg;

	if (!c->count) {
		echo_unasked(l, c, n);
		return;
	}
	msg = flight_at(c, 0)->msg;
	if (n != l->opt->size) {
		load_fail(
			l,
			"connection %u: the echo of message %llu has %zu byte%s, but %zu were sent",
			c->id, (unsigned long long)msg, n, plural(n), l->opt->size);
		echo_wrong(l, c);
		return;
	}
	for (unsigned i = 0; i < c->count; i++) {
		if (!memcmp(l->buffer, pattern_message(l, c->id, flight_at(c, i)->msg), n)) {
			echo_whole(l, c, i, now);
			return;
		}
	}
	echo_differs(l, c, pattern_message(l, c->id, msg), l->buffer, msg, 0);
}
