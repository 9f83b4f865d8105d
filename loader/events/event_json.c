// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "event_json.h"

#include "event_names.h"
#include "event_table.h"
#include "json.h"
#include "names.h"
#include "visible.h"

/* A string from outside, quoted. */
static void print_string(FILE *out, const char *text, size_t size)
{
	char raw[COMM_LEN + 1], seen[VISIBLE_SIZE(sizeof(raw))];

	snprintf(raw, sizeof(raw), "%.*s", (int)size, text);
	visible(raw, seen, sizeof(seen));
	putc('"', out);
	for (const char *c = seen; *c; c++) {
		if (*c == '"' || *c == '\\')
			putc('\\', out);
		putc(*c, out);
	}
	putc('"', out);
}

static void print_file(FILE *out, const void *value)
{
	const struct event_file *f = value;
	char peer[80];

	if (f->fd < 0) {
		fputs("null", out);
		return;
	}
	fprintf(out, "{\"fd\":%d,\"kind\":\"%s\",\"peer\":\"%s\"}", f->fd, event_kind_of_file(f),
		address_text(f->family, f->addr, f->port, peer, sizeof(peer)));
}

static void print_args(FILE *out, const void *value)
{
	const __u64 *args = value;

	for (unsigned i = 0; i < N_EVENT_ARGS; i++)
		fprintf(out, "%s\"0x%llx\"", i ? "," : "[", (unsigned long long)args[i]);
	putc(']', out);
}

static void print_result(FILE *out, const void *value)
{
	__s64 ret = *(const __s64 *)value;
	const char *error = event_error(ret);

	fprintf(out, "%lld,\"error\":", (long long)ret);
	fprintf(out, error ? "\"%s\"" : "null", error);
}

static void print_timeout(FILE *out, const void *value)
{
	__s64 ns = *(const __s64 *)value;

	if (ns < 0)
		fputs("null", out);
	else
		fprintf(out, "%lld", (long long)ns);
}

static void print_word(FILE *out, const char *word)
{
	fprintf(out, word ? "\"%s\"" : "null", word);
}

static void print_u64(FILE *out, const void *value)
{
	fprintf(out, "%llu", *(const unsigned long long *)value);
}

static void print_u32(FILE *out, const void *value)
{
	fprintf(out, "%u", *(const __u32 *)value);
}

static void print_s32(FILE *out, const void *value)
{
	fprintf(out, "%d", *(const __s32 *)value);
}

static void print_comm(FILE *out, const void *value)
{
	print_string(out, value, COMM_LEN);
}

static void print_call(FILE *out, const void *value)
{
	print_word(out, event_call(*(const __u16 *)value));
}

static void print_verdict(FILE *out, const void *value)
{
	print_word(out, event_verdict(*(const __u8 *)value));
}

static void print_waker(FILE *out, const void *value)
{
	print_word(out, event_waker(*(const __u8 *)value));
}

static void print_raised(FILE *out, const void *value)
{
	print_word(out, event_raised(*(const __u8 *)value));
}

static void print_unit(FILE *out, const void *value)
{
	print_word(out, event_unit(*(const __u8 *)value));
}

static void print_signal(FILE *out, const void *value)
{
	char buf[24];

	print_word(out, signal_name(*(const __u8 *)value, buf, sizeof(buf)));
}

static void print_code(FILE *out, const void *value)
{
	char buf[24];

	print_word(out, signal_code_name(*(const __s32 *)value, buf, sizeof(buf)));
}

static void print_events(FILE *out, const void *value)
{
	char buf[160];

	print_word(out, epoll_events_text(*(const __u32 *)value, buf, sizeof(buf)));
}

static void print_told(FILE *out, const void *value)
{
	char buf[160];

	print_word(out, told_events_text(*(const __u32 *)value, buf, sizeof(buf)));
}

static void print_data(FILE *out, const void *value)
{
	fprintf(out, "\"0x%llx\"", *(const unsigned long long *)value);
}

static void print_event_word(FILE *out, const void *value)
{
	print_word(out, event_word(*(const __u8 *)value));
}

static void (*const print_value[])(FILE *out, const void *value) = {
	[EVENT_TYPE_CALL] = print_call,
	[EVENT_TYPE_VERDICT] = print_verdict,
	[EVENT_TYPE_RESULT] = print_result,
	[EVENT_TYPE_ARGS] = print_args,
	[EVENT_TYPE_FILE] = print_file,
	[EVENT_TYPE_FD] = print_s32,
	[EVENT_TYPE_NS] = print_u64,
	[EVENT_TYPE_TIMEOUT] = print_timeout,
	[EVENT_TYPE_AMOUNT] = print_u64,
	[EVENT_TYPE_NUMBER] = print_u32,
	[EVENT_TYPE_EVENTS] = print_events,
	[EVENT_TYPE_TOLD] = print_told,
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
};

void event_json(FILE *out, const struct event_head *head, __s64 wall_ns)
{
	const struct event_field *fields;
	unsigned n = event_fields(head->kind, &fields);

	fprintf(out,
		"{\"type\":\"event\",\"schema\":%d,\"event\":\"%s\",\"time_ns\":%llu,\"cpu\":%u,"
		"\"lost\":%u,\"pid\":%u,\"tid\":%u,\"comm\":",
		SCHEMA, event_rows[head->kind].name, (unsigned long long)(head->time + wall_ns),
		head->cpu, head->lost, head->pid, head->tid);
	print_comm(out, head->comm);
	for (unsigned i = 0; i < n; i++) {
		fprintf(out, ",\"%s\":", fields[i].name);
		print_value[fields[i].type](out, (const char *)head + fields[i].at);
	}
	fputs("}\n", out);
}
