// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The load client: one thread, one epoll, one timer for everything that has to happen at a time.
 * Connections are independent of one another and each is closed as soon as its own messages are
 * done, so that a server that serves one client at a time comes to the next.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "load_conn.h"

#define LOAD_EVENTS        256
#define LOAD_SPARE_FDS     16           /* descriptors besides the connections' own */
#define LOAD_BATCH         128          /* connects that no echo has answered yet, ... */
#define LOAD_PAUSE         2000000      /* ... and after so many ns the next ones nevertheless */
#define LOAD_LAST_PATIENCE NSEC_PER_SEC /* after a signal */

void load_fail(struct load *l, const char *fmt, ...)
{
	va_list ap;

	if (l->failed)
		return;
	l->failed = true;
	va_start(ap, fmt);
	vsnprintf(l->r->error, sizeof(l->r->error), fmt, ap);
	va_end(ap);
}

void load_fail_connect(struct load *l, int error)
{
	const struct load_options *opt = l->opt;
	bool v6 = strchr(opt->address, ':');
	char remedy[96] = "", port[24] = "";

	if (opt->port != SERVER_PORT)
		snprintf(port, sizeof(port), " --port %u", opt->port);
	if (error == ECONNREFUSED)
		snprintf(remedy, sizeof(remedy), "; start a server with: wakelab serve %s%s",
			 opt->transport == TRANSPORT_TCP ? "epoll-et" : "sigio", port);
	load_fail(l, "cannot connect to %s%s%s:%u: %s%s", v6 ? "[" : "", opt->address,
		  v6 ? "]" : "", opt->port, strerror(error), remedy);
}

static bool load_address(struct load *l)
{
	if (address_parse(l->opt->address, l->opt->port, &l->address))
		return true;
	load_fail(l, "\"%s\" is not a numeric IPv4 or IPv6 address", l->opt->address);
	return false;
}

static bool load_descriptors(struct load *l)
{
	rlim_t need = (rlim_t)l->opt->conns + LOAD_SPARE_FDS;
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) < 0) {
		load_fail(l, "cannot read the descriptor limit: %s", strerror(errno));
		return false;
	}
	if (lim.rlim_max < need) {
		load_fail(l,
			  "%u connections need %llu descriptors, the limit is %llu; raise it with "
			  "ulimit -n",
			  l->opt->conns, (unsigned long long)need,
			  (unsigned long long)lim.rlim_max);
		return false;
	}
	lim.rlim_cur = lim.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &lim) < 0) {
		load_fail(l, "cannot raise the descriptor limit: %s", strerror(errno));
		return false;
	}
	return true;
}

/* The splitmix64 generator (Steele, Lea, Flood 2014): one multiplication chain for 8 bytes. */
static uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static void load_pattern(struct load *l)
{
	size_t n = LOAD_STARTS + l->opt->size;
	uint64_t state = l->opt->seed;

	for (size_t i = 0; i < n; i += sizeof(uint64_t)) {
		uint64_t word = random_next(&state);

		memcpy(l->pattern + i, &word, n - i < sizeof(word) ? n - i : sizeof(word));
	}
}

static bool load_watch(struct load *l, int fd, void *tag)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLET, .data.ptr = tag};

	return fd >= 0 && epoll_ctl(l->epfd, EPOLL_CTL_ADD, fd, &ev) == 0;
}

static bool load_allocate(struct load *l)
{
	unsigned conns = l->opt->conns;

	l->conns = calloc(conns, sizeof(*l->conns));
	l->pattern = malloc(LOAD_STARTS + l->opt->size);
	l->buffer = malloc(LOAD_BUFFER);
	if (!l->conns || !l->pattern || !l->buffer) {
		load_fail(l, "out of memory for %u connections", conns);
		return false;
	}
	load_pattern(l);
	for (unsigned i = 0; i < conns; i++)
		l->conns[i] = (struct load_conn){.fd = -1, .id = i};
	return true;
}

static bool load_init(struct load *l)
{
	if (!load_address(l) || !load_descriptors(l) || !load_allocate(l))
		return false;
	l->epfd = epoll_create1(EPOLL_CLOEXEC);
	l->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	l->signals = signalfd(-1, &l->stops, SFD_NONBLOCK | SFD_CLOEXEC);
	if (l->epfd < 0 || !load_watch(l, l->timer, &l->timer) ||
	    !load_watch(l, l->signals, &l->signals)) {
		load_fail(l, "cannot set up the client's epoll: %s", strerror(errno));
		return false;
	}
	l->active = l->opt->active ? l->opt->active : l->opt->conns;
	l->active_left = l->active;
	l->left = l->opt->conns;
	l->patience = (uint64_t)(l->opt->timeout * 1e9);
	l->armed = l->deadline = LOAD_NEVER;
	l->start = l->progress = load_now();
	return true;
}

static void load_free(struct load *l)
{
	for (unsigned i = 0; l->conns && i < l->opt->conns; i++) {
		l->r->unanswered += load_conn_unanswered(&l->conns[i]);
		l->r->overdue += load_conn_overdue(&l->conns[i]);
		load_conn_close(l, &l->conns[i]);
		free(l->conns[i].flights);
	}
	if (l->signals >= 0)
		close(l->signals);
	if (l->timer >= 0)
		close(l->timer);
	if (l->epfd >= 0)
		close(l->epfd);
	free(l->buffer);
	free(l->pattern);
	free(l->conns);
}

static void load_tell(const struct load *l, enum load_moment moment)
{
	if (l->opt->at)
		l->opt->at(moment, l->opt->at_arg);
}

/* Sending begins, and with it the time that --seconds gives. */
static void load_begin(struct load *l)
{
	load_tell(l, LOAD_BEGINS);
	l->epoch = load_now();
	if (l->opt->seconds > 0)
		l->deadline = l->epoch + (uint64_t)(l->opt->seconds * 1e9);
	for (unsigned i = 0; i < l->next && !l->failed; i++)
		load_conn_send(l, &l->conns[i]);
}

static bool load_may_connect(const struct load *l)
{
	unsigned closed = l->opt->conns - l->left;

	if (l->next == l->opt->conns)
		return false;
	return l->opt->one_by_one ? l->next == closed : l->unproven < LOAD_BATCH;
}

/*
 * A connect succeeds when it is queued, long before the server accepts it, and one that finds the
 * queue full is tried again after a whole second. So connects go out in batches: the echoes of
 * one make room for the next, or, where none can come yet, a short pause does.
 */
static void load_connect(struct load *l)
{
	if (l->unproven >= LOAD_BATCH && load_now() >= l->paused + LOAD_PAUSE)
		l->unproven = 0;
	if (!load_may_connect(l))
		return;
	while (load_may_connect(l) && !l->failed) {
		l->unproven++;
		load_conn_open(l, &l->conns[l->next++]);
	}
	l->paused = load_now();
}

/*
 * Where idle connections are part of the picture, or a schedule is for all connections together,
 * sending is held until every one is established; else each begins on its own.
 */
static void load_advance(struct load *l)
{
	bool held = l->opt->mode == LOAD_OPEN || l->active < l->opt->conns;

	if (l->ending)
		return;
	if (!l->epoch && !held)
		load_begin(l);
	load_connect(l);
	if (!l->epoch && l->next == l->opt->conns && !l->connecting && !l->failed)
		load_begin(l);
}

static void load_ended(struct load *l)
{
	if (l->epoch && !l->ended)
		load_tell(l, LOAD_ENDS);
	l->ended = true;
}

/* No new messages from here on. What is in flight may come home; all else is closed. */
static void load_end(struct load *l)
{
	load_ended(l);
	l->ending = true;
	l->deadline = LOAD_NEVER;
	for (unsigned i = 0; i < l->opt->conns && !l->failed; i++) {
		struct load_conn *c = &l->conns[i];

		if (c->state == CONN_NEW || c->state == CONN_CONNECTING)
			load_conn_close(l, c);
		else if (c->state == CONN_OPEN)
			load_conn_send(l, c);
	}
}

/* Open mode: when the schedule goes on. */
static uint64_t load_next_due(const struct load *l)
{
	if (l->opt->messages && l->issued == l->opt->messages * l->active)
		return LOAD_NEVER;
	return load_due(l, l->issued / l->active, l->issued % l->active);
}

/* Open mode: has every message sent that is due by now, however late the client itself is. */
static void load_schedule(struct load *l, uint64_t now)
{
	while (!l->ending && !l->failed && load_next_due(l) <= now) {
		struct load_conn *c = &l->conns[l->issued % l->active];

		c->due++;
		l->issued++;
		load_conn_send(l, c);
	}
}

static void load_stalled(struct load *l)
{
	double s = l->patience / 1e9;

	if (l->in_flight)
		load_fail(l, "nothing came back for %g s with %llu messages in flight", s,
			  (unsigned long long)l->in_flight);
	else if (l->connecting)
		load_fail(l,
			  "%u connections could not be established in %g s; is the server's "
			  "accept queue full?",
			  l->connecting, s);
	else if (l->closing)
		load_fail(l, "the server kept %u connections open for %g s after their end",
			  l->closing, s);
}

/* The next time at which something has to be done although no socket is ready. */
static uint64_t load_wake(const struct load *l)
{
	uint64_t wake = l->progress + l->patience;
	uint64_t due = LOAD_NEVER;

	if (l->deadline < wake)
		wake = l->deadline;
	if (!l->ending && l->next < l->opt->conns && !l->opt->one_by_one &&
	    l->paused + LOAD_PAUSE < wake)
		wake = l->paused + LOAD_PAUSE;
	if (!l->ending && l->epoch && l->opt->mode == LOAD_OPEN)
		due = load_next_due(l);
	return due < wake ? due : wake;
}

/* Arms the timer if it would come too late; early is harmless, and spares most of the calls. */
static void load_arm(struct load *l)
{
	uint64_t wake = load_wake(l);
	struct itimerspec at = {
		.it_value = {.tv_sec = wake / NSEC_PER_SEC, .tv_nsec = wake % NSEC_PER_SEC}};

	if (wake >= l->armed)
		return;
	if (timerfd_settime(l->timer, TFD_TIMER_ABSTIME, &at, NULL) < 0)
		load_fail(l, "cannot set the client's timer: %s", strerror(errno));
	l->armed = wake;
}

static void load_time(struct load *l)
{
	uint64_t now = load_now();

	l->armed = LOAD_NEVER;
	if (l->epoch && l->opt->mode == LOAD_OPEN)
		load_schedule(l, now < l->deadline ? now : l->deadline - 1);
	if (now >= l->deadline)
		load_end(l);
	if (now < l->progress + l->patience)
		return;
	load_stalled(l);
	l->progress = now;
}

static void load_signalled(struct load *l)
{
	if (l->patience > LOAD_LAST_PATIENCE)
		l->patience = LOAD_LAST_PATIENCE;
	l->progress = load_now();
	load_end(l);
}

/* Once the last active connection is closed, the idle ones have no purpose. */
static void load_close_idle(struct load *l)
{
	load_ended(l);
	for (unsigned i = l->active; i < l->next && !l->failed; i++)
		load_conn_send(l, &l->conns[i]);
}

/* Lets a signal that signalfd told of run its handler, which sets stopping. */
static void load_let_in(const sigset_t *stops)
{
	sigprocmask(SIG_UNBLOCK, stops, NULL);
	sigprocmask(SIG_BLOCK, stops, NULL);
}

static void load_dispatch(struct load *l, const struct epoll_event *ev)
{
	if (ev->data.ptr == &l->timer)
		load_time(l);
	else if (ev->data.ptr == &l->signals)
		load_let_in(&l->stops);
	else
		load_conn_event(l, ev->data.ptr, ev->events);
}

static void load_loop(struct load *l)
{
	struct epoll_event events[LOAD_EVENTS];
	unsigned active_left = l->active_left;

	while (l->left && !l->failed) {
		int n;

		if (stopping && !l->ending)
			load_signalled(l);
		load_advance(l);
		if (active_left && !l->active_left)
			load_close_idle(l);
		active_left = l->active_left;
		if (!l->left || l->failed)
			break;
		load_arm(l);
		n = epoll_wait(l->epfd, events, LOAD_EVENTS, -1);
		if (n < 0 && errno != EINTR)
			load_fail(l, "the client's epoll_wait failed: %s", strerror(errno));
		for (int i = 0; i < n && !l->failed; i++)
			load_dispatch(l, &events[i]);
	}
}

/*
 * SIGINT and SIGTERM are blocked and come as an event among the others: then none is lost between
 * a look at stopping and the wait, and a client that never has to wait takes notice too.
 */
int load_run(const struct load_options *opt, struct load_result *r)
{
	struct load l = {.opt = opt, .r = r, .epfd = -1, .timer = -1, .signals = -1};
	sigset_t before;

	sigemptyset(&l.stops);
	sigaddset(&l.stops, SIGINT);
	sigaddset(&l.stops, SIGTERM);
	sigprocmask(SIG_BLOCK, &l.stops, &before);
	if (load_init(&l))
		load_loop(&l);
	load_ended(&l);
	load_free(&l);
	if (!l.failed && r->unanswered)
		load_fail(&l, "%llu messages unanswered", (unsigned long long)r->unanswered);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return l.failed ? -1 : 0;
}
