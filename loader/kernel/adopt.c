// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "adopt.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "calls.h"
#include "exit_status.h"
#include "names.h"
#include "proc_comm.h"
#include "processes.h"

/* Where what an iterator writes is put together: rows of one size. */
struct rows {
	void *rows;
	size_t len, size; /* bytes */
};

/* Takes in what the iterator wrote. Returns 0 or -1 with errno. */
static int rows_add(struct rows *r, const char *buf, size_t n)
{
	void *more;

	if (r->len + n > r->size) {
		more = realloc(r->rows, 2 * (r->len + n));
		if (!more)
			return -1;
		r->rows = more;
		r->size = 2 * (r->len + n);
	}
	memcpy((char *)r->rows + r->len, buf, n);
	r->len += n;
	return 0;
}

/* Runs an iterator program to its end; what it writes is added to rows, unless NULL. Returns 0 or
 * -1 after one line on stderr. */
static int iterate(struct bpf_program *prog, struct rows *rows)
{
	struct bpf_link *link = bpf_program__attach_iter(prog, NULL);
	char buf[4096];
	ssize_t n = -1;
	int fd = -1;

	if (link)
		fd = bpf_iter_create(bpf_link__fd(link));
	if (fd >= 0)
		while ((n = read(fd, buf, sizeof(buf))) > 0)
			if (rows && rows_add(rows, buf, n)) {
				n = -1;
				break;
			}
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

/* Fills in the call that a thread sleeps in: "232 0x4 0x7ffd... ..."; false if it does not. */
static bool read_call(struct sleeper *s)
{
	unsigned long long a[SLEEPER_ARGS];
	char path[64], line[256] = "", *name;
	FILE *file;
	int nr;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", s->pid, s->tid);
	file = fopen(path, "re");
	if (file && !fgets(line, sizeof(line), file))
		*line = '\0';
	if (file)
		fclose(file);
	if (sscanf(line, "%d %llx %llx %llx %llx %llx %llx", &nr, &a[0], &a[1], &a[2], &a[3], &a[4],
		   &a[5]) != 1 + SLEEPER_ARGS ||
	    nr < 0)
		return false;
	for (unsigned i = 0; i < SLEEPER_ARGS; i++)
		s->args[i] = a[i];
	name = seccomp_syscall_resolve_num_arch(seccomp_arch_native(), nr);
	snprintf(s->call, sizeof(s->call), "%s", name ? name : "unknown");
	free(name);
	return true;
}

static int find_sleepers(struct wakelab *skel, struct beginning *b)
{
	unsigned n;
	struct member *members = list_members(skel, &n);

	b->sleepers = members ? calloc(n + 1, sizeof(*b->sleepers)) : NULL;
	for (unsigned i = 0; b->sleepers && i < n; i++) {
		struct sleeper *s = &b->sleepers[b->n_sleepers];

		*s = (struct sleeper){
			.task = members[i].task, .pid = members[i].pid, .tid = members[i].tid};
		if (!read_call(s))
			continue;
		read_comm(s->pid, s->tid, s->comm, sizeof(s->comm));
		b->n_sleepers++;
	}
	free(members);
	if (!b->sleepers)
		warn("cannot list the threads that sleep");
	return b->sleepers ? 0 : -1;
}

static bool is_epoll_wait(const char *name)
{
	for (unsigned i = 0; i < n_calls; i++)
		if (calls[i].kind == KIND_EPOLL_WAIT && !strcmp(calls[i].name, name))
			return true;
	return false;
}

/* Asks of every interest of the epoll instance that a thread waits for whether it stalls. */
static int adopt_stalls_of(struct wakelab *skel, const struct sleeper *s)
{
	int fd = bpf_map__fd(skel->maps.interests), prog = bpf_program__fd(skel->progs.adopt_stall);
	__u64 args[4] = {s->task, (__u32)s->args[0]};
	struct interest_key key, *from = NULL;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args));
	int err = bpf_prog_test_run_opts(prog, &opts);
	__u64 epoll = skel->bss->adopt_epoll;

	while (!err && epoll && !bpf_map_get_next_key(fd, from, &key)) {
		from = &key;
		if (key.epoll != epoll)
			continue;
		args[2] = key.epoll;
		args[3] = key.data;
		err = bpf_prog_test_run_opts(prog, &opts);
	}
	return err;
}

static int adopt_stalls(struct wakelab *skel, const struct beginning *b)
{
	for (unsigned i = 0; i < b->n_sleepers; i++)
		if (is_epoll_wait(b->sleepers[i].call) && adopt_stalls_of(skel, &b->sleepers[i])) {
			warn("cannot take in the stalls under way");
			return -1;
		}
	return 0;
}

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
	if (adopt_files(skel, &rows) || adopt_interests(skel, unread)) {
		free(rows.rows);
		return EXIT_FAILED;
	}
	take_unread(b, &rows);
	return find_sleepers(skel, b) || adopt_stalls(skel, b) ? EXIT_FAILED : EXIT_DONE;
}
