// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "adopt.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "command.h"
#include "processes.h"

/* Runs an iterator program to its end. Returns 0 or -1 after one line on stderr. */
static int iterate(struct bpf_program *prog)
{
	struct bpf_link *link = bpf_program__attach_iter(prog, NULL);
	char buf[64];
	ssize_t n = -1;
	int fd = -1;

	if (link)
		fd = bpf_iter_create(bpf_link__fd(link));
	if (fd >= 0)
		while ((n = read(fd, buf, sizeof(buf))) > 0)
			;
	if (n < 0)
		warn("cannot look through the kernel's tasks (%s)", bpf_program__name(prog));
	if (fd >= 0)
		close(fd);
	bpf_link__destroy(link);
	return n < 0 ? -1 : 0;
}

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

/* A task of the target: what the kernel calls it, and what /proc does. */
struct member {
	__u64 task;
	pid_t pid, tid;
};

static int by_process(const void *a, const void *b)
{
	const struct member *left = a, *right = b;

	return left->pid != right->pid ? (left->pid < right->pid ? -1 : 1)
				       : (left->tid > right->tid) - (left->tid < right->tid);
}

/* All tasks of the target that live, sorted; to be freed. NULL with errno if there is no room. */
static struct member *list_members(const struct wakelab *skel, unsigned *n)
{
	int fd = bpf_map__fd(skel->maps.tasks);
	__u64 value[bpf_map__value_size(skel->maps.tasks) / sizeof(__u64)];
	const struct thread_stats *t = (const void *)value;
	unsigned max = bpf_map__max_entries(skel->maps.tasks);
	struct member *members = calloc(max, sizeof(*members));
	__u64 key, *from = NULL;

	*n = 0;
	while (members && *n < max && !bpf_map_get_next_key(fd, from, &key)) {
		from = &key;
		if (!bpf_map_lookup_elem(fd, &key, value) && t->key.tid)
			members[(*n)++] = (struct member){key, t->tgid, t->key.tid};
	}
	if (members)
		qsort(members, *n, sizeof(*members), by_process);
	return members;
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
	if (iterate(skel->progs.adopt_files))
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

/* Gives in unread of how many processes it is not known what is registered. */
static int adopt_interests(struct wakelab *skel, unsigned *unread)
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

/* Takes in the sockets that are open; on the way the programs learn what some files look like. */
static int adopt_files(struct wakelab *skel)
{
	int signals, epoll, err = -1;
	sigset_t none;

	sigemptyset(&none);
	signals = signalfd(-1, &none, SFD_CLOEXEC);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (signals < 0 || epoll < 0) {
		warn("cannot open a signalfd and an epoll instance");
	} else {
		skel->bss->sample_signalfd = signals;
		skel->bss->sample_epoll = epoll;
		err = iterate(skel->progs.adopt_files);
	}
	if (signals >= 0)
		close(signals);
	if (epoll >= 0)
		close(epoll);
	return err;
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
		if (iterate(skel->progs.adopt_tasks))
			return EXIT_FAILED;
	} while (skel->bss->adopted != before);
	return skel->bss->adopt_found ? EXIT_DONE : not_found(pid);
}

int adopt_processes(struct wakelab *skel, const pid_t *pids, unsigned n, bool children,
		    unsigned *unread)
{
	int status = EXIT_DONE;

	skel->bss->adopt_children = children;
	for (unsigned i = 0; !status && i < n; i++)
		status = adopt_tasks(skel, pids[i]);
	if (status)
		return status;
	return adopt_files(skel) || adopt_interests(skel, unread) ? EXIT_FAILED : EXIT_DONE;
}
