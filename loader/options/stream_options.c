// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The options of every command that streams: how often, in which form, where to. */
#include "stream_options.h"

#include <string.h>
#include <sys/auxv.h>

#include "sink.h"

enum {
	KEY_FORMAT = 0x500,
	KEY_INTERVAL,
	KEY_SUMMARY,
	KEY_STRICT,
	KEY_NO_COLOR,
	KEY_TOP,
	KEY_STALL_MS,
	KEY_HOOKS,
	KEY_ONLY,
	KEY_ROOM,
	KEY_ALL_FINDINGS,
	KEY_SELF
};

static const struct argp_option options[] = {
	{.name = "format",
	 .key = KEY_FORMAT,
	 .arg = "table|ndjson",
	 .doc = "for people, or one JSON object a line"},
	{.name = "output",
	 .key = 'o',
	 .arg = "FILE",
	 .doc = "write there, not to standard output; a FIFO waits for its reader"},
	{.name = "strict", .key = KEY_STRICT, .doc = "exit with status 3 if anything was lost"},
	{.name = "hooks",
	 .key = KEY_HOOKS,
	 .arg = "auto|tracepoint|fentry",
	 .doc = "how to hook the kernel: the best that it has (auto); tracepoints alone; or "
		"functions wherever there is one. \"wakelab doctor\" shows what that means here"},
	{.name = "no-color", .key = KEY_NO_COLOR, .doc = "no colours, even on a terminal"},
	{0},
};

#define ROOM_LEAST 24576 /* bpf/state/maps.bpf.h, MAX_INTERESTS */
#define ROOM_MOST  (1 << 20)
#define ROOM_GIVEN (1 << 17) /* to those who have their privileges from this file */

/* The memory is the kernel's, and no limit of the user's bounds it. */
static long room_most(void)
{
	return getauxval(AT_SECURE) ? ROOM_GIVEN : ROOM_MOST;
}

static const struct argp_option stream_options[] = {
	{.name = "interval",
	 .key = KEY_INTERVAL,
	 .arg = "S",
	 .doc = "seconds between two tables (default 1)"},
	{.name = "summary",
	 .key = KEY_SUMMARY,
	 .doc = "show only the totals at the end, no intervals"},
	{.name = "top",
	 .key = KEY_TOP,
	 .arg = "N",
	 .doc = "show the N busiest threads, epoll instances and interests (8, of what there are "
		"several)"},
	{.name = "stall-ms",
	 .key = KEY_STALL_MS,
	 .arg = "MS",
	 .doc = "edge-triggered data that is left unread for so long is a stall, and is warned of "
		"(50)"},
	{.name = "only",
	 .key = KEY_ONLY,
	 .arg = "counts|wakes|interests|signals",
	 .doc = "watch only these, a comma list, and let the others cost nothing: wakes and their "
		"latency; what is registered with epoll, stalls, sockets; signals. Calls are "
		"counted in any case: counts alone means nothing but them"},
	{.name = "room",
	 .key = KEY_ROOM,
	 .arg = "N",
	 .doc = "make room for N connections at a time, and as many registrations with epoll: from "
		"24576, which is the default, to 1048576, or 131072 where wakelab has its "
		"privileges from file capabilities. Each takes about 1 KiB of memory at the start. "
		"What finds no room is counted as lost"},
	{.name = "all-findings",
	 .key = KEY_ALL_FINDINGS,
	 .doc = "show all findings at the end, not only the three most important"},
	{.name = "self",
	 .key = KEY_SELF,
	 .doc = "tell at the end what tracing itself took: how often its programs ran and for how "
		"long, CPU time and memory. Counting the runs takes CAP_SYS_ADMIN, and makes each "
		"a little slower"},
	{0},
};

/* "counts", "wakes,signals": WATCH_...; anything else ends the program. */
static unsigned option_only(struct argp_state *state, const char *arg)
{
	static const struct {
		const char *name;
		unsigned watched;
	} parts[] = {
		{"counts", 0},
		{"wakes", WATCH_WAKES},
		{"interests", WATCH_INTERESTS},
		{"signals", WATCH_SIGNALS},
	};
	const unsigned n_parts = sizeof(parts) / sizeof(parts[0]);
	unsigned watched = 0, i;

	for (const char *at = arg; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
		size_t len = strcspn(at, ",");

		for (i = 0; i < n_parts; i++)
			if (strlen(parts[i].name) == len && !strncmp(parts[i].name, at, len))
				break;
		if (i == n_parts)
			argp_error(state,
				   "--only %s: there is only counts, wakes, interests and signals, "
				   "with commas between",
				   arg);
		watched |= parts[i].watched;
	}
	return watched;
}

static error_t parse_stream(int key, char *arg, struct argp_state *state)
{
	struct output_options *out = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = out;
		return 0;
	case KEY_INTERVAL:
		out->interval = option_real(state, "interval", arg, 0.01, 86400);
		return 0;
	case KEY_SUMMARY:
		out->summary = true;
		return 0;
	case KEY_TOP:
		out->top = option_number(state, "top", arg, 0, MAX_ROWS);
		out->top_given = true;
		return 0;
	case KEY_STALL_MS:
		out->wish.stall_ns =
			option_number(state, "stall-ms", arg, 1, 86400000) * 1000000ull;
		return 0;
	case KEY_ONLY:
		out->wish.watched = option_only(state, arg);
		return 0;
	case KEY_ROOM:
		out->wish.room = option_number(state, "room", arg, ROOM_LEAST, room_most());
		return 0;
	case KEY_ALL_FINDINGS:
		out->all_findings = true;
		return 0;
	case KEY_SELF:
		out->self = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

enum hooks_wanted option_hooks(struct argp_state *state, const char *arg)
{
	enum hooks_wanted wanted = HOOKS_AUTO;

	if (!hooks_wanted_of(arg, &wanted))
		argp_error(state, "--hooks %s: there is only auto, tracepoint and fentry", arg);
	return wanted;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct output_options *out = state->input;

	switch (key) {
	case KEY_FORMAT:
		out->sink = sink_find(arg);
		if (!out->sink)
			argp_error(state, "--format %s: there is only %s", arg, sink_names());
		return 0;
	case 'o':
		out->path = arg;
		return 0;
	case KEY_STRICT:
		out->strict = true;
		return 0;
	case KEY_HOOKS:
		out->wish.hooks = option_hooks(state, arg);
		return 0;
	case KEY_NO_COLOR:
		out->no_color = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp output_argp = {.options = options, .parser = parse};
static const struct argp_child stream_children[] = {{.argp = &output_argp}, {0}};
const struct argp stream_argp = {
	.options = stream_options, .parser = parse_stream, .children = stream_children};

void output_options_init(struct output_options *out)
{
	*out = (struct output_options){.interval = 1,
				       .sink = &sink_table,
				       .top = 8,
				       .wish = {.watched = WATCH_ALL, .stall_ns = 50000000}};
}
