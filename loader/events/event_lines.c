// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "event_lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "calls.h"
#include "event_call_text.h"
#include "event_explain_text.h"
#include "event_names.h"
#include "event_table.h"
#include "event_told.h"
#include "format.h"
#include "names.h"
#include "visible.h"

#define MAX_CPUS   1024
#define LINE_BYTES (TOLD_BYTES + 2048)

struct event_lines {
	bool joined;
	struct waits_told *told;
	__u32 lost[MAX_CPUS]; /* as the last event of each CPU says */
	time_t second;        /* that the clock shows */
	char clock[16];
	char text[LINE_BYTES];
};

struct event_lines *event_lines_new(bool joined)
{
	struct event_lines *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->joined = joined;
	l->second = -1;
	l->told = told_new();
	if (l->told)
		return l;
	free(l);
	return NULL;
}

void event_lines_free(struct event_lines *l)
{
	if (l)
		told_free(l->told);
	free(l);
}

/* The name of a thread, where not all of it can be shown as it is; "nginx/7721" */
static void print_thread(struct line *out, const char *comm, __u32 tid)
{
	char name[COMM_LEN + 1], seen[VISIBLE_SIZE(sizeof(name))];
	size_t len = strnlen(comm, COMM_LEN);

	memcpy(name, comm, len);
	name[len] = '\0';
	line_text(out, visible(name, seen, sizeof(seen)));
	line_char(out, '/');
	line_number(out, tid);
}

/* A time, and what stands around it. */
static void print_ns(struct line *out, const char *before, __u64 ns, const char *behind)
{
	line_text(out, before);
	line_ns(out, ns);
	line_text(out, behind);
}

/* A number, and what stands around it. */
static void print_number(struct line *out, const char *before, __s64 number, const char *behind)
{
	line_text(out, before);
	line_signed(out, number);
	line_text(out, behind);
}

static void print_waker(struct line *out, const char *verb, __u8 by, __u32 tid, const char *comm)
{
	line_text(out, verb);
	line_text(out, " by ");
	if (by == WAKER_TASK)
		print_thread(out, comm, tid);
	else
		line_text(out, by < WAKER_UNKNOWN ? event_waker(by) : "?");
}

static void print_wait(struct event_lines *l, struct line *out, const struct event_head *head)
{
	const struct event_wait *e = (const void *)head;

	event_call_text(out, e->call, e->args, e->timeout_ns, NULL);
	event_result_text(out, e->result);
	told_take(l->told, out, e);
	if (!e->sleeps) {
		print_ns(out, " ", e->duration_ns, "");
		return;
	}
	print_ns(out, " slept ", e->slept_ns, "");
	if (e->sleeps > 1)
		print_number(out, " in ", e->sleeps, " sleeps");
	if (e->woken_by >= N_WAKER_CONTEXTS)
		return;
	print_waker(out, ", woken", e->woken_by, e->waker_tid, e->waker_comm);
	if (e->to_run_ns)
		print_ns(out, ", ", e->to_run_ns, " to run");
}

/* Of a result of 0: not if no byte was asked for, nor of packets, which may be empty. */
static bool is_end(const struct event_io *e)
{
	enum call_kind kind = call_kind_of(e->call);
	bool has_size = kind == KIND_READ || kind == KIND_RECV;

	return kind_gives_bytes(kind) && (!has_size || e->args[2]) &&
	       e->file.kind != FILE_DATAGRAMS && e->file.kind != FILE_UNIX_PACKETS;
}

static void print_io(struct event_lines *l, struct line *out, const struct event_head *head)
{
	const struct event_io *e = (const void *)head;

	(void)l;
	event_call_text(out, e->call, e->args, TIMEOUT_UNSET, &e->file);
	event_result_text(out, e->result);
	if (e->opened.fd >= 0) {
		line_text(out, " [");
		event_file_text(out, &e->opened);
		line_char(out, ']');
	} else if (!e->result && is_end(e)) {
		line_text(out, " (end)");
	}
	print_ns(out, e->slept_ns ? " slept " : " ", e->slept_ns ? e->slept_ns : e->duration_ns,
		 "");
}

static void print_registration(struct event_lines *l, struct line *out,
			       const struct event_head *head)
{
	const struct event_registration *e = (const void *)head;
	char events[160];

	(void)l;
	print_number(out, "epoll_ctl(", e->epoll, ", ");
	line_text(out, event_word(e->operation));
	line_text(out, ", ");
	event_file_text(out, &e->file);
	if (e->operation != WORD_OPERATION_REMOVE) {
		line_text(out, ", ");
		line_text(out, e->result == -EFAULT ? "?"
			       : e->events ? epoll_events_text(e->events, events, sizeof(events))
					   : "0");
	}
	line_char(out, ')');
	event_result_text(out, e->result);
}

static void print_report(struct event_lines *l, struct line *out, const struct event_head *head)
{
	const struct event_report *e = (const void *)head;

	(void)l;
	print_number(out, "epoll ", e->epoll, " reports ");
	told_describe(out, head);
}

static void print_polled(struct event_lines *l, struct line *out, const struct event_head *head)
{
	const struct event_polled *e = (const void *)head;

	(void)l;
	line_text(out, event_call(e->call));
	line_text(out, " reports ");
	told_describe(out, head);
}

static void print_wake(struct event_lines *l, struct line *out, const struct event_head *head)
{
	const struct event_wake *e = (const void *)head;

	(void)l;
	print_waker(out, "woken", e->woken_by, e->waker_tid, e->waker_comm);
	if (e->cause != WORD_CAUSE_UNSEEN) {
		line_text(out, ": ");
		line_text(out, event_word(e->cause));
	}
	if (e->ready_ns)
		print_ns(out, ", ready for ", e->ready_ns, "");
}

static void print_raise(struct event_lines *l, struct line *out, const struct event_head *head)
{
	const struct event_raise *e = (const void *)head;
	char text[24];

	(void)l;
	line_text(out, signal_name(e->signal, text, sizeof(text)));
	line_text(out, " raised: ");
	line_text(out, event_raised(e->raised));
	line_text(out, ", ");
	line_text(out, signal_code_name(e->signal, e->code, text, sizeof(text)));
	if (signal_has_sender(e->code) && e->sender_tid)
		print_waker(out, ", sent", WAKER_TASK, e->sender_tid, e->sender_comm);
}

static void print_take(struct event_lines *l, struct line *out, const struct event_head *head)
{
	const struct event_take *e = (const void *)head;
	char name[24];

	(void)l;
	line_text(out, signal_name(e->signal, name, sizeof(name)));
	line_char(out, ' ');
	line_text(out, event_word(e->taken));
}

static void print_left(struct event_lines *l, struct line *out, const struct event_head *head)
{
	const struct event_left *e = (const void *)head;
	char amount[64] = "?";

	(void)l;
	if (e->unit < N_UNREAD)
		amount_text(e->unit, e->amount, amount, sizeof(amount));
	line_text(out, "sleeps over ");
	event_file_text(out, &e->file);
	line_text(out, ": ");
	line_text(out, amount);
	line_text(out, ", and nothing will tell it again");
}

static void print_goes_on(struct event_lines *l, struct line *out, const struct event_head *head)
{
	const struct event_goes_on *e = (const void *)head;

	(void)l;
	event_file_text(out, &e->file);
	print_ns(out, " goes on, left unread for ", e->left_ns, "");
}

static void print_ready(struct event_lines *l, struct line *out, const struct event_head *head)
{
	const struct event_ready *e = (const void *)head;

	(void)l;
	event_file_text(out, &e->file);
	print_number(out, " is ready, for epoll ", e->epoll, "");
}

static void print_disarm(struct event_lines *l, struct line *out, const struct event_head *head)
{
	const struct event_disarm *e = (const void *)head;

	(void)l;
	event_file_text(out, &e->file);
	print_number(out, " is disarmed, at epoll ", e->epoll, " (EPOLLONESHOT)");
}

static void print_decide(struct event_lines *l, struct line *out, const struct event_head *head)
{
	const struct event_decide *e = (const void *)head;

	(void)l;
	print_number(out, "", e->reports, " unknown reports of ");
	event_file_text(out, &e->file);
	print_number(out, ", by epoll ", e->epoll, ", told the same again");
}

static void print_late(struct event_lines *l, struct line *out, const struct event_head *head)
{
	static const char *const why[N_EVENT_WORDS] = {
		[WORD_WHY_LATE_COMPUTED] = "ran",
		[WORD_WHY_LATE_ASLEEP] = "slept in another call",
		[WORD_WHY_LATE_NOT_RUN] = "had no CPU",
	};
	const struct event_late *e = (const void *)head;

	(void)l;
	event_file_text(out, &e->file);
	print_ns(out, " was ready for ", e->late_ns, " while the thread ");
	line_text(out, e->why < N_EVENT_WORDS && why[e->why] ? why[e->why] : "?");
}

static void print_proved(struct event_lines *l, struct line *out, const struct event_head *head)
{
	(void)l;
	event_proved_text(out, (const void *)head);
}

static void print_led(struct event_lines *l, struct line *out, const struct event_head *head)
{
	(void)l;
	event_led_text(out, (const void *)head);
}

static void print_closed(struct event_lines *l, struct line *out, const struct event_head *head)
{
	const struct event_closed *e = (const void *)head;

	(void)l;
	line_text(out, "close(");
	event_file_text(out, &e->file);
	line_char(out, ')');
}

static void (*const print[N_EVENTS])(struct event_lines *l, struct line *out,
				     const struct event_head *head) = {
	[EVENT_WAIT] = print_wait,     [EVENT_IO] = print_io,
	[EVENT_REPORT] = print_report, [EVENT_REGISTRATION] = print_registration,
	[EVENT_POLLED] = print_polled, [EVENT_WAKE] = print_wake,
	[EVENT_RAISE] = print_raise,   [EVENT_TAKE] = print_take,
	[EVENT_LEFT] = print_left,     [EVENT_GOES_ON] = print_goes_on,
	[EVENT_READY] = print_ready,   [EVENT_DISARM] = print_disarm,
	[EVENT_DECIDE] = print_decide, [EVENT_LATE] = print_late,
	[EVENT_PROVED] = print_proved, [EVENT_CLOSED] = print_closed,
	[EVENT_LED] = print_led,
};

/* "12:03:07.204518 " */
static void print_time(struct event_lines *l, struct line *out, __u64 ns)
{
	time_t second = ns / 1000000000;
	struct tm tm;

	if (second != l->second) {
		localtime_r(&second, &tm);
		strftime(l->clock, sizeof(l->clock), "%H:%M:%S.", &tm);
		l->second = second;
	}
	line_text(out, l->clock);
	line_digits(out, ns % 1000000000 / 1000, 6);
	line_char(out, ' ');
}

/* Where a gap lies. */
static void print_gap(struct event_lines *l, struct line *out, const struct event_head *head)
{
	__u32 *lost = &l->lost[head->cpu % MAX_CPUS];

	if ((__s32)(head->lost - *lost) <= 0)
		return;
	line_text(out, "-- ");
	line_text(out, format_count(head->lost - *lost));
	print_number(out, head->lost - *lost == 1 ? " event of CPU " : " events of CPU ", head->cpu,
		     " dropped up to here --\n");
	*lost = head->lost;
	told_forget(l->told, head->cpu);
}

void event_line(struct event_lines *l, FILE *out, const struct event_head *head, __s64 wall_ns)
{
	struct line line = {.text = l->text, .size = sizeof(l->text)};

	print_gap(l, &line, head);
	if (l->joined && (head->kind == EVENT_REPORT || head->kind == EVENT_POLLED)) {
		told_add(l->told, head);
	} else {
		print_time(l, &line, head->time + wall_ns);
		if (head->tid)
			print_thread(&line, head->comm, head->tid);
		else /* it happens by no thread */
			print_number(&line, "process ", head->pid, ":");
		line_char(&line, ' ');
		print[head->kind](l, &line, head);
		line_char(&line, '\n');
	}
	fwrite(l->text, 1, line.len, out);
}
