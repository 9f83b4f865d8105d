// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "session.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/membarrier.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "adopt.h"
#include "clock.h"
#include "descriptors.h"
#include "kernel_clock.h"
#include "session_types.h"

static bool is_named(const struct session *s, const char *place)
{
	for (unsigned i = 0; s->hooks[i]; i++)
		if (!strcmp(s->hooks[i], place))
			return true;
	return false;
}

/* A place may have the programs of several hooks. */
static void name_hooks(struct session *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < N_HOOKS; i++) {
		const struct candidate *c = plan_candidate(&s->plan, i);

		if (plan_sees(&s->plan, i) && !is_named(s, candidate_place(c)))
			s->hooks[n++] = candidate_place(c);
	}
}

/* ARRIVE_...: what shows the processes that are yet to come. */
static unsigned watched_of(const struct sought *s)
{
	if (!s)
		return 0;
	return (s->n_globs ? ARRIVE_BY_NAME : 0) | (s->n_groups ? ARRIVE_IN_GROUP : 0) |
	       (s->n_ports ? ARRIVE_AT_PORT : 0);
}

static int session_load(struct session *s, const struct session_wish *wish)
{
	unsigned watched = wish->watched | watched_of(wish->sought);
	char why[512];
	int err;

	if (kernel_open(&s->kernel)) {
		kernel_close(&s->kernel);
		return -1;
	}
	plan_make(&s->plan, &s->kernel, wish->hooks, watched);
	err = attach_plan(&s->attached, &s->plan, &s->kernel, why, sizeof(why));
	kernel_close(&s->kernel);
	if (!err)
		return 0;
	warnx("cannot trace on this kernel: %s; \"wakelab doctor\" says more", why);
	return -1;
}

/* An alarm says only that there is something to look at. */
static int on_alarm(void *ctx, void *data, size_t size)
{
	(void)ctx, (void)data, (void)size;
	return 0;
}

/* The row that takes what has no room of its own. */
static int add_other_threads(const struct session *s)
{
	const struct thread_stats thread = {0};

	return bpf_map_update_elem(bpf_map__fd(s->attached.skel->maps.threads), &thread.key,
				   &thread, BPF_ANY);
}

static int add_other_wakers(const struct session *s)
{
	const struct waker none = {0};

	for (__u32 i = 0; i < N_WAKER_CONTEXTS; i++) {
		struct waker_key key = {.context = i};

		if (bpf_map_update_elem(bpf_map__fd(s->attached.skel->maps.wakers), &key, &none,
					BPF_ANY))
			return -1;
	}
	return 0;
}

static int session_prepare(struct session *s, const struct session_wish *wish)
{
	if (session_load(s, wish))
		return -1;
	if (wish->events.kinds)
		s->events = event_source_open(s->attached.skel->obj, s->n_cpus);
	if (wish->events.kinds && !s->events)
		return -1;
	s->alarms =
		ring_buffer__new(bpf_map__fd(s->attached.skel->maps.alarms), on_alarm, NULL, NULL);
	if (s->alarms && !add_other_threads(s) && !add_other_wakers(s))
		return 0;
	warn("cannot set up the BPF maps");
	return -1;
}

/* Allows hold_cpu(), also when privileges are dropped. */
static void allow_hold(const struct session *s)
{
	const struct rlimit limit = {1, 1};

	if (s->plan.steady)
		setrlimit(RLIMIT_RTPRIO, &limit);
}

struct session *session_open(const struct session_wish *wish)
{
	struct session *s = calloc(1, sizeof(*s));
	__u64 start = now_ns();

	if (!s) {
		warn("cannot allocate memory for tracing");
		return NULL;
	}
	if (descriptors_raise(&s->descriptors)) {
		free(s);
		return NULL;
	}
	attach_quietly();
	s->stats = -1;
	s->attached.stall_ns = wish->stall_ns;
	s->attached.room = wish->room;
	s->attached.sought = wish->sought;
	s->arrivals = wish->sought;
	s->attached.events = wish->events.kinds ? &wish->events : NULL;
	s->attached.event_mib = wish->event_mib;
	s->n_cpus = libbpf_num_possible_cpus();
	s->percpu = calloc(s->n_cpus > 0 ? s->n_cpus : 1, sizeof(struct call_stats));
	if (s->n_cpus <= 0 || !s->percpu || session_prepare(s, wish) ||
	    (s->arrivals && adopt_begin(s->attached.skel))) {
		session_close(s);
		return NULL;
	}
	allow_hold(s);
	name_hooks(s);
	plan_tier(&s->plan, s->tier, sizeof(s->tier));
	s->attach_ns = now_ns() - start;
	return s;
}

void session_close(struct session *s)
{
	if (!s)
		return;
	if (s->stats >= 0)
		close(s->stats);
	ring_buffer__free(s->alarms);
	event_source_close(s->events);
	attach_end(&s->attached);
	free(s->beginning.sleepers);
	free(s->beginning.unread);
	free(s->percpu);
	descriptors_restore(&s->descriptors);
	free(s);
}

__u64 session_attach_ns(const struct session *s)
{
	return s->attach_ns;
}

const char *const *session_hooks(const struct session *s)
{
	return s->hooks;
}

int session_try(enum hooks_wanted wanted, char *tier, size_t len)
{
	const struct session_wish wish = {.hooks = wanted, .watched = WATCH_ALL};
	struct session *s = session_open(&wish);

	if (!s)
		return -1;
	snprintf(tier, len, "%s", s->tier);
	session_close(s);
	return 0;
}

const char *session_tier(const struct session *s)
{
	return s->tier;
}

int session_adopt(struct session *s, const struct processes *p, bool children)
{
	s->since = kernel_now();
	return adopt_processes(s->attached.skel, p, children, &s->unread, &s->beginning);
}

int session_adopt_one(struct session *s, pid_t pid)
{
	const struct processes one = {.pids = {pid}, .n = 1, .named = 1};

	return session_adopt(s, &one, false);
}

int session_arrivals(struct session *s)
{
	return s->arrivals ? adopt_arrivals(s->attached.skel, &s->unread) : 0;
}

__u64 session_since(const struct session *s)
{
	return s->since;
}

int session_living(const struct session *s, struct processes *p)
{
	return adopted_living(s->attached.skel, p);
}

const struct beginning *session_beginning(const struct session *s)
{
	return &s->beginning;
}

unsigned session_sees(const struct session *s)
{
	const struct plan *plan = &s->plan;

	return (plan_sees(plan, HOOK_DATA_READY) ? SEES_READY : 0) |
	       (plan_sees(plan, HOOK_SIGIO) ? SEES_SIGIO_SOURCES : 0) |
	       (plan_sees(plan, HOOK_RECEIVE) ? SEES_RECEIVES : 0) |
	       (plan_sees(plan, HOOK_EPOLL_CALLBACK) ? SEES_CALLBACKS : 0) |
	       (plan->watched & WATCH_WAKES ? SEES_WAKES : 0) |
	       (plan->watched & WATCH_INTERESTS ? SEES_INTERESTS : 0) |
	       (plan->watched & WATCH_SIGNALS ? SEES_SIGNALS : 0);
}

void session_quiet(struct session *s)
{
	attach_quiet(&s->attached);
	/* a program runs inside of what this waits for */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

struct event_source *session_events(const struct session *s)
{
	return s->events;
}

int session_alarm_fd(const struct session *s)
{
	return ring_buffer__epoll_fd(s->alarms);
}

void session_alarm_take(struct session *s)
{
	ring_buffer__consume(s->alarms);
}

bool session_watch_ends(struct session *s)
{
	__s64 *open = &s->attached.skel->bss->stalls_open;

	if (__atomic_load_n(open, __ATOMIC_SEQ_CST) > 0)
		return false;
	/* whoever begins a stall counts it first and looks then whether it is watched */
	__atomic_store_n(&s->attached.skel->bss->stalls_watched, 0, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(open, __ATOMIC_SEQ_CST) <= 0)
		return true;
	s->attached.skel->bss->stalls_watched = 1;
	return false;
}
