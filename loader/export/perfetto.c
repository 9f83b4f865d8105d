// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "perfetto.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "counts.h"
#include "event_json.h"
#include "event_names.h"
#include "event_table.h"
#include "packets.h"
#include "recorded_events.h"
#include "visible.h"

#define LONG_TURN 20000000ull /* ns; longer ones have a category of their own */

/* What is found by its number; the trace has a list of all. */
struct seen {
	__u32 number;
	struct seen *next;
};

struct thread {
	struct seen tid;
	__u32 pid;
	char comm[COMM_LEN];
	__u64 turn;  /* when its last wait ended; 0: none has, or it waits */
	__u64 flow;  /* the wake that ended it; 0: not seen */
	__u64 woken; /* the same of a wait that has not returned */
};

struct trace {
	struct packets to;
	const struct recorded_head *head;
	void *threads, *processes; /* of tsearch() */
	struct seen *entries;      /* both */
	__u64 flows, last;         /* wakes so far; when the last event was */
	__s64 events, wall;        /* how many; from their clock to that of the day */
	struct snapshot *before;
};

/* All that is told of an event, as NDJSON has it. */
static void put_details(struct trace *t, const struct event_head *head)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out || (event_json(out, head, t->wall), fclose(out)) || !len) {
		t->to.failed = true;
	} else {
		text[len - 1] = '\0'; /* the end of the line */
		packet_details(&t->to, text);
	}
	free(text);
}

static void put_end(struct trace *t, __u64 track, __u64 time)
{
	packet_event(&t->to, SLICE_END, track, time);
	packet_end_event(&t->to);
}

static int by_number(const void *a, const void *b)
{
	const struct seen *one = a, *other = b;

	return (one->number > other->number) - (one->number < other->number);
}

/* The entry of that number, made if there is none; fresh: it was. NULL: there is no memory. */
static void *entry(struct trace *t, void **root, size_t size, __u32 number, bool *fresh)
{
	const struct seen sought = {.number = number};
	void *found = tfind(&sought, root, by_number);
	struct seen *made;

	*fresh = !found;
	if (found)
		return *(void **)found;
	made = calloc(1, size);
	if (made) {
		made->number = number;
		made->next = t->entries;
		t->entries = made;
	}
	if (made && tsearch(made, root, by_number))
		return made;
	t->to.failed = true;
	return NULL;
}

/* The thread of an event; its tracks are told as soon as it is seen, and again with a new name. */
static struct thread *thread_of(struct trace *t, const struct event_head *head)
{
	char comm[COMM_LEN + 1], name[VISIBLE_SIZE(sizeof(comm))];
	bool fresh, fresh_process;
	struct thread *thread = entry(t, &t->threads, sizeof(*thread), head->tid, &fresh);

	if (!thread || !entry(t, &t->processes, sizeof(struct seen), head->pid, &fresh_process))
		return NULL;
	snprintf(comm, sizeof(comm), "%.*s", COMM_LEN, head->comm);
	visible(comm, name, sizeof(name));
	if (fresh_process)
		packet_process(&t->to, head->pid, name);
	if (fresh || strncmp(thread->comm, head->comm, COMM_LEN) != 0 || thread->pid != head->pid) {
		thread->pid = head->pid;
		memcpy(thread->comm, head->comm, COMM_LEN);
		packet_thread(&t->to, thread->pid, thread->tid.number, name);
	}
	return thread;
}

/* The time between two waits. */
static void put_turn(struct trace *t, struct thread *thread, __u64 until)
{
	__u64 track = packet_track(TRACKS_OF_THREADS, thread->tid.number);

	if (!thread->turn)
		return;
	packet_event(&t->to, SLICE_BEGIN, track, thread->turn);
	packet_name(&t->to, "turn", until - thread->turn > LONG_TURN ? "long turn" : "turn");
	if (thread->flow)
		packet_flow(&t->to, thread->flow);
	packet_end_event(&t->to);
	put_end(t, track, until);
	thread->turn = thread->flow = 0;
}

static void put_call(struct trace *t, const struct thread *thread, const struct event_head *head,
		     __u64 duration, unsigned call, unsigned verdict)
{
	__u64 track = packet_track(TRACKS_OF_THREADS, thread->tid.number);
	char name[80];

	snprintf(name, sizeof(name), "%s: %s", event_call(call), event_verdict(verdict));
	packet_event(&t->to, SLICE_BEGIN, track, head->time - duration);
	packet_name(&t->to, name, event_rows[head->kind].name);
	put_details(t, head);
	packet_end_event(&t->to);
	put_end(t, track, head->time);
}

static void put_wait(struct trace *t, struct thread *thread, const struct event_head *head)
{
	const struct event_wait *w = (const struct event_wait *)head;

	put_turn(t, thread, head->time - w->duration_ns);
	put_call(t, thread, head, w->duration_ns, w->call, w->verdict);
	thread->turn = head->time;
	thread->flow = thread->woken;
	thread->woken = 0;
}

static void put_io(struct trace *t, struct thread *thread, const struct event_head *head)
{
	const struct event_io *io = (const struct event_io *)head;

	put_call(t, thread, head, io->duration_ns, io->call, io->verdict);
}

static void put_instant(struct trace *t, __u64 track, const struct event_head *head,
			const char *name)
{
	packet_event(&t->to, INSTANT, track, head->time);
	packet_name(&t->to, name, event_rows[head->kind].name);
	put_details(t, head);
}

/* A wake is told where the waker is seen, too, and else where it was felt. */
static void put_wake(struct trace *t, struct thread *thread, const struct event_head *head)
{
	const struct event_wake *w = (const struct event_wake *)head;
	const char *by = event_waker(w->woken_by);
	const struct seen sought = {.number = w->waker_tid};
	const void *waker = tfind(&sought, &t->threads, by_number);
	char name[48];

	snprintf(name, sizeof(name), "wake %u from %s", thread->tid.number, by ? by : "?");
	thread->woken = ++t->flows;
	put_instant(t,
		    packet_track(TRACKS_OF_THREADS,
				 w->waker_tid && waker ? w->waker_tid : thread->tid.number),
		    head, name);
	packet_flow(&t->to, thread->woken);
	packet_end_event(&t->to);
}

/* What happened to nobody's thread stands with its process. */
static void put_else(struct trace *t, struct thread *thread, const struct event_head *head)
{
	put_instant(t,
		    thread ? packet_track(TRACKS_OF_THREADS, thread->tid.number)
			   : packet_track(TRACKS_OF_PROCESSES, head->pid),
		    head, event_rows[head->kind].name);
	packet_end_event(&t->to);
}

static void (*const put_kind[N_EVENTS])(struct trace *t, struct thread *thread,
					const struct event_head *head) = {
	[EVENT_WAIT] = put_wait,
	[EVENT_IO] = put_io,
	[EVENT_WAKE] = put_wake,
};

static void take_event(void *ctx, const struct event_head *head)
{
	struct trace *t = ctx;
	struct thread *thread = head->tid ? thread_of(t, head) : NULL;

	t->events++;
	t->last = head->time;
	if (thread && put_kind[head->kind])
		put_kind[head->kind](t, thread, head);
	else
		put_else(t, thread, head);
}

/* What was said, on the track of the run. */
static void put_said(struct trace *t, const char *what, const char *text, __u64 elapsed_ns)
{
	char seen[VISIBLE_SIZE(FINDING_TEXT)];

	packet_event(&t->to, INSTANT, packet_track(TRACK_OF_RUN, 0), t->head->start + elapsed_ns);
	packet_name(&t->to, visible(text, seen, sizeof(seen)), what);
	packet_end_event(&t->to);
}

static void take_stall(struct trace *t, const void *data)
{
	const struct recorded_stall *s = data;
	char text[96];

	snprintf(text, sizeof(text), "STALL: fd %u of process %u", s->row.stall.fd,
		 s->row.stall.tgid);
	put_said(t, "stall", text, s->elapsed_ns);
}

static void take_finding(struct trace *t, const void *data)
{
	const struct recorded_finding *f = data;

	put_said(t, f->finding.rule->id, f->finding.text, f->elapsed_ns);
}

/* What is drawn of each interval. */
static const struct drawn {
	const char *name;
	enum counter counter;
} drawn[] = {
	{"wakes", COUNT_WAKES},
	{"reports: fresh", COUNT_FRESH},
	{"reports: again", COUNT_REREPORTS},
	{"left unread", COUNT_LEFT},
};
#define N_DRAWN (sizeof(drawn) / sizeof(drawn[0]))

static void take_moment(struct trace *t, const void *data)
{
	const struct recorded_moment *m = data;

	for (unsigned i = 0; i < N_DRAWN; i++) {
		__u64 now = m->total.counters[drawn[i].counter];

		packet_event(&t->to, COUNTER, packet_track(TRACKS_OF_COUNTERS, i), t->before->time);
		packet_count(&t->to, now - t->before->counters[drawn[i].counter]);
		packet_end_event(&t->to);
	}
	*t->before = m->total;
}

static void take_events(struct trace *t, const void *data)
{
	recorded_events_each(data, take_event, t);
}

static void (*const take[N_SECTIONS])(struct trace *t, const void *data) = {
	[SECTION_EVENTS] = take_events,
	[SECTION_MOMENT] = take_moment,
	[SECTION_STALL] = take_stall,
	[SECTION_FINDING] = take_finding,
};

static void put_run(struct trace *t)
{
	char seen[VISIBLE_SIZE(sizeof(t->head->info.target))];

	packet_named(&t->to, TRACK_OF_RUN, 0, visible(t->head->info.target, seen, sizeof(seen)));
	for (unsigned i = 0; i < N_DRAWN; i++)
		packet_named(&t->to, TRACKS_OF_COUNTERS, i, drawn[i].name);
}

/* For twalk_r(): the turn in which a thread was at the end. */
static void end_turn(const void *node, VISIT visit, void *ctx)
{
	struct trace *t = ctx;

	if (visit == preorder || visit == leaf)
		put_turn(t, *(struct thread *const *)node, t->last);
}

/* For tdestroy(): the list has them. */
static void keep(void *entry)
{
	(void)entry;
}

__s64 perfetto_write(FILE *out, struct recording *r)
{
	struct trace t = {.to = {.out = out}, .head = recording_head(r)};
	enum section section;

	t.before = calloc(1, sizeof(*t.before));
	t.to.failed = !t.before;
	t.wall = t.head->info.wall_ns;
	if (t.before)
		t.before->time = t.head->start;
	put_run(&t);
	while (!t.to.failed && (section = recording_next(r)) != N_SECTIONS)
		if (take[section])
			take[section](&t, recording_data(r, section));
	twalk_r(t.threads, end_turn, &t);
	tdestroy(t.threads, keep);
	tdestroy(t.processes, keep);
	while (t.entries) {
		struct seen *next = t.entries->next;

		free(t.entries);
		t.entries = next;
	}
	free(t.before);
	packets_free(&t.to);
	return t.to.failed || fflush(out) ? -1 : t.events;
}
