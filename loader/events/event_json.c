// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "event_json.h"

#include "event_names.h"
#include "event_table.h"
#include "json.h"
#include "line.h"
#include "names.h"
#include "visible.h"

#define LINE_SIZE 4096 /* far more than any has */

/* A string from outside in quotes, where not all of it can be shown as it is. */
static void print_hidden(struct line *l, const char *text, size_t len)
{
	char raw[COMM_LEN + 1], seen[VISIBLE_SIZE(sizeof(raw))];

	memcpy(raw, text, len);
	raw[len] = '\0';
	visible(raw, seen, sizeof(seen));
	for (const char *c = seen; *c; c++) {
		if (*c == '"' || *c == '\\')
			line_char(l, '\\');
		line_char(l, *c);
	}
}

/* Whether it can. */
static bool is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~' || text[i] == '"' || text[i] == '\\')
			return false;
	return true;
}

static void print_comm(struct line *l, const void *value)
{
	size_t len = strnlen(value, COMM_LEN);

	line_char(l, '"');
	if (is_plain(value, len))
		line_add(l, value, len);
	else
		print_hidden(l, value, len);
	line_char(l, '"');
}

static void print_word(struct line *l, const char *word)
{
	if (!word) {
		line_text(l, "null");
		return;
	}
	line_char(l, '"');
	line_text(l, word);
	line_char(l, '"');
}

static void print_file(struct line *l, const void *value)
{
	const struct event_file *f = value;

	if (f->fd < 0) {
		line_text(l, "null");
		return;
	}
	line_text(l, "{\"fd\":");
	line_number(l, f->fd);
	line_text(l, ",\"kind\":");
	print_word(l, event_kind_of_file(f));
	line_text(l, ",\"peer\":\"");
	if (f->family)
		line_address(l, f->family, f->addr, f->port);
	line_text(l, "\"}");
}

static void print_args(struct line *l, const void *value)
{
	const __u64 *args = value;

	for (unsigned i = 0; i < N_EVENT_ARGS; i++) {
		line_text(l, i ? ",\"" : "[\"");
		line_hex(l, args[i]);
		line_char(l, '"');
	}
	line_char(l, ']');
}

static void print_result(struct line *l, const void *value)
{
	__s64 ret = *(const __s64 *)value;

	line_signed(l, ret);
	line_text(l, ",\"error\":");
	print_word(l, event_error(ret));
}

static void print_timeout(struct line *l, const void *value)
{
	__s64 ns = *(const __s64 *)value;

	if (ns < 0)
		line_text(l, "null");
	else
		line_signed(l, ns);
}

static void print_u64(struct line *l, const void *value)
{
	line_number(l, *(const __u64 *)value);
}

static void print_unread(struct line *l, const void *value)
{
	__u64 unread = *(const __u64 *)value;

	if (unread)
		line_number(l, unread - 1);
	else
		line_text(l, "null");
}

static void print_u32(struct line *l, const void *value)
{
	line_number(l, *(const __u32 *)value);
}

static void print_s32(struct line *l, const void *value)
{
	line_signed(l, *(const __s32 *)value);
}

static void print_call(struct line *l, const void *value)
{
	print_word(l, event_call(*(const __u16 *)value));
}

static void print_verdict(struct line *l, const void *value)
{
	print_word(l, event_verdict(*(const __u8 *)value));
}

static void print_waker(struct line *l, const void *value)
{
	print_word(l, event_waker(*(const __u8 *)value));
}

static void print_raised(struct line *l, const void *value)
{
	print_word(l, event_raised(*(const __u8 *)value));
}

static void print_unit(struct line *l, const void *value)
{
	print_word(l, event_unit(*(const __u8 *)value));
}

static void print_signal(struct line *l, const void *value)
{
	char buf[24];

	print_word(l, signal_name(*(const __u8 *)value, buf, sizeof(buf)));
}

/* Of the one kind that has it: what it means depends on the signal. */
static void print_code(struct line *l, const void *value)
{
	const struct event_raise *e =
		(const void *)((const char *)value - offsetof(struct event_raise, code));
	char buf[24];

	print_word(l, signal_code_name(e->signal, e->code, buf, sizeof(buf)));
}

static void print_events(struct line *l, const void *value)
{
	char buf[160];

	print_word(l, epoll_events_text(*(const __u32 *)value, buf, sizeof(buf)));
}

static void print_told(struct line *l, const void *value)
{
	char buf[160];

	print_word(l, told_events_text(*(const __u32 *)value, buf, sizeof(buf)));
}

static void print_polled(struct line *l, const void *value)
{
	char buf[160];

	print_word(l, call_events_text(KIND_POLL, *(const __u32 *)value, buf, sizeof(buf)));
}

static void print_data(struct line *l, const void *value)
{
	line_char(l, '"');
	line_hex(l, *(const __u64 *)value);
	line_char(l, '"');
}

static void print_event_word(struct line *l, const void *value)
{
	print_word(l, event_word(*(const __u8 *)value));
}

static void (*const print_value[])(struct line *l, const void *value) = {
	[EVENT_TYPE_CALL] = print_call,
	[EVENT_TYPE_VERDICT] = print_verdict,
	[EVENT_TYPE_RESULT] = print_result,
	[EVENT_TYPE_ARGS] = print_args,
	[EVENT_TYPE_FILE] = print_file,
	[EVENT_TYPE_FD] = print_s32,
	[EVENT_TYPE_NS] = print_u64,
	[EVENT_TYPE_TIMEOUT] = print_timeout,
	[EVENT_TYPE_AMOUNT] = print_u64,
	[EVENT_TYPE_UNREAD] = print_unread,
	[EVENT_TYPE_NUMBER] = print_u32,
	[EVENT_TYPE_EVENTS] = print_events,
	[EVENT_TYPE_TOLD] = print_told,
	[EVENT_TYPE_POLLED] = print_polled,
	[EVENT_TYPE_DATA] = print_data,
	[EVENT_TYPE_WAKER] = print_waker,
	[EVENT_TYPE_SIGNAL] = print_signal,
	[EVENT_TYPE_RAISED] = print_raised,
	[EVENT_TYPE_CODE] = print_code,
	[EVENT_TYPE_TID] = print_u32,
	[EVENT_TYPE_COMM] = print_comm,
	[EVENT_TYPE_UNIT] = print_unit,
	[EVENT_TYPE_JUDGED] = print_event_word,
	[EVENT_TYPE_CAUSE] = print_event_word,
	[EVENT_TYPE_OPERATION] = print_event_word,
	[EVENT_TYPE_TAKEN] = print_event_word,
	[EVENT_TYPE_WHY_LATE] = print_event_word,
	[EVENT_TYPE_PROVED] = print_event_word,
	[EVENT_TYPE_LED] = print_event_word,
};

#define TEXT_OF(number) #number
#define BEGIN(schema)   "{\"type\":\"event\",\"schema\":" TEXT_OF(schema) ",\"event\":\""

static void print_head(struct line *l, const struct event_head *head, __s64 wall_ns)
{
	line_text(l, BEGIN(SCHEMA));
	line_text(l, event_rows[head->kind].name);
	line_text(l, "\",\"time_ns\":");
	line_number(l, head->time + wall_ns);
	line_text(l, ",\"cpu\":");
	line_number(l, head->cpu);
	line_text(l, ",\"lost\":");
	line_number(l, head->lost);
	line_text(l, ",\"pid\":");
	line_number(l, head->pid);
	line_text(l, ",\"tid\":");
	line_number(l, head->tid);
	line_text(l, ",\"comm\":");
	print_comm(l, head->comm);
}

void event_json(FILE *out, const struct event_head *head, __s64 wall_ns)
{
	const struct event_row *row = &event_rows[head->kind];
	char text[LINE_SIZE];
	struct line l = {.text = text, .size = sizeof(text)};

	print_head(&l, head, wall_ns);
	for (unsigned i = 0; i < row->n_fields; i++) {
		const struct event_field *f = &row->fields[i];

		line_text(&l, f->key);
		print_value[f->type](&l, (const char *)head + f->at);
	}
	line_text(&l, "}\n");
	fwrite(text, 1, l.len, out);
}
