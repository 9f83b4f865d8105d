// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "adopt_files.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "names.h"
#include "run_program.h"
#include "signals.h"

/* The read side of a pipe. */
static int open_pipe(const __s32 samples[N_FILE_KINDS])
{
	int fds[2];

	(void)samples;
	if (pipe2(fds, O_CLOEXEC))
		return -1;
	close(fds[1]);
	return fds[0];
}

static int open_eventfd(const __s32 samples[N_FILE_KINDS])
{
	(void)samples;
	return eventfd(0, EFD_CLOEXEC);
}

static int open_timerfd(const __s32 samples[N_FILE_KINDS])
{
	(void)samples;
	return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
}

static int open_signalfd(const __s32 samples[N_FILE_KINDS])
{
	sigset_t none;

	(void)samples;
	sigemptyset(&none);
	return signalfd(-1, &none, SFD_CLOEXEC);
}

static int open_epoll(const __s32 samples[N_FILE_KINDS])
{
	(void)samples;
	return epoll_create1(EPOLL_CLOEXEC);
}

static int open_inotify(const __s32 samples[N_FILE_KINDS])
{
	(void)samples;
	return inotify_init1(IN_CLOEXEC);
}

static int open_fanotify(const __s32 samples[N_FILE_KINDS])
{
	(void)samples;
	return fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC, O_RDONLY);
}

static int open_pty(const __s32 samples[N_FILE_KINDS])
{
	(void)samples;
	return posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
}

/* The other side of that, which is a terminal like any other as long as the first is open. */
static int open_tty(const __s32 samples[N_FILE_KINDS])
{
	if (samples[FILE_PTY] < 0 || unlockpt(samples[FILE_PTY]))
		return -1;
	return ioctl(samples[FILE_PTY], TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

static int open_mqueue(const __s32 samples[N_FILE_KINDS])
{
	struct mq_attr attr = {.mq_maxmsg = 1, .mq_msgsize = 1};
	char name[32];
	int fd;

	(void)samples;
	snprintf(name, sizeof(name), "/wakelab-%d", getpid());
	fd = mq_open(name, O_RDONLY | O_CREAT | O_EXCL, 0600, &attr);
	if (fd >= 0)
		mq_unlink(name);
	return fd;
}

/* How a file of each kind is opened that is learned by a sample of it. */
static const struct {
	int (*open)(const __s32 samples[N_FILE_KINDS]); /* with those before it */
	bool optional; /* may be refused: files of it are among the others then */
} learned[N_FILE_KINDS] = {
	[FILE_PIPE] = {open_pipe, false},        [FILE_EVENTFD] = {open_eventfd, false},
	[FILE_TIMERFD] = {open_timerfd, false},  [FILE_SIGNALFD] = {open_signalfd, false},
	[FILE_EPOLL] = {open_epoll, false},      [FILE_INOTIFY] = {open_inotify, true},
	[FILE_FANOTIFY] = {open_fanotify, true}, [FILE_TTY] = {open_tty, true},
	[FILE_PTY] = {open_pty, true},           [FILE_MQUEUE] = {open_mqueue, true},
};

/* Opens one file of each kind that is learned and that this kernel has (else ENOSYS). Returns 0, or
 * -1 after one line on stderr. */
static int open_samples(__s32 samples[N_FILE_KINDS])
{
	for (unsigned kind = 0; kind < N_FILE_KINDS; kind++)
		samples[kind] = -1;
	for (unsigned kind = FIRST_LEARNED_FILE; kind < N_FILE_KINDS; kind++) {
		samples[kind] = learned[kind].open(samples);
		if (samples[kind] < 0 && errno != ENOSYS && !learned[kind].optional) {
			warn("cannot open a %s to learn how the kernel represents it",
			     file_kinds[kind]);
			return -1;
		}
	}
	return 0;
}

int learn_files(struct wakelab *skel)
{
	__s32 *samples = skel->bss->samples;
	__u64 none = 0;
	int err = open_samples(samples);

	if (!err) {
		err = run_program(skel->progs.learn_files, &none, sizeof(none));
		if (err)
			warn("cannot learn how the kernel represents files");
	}
	for (unsigned kind = FIRST_LEARNED_FILE; kind < N_FILE_KINDS; kind++)
		if (samples[kind] >= 0)
			close(samples[kind]);
	return err;
}

/* A table of descriptors: a process's, and where it lies in the kernel. */
struct table {
	pid_t pid;
	__u64 at;
};

/* What was found so far, and in which tables. */
struct search {
	struct open_files *found;
	struct table *tables;
	unsigned n_tables;
};

/* Room for one row more behind the first n, which is doubled as it fills up; NULL with errno. */
static void *row_add(void *rows, unsigned n, size_t size)
{
	return n & (n - 1) ? rows : realloc(rows, (n ? 2 * n : 1) * size);
}

/* Takes note of a file that is shown to somebody. Returns 0 or -1 with errno. */
static int note_file(struct open_files *files, const struct member *by,
		     const struct adopted_file *file)
{
	void *more;

	if (file->unread.unread) {
		more = row_add(files->unread, files->n_unread, sizeof(*files->unread));
		if (!more)
			return -1;
		files->unread = more;
		files->unread[files->n_unread++] = file->unread;
	}
	if (file->is_epoll) {
		more = row_add(files->epolls, files->n_epolls, sizeof(*files->epolls));
		if (!more)
			return -1;
		files->epolls = more;
		files->epolls[files->n_epolls++] = (struct epoll_file){*by, file->fd};
	}
	return 0;
}

/* The threads of a process have one table between them, unless they have called unshare(). */
static bool was_searched(const struct search *s, pid_t pid, __u64 table)
{
	for (unsigned i = s->n_tables; i-- && s->tables[i].pid == pid;)
		if (s->tables[i].at == table)
			return true;
	return false;
}

static int note_table(struct search *s, pid_t pid, __u64 table)
{
	void *more = row_add(s->tables, s->n_tables, sizeof(*s->tables));

	if (!more)
		return -1;
	s->tables = more;
	s->tables[s->n_tables++] = (struct table){pid, table};
	return 0;
}

#ifndef __clang__ /* gcc's analyzer takes rows for lost that the search holds */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

/* The files of a task, unless they were found with another of its process. Returns 0 or -1 with
 * errno. */
static int search_task(struct wakelab *skel, const struct member *m, struct search *s)
{
	const struct adopted_file *file = &skel->bss->adopted_file;
	__u64 args[2] = {m->task, 0};

	do {
		if (run_program(skel->progs.adopt_file, args, sizeof(args)))
			return -1;
		if (!args[1] && was_searched(s, m->pid, file->table))
			return 0;
		if (!args[1] && note_table(s, m->pid, file->table))
			return -1;
		if (note_file(s->found, m, file))
			return -1;
		args[1] = file->next;
	} while (file->next);
	return 0;
}

int adopt_files(struct wakelab *skel, const struct processes *only, struct open_files *files)
{
	struct search s = {.found = files};
	struct member *members;
	unsigned n;
	int err;

	members = list_members(skel, &n);
	err = members ? 0 : -1;
	for (unsigned i = 0; !err && i < n && !(files->cut = signals_ask_for_end()); i++)
		if (!only || processes_have(only, members[i].pid))
			err = search_task(skel, &members[i], &s);
	if (err)
		warn("cannot read the open files of the target");
	free(s.tables);
	free(members);
	return err;
}
