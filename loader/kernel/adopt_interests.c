// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "adopt_interests.h"

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "fdinfo.h"
#include "processes.h"
#include "run_program.h"
#include "signals.h"

/* One line of an epoll's fdinfo; gives in closed whether its number is another file's. */
static int adopt_line(struct wakelab *skel, const char *line, __u64 task, __u64 epfd, bool again,
		      bool *closed)
{
	struct fdinfo_interest i;
	__u64 args[7];
	int ret;

	if (!fdinfo_interest(line, &i))
		return 0;
	args[0] = task;
	args[1] = epfd;
	args[2] = i.fd;
	args[3] = i.events;
	args[4] = i.data;
	args[5] = i.inode;
	args[6] = again;
	ret = run_program(skel->progs.adopt_interest, args, sizeof(args));
	*closed |= ret > 0;
	return ret < 0 ? -1 : 0;
}

/* What became of a look into /proc: an error of a BPF program, ... */
enum look { LOOK_FAILED, LOOK_DENIED, LOOK_DONE };

/* Takes in what is registered in an epoll instance; again: what is closed, too. */
static enum look adopt_pass(struct wakelab *skel, const struct epoll_file *epoll, bool again,
			    bool *closed)
{
	const struct member *by = &epoll->by;
	char path[96], line[256];
	int err = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/fdinfo/%u", by->pid, by->tid, epoll->fd);
	file = fopen(path, "re");
	if (!file) /* else it was closed meanwhile */
		return errno == EACCES || errno == EPERM ? LOOK_DENIED : LOOK_DONE;
	while (!err && fgets(line, sizeof(line), file))
		err = adopt_line(skel, line, by->task, epoll->fd, again, closed);
	fclose(file);
	return err ? LOOK_FAILED : LOOK_DONE;
}

/* What was closed before the second pass began to read is registered all the same. */
static enum look adopt_epoll(struct wakelab *skel, const struct epoll_file *epoll)
{
	bool closed = false;
	enum look look = adopt_pass(skel, epoll, false, &closed);

	return closed && look == LOOK_DONE ? adopt_pass(skel, epoll, true, &closed) : look;
}

static void say_unread(pid_t first, unsigned unread, bool readable)
{
	char others[32] = "";

	if (unread > 1)
		snprintf(others, sizeof(others), " and of %u more", unread - 1);
	warnx("cannot read the epoll registrations of process %d%s: their stalls are not found, "
	      "and their reports are unclear; %s",
	      first, others,
	      readable ? "run with CAP_SYS_PTRACE" : "mount the /proc of this PID namespace");
}

/* Takes in those of all instances that can be read. Returns 0, or -1 after one line on stderr. */
static int adopt_epolls(struct wakelab *skel, struct open_files *files, bool readable, pid_t *first,
			unsigned *unread)
{
	pid_t last = 0;
	enum look look;

	for (unsigned i = 0; i < files->n_epolls && !(files->cut = signals_ask_for_end()); i++) {
		const struct epoll_file *epoll = &files->epolls[i];

		look = readable ? adopt_epoll(skel, epoll) : LOOK_DENIED;
		if (look == LOOK_FAILED) {
			warn("cannot record the epoll instances of process %d", epoll->by.pid);
			return -1;
		}
		if (look == LOOK_DENIED && epoll->by.pid != last) {
			last = epoll->by.pid;
			if (!(*unread)++)
				*first = last;
		}
	}
	return 0;
}

int adopt_interests(struct wakelab *skel, struct open_files *files, unsigned *unread)
{
	bool readable = proc_is_ours();
	pid_t first = 0;
	int err;

	*unread = 0;
	skel->bss->adopting = true;
	err = adopt_epolls(skel, files, readable, &first, unread);
	skel->bss->adopting = false;
	if (!err && *unread)
		say_unread(first, *unread, readable);
	return err;
}
