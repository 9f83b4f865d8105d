// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "calls.h"

#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct call_desc calls[] = {
	{"none", CLASS_OTHER, KIND_NONE, NULL},
	{"other", CLASS_OTHER, KIND_NONE, NULL},
	/* multiplexing waits */
	{"epoll_wait", CLASS_MUX, KIND_EPOLL_WAIT, NULL},
	{"epoll_pwait", CLASS_MUX, KIND_EPOLL_WAIT, NULL},
	{"epoll_pwait2", CLASS_MUX, KIND_EPOLL_WAIT, NULL},
	{"poll", CLASS_MUX, KIND_NONE, NULL},
	{"ppoll", CLASS_MUX, KIND_NONE, "ppoll_time64"},
	{"select", CLASS_MUX, KIND_NONE, "_newselect"},
	{"pselect6", CLASS_MUX, KIND_NONE, "pselect6_time64"},
	{"rt_sigtimedwait", CLASS_MUX, KIND_SIGWAIT, "rt_sigtimedwait_time64"},
	{"io_uring_enter", CLASS_URING, KIND_NONE, NULL},
	/* sleeps */
	{"pause", CLASS_SLEEP, KIND_NONE, NULL},
	{"rt_sigsuspend", CLASS_SLEEP, KIND_NONE, "sigsuspend"},
	{"nanosleep", CLASS_SLEEP, KIND_NONE, NULL},
	{"clock_nanosleep", CLASS_SLEEP, KIND_NONE, "clock_nanosleep_time64"},
	{"restart_syscall", CLASS_SLEEP, KIND_NONE, NULL},
	/* blocking I/O */
	{"accept", CLASS_IO, KIND_ACCEPT, NULL},
	{"accept4", CLASS_IO, KIND_ACCEPT, NULL},
	{"read", CLASS_IO, KIND_READ, NULL},
	{"readv", CLASS_IO, KIND_READV, NULL},
	{"pread64", CLASS_IO, KIND_READ, NULL},
	{"preadv", CLASS_IO, KIND_READV, NULL},
	{"preadv2", CLASS_IO, KIND_READV, NULL},
	{"recvfrom", CLASS_IO, KIND_RECV, "recv"},
	{"recvmsg", CLASS_IO, KIND_RECVMSG, NULL},
	{"recvmmsg", CLASS_IO, KIND_RECVMMSG, "recvmmsg_time64"},
	{"write", CLASS_IO, KIND_WRITE, NULL},
	{"writev", CLASS_IO, KIND_WRITEV, NULL},
	{"pwrite64", CLASS_IO, KIND_WRITE, NULL},
	{"pwritev", CLASS_IO, KIND_WRITEV, NULL},
	{"pwritev2", CLASS_IO, KIND_WRITEV, NULL},
	{"sendto", CLASS_IO, KIND_WRITE, "send"},
	{"sendmsg", CLASS_IO, KIND_WRITEV, NULL},
	{"sendmmsg", CLASS_IO, KIND_SENDMMSG, NULL},
	{"sendfile", CLASS_IO, KIND_WRITEV, "sendfile64"},
	{"splice", CLASS_IO, KIND_SPLICE, NULL},
	/* what sets them up */
	{"epoll_create1", CLASS_OTHER, KIND_EPOLL_CREATE, NULL},
	{"epoll_create", CLASS_OTHER, KIND_EPOLL_CREATE, NULL},
	{"epoll_ctl", CLASS_OTHER, KIND_EPOLL_CTL, NULL},
	{"fcntl", CLASS_OTHER, KIND_FCNTL, "fcntl64"},
	{"ioctl", CLASS_OTHER, KIND_IOCTL, NULL},
	{"socket", CLASS_OTHER, KIND_SOCKET, NULL},
	{"socketpair", CLASS_OTHER, KIND_SOCKETPAIR, NULL},
	{"bind", CLASS_OTHER, KIND_NONE, NULL},
	{"listen", CLASS_OTHER, KIND_LISTEN, NULL},
	{"connect", CLASS_OTHER, KIND_NONE, NULL},
	{"shutdown", CLASS_OTHER, KIND_NONE, NULL},
	{"close", CLASS_OTHER, KIND_CLOSE, NULL},
	{"setsockopt", CLASS_OTHER, KIND_NONE, NULL},
	{"rt_sigaction", CLASS_OTHER, KIND_NONE, NULL},
	{"rt_sigprocmask", CLASS_OTHER, KIND_NONE, NULL},
	{"rt_sigreturn", CLASS_VOID, KIND_NONE, "sigreturn"},
	{"signalfd4", CLASS_OTHER, KIND_NONE, NULL},
	{"eventfd2", CLASS_OTHER, KIND_NONE, NULL},
	{"timerfd_settime", CLASS_OTHER, KIND_TIMERFD, "timerfd_settime64"},
	{"io_uring_setup", CLASS_OTHER, KIND_NONE, NULL},
	{"io_uring_register", CLASS_OTHER, KIND_NONE, NULL},
	{"futex", CLASS_OTHER, KIND_NONE, "futex_time64"},
	{"wait4", CLASS_OTHER, KIND_NONE, NULL},
	{"waitid", CLASS_OTHER, KIND_NONE, NULL},
	{"clone", CLASS_OTHER, KIND_NONE, NULL},
	{"clone3", CLASS_OTHER, KIND_NONE, NULL},
	{"fork", CLASS_OTHER, KIND_NONE, NULL},
	{"vfork", CLASS_OTHER, KIND_NONE, NULL},
	{"sched_yield", CLASS_OTHER, KIND_NONE, NULL},
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
