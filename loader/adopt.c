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

static int adopt_fdinfo(struct wakelab *skel, const char *path, __u64 task, __u64 epfd)
{
	FILE *file = fopen(path, "re");
	char line[256];
	int err = 0;

	while (file && !err && fgets(line, sizeof(line), file))
		err = adopt_line(skel, line, task, epfd);
	if (file)
		fclose(file);
	return err;
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
static int adopt_interests_of(struct wakelab *skel, const struct member *m)
{
	char path[320], folder[64];
	struct dirent *entry;
	int err = 0;
	DIR *dir;

	snprintf(folder, sizeof(folder), "/proc/%d/task/%d/fdinfo", m->pid, m->tid);
	dir = opendir(folder);
	while (dir && !err && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (*entry->d_name != '.')
			err = adopt_fdinfo(skel, path, m->task, strtoull(entry->d_name, NULL, 10));
	}
	if (dir)
		closedir(dir);
	return err;
}

/* Of each process once: its threads have their descriptors in common. */
static int adopt_interests(struct wakelab *skel)
{
	unsigned n;
	struct member *members = list_members(skel, &n);
	int err = members ? 0 : -1;

	for (unsigned i = 0; !err && i < n; i++)
		if (!i || members[i].pid != members[i - 1].pid)
			err = adopt_interests_of(skel, &members[i]);
	free(members);
	if (err)
		warn("cannot take in the epoll instances of the target");
	return err ? -1 : 0;
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

int adopt_processes(struct wakelab *skel, const pid_t *pids, unsigned n, bool children)
{
	int status = EXIT_DONE;

	skel->bss->adopt_children = children;
	for (unsigned i = 0; !status && i < n; i++)
		status = adopt_tasks(skel, pids[i]);
	if (status)
		return status;
	return adopt_files(skel) || adopt_interests(skel) ? EXIT_FAILED : EXIT_DONE;
}
