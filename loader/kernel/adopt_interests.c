// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "adopt_interests.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "iterate.h"
#include "members.h"
#include "processes.h"

/* One line of an epoll's fdinfo: "tfd: 5 events: 19 data: 5  pos:0 ino:3d sdev:8" (fs/eventpoll.c,
 * ep_show_fdinfo()). */
static int adopt_line(struct wakelab *skel, const char *line, __u64 task, __u64 epfd)
{
	unsigned long long fd, events, data, ino;
	__u64 args[6];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args));

	if (sscanf(line, "tfd: %llu events: %llx data: %llx pos:%*i ino:%llx", &fd, &events, &data,
		   &ino) != 4)
		return 0;
	args[0] = task;
	args[1] = epfd;
	args[2] = fd;
	args[3] = events;
	args[4] = data;
	args[5] = ino;
	return bpf_prog_test_run_opts(bpf_program__fd(skel->progs.adopt_interest), &opts);
}

/* What became of a look into /proc: an error of a BPF program, ... */
enum look { LOOK_FAILED, LOOK_DENIED, LOOK_EMPTY, LOOK_DONE };

static enum look adopt_fdinfo(struct wakelab *skel, const char *path, __u64 task, __u64 epfd)
{
	FILE *file = fopen(path, "re");
	char line[256];
	int err = 0;

	if (!file) /* else it was closed meanwhile */
		return errno == EACCES || errno == EPERM ? LOOK_DENIED : LOOK_DONE;
	while (!err && fgets(line, sizeof(line), file))
		err = adopt_line(skel, line, task, epfd);
	fclose(file);
	return err ? LOOK_FAILED : LOOK_DONE;
}

/* Takes in what is registered in the epoll instances that this task has. */
static enum look adopt_interests_of(struct wakelab *skel, const struct member *m)
{
	enum look look = LOOK_EMPTY;
	char path[320], folder[64];
	struct dirent *entry;
	DIR *dir;

	snprintf(folder, sizeof(folder), "/proc/%d/task/%d/fdinfo", m->pid, m->tid);
	dir = opendir(folder);
	if (!dir)
		return errno == ENOENT || errno == ESRCH ? LOOK_EMPTY : LOOK_DENIED;
	while (look >= LOOK_EMPTY && (entry = readdir(dir))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		look = adopt_fdinfo(skel, path, m->task, strtoull(entry->d_name, NULL, 10));
	}
	closedir(dir);
	return look;
}

/* Whether the process has an epoll instance: that shows to the iterator in any case. */
static int has_epoll(struct wakelab *skel, pid_t pid)
{
	skel->bss->adopt_tgid = pid;
	skel->bss->adopt_epolls = 0;
	if (iterate(skel->progs.adopt_files, NULL))
		return -1;
	return skel->bss->adopt_epolls > 0;
}

/* What a process has registered, from the first n of the members, which are its own; all have their
 * descriptors in common, but those that ended have none. Gives whether it has to be done without,
 * or -1 after one line on stderr. */
static int adopt_interests_from(struct wakelab *skel, const struct member *members, unsigned n,
				bool readable)
{
	enum look look = readable ? LOOK_EMPTY : LOOK_DENIED;

	for (unsigned i = 0; i < n && look == LOOK_EMPTY; i++)
		look = adopt_interests_of(skel, &members[i]);
	if (look == LOOK_DENIED)
		return has_epoll(skel, members->pid);
	if (look != LOOK_FAILED)
		return 0;
	warn("cannot take in the epoll instances of process %d", members->pid);
	return -1;
}

static void say_unread(pid_t first, unsigned unread, bool readable)
{
	char others[32] = "";

	if (unread > 1)
		snprintf(others, sizeof(others), " and of %u more", unread - 1);
	warnx("cannot read what is registered with epoll in process %d%s: no stalls of that are "
	      "found, and its reports are unclear; %s",
	      first, others,
	      readable ? "CAP_SYS_PTRACE would help" : "mount the /proc of this PID namespace");
}

int adopt_interests(struct wakelab *skel, unsigned *unread)
{
	bool readable = proc_is_ours();
	unsigned n, from, to;
	struct member *members = list_members(skel, &n);
	pid_t first = 0;
	int err = members ? 0 : -1;

	if (err)
		warn("cannot list the tasks of the target");
	*unread = 0;
	for (from = 0; err >= 0 && from < n; from = to) {
		for (to = from + 1; to < n && members[to].pid == members[from].pid;)
			to++;
		err = adopt_interests_from(skel, &members[from], to - from, readable);
		if (err > 0 && !(*unread)++)
			first = members[from].pid;
	}
	free(members);
	if (*unread)
		say_unread(first, *unread, readable);
	return err < 0 ? -1 : 0;
}
