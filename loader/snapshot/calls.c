// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "calls.h"

#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct call_desc calls[] = {
	{.name = "none", .class = CLASS_OTHER},
	{.name = "other", .class = CLASS_OTHER},
	/* multiplexing waits */
	{.name = "epoll_wait", .class = CLASS_MUX, .kind = KIND_EPOLL_WAIT},
	{.name = "epoll_pwait", .class = CLASS_MUX, .kind = KIND_EPOLL_WAIT},
	{.name = "epoll_pwait2", .class = CLASS_MUX, .kind = KIND_EPOLL_WAIT},
	{.name = "poll", .class = CLASS_MUX, .kind = KIND_POLL},
	{.name = "ppoll", .class = CLASS_MUX, .kind = KIND_POLL, .aliases = "ppoll_time64"},
	{.name = "select", .class = CLASS_MUX, .kind = KIND_SELECT, .aliases = "_newselect"},
	{.name = "pselect6", .class = CLASS_MUX, .kind = KIND_SELECT, .aliases = "pselect6_time64"},
	{.name = "rt_sigtimedwait",
	 .class = CLASS_MUX,
	 .kind = KIND_SIGWAIT,
	 .aliases = "rt_sigtimedwait_time64"},
	{.name = "io_uring_enter", .class = CLASS_URING},
	/* sleeps */
	{.name = "pause", .class = CLASS_SLEEP},
	{.name = "rt_sigsuspend", .class = CLASS_SLEEP, .aliases = "sigsuspend"},
	{.name = "nanosleep", .class = CLASS_SLEEP},
	{.name = "clock_nanosleep", .class = CLASS_SLEEP, .aliases = "clock_nanosleep_time64"},
	{.name = "restart_syscall", .class = CLASS_SLEEP},
	/* blocking I/O */
	{.name = "accept", .class = CLASS_IO, .kind = KIND_ACCEPT},
	{.name = "accept4", .class = CLASS_IO, .kind = KIND_ACCEPT},
	{.name = "read", .class = CLASS_IO, .kind = KIND_READ},
	{.name = "readv", .class = CLASS_IO, .kind = KIND_READV},
	{.name = "pread64", .class = CLASS_IO, .kind = KIND_READ},
	{.name = "preadv", .class = CLASS_IO, .kind = KIND_READV},
	{.name = "preadv2", .class = CLASS_IO, .kind = KIND_READV},
	{.name = "recvfrom", .class = CLASS_IO, .kind = KIND_RECV, .aliases = "recv"},
	{.name = "recvmsg", .class = CLASS_IO, .kind = KIND_RECVMSG},
	{.name = "recvmmsg",
	 .class = CLASS_IO,
	 .kind = KIND_RECVMMSG,
	 .aliases = "recvmmsg_time64"},
	{.name = "mq_timedreceive",
	 .class = CLASS_IO,
	 .kind = KIND_READ,
	 .aliases = "mq_timedreceive_time64"},
	{.name = "write", .class = CLASS_IO, .kind = KIND_WRITE},
	{.name = "writev", .class = CLASS_IO, .kind = KIND_WRITEV},
	{.name = "pwrite64", .class = CLASS_IO, .kind = KIND_WRITE},
	{.name = "pwritev", .class = CLASS_IO, .kind = KIND_WRITEV},
	{.name = "pwritev2", .class = CLASS_IO, .kind = KIND_WRITEV},
	{.name = "sendto", .class = CLASS_IO, .kind = KIND_WRITE, .aliases = "send"},
	{.name = "sendmsg", .class = CLASS_IO, .kind = KIND_WRITEV},
	{.name = "sendmmsg", .class = CLASS_IO, .kind = KIND_SENDMMSG},
	{.name = "sendfile", .class = CLASS_IO, .kind = KIND_WRITEV, .aliases = "sendfile64"},
	{.name = "splice", .class = CLASS_IO, .kind = KIND_SPLICE},
	/* what sets them up */
	{.name = "epoll_create1", .class = CLASS_OTHER, .kind = KIND_EPOLL_CREATE},
	{.name = "epoll_create", .class = CLASS_OTHER, .kind = KIND_EPOLL_CREATE},
	{.name = "epoll_ctl", .class = CLASS_OTHER, .kind = KIND_EPOLL_CTL},
	{.name = "fcntl", .class = CLASS_OTHER, .kind = KIND_FCNTL, .aliases = "fcntl64"},
	{.name = "ioctl", .class = CLASS_OTHER, .kind = KIND_IOCTL},
	{.name = "socket", .class = CLASS_OTHER, .kind = KIND_SOCKET},
	{.name = "socketpair", .class = CLASS_OTHER, .kind = KIND_SOCKETPAIR},
	{.name = "bind", .class = CLASS_OTHER},
	{.name = "listen", .class = CLASS_OTHER, .kind = KIND_LISTEN},
	{.name = "connect", .class = CLASS_OTHER},
	{.name = "shutdown", .class = CLASS_OTHER},
	{.name = "close", .class = CLASS_OTHER, .kind = KIND_CLOSE},
	{.name = "setsockopt", .class = CLASS_OTHER},
	{.name = "rt_sigaction", .class = CLASS_OTHER},
	{.name = "rt_sigprocmask", .class = CLASS_OTHER},
	{.name = "rt_sigreturn", .class = CLASS_VOID, .aliases = "sigreturn"},
	{.name = "signalfd4", .class = CLASS_OTHER},
	{.name = "eventfd2", .class = CLASS_OTHER},
	{.name = "timerfd_settime",
	 .class = CLASS_OTHER,
	 .kind = KIND_TIMERFD,
	 .aliases = "timerfd_settime64"},
	{.name = "io_uring_setup", .class = CLASS_OTHER},
	{.name = "io_uring_register", .class = CLASS_OTHER},
	{.name = "futex", .class = CLASS_OTHER, .aliases = "futex_time64"},
	{.name = "wait4", .class = CLASS_OTHER},
	{.name = "waitid", .class = CLASS_OTHER},
	{.name = "clone", .class = CLASS_OTHER},
	{.name = "clone3", .class = CLASS_OTHER},
	{.name = "fork", .class = CLASS_OTHER},
	{.name = "vfork", .class = CLASS_OTHER},
	{.name = "sched_yield", .class = CLASS_OTHER},
};
const unsigned n_calls = sizeof(calls) / sizeof(calls[0]);

_Static_assert(sizeof(calls) / sizeof(calls[0]) <= MAX_CALLS, "more rows than the ledger has");

const char *call_name(unsigned nr, char *buf, size_t len)
{
	char *name = seccomp_syscall_resolve_num_arch(seccomp_arch_native(), nr);

	if (name)
		snprintf(buf, len, "%s", name);
	else
		snprintf(buf, len, "call %u", nr);
	free(name);
	return buf;
}

const char *const *call_names(const __u64 counted[MAX_NR])
{
	static char texts[MAX_NR][32];
	static const char *names[MAX_NR];

	for (unsigned nr = 0; nr < MAX_NR; nr++)
		if (counted[nr] && !names[nr])
			names[nr] = call_name(nr, texts[nr], sizeof(texts[nr]));
	return names;
}

unsigned call_row_of(const char *name)
{
	for (unsigned i = OTHER_CALL + 1; i < n_calls; i++)
		if (!strcmp(calls[i].name, name))
			return i;
	return 0;
}

enum call_kind call_kind_of(unsigned row)
{
	return row < n_calls ? calls[row].kind : KIND_NONE;
}

int call_args(const char *name)
{
	static const struct {
		const char *name;
		int args;
	} known[] = {
		{"pause", 0},      {"restart_syscall", 0},
		{"nanosleep", 2},  {"rt_sigsuspend", 2},
		{"accept", 3},     {"poll", 3},
		{"read", 3},       {"recvmsg", 3},
		{"accept4", 4},    {"clock_nanosleep", 4},
		{"epoll_wait", 4}, {"rt_sigtimedwait", 4},
		{"wait4", 4},
	};

	for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i].name, name))
			return known[i].args;
	return CALL_ARGS_MAX;
}

bool call_waits_for_signals(unsigned row)
{
	return calls[row].kind == KIND_SIGWAIT || !strcmp(calls[row].name, "pause") ||
	       !strcmp(calls[row].name, "rt_sigsuspend");
}

bool name_in_list(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (; list; list = strchr(list, ',') ? strchr(list, ',') + 1 : NULL)
		if (!strncmp(list, name, len) && (list[len] == ',' || !list[len]))
			return true;
	return false;
}

/* The second ABI of each native one: that of its 32-bit tasks. */
static uint32_t compat_arch(void)
{
	switch (seccomp_arch_native()) {
	case SCMP_ARCH_X86_64:
		return SCMP_ARCH_X86;
	case SCMP_ARCH_AARCH64:
		return SCMP_ARCH_ARM;
	default:
		return 0;
	}
}

static void fill_one(__u8 row_of[MAX_NR], uint32_t arch, const char *name, __u8 row)
{
	int nr = seccomp_syscall_resolve_name_arch(arch, name);

	if (nr >= 0 && nr < MAX_NR)
		row_of[nr] = row;
}

static void fill_abi(__u8 row_of[MAX_NR], uint32_t arch)
{
	char names[128], *save, *name;

	for (unsigned i = OTHER_CALL + 1; i < n_calls; i++) {
		fill_one(row_of, arch, calls[i].name, i);
		if (!calls[i].aliases)
			continue;
		strncpy(names, calls[i].aliases, sizeof(names) - 1);
		names[sizeof(names) - 1] = '\0';
		for (name = strtok_r(names, ",", &save); name; name = strtok_r(NULL, ",", &save))
			fill_one(row_of, arch, name, i);
	}
}

void calls_fill(__u8 row_of[N_ABIS][MAX_NR], struct call_row rows[MAX_CALLS])
{
	fill_abi(row_of[0], seccomp_arch_native());
	if (compat_arch())
		fill_abi(row_of[1], compat_arch());
	for (unsigned i = 0; i < n_calls; i++)
		rows[i] = (struct call_row){.class = calls[i].class, .kind = calls[i].kind};
}
