// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The options of every command that streams: how often, in which form, where to. */
#include "stream_options.h"

#include <string.h>
#include <sys/auxv.h>

#include "live.h"
#include "sink.h"

#define ROOM_GIVEN (1 << 17) /* to those who have their privileges from this file */

/* The memory is the kernel's, and no limit of the user's bounds it. */
static uint64_t room_most(void)
{
	return getauxval(AT_SECURE) ? ROOM_GIVEN : UINT64_MAX;
}

static void take_top(struct argp_state *state, const struct option_row *row, void *into, char *arg)
{
	((struct output_options *)into)->top_given = true;
	option_take_kind(state, row, into, arg);
}

static void take_interval(struct argp_state *state, const struct option_row *row, void *into,
			  char *arg)
{
	((struct output_options *)into)->interval_given = true;
	option_take_kind(state, row, into, arg);
}

static const struct option_row stream_rows[] = {
#define STREAM_OPTION(...) OPTION_ROW(struct output_options, __VA_ARGS__),
#include "options.def"
};
const struct option_group stream_group = OPTION_GROUP(STREAM, stream_rows);

static void take_format(struct argp_state *state, const struct option_row *row, void *into,
			char *arg)
{
	struct output_options *out = into;

	out->sink = sink_find(arg);
	if (!out->sink)
		option_refuse(state, row, arg);
}

static void take_output(struct argp_state *state, const struct option_row *row, void *into,
			char *arg)
{
	option_take_kind(state, row, into, strcmp(arg, "-") ? arg : NULL);
}

static const struct option_row output_rows[] = {
#define OUTPUT_OPTION(...) OPTION_ROW(struct output_options, __VA_ARGS__),
#include "options.def"
};
const struct option_group output_group = OPTION_GROUP(OUTPUT, output_rows);

static const struct option_row show_rows[] = {
#define SHOW_OPTION(...) OPTION_ROW(struct output_options, __VA_ARGS__),
#include "options.def"
};
const struct option_group show_group = OPTION_GROUP(SHOW, show_rows);

static const struct option_row hooks_rows[] = {
#define HOOKS_OPTION(...) OPTION_ROW(struct output_options, __VA_ARGS__),
#include "options.def"
};
const struct option_group hooks_group = OPTION_GROUP(HOOKS, hooks_rows);

/* Standard output has what is shown. */
static void take_record(struct argp_state *state, const struct option_row *row, void *into,
			char *arg)
{
	if (!strcmp(arg, "-"))
		argp_error(
			state,
			"invalid --%s \"-\": must be a file, or a FIFO; \"./-\" is a file of that "
			"name",
			row->name);
	option_take_kind(state, row, into, arg);
}

static const struct option_row record_rows[] = {
#define RECORD_OPTION(...) OPTION_ROW(struct output_options, __VA_ARGS__),
#include "options.def"
};
const struct option_group record_group = OPTION_GROUP(RECORD, record_rows);

static const struct option_row flight_rows[] = {
#define FLIGHT_OPTION(...) OPTION_ROW(struct flight_wish, __VA_ARGS__),
#include "options.def"
};
const struct option_group flight_group = OPTION_GROUP(FLIGHT, flight_rows);

void live_options_check(struct argp_state *state, const struct output_options *out)
{
	const char *other = NULL;

	if (out->path)
		other = "--output";
	else if (out->summary)
		other = "--summary";
	else if (out->wish.events.kinds)
		other = "--events";
	else if (out->sink != &sink_table)
		other = "--format";
	if (out->live && other)
		argp_error(state, "--live shows a screen on the terminal: %s does not apply",
			   other);
}

int live_options_apply(struct output_options *out)
{
	if (!out->live)
		return 0;
	out->sink = &sink_live;
	if (!out->interval_given)
		out->interval = LIVE_INTERVAL;
	return live_check();
}

void output_options_init(struct output_options *out)
{
	*out = (struct output_options){.top = 8,
				       .wish = {.watched = WATCH_ALL, .events = {.fd = -1}}};
	options_preset(&events_group, out);
	options_preset(&stream_group, out);
	options_preset(&show_group, out);
	options_preset(&output_group, out);
	options_preset(&hooks_group, out);
	options_preset(&flight_group, &out->flight);
}
