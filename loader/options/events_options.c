// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Which events are shown. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "event_table.h"
#include "stream_options.h"

static void take_events(struct argp_state *state, const struct option_row *row, void *into,
			char *arg)
{
	struct event_wish *wish = &((struct output_options *)into)->wish.events;
	unsigned parts = 0;

	for (const char *at = arg; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
		int place = choice_of(row->choices, at, strcspn(at, ","));

		if (place < 0)
			option_refuse(state, row, arg);
		else
			parts |= place ? 1u << (place - 1) : PART_ALL;
	}
	wish->kinds = event_kinds_of(parts);
	event_timeouts(wish->timeouts);
}

/* The address that text of that length is, and its family; false: it is none. */
static bool read_address(struct event_wish *wish, const char *text, size_t len)
{
	char address[INET6_ADDRSTRLEN + 1];

	if (len >= sizeof(address))
		return false;
	snprintf(address, sizeof(address), "%.*s", (int)len, text);
	wish->family = strchr(address, ':') ? AF_INET6 : AF_INET;
	return inet_pton(wish->family, address, wish->addr) == 1;
}

static bool read_port(struct event_wish *wish, const char *text)
{
	const struct option_row port = {.min = 1, .max = 65535};
	uint64_t number;

	if (!option_number(&port, text, &number))
		return false;
	wish->peer_port = number;
	return true;
}

/* 127.0.0.1, 127.0.0.1:4711, ::1, [::1], [::1]:4711, :4711 */
static bool read_peer(struct event_wish *wish, const char *text)
{
	const char *colon = strrchr(text, ':'), *bracket = strchr(text, ']');
	bool v6 = colon && strchr(text, ':') != colon;

	if (*text == '[')
		return bracket && read_address(wish, text + 1, bracket - text - 1) &&
		       (!bracket[1] || (bracket[1] == ':' && read_port(wish, bracket + 2)));
	if (!colon || v6)
		return read_address(wish, text, strlen(text));
	return (colon == text || read_address(wish, text, colon - text)) &&
	       read_port(wish, colon + 1);
}

static void take_peer(struct argp_state *state, const struct option_row *row, void *into, char *arg)
{
	struct event_wish *wish = &((struct output_options *)into)->wish.events;

	if (!read_peer(wish, arg))
		argp_error(
			state, "invalid --%s \"%s\": must be %s", row->name, arg,
			"ADDRESS, ADDRESS:PORT, [ADDRESS]:PORT or :PORT, with a numeric address");
}

static void take_thread(struct argp_state *state, const struct option_row *row, void *into,
			char *arg)
{
	struct event_wish *wish = &((struct output_options *)into)->wish.events;

	if (!*arg || strlen(arg) >= sizeof(wish->comm))
		argp_error(state, "invalid --%s \"%s\": must be a name of 1 to %zu bytes",
			   row->name, arg, sizeof(wish->comm) - 1);
	snprintf(wish->comm, sizeof(wish->comm), "%s", arg);
}

/* Whether all events are told: what one led to is among any of the others. */
static bool is_whole(const struct event_wish *w)
{
	return w->kinds == event_kinds_of(PART_ALL) && !w->min_ns && !w->verdicts && !w->tid &&
	       w->fd < 0 && !w->port && !w->peer_port && !w->family && !w->comm[0];
}

void explain_check(struct argp_state *state, struct output_options *out, bool recorded)
{
	if (!out->explain || !out->wish.events.kinds)
		return;
	if (!recorded && !is_whole(&out->wish.events))
		argp_error(state, "--explain requires --events all, without an option that leaves "
				  "some out: what an event led to may be any of the others");
	out->wish.events.kinds |= event_kinds_of(PART_EXPLAIN);
}

static const struct option_row told_rows[] = {
#define TOLD_OPTION(...) OPTION_ROW(struct output_options, __VA_ARGS__),
#include "options.def"
};
const struct option_group told_group = OPTION_GROUP(TOLD, told_rows);

static const struct option_row events_rows[] = {
#define EVENTS_OPTION(...) OPTION_ROW(struct output_options, __VA_ARGS__),
#include "options.def"
};
const struct option_group events_group = OPTION_GROUP(EVENTS, events_rows);
