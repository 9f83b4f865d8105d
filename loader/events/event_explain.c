// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "event_explain.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "calls.h"
#include "event_edges.h"
#include "event_names.h"

#define MAX_CPUS     1024
#define MAX_OPEN     1024 /* reports of which it is not known yet; of more, nothing is said */
#define MAX_THREADS  1024
#define EPOLL_INPUTS (EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLRDNORM | EPOLLRDBAND)
#define EPOLL_ROOM   (EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND)

struct open_report {
	struct event_led led; /* as far as it is known */
	__u64 time;
	__u32 events;
	bool waits; /* the wait that it is of has not returned */
};

/* The wakes of a thread since its last call returned. */
struct thread_wakes {
	__u32 tid;
	__u32 n;
	__u64 last; /* when the newest was */
	bool whole; /* that call was seen */
};

struct explainer {
	struct open_report open[MAX_OPEN];
	unsigned n;
	struct thread_wakes threads[MAX_THREADS];
	struct edges edges;
	__u32 lost[MAX_CPUS];
	event_take_function *take;
	void *ctx;
};

struct explainer *explainer_new(void)
{
	return calloc(1, sizeof(struct explainer));
}

void explainer_free(struct explainer *x)
{
	free(x);
}

/* What was dropped may have been what it is about. */
static void look_for_gap(struct explainer *x, const struct event_head *head)
{
	__u32 *lost = &x->lost[head->cpu % MAX_CPUS];

	if (head->lost == *lost)
		return;
	*lost = head->lost;
	x->n = 0;
	memset(x->threads, 0, sizeof(x->threads));
	edges_forget(&x->edges);
}

static void drop(struct explainer *x, unsigned i)
{
	memmove(&x->open[i], &x->open[i + 1], (x->n - i - 1) * sizeof(x->open[0]));
	x->n--;
}

/* An open report led to that, as an event says. */
static void say(struct explainer *x, unsigned i, const struct event_head *head, enum event_word to)
{
	struct event_led led = x->open[i].led;

	led.led_ns = head->time - x->open[i].time;
	led.to = to;
	led.head = *head;
	led.head.kind = EVENT_LED;
	drop(x, i);
	x->take(x->ctx, &led.head);
}

static struct open_report *open_one(struct explainer *x, const struct event_head *head,
				    const struct event_file *file)
{
	struct open_report *o = &x->open[x->n];

	if (x->n == MAX_OPEN || file->fd < 0)
		return NULL;
	x->n++;
	*o = (struct open_report){
		.led = {.head = *head, .file = *file, .epoll = -1, .told_tid = head->tid},
		.time = head->time,
		.waits = true,
	};
	return o;
}

static void take_report(struct explainer *x, const struct event_head *head)
{
	const struct event_report *e = (const void *)head;
	struct edge edge = edges_report(&x->edges, head->pid, e->epoll, e->data, e->file.fd);
	struct open_report *o = open_one(x, head, &e->file);

	if (!o)
		return;
	o->events = e->events;
	o->led.epoll = e->epoll;
	if (e->judged == WORD_JUDGED_FRESH && edge.n) {
		o->led.edges = edge.n;
		o->led.ready_ns = head->time - edge.first;
	}
}

static void take_polled(struct explainer *x, const struct event_head *head)
{
	const struct event_polled *e = (const void *)head;
	struct open_report *o = open_one(x, head, &e->file);

	if (o)
		o->events = e->events;
}

static void take_ready(struct explainer *x, const struct event_head *head)
{
	const struct event_ready *e = (const void *)head;

	edges_ready(&x->edges, head->pid, e->epoll, e->data, e->file.fd, head->time);
}

static void take_wake(struct explainer *x, const struct event_head *head)
{
	struct thread_wakes *t = &x->threads[head->tid % MAX_THREADS];

	if (t->tid != head->tid)
		*t = (struct thread_wakes){.tid = head->tid};
	t->n++;
	t->last = head->time;
}

/* A call returned: the wakes of its thread. Those that come are of another call. */
static struct thread_wakes take_wakes(struct explainer *x, const struct event_head *head)
{
	struct thread_wakes *t = &x->threads[head->tid % MAX_THREADS], had = *t;

	*t = (struct thread_wakes){.tid = head->tid, .whole = true};
	return had.tid == head->tid ? had : (struct thread_wakes){0};
}

static bool is_multiplexing(unsigned call)
{
	return call < n_calls && calls[call].class == CLASS_MUX && calls[call].kind != KIND_SIGWAIT;
}

/* The wait that told something returned: its last wake is known if each sleep had one. */
static void settle_wake(struct open_report *o, const struct event_wait *e,
			struct thread_wakes wakes)
{
	o->waits = false;
	if (wakes.whole && wakes.n && wakes.n == e->sleeps && e->woken_by < N_WAKER_CONTEXTS &&
	    wakes.last < o->time)
		o->led.wake_ns = o->time - wakes.last;
}

static enum event_word word_of(__s64 result)
{
	return result >= 0         ? WORD_LED_CALLED
	       : result == -EAGAIN ? WORD_LED_REFUSED
				   : WORD_LED_FAILED;
}

/* Interrupted, a call is made again, or another one is. */
static bool is_interrupted(__s64 result)
{
	return result == -EINTR || (result <= -RESTART_MIN && result >= -RESTART_MAX);
}

/* What a report led to is this call. */
static void say_called(struct explainer *x, unsigned i, const struct event_head *head,
		       unsigned call, __s64 result, enum event_word to)
{
	x->open[i].led.call = call;
	x->open[i].led.result = result;
	say(x, i, head, to);
}

/* Of an epoll instance that another one reported: the wait there is what reads it. */
static bool is_of_instance(const struct open_report *o, const struct event_wait *e)
{
	return o->led.head.pid == e->head.pid && o->led.file.kind == FILE_EPOLL &&
	       o->led.file.fd == e->file.fd && e->result >= 0;
}

static void take_wait(struct explainer *x, const struct event_head *head)
{
	const struct event_wait *e = (const void *)head;
	struct thread_wakes wakes = take_wakes(x, head);
	__u64 began = head->time - e->duration_ns;

	if (!is_multiplexing(e->call))
		return;
	for (unsigned i = 0; i < x->n;) {
		struct open_report *o = &x->open[i];
		bool is_own = o->led.told_tid == head->tid && o->led.head.pid == head->pid;

		if (is_of_instance(o, e)) {
			say_called(x, i, head, e->call, e->result,
				   e->result ? WORD_LED_CALLED : WORD_LED_REFUSED);
			continue;
		}
		if (is_own && !o->waits && began > o->time) {
			say(x, i, head, WORD_LED_WAITED);
			continue;
		}
		if (is_own && o->waits)
			settle_wake(o, e, wakes);
		i++;
	}
}

static bool is_write(enum call_kind kind)
{
	return kind == KIND_WRITE || kind == KIND_WRITEV || kind == KIND_SENDMMSG;
}

/* Whether such a call is about what was told. */
static bool is_about(__u32 events, enum call_kind kind)
{
	if (events & EPOLL_INPUTS)
		return !is_write(kind);
	return !(events & EPOLL_ROOM) || is_write(kind);
}

static void take_io(struct explainer *x, const struct event_head *head)
{
	const struct event_io *e = (const void *)head;
	enum call_kind kind = call_kind_of(e->call);

	take_wakes(x, head);
	if (is_interrupted(e->result))
		return;
	for (unsigned i = 0; i < x->n;) {
		const struct open_report *o = &x->open[i];
		bool is_fd = o->led.head.pid == head->pid && o->led.file.fd == e->file.fd;

		if (is_fd && o->led.file.kind != e->file.kind) /* another file has its number */
			drop(x, i);
		else if (is_fd && is_about(o->events, kind))
			say_called(x, i, head, e->call, e->result, word_of(e->result));
		else
			i++;
	}
}

static void take_closed(struct explainer *x, const struct event_head *head)
{
	const struct event_closed *e = (const void *)head;

	edges_close(&x->edges, head->pid, e->file.fd);
	for (unsigned i = 0; i < x->n;)
		if (x->open[i].led.head.pid == head->pid && x->open[i].led.file.fd == e->file.fd)
			say(x, i, head, WORD_LED_CLOSED);
		else
			i++;
}

static void take_registration(struct explainer *x, const struct event_head *head)
{
	const struct event_registration *e = (const void *)head;

	take_wakes(x, head);
	if (e->operation == WORD_OPERATION_ADD && !e->result)
		edges_add(&x->edges, head->pid, e->epoll, e->data, e->file.fd);
}

static void (*const takes[N_EVENTS])(struct explainer *x, const struct event_head *head) = {
	[EVENT_WAIT] = take_wait,     [EVENT_IO] = take_io,
	[EVENT_REPORT] = take_report, [EVENT_REGISTRATION] = take_registration,
	[EVENT_POLLED] = take_polled, [EVENT_WAKE] = take_wake,
	[EVENT_READY] = take_ready,   [EVENT_CLOSED] = take_closed,
};

void explainer_take(struct explainer *x, const struct event_head *head, event_take_function *take,
		    void *ctx)
{
	x->take = take;
	x->ctx = ctx;
	take(ctx, head);
	look_for_gap(x, head);
	if (takes[head->kind])
		takes[head->kind](x, head);
}
