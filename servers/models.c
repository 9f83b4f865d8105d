// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "models.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>

#define EPOLL      "epoll_create1, epoll_ctl, epoll_wait"
#define EPOLL_WAIT "epoll_wait,epoll_pwait" /* arm64 has only the latter */

/* A set has FD_SETSIZE bits; some descriptors are the server's own, or were inherited. */
#define SELECT_CONNS (FD_SETSIZE - 24)

const struct io_model models[] = {
	{.name = "blocking",
	 .waits = "in accept and read, one client at a time",
	 .syscalls = "accept4, read, write",
	 .transport = TRANSPORT_TCP,
	 .faults = FAULT_NO_NODELAY,
	 .serve = serve_blocking},
	{.name = "fork",
	 .waits = "in read, one process per client",
	 .syscalls = "fork, waitpid, SIGCHLD",
	 .transport = TRANSPORT_TCP,
	 .faults = FAULT_NO_NODELAY,
	 .serve = serve_fork},
	{.name = "thread",
	 .waits = "in read, one thread per client",
	 .syscalls = "clone, read, write",
	 .transport = TRANSPORT_TCP,
	 .faults = FAULT_NO_NODELAY,
	 .serve = serve_thread},
	{.name = "nonblocking",
	 .waits = "never: tries all sockets in an endless loop",
	 .syscalls = "accept4(SOCK_NONBLOCK), read",
	 .transport = TRANSPORT_TCP,
	 .faults = FAULT_NO_NODELAY | FAULT_NONBLOCK_EXIT,
	 .serve = serve_nonblocking},
	{.name = "select",
	 .waits = "in select, on descriptors below FD_SETSIZE",
	 .syscalls = "select",
	 .wait_call = "pselect6,select",
	 .transport = TRANSPORT_TCP,
	 .faults = FAULT_NO_NODELAY,
	 .max_conns = SELECT_CONNS,
	 .serve = serve_select},
	{.name = "poll",
	 .waits = "in poll, on one array of all sockets",
	 .syscalls = "poll",
	 .wait_call = "poll,ppoll",
	 .transport = TRANSPORT_TCP,
	 .faults = FAULT_NO_NODELAY,
	 .serve = serve_poll},
	{.name = "epoll-lt",
	 .waits = "in epoll_wait, level-triggered",
	 .syscalls = EPOLL,
	 .wait_call = EPOLL_WAIT,
	 .transport = TRANSPORT_TCP,
	 .faults = FAULT_NO_NODELAY | FAULT_LT_ALWAYS_OUT,
	 .serve = serve_epoll_lt},
	{.name = "epoll-et",
	 .waits = "in epoll_wait, edge-triggered",
	 .syscalls = EPOLL,
	 .wait_call = EPOLL_WAIT,
	 .transport = TRANSPORT_TCP,
	 .faults = FAULT_NO_NODELAY | FAULT_ET_NO_DRAIN | FAULT_ET_ACCEPT_ONCE,
	 .serve = serve_epoll_et},
	{.name = "epoll-oneshot",
	 .waits = "threads, one epoll instance, EPOLLONESHOT",
	 .syscalls = "epoll_wait, epoll_ctl(MOD), futex",
	 .wait_call = EPOLL_WAIT,
	 .transport = TRANSPORT_TCP,
	 .workers = WORKERS_THREADS,
	 .faults = FAULT_NO_NODELAY | FAULT_ONESHOT_NO_REARM,
	 .serve = serve_epoll_oneshot},
	{.name = "epoll-exclusive",
	 .waits = "processes, one listener, EPOLLEXCLUSIVE",
	 .syscalls = EPOLL,
	 .wait_call = EPOLL_WAIT,
	 .transport = TRANSPORT_TCP,
	 .workers = WORKERS_PROCS,
	 .faults = FAULT_NO_NODELAY | FAULT_HERD,
	 .serve = serve_epoll_exclusive},
	{.name = "sigio",
	 .waits = "in sigsuspend, until a SIGIO",
	 .syscalls = "fcntl(O_ASYNC), recvfrom, sendto",
	 .wait_call = "rt_sigsuspend",
	 .transport = TRANSPORT_UDP,
	 .faults = FAULT_SIGIO_ONE_READ,
	 .serve = serve_sigio},
	{.name = "sigio-rt",
	 .waits = "in sigwaitinfo, until a queued signal",
	 .syscalls = "fcntl(F_SETSIG), rt_sigtimedwait",
	 .wait_call = "rt_sigtimedwait",
	 .transport = TRANSPORT_UDP,
	 .serve = serve_sigio_rt},
	{.name = "uring",
	 .waits = "in io_uring_enter, for completions",
	 .syscalls = "io_uring_setup, io_uring_enter",
	 .wait_call = "io_uring_enter",
	 .transport = TRANSPORT_TCP,
	 .faults = FAULT_NO_NODELAY,
	 .serve = serve_uring},
	{.name = "aio",
	 .waits = "in the helper threads of POSIX AIO",
	 .syscalls = "clone, futex, pread64, read",
	 .transport = TRANSPORT_TCP,
	 .faults = FAULT_NO_NODELAY,
	 .serve = serve_aio},
};
const size_t n_models = sizeof(models) / sizeof(models[0]);

const struct fault_name faults[] = {
	{.fault = FAULT_ET_NO_DRAIN,
	 .name = "et-no-drain",
	 .what = "one read per edge: the rest stays unread",
	 .finding = "stall"},
	{.fault = FAULT_ET_ACCEPT_ONCE,
	 .name = "et-accept-once",
	 .what = "one accept per edge: clients stay in the backlog",
	 .finding = "stall"},
	{.fault = FAULT_LT_ALWAYS_OUT,
	 .name = "lt-always-out",
	 .what = "EPOLLOUT always registered: no wait ever sleeps",
	 .finding = "spin"},
	{.fault = FAULT_ONESHOT_NO_REARM,
	 .name = "oneshot-no-rearm",
	 .what = "never re-armed: a connection goes silent",
	 .finding = "rearm-forgotten"},
	{.fault = FAULT_HERD,
	 .name = "herd",
	 .what = "no EPOLLEXCLUSIVE: every process wakes for each client",
	 .finding = "herd"},
	{.fault = FAULT_SIGIO_ONE_READ,
	 .name = "sigio-one-read",
	 .what = "one datagram per signal: some stay unread",
	 .finding = "signals-merged"},
	{.fault = FAULT_NONBLOCK_EXIT,
	 .name = "nonblock-exit",
	 .what = "gives up at the first EAGAIN",
	 .finding = "run-failed"},
	{.fault = FAULT_NO_NODELAY,
	 .name = "no-nodelay",
	 .what = "no TCP_NODELAY: small writes wait for the ACK of earlier ones",
	 .finding = "small-writes"},
};
const size_t n_faults = sizeof(faults) / sizeof(faults[0]);

const struct io_model *model_find(const char *name)
{
	for (size_t i = 0; i < n_models; i++)
		if (!strcmp(models[i].name, name))
			return &models[i];
	return NULL;
}

const struct fault_name *fault_find(const char *name)
{
	for (size_t i = 0; i < n_faults; i++)
		if (!strcmp(faults[i].name, name))
			return &faults[i];
	return NULL;
}

/* One row of the matrix at a time. */
size_t name_distance(const char *a, const char *b)
{
	size_t row[32], n = strnlen(b, 31);

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[n];
}

size_t name_nearest(const char *const *first, size_t n, size_t size, const char *asked)
{
	size_t nearest = 0, least = SIZE_MAX;

	for (size_t i = 0; i < n; i++) {
		const char *const *name = (const void *)((const char *)first + i * size);
		size_t distance = name_distance(*name, asked);

		if (distance < least) {
			least = distance;
			nearest = i;
		}
	}
	return nearest;
}

bool name_is_near(size_t distance, const char *asked)
{
	return 2 * distance <= strlen(asked);
}

const char *name_hint(const char *name, const char *asked, char *buf, size_t size)
{
	*buf = '\0';
	if (name_is_near(name_distance(name, asked), asked))
		snprintf(buf, size, "did you mean %s? ", name);
	return buf;
}

const struct io_model *model_nearest(const char *name)
{
	return &models[name_nearest(&models[0].name, n_models, sizeof(models[0]), name)];
}
