// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "sleepers.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "members.h"
#include "proc_comm.h"

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

int find_sleepers(struct wakelab *skel, struct beginning *b)
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

int adopt_stalls(struct wakelab *skel, const struct beginning *b)
{
	for (unsigned i = 0; i < b->n_sleepers; i++)
		if (is_epoll_wait(b->sleepers[i].call) && adopt_stalls_of(skel, &b->sleepers[i])) {
			warn("cannot take in the stalls under way");
			return -1;
		}
	return 0;
}
