// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "setup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "closing.h"
#include "pattern.h"
#include "plural.h"

#define LOAD_SPARE_FDS 16 /* descriptors besides the connections' own */

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
			  "cannot open %u connection%s: this needs %llu descriptors, but the hard "
			  "limit is %llu; raise "
			  "it (ulimit -Hn)",
			  l->opt->conns, plural(l->opt->conns), (unsigned long long)need,
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

static bool load_allocate(struct load *l)
{
	unsigned conns = l->opt->conns;

	l->conns = calloc(conns, sizeof(*l->conns));
	l->pattern = malloc(LOAD_STARTS + l->opt->size);
	l->buffer = malloc(LOAD_BUFFER);
	if (!l->conns || !l->pattern || !l->buffer) {
		load_fail(l, "cannot allocate memory for %u connection%s", conns, plural(conns));
		return false;
	}
	pattern_fill(l);
	for (unsigned i = 0; i < conns; i++)
		l->conns[i] = (struct load_conn){.fd = -1, .id = i};
	return true;
}

static bool load_watch(struct load *l, int fd, void *tag)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLET, .data.ptr = tag};

	return fd >= 0 && epoll_ctl(l->epfd, EPOLL_CTL_ADD, fd, &ev) == 0;
}

bool load_init(struct load *l)
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
	l->armed = l->deadline = l->limit = LOAD_NEVER;
	l->start = l->progress = now_ns();
	l->grace = l->patience;
	if (l->opt->seconds > 0) /* to connect all, where sending is held for that */
		l->limit = l->start + (uint64_t)(l->opt->seconds * 1e9) + l->grace;
	return true;
}

void load_free(struct load *l)
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
