// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "event_lines.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "calls.h"
#include "event_call_text.h"
#include "event_names.h"
#include "event_table.h"
#include "format.h"
#include "names.h"
#include "visible.h"

#define MAX_CPUS   1024
#define MAX_TOLD   64   /* descriptors of one wait that are named */
#define TOLD_BYTES 8192 /* of text */

/* What a thread's wait has told so far. */
struct wait_told {
	__u32 tid;
	unsigned n;
	size_t len;
	char text[TOLD_BYTES];
	struct wait_told *next;
};

struct event_lines {
	bool joined;
	struct wait_told *told;
	__u32 lost[MAX_CPUS]; /* as the last event of each CPU says */
};

struct event_lines *event_lines_new(bool joined)
{
	struct event_lines *l = calloc(1, sizeof(*l));

	if (l)
		l->joined = joined;
	return l;
}

void event_lines_free(struct event_lines *l)
{
	struct wait_told *t, *next;

	for (t = l ? l->told : NULL; t; t = next) {
		next = t->next;
		free(t);
	}
	free(l);
}

static struct wait_told *told_find(struct event_lines *l, __u32 tid, bool make)
{
	struct wait_told **at = &l->told, *t;

	for (; *at; at = &(*at)->next)
		if ((*at)->tid == tid)
			return *at;
	t = make ? calloc(1, sizeof(*t)) : NULL;
	if (t) {
		t->tid = tid;
		t->next = l->told;
		l->told = t;
	}
	return t;
}

/* "fd 5 tcp 127.0.0.1:4711 EPOLLIN fresh" */
static void describe_told(const struct event_head *head, char *buf, size_t len)
{
	const struct event_report *report = (const void *)head;
	const struct event_polled *polled = (const void *)head;
	bool is_report = head->kind == EVENT_REPORT;
	char file[160], events[160];

	event_file_text(is_report ? &report->file : &polled->file, file, sizeof(file));
	told_events_text(is_report ? report->events : polled->events, events, sizeof(events));
	snprintf(buf, len, "%s %s%s%s", file, events, is_report ? " " : "",
		 is_report ? event_word(report->judged) : "");
}

static void told_add(struct event_lines *l, const struct event_head *head)
{
	struct wait_told *t = told_find(l, head->tid, true);
	char text[400];

	if (!t || t->n++ >= MAX_TOLD)
		return;
	describe_told(head, text, sizeof(text));
	if (t->len < sizeof(t->text))
		t->len += snprintf(t->text + t->len, sizeof(t->text) - t->len, "%s%s",
				   t->n > 1 ? ", " : "", text);
}

/* What the wait of a thread, which returned, has told; and forgets it. */
static void print_told(struct event_lines *l, FILE *out, const struct event_wait *e)
{
	struct wait_told *t = told_find(l, e->head.tid, false);

	if (!t || !t->n)
		return;
	fprintf(out, " [%s", t->text);
	if (t->n > MAX_TOLD)
		fprintf(out, ", and %u more", t->n - MAX_TOLD);
	if (e->result > t->n)
		fprintf(out, ", and %lld that were dropped", (long long)(e->result - t->n));
	putc(']', out);
	t->n = 0;
	t->len = 0;
}

static void print_waker(FILE *out, const char *verb, __u8 by, __u32 tid, const char *comm)
{
	char name[COMM_LEN + 1], seen[VISIBLE_SIZE(sizeof(name))];

	snprintf(name, sizeof(name), "%.*s", COMM_LEN, comm);
	if (by == WAKER_TASK)
		fprintf(out, "%s by %s/%u", verb, visible(name, seen, sizeof(seen)), tid);
	else
		fprintf(out, "%s by %s", verb, by < WAKER_UNKNOWN ? event_waker(by) : "?");
}

static void print_wait(struct event_lines *l, FILE *out, const struct event_head *head)
{
	const struct event_wait *e = (const void *)head;

	event_call_text(out, e->call, e->args, e->timeout_ns, NULL);
	event_result_text(out, e->result);
	print_told(l, out, e);
	if (!e->sleeps) {
		fprintf(out, " %s", format_ns(e->duration_ns));
		return;
	}
	fprintf(out, " slept %s", format_ns(e->slept_ns));
	if (e->sleeps > 1)
		fprintf(out, " in %u sleeps", e->sleeps);
	if (e->woken_by >= N_WAKER_CONTEXTS)
		return;
	print_waker(out, ", woken", e->woken_by, e->waker_tid, e->waker_comm);
	if (e->to_run_ns)
		fprintf(out, ", %s to run", format_ns(e->to_run_ns));
}

static void print_io(struct event_lines *l, FILE *out, const struct event_head *head)
{
	const struct event_io *e = (const void *)head;
	char file[160];

	(void)l;
	event_call_text(out, e->call, e->args, TIMEOUT_UNSET, &e->file);
	event_result_text(out, e->result);
	if (e->opened.fd >= 0)
		fprintf(out, " [%s]", event_file_text(&e->opened, file, sizeof(file)));
	else if (!e->result && e->call < n_calls && kind_gives_bytes(calls[e->call].kind))
		fputs(" (end)", out);
	if (e->slept_ns)
		fprintf(out, " slept %s", format_ns(e->slept_ns));
	else
		fprintf(out, " %s", format_ns(e->duration_ns));
}

static void print_registration(struct event_lines *l, FILE *out, const struct event_head *head)
{
	const struct event_registration *e = (const void *)head;
	char file[160], events[160];

	(void)l;
	fprintf(out, "epoll_ctl(%d, %s, %s", e->epoll, event_word(e->operation),
		event_file_text(&e->file, file, sizeof(file)));
	if (e->operation != WORD_OPERATION_REMOVE)
		fprintf(out, ", %s", epoll_events_text(e->events, events, sizeof(events)));
	putc(')', out);
	event_result_text(out, e->result);
}

static void print_report(struct event_lines *l, FILE *out, const struct event_head *head)
{
	const struct event_report *e = (const void *)head;
	char text[400];

	(void)l;
	describe_told(head, text, sizeof(text));
	fprintf(out, "epoll %d reports %s", e->epoll, text);
}

static void print_polled(struct event_lines *l, FILE *out, const struct event_head *head)
{
	char text[400];

	(void)l;
	describe_told(head, text, sizeof(text));
	fprintf(out, "poll reports %s", text);
}

static void print_wake(struct event_lines *l, FILE *out, const struct event_head *head)
{
	const struct event_wake *e = (const void *)head;

	(void)l;
	print_waker(out, "woken", e->woken_by, e->waker_tid, e->waker_comm);
	if (e->cause != WORD_CAUSE_UNSEEN)
		fprintf(out, ": %s", event_word(e->cause));
	if (e->ready_ns)
		fprintf(out, ", ready for %s", format_ns(e->ready_ns));
}

static void print_raise(struct event_lines *l, FILE *out, const struct event_head *head)
{
	const struct event_raise *e = (const void *)head;
	char name[24], code[24];

	(void)l;
	fprintf(out, "%s raised: %s, %s", signal_name(e->signal, name, sizeof(name)),
		event_raised(e->raised), signal_code_name(e->code, code, sizeof(code)));
	if (signal_has_sender(e->code) && e->sender_tid)
		print_waker(out, ", sent", WAKER_TASK, e->sender_tid, e->sender_comm);
}

static void print_take(struct event_lines *l, FILE *out, const struct event_head *head)
{
	const struct event_take *e = (const void *)head;
	char name[24];

	(void)l;
	fprintf(out, "%s %s", signal_name(e->signal, name, sizeof(name)), event_word(e->taken));
}

static void print_left(struct event_lines *l, FILE *out, const struct event_head *head)
{
	const struct event_left *e = (const void *)head;
	char file[160], amount[64] = "?";

	(void)l;
	if (e->unit < N_UNREAD)
		amount_text(e->unit, e->amount, amount, sizeof(amount));
	fprintf(out, "sleeps over %s: %s, and nothing will tell it again",
		event_file_text(&e->file, file, sizeof(file)), amount);
}

static void print_goes_on(struct event_lines *l, FILE *out, const struct event_head *head)
{
	const struct event_goes_on *e = (const void *)head;
	char file[160];

	(void)l;
	fprintf(out, "%s goes on, left unread for %s",
		event_file_text(&e->file, file, sizeof(file)), format_ns(e->left_ns));
}

static void print_ready(struct event_lines *l, FILE *out, const struct event_head *head)
{
	const struct event_ready *e = (const void *)head;
	char file[160];

	(void)l;
	fprintf(out, "%s is ready, for epoll %d", event_file_text(&e->file, file, sizeof(file)),
		e->epoll);
}

static void print_disarm(struct event_lines *l, FILE *out, const struct event_head *head)
{
	const struct event_disarm *e = (const void *)head;
	char file[160];

	(void)l;
	fprintf(out, "%s is disarmed, at epoll %d (EPOLLONESHOT)",
		event_file_text(&e->file, file, sizeof(file)), e->epoll);
}

static void print_decide(struct event_lines *l, FILE *out, const struct event_head *head)
{
	const struct event_decide *e = (const void *)head;
	char file[160];

	(void)l;
	fprintf(out, "%u unknown reports of %s, by epoll %d, told the same again", e->reports,
		event_file_text(&e->file, file, sizeof(file)), e->epoll);
}

static void print_late(struct event_lines *l, FILE *out, const struct event_head *head)
{
	static const char *const why[N_EVENT_WORDS] = {
		[WORD_WHY_LATE_COMPUTED] = "ran",
		[WORD_WHY_LATE_ASLEEP] = "slept in another call",
		[WORD_WHY_LATE_NOT_RUN] = "had no CPU",
	};
	const struct event_late *e = (const void *)head;
	char file[160];

	(void)l;
	fprintf(out, "%s was ready for %s while the thread %s",
		event_file_text(&e->file, file, sizeof(file)), format_ns(e->late_ns),
		e->why < N_EVENT_WORDS && why[e->why] ? why[e->why] : "?");
}

static void (*const print[N_EVENTS])(struct event_lines *l, FILE *out,
				     const struct event_head *head) = {
	[EVENT_WAIT] = print_wait,     [EVENT_IO] = print_io,
	[EVENT_REPORT] = print_report, [EVENT_REGISTRATION] = print_registration,
	[EVENT_POLLED] = print_polled, [EVENT_WAKE] = print_wake,
	[EVENT_RAISE] = print_raise,   [EVENT_TAKE] = print_take,
	[EVENT_LEFT] = print_left,     [EVENT_GOES_ON] = print_goes_on,
	[EVENT_READY] = print_ready,   [EVENT_DISARM] = print_disarm,
	[EVENT_DECIDE] = print_decide, [EVENT_LATE] = print_late,
};

/* "12:03:07.204518 nginx/7721 "; of what happens by no thread, "... process 7721: " */
static void print_begin(FILE *out, const struct event_head *head, __s64 wall_ns)
{
	char name[COMM_LEN + 1], seen[VISIBLE_SIZE(sizeof(name))];
	__u64 ns = head->time + wall_ns;
	time_t seconds = ns / 1000000000;
	struct tm tm;

	localtime_r(&seconds, &tm);
	snprintf(name, sizeof(name), "%.*s", COMM_LEN, head->comm);
	fprintf(out, "%02d:%02d:%02d.%06u ", tm.tm_hour, tm.tm_min, tm.tm_sec,
		(unsigned)(ns % 1000000000 / 1000));
	if (head->tid)
		fprintf(out, "%s/%u ", visible(name, seen, sizeof(seen)), head->tid);
	else
		fprintf(out, "process %u: ", head->pid);
}

/* Where a gap lies. */
static void print_gap(struct event_lines *l, FILE *out, const struct event_head *head)
{
	__u32 *lost = &l->lost[head->cpu % MAX_CPUS];

	if ((__s32)(head->lost - *lost) <= 0)
		return;
	fprintf(out, "-- %s events of CPU %u dropped up to here --\n",
		format_count(head->lost - *lost), head->cpu);
	*lost = head->lost;
}

void event_line(struct event_lines *l, FILE *out, const struct event_head *head, __s64 wall_ns)
{
	print_gap(l, out, head);
	if (l->joined && (head->kind == EVENT_REPORT || head->kind == EVENT_POLLED)) {
		told_add(l, head);
		return;
	}
	print_begin(out, head, wall_ns);
	print[head->kind](l, out, head);
	putc('\n', out);
}
