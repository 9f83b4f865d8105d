// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "models.h"

#include <string.h>
#include <sys/select.h>

#define EPOLL      "epoll_create1, epoll_ctl, epoll_wait"
#define EPOLL_WAIT "epoll_wait,epoll_pwait" /* arm64 has only the latter */

/* A set has FD_SETSIZE bits; some descriptors are the server's own, or were inherited. */
#define SELECT_CONNS (FD_SETSIZE - 24)

const struct io_model models[] = {
	{"blocking", "in accept and read, one client at a time", "accept, read, write", NULL,
	 TRANSPORT_TCP, WORKERS_NONE, FAULT_NO_NODELAY, 0, serve_blocking},
	{"fork", "in read, a process a client", "fork, waitpid, SIGCHLD", NULL, TRANSPORT_TCP,
	 WORKERS_NONE, FAULT_NO_NODELAY, 0, serve_fork},
	{"thread", "in read, a thread a client", "clone, read, write", NULL, TRANSPORT_TCP,
	 WORKERS_NONE, FAULT_NO_NODELAY, 0, serve_thread},
	{"nonblocking", "never: sweeps all sockets without end", "fcntl(O_NONBLOCK), read", NULL,
	 TRANSPORT_TCP, WORKERS_NONE, FAULT_NO_NODELAY | FAULT_NONBLOCK_EXIT, 0, serve_nonblocking},
	{"select", "in select; descriptors below FD_SETSIZE", "select", "pselect6,select",
	 TRANSPORT_TCP, WORKERS_NONE, FAULT_NO_NODELAY, SELECT_CONNS, serve_select},
	{"poll", "in poll, on one array of all sockets", "poll", "poll,ppoll", TRANSPORT_TCP,
	 WORKERS_NONE, FAULT_NO_NODELAY, 0, serve_poll},
	{"epoll-lt", "in epoll_wait, level-triggered", EPOLL, EPOLL_WAIT, TRANSPORT_TCP,
	 WORKERS_NONE, FAULT_NO_NODELAY | FAULT_LT_ALWAYS_OUT, 0, serve_epoll_lt},
	{"epoll-et", "in epoll_wait, edge-triggered", EPOLL, EPOLL_WAIT, TRANSPORT_TCP,
	 WORKERS_NONE, FAULT_NO_NODELAY | FAULT_ET_NO_DRAIN | FAULT_ET_ACCEPT_ONCE, 0,
	 serve_epoll_et},
	{"epoll-oneshot", "threads in one epoll, EPOLLONESHOT", "epoll_wait, epoll_ctl(MOD), futex",
	 EPOLL_WAIT, TRANSPORT_TCP, WORKERS_THREADS, FAULT_NO_NODELAY | FAULT_ONESHOT_NO_REARM, 0,
	 serve_epoll_oneshot},
	{"epoll-exclusive", "processes, one listener, EPOLLEXCLUSIVE", EPOLL, EPOLL_WAIT,
	 TRANSPORT_TCP, WORKERS_PROCS, FAULT_NO_NODELAY | FAULT_HERD, 0, serve_epoll_exclusive},
	{"sigio", "in sigsuspend, until a SIGIO", "fcntl(O_ASYNC), recvfrom, sendto",
	 "rt_sigsuspend", TRANSPORT_UDP, WORKERS_NONE, FAULT_SIGIO_ONE_READ, 0, serve_sigio},
	{"sigio-rt", "in sigwaitinfo, until a queued signal", "fcntl(F_SETSIG), rt_sigtimedwait",
	 "rt_sigtimedwait", TRANSPORT_UDP, WORKERS_NONE, 0, 0, serve_sigio_rt},
	{"uring", "in io_uring_enter, for completions", "io_uring_setup, io_uring_enter",
	 "io_uring_enter", TRANSPORT_TCP, WORKERS_NONE, FAULT_NO_NODELAY, 0, serve_uring},
	{"aio", "in the helper threads of POSIX AIO", "clone, futex, pread64, read", NULL,
	 TRANSPORT_TCP, WORKERS_NONE, FAULT_NO_NODELAY, 0, serve_aio},
};
const size_t n_models = sizeof(models) / sizeof(models[0]);

const struct fault_name faults[] = {
	{FAULT_ET_NO_DRAIN, "et-no-drain", "one read an edge: data stays behind until the next"},
	{FAULT_ET_ACCEPT_ONCE, "et-accept-once", "one accept an edge: clients stay in the backlog"},
	{FAULT_LT_ALWAYS_OUT, "lt-always-out", "EPOLLOUT registered for good: no wait ever sleeps"},
	{FAULT_ONESHOT_NO_REARM, "oneshot-no-rearm", "never re-armed: a connection goes silent"},
	{FAULT_HERD, "herd", "no EPOLLEXCLUSIVE: every process wakes for each client"},
	{FAULT_SIGIO_ONE_READ, "sigio-one-read", "one datagram a signal: merged signals lose some"},
	{FAULT_NONBLOCK_EXIT, "nonblock-exit", "gives up at the first EAGAIN"},
	{FAULT_NO_NODELAY, "no-nodelay", "small writes wait for the ACK of those before them"},
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

const struct io_model *model_nearest(const char *name)
{
	const struct io_model *nearest = &models[0];

	for (size_t i = 1; i < n_models; i++)
		if (name_distance(models[i].name, name) < name_distance(nearest->name, name))
			nearest = &models[i];
	return nearest;
}
