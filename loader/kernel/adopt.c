// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "adopt.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "adopt_interests.h"
#include "exit_status.h"
#include "iterate.h"
#include "members.h"
#include "names.h"
#include "sleepers.h"

static int by_descriptor(const void *a, const void *b)
{
	const struct stall *left = a, *right = b;

	if (left->tgid != right->tgid)
		return left->tgid < right->tgid ? -1 : 1;
	return (left->fd > right->fd) - (left->fd < right->fd);
}

/* The iterator shows a descriptor once for each thread where the first one has ended. */
static void take_unread(struct beginning *b, const struct rows *rows)
{
	unsigned n = rows->len / sizeof(*b->unread);

	b->unread = rows->rows;
	if (n)
		qsort(b->unread, n, sizeof(*b->unread), by_descriptor);
	for (unsigned i = 0; i < n; i++)
		if (!i || by_descriptor(&b->unread[b->n_unread - 1], &b->unread[i]))
			b->unread[b->n_unread++] = b->unread[i];
}

/* Opens a file of that kind. Returns its descriptor; -1 with errno, ENOSYS where the kernel has no
 * such files. */
static int open_sample(enum file_kind kind)
{
	int fds[2];
	sigset_t none;

	switch (kind) {
	case FILE_PIPE:
		if (pipe2(fds, O_CLOEXEC))
			return -1;
		close(fds[1]);
		return fds[0];
	case FILE_EVENTFD:
		return eventfd(0, EFD_CLOEXEC);
	case FILE_TIMERFD:
		return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	case FILE_SIGNALFD:
		sigemptyset(&none);
		return signalfd(-1, &none, SFD_CLOEXEC);
	default:
		return epoll_create1(EPOLL_CLOEXEC);
	}
}

/* Opens one file of each kind that is learned. Returns 0, or -1 after one line on stderr. */
static int open_samples(__s32 samples[N_FILE_KINDS])
{
	for (unsigned kind = 0; kind < N_FILE_KINDS; kind++)
		samples[kind] = -1;
	for (unsigned kind = FIRST_LEARNED_FILE; kind < N_FILE_KINDS; kind++) {
		samples[kind] = open_sample(kind);
		if (samples[kind] < 0 && errno != ENOSYS) {
			warn("cannot open a file to show what a %s looks like", file_kinds[kind]);
			return -1;
		}
	}
	return 0;
}

/* Takes in the sockets that are open; on the way the programs learn what some files look like. */
static int adopt_files(struct wakelab *skel, struct rows *rows)
{
	__s32 *samples = skel->bss->samples;
	int err = open_samples(samples);

	if (!err)
		err = iterate(skel->progs.adopt_files, rows);
	for (unsigned kind = FIRST_LEARNED_FILE; kind < N_FILE_KINDS; kind++)
		if (samples[kind] >= 0)
			close(samples[kind]);
	return err;
}

int adopted_living(const struct wakelab *skel, struct processes *p)
{
	unsigned n;
	struct member *members = list_members(skel, &n);

	for (unsigned i = 0; members && i < n; i++)
		processes_add_one(p, members[i].pid);
	free(members);
	if (!members)
		warn("cannot list the tasks of the target");
	return members ? 0 : -1;
}

static int not_found(pid_t pid)
{
	if (kill(pid, 0) && errno == ESRCH) {
		warnx("process %d ended before it could be traced", pid);
		return EXIT_FAILED;
	}
	warnx("cannot trace process %d: it lives, but this kernel does not show it to BPF programs",
	      pid);
	return EXIT_UNABLE;
}

/* A process with its threads, and the children of all that is followed already. */
static int adopt_tasks(struct wakelab *skel, pid_t pid)
{
	__u64 before;

	skel->bss->adopt_tgid = pid;
	do { /* a thread may start a thread while the iterator is past it */
		before = skel->bss->adopted;
		skel->bss->adopt_found = 0;
		if (iterate(skel->progs.adopt_tasks, NULL))
			return EXIT_FAILED;
	} while (skel->bss->adopted != before);
	return skel->bss->adopt_found ? EXIT_DONE : not_found(pid);
}

int adopt_processes(struct wakelab *skel, const pid_t *pids, unsigned n, bool children,
		    unsigned *unread, struct beginning *b)
{
	int status = EXIT_DONE;
	struct rows rows = {0};

	skel->bss->adopt_children = children;
	for (unsigned i = 0; !status && i < n; i++)
		status = adopt_tasks(skel, pids[i]);
	if (status)
		return status;
	if (adopt_files(skel, &rows) ||
	    (skel->rodata->watches_interests && adopt_interests(skel, unread))) {
		free(rows.rows);
		return EXIT_FAILED;
	}
	take_unread(b, &rows);
	if (find_sleepers(skel, b) || (skel->rodata->watches_interests && adopt_stalls(skel, b)))
		return EXIT_FAILED;
	return EXIT_DONE;
}
