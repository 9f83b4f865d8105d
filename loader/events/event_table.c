// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "event_table.h"

#include "calls.h"

#define EVENT(id, name, ...) static const struct event_field fields_of_##name[] = {
#define EVENT_FIELD(of, member, as, ...)                                                           \
	{.name = #member,                                                                          \
	 .key = ",\"" #member "\":",                                                               \
	 .type = EVENT_TYPE_##as,                                                                  \
	 .at = offsetof(struct event_##of, member)},
#define EVENT_END(name)                                                                            \
	}                                                                                          \
	;
#include "events.def"

const struct event_row event_rows[N_EVENTS] = {
#define EVENT(id, of, in, what, ...)                                                               \
	[EVENT_##id] = {.name = #of,                                                               \
			.part = PART_##in,                                                         \
			.size = sizeof(struct event_##of),                                         \
			.fields = fields_of_##of,                                                  \
			.n_fields = sizeof(fields_of_##of) / sizeof(fields_of_##of[0]),            \
			.text = (what),                                                            \
			__VA_ARGS__},
#include "events.def"
};

static const char *const words[N_EVENT_WORDS] = {
#define EVENT_WORD(group, id, word, ...) [WORD_##group##_##id] = word,
#include "events.def"
};

const char *event_word(unsigned word)
{
	return word < N_EVENT_WORDS ? words[word] : "?";
}

bool event_is_whole(const struct event_head *head, size_t size)
{
	return size >= sizeof(*head) && head->kind < N_EVENTS &&
	       event_rows[head->kind].size == size;
}

__u64 event_kinds_of(unsigned parts)
{
	__u64 kinds = 0;

	for (unsigned kind = 0; kind < N_EVENTS; kind++)
		if (event_rows[kind].part & parts)
			kinds |= 1ull << kind;
	return kinds;
}

void event_timeouts(struct event_timeout timeouts[MAX_CALLS])
{
	static const struct {
		const char *call;
		struct event_timeout timeout;
	} known[] = {
		{"epoll_wait", {TIMEOUT_MS, 3}},         {"epoll_pwait", {TIMEOUT_MS, 3}},
		{"epoll_pwait2", {TIMEOUT_TIMESPEC, 3}}, {"poll", {TIMEOUT_MS, 2}},
		{"ppoll", {TIMEOUT_TIMESPEC, 2}},        {"select", {TIMEOUT_TIMEVAL, 4}},
		{"pselect6", {TIMEOUT_TIMESPEC, 4}},     {"rt_sigtimedwait", {TIMEOUT_TIMESPEC, 2}},
		{"nanosleep", {TIMEOUT_TIMESPEC, 0}},    {"clock_nanosleep", {TIMEOUT_TIMESPEC, 2}},
	};

	for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		timeouts[call_row_of(known[i].call)] = known[i].timeout;
}
