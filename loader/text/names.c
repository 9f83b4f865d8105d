// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "names.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <linux/sockios.h>

#include "format.h"
#include "plural.h"

const char *const evidence_names[N_EVIDENCE] = {
	[EVIDENCE_ENDS] = "ends",     [EVIDENCE_FAILED] = "failed",
	[EVIDENCE_ACCEPT] = "accept", [EVIDENCE_SPIN] = "spin",
	[EVIDENCE_STALE] = "stale",   [EVIDENCE_REARM] = "rearm",
	[EVIDENCE_LATE] = "late",     [EVIDENCE_ROOM] = "room",
	[EVIDENCE_NAGLE] = "nagle",   [EVIDENCE_READ] = "read",
	[EVIDENCE_NEWS] = "news",     [EVIDENCE_GONE] = "gone",
	[EVIDENCE_LEAK] = "leak",     [EVIDENCE_COMPUTED] = "computed",
	[EVIDENCE_ASLEEP] = "asleep", [EVIDENCE_NOT_RUN] = "not_run",
};

const char *const file_kinds[N_FILE_NAMES] = {
	[FILE_OTHER] = "other",
	[FILE_UNREGISTERED] = "unregistered",
	[FILE_TCP] = "tcp",
	[FILE_LISTENER] = "listener",
	[FILE_DATAGRAMS] = "udp",
	[FILE_UNIX_STREAM] = "unix_stream",
	[FILE_UNIX_PACKETS] = "unix_packets",
	[FILE_OTHER_SOCKET] = "socket",
	[FILE_PIPE] = "pipe",
	[FILE_EVENTFD] = "eventfd",
	[FILE_TIMERFD] = "timerfd",
	[FILE_SIGNALFD] = "signalfd",
	[FILE_EPOLL] = "epoll",
	[FILE_INOTIFY] = "inotify",
	[FILE_FANOTIFY] = "fanotify",
	[FILE_TTY] = "tty",
	[FILE_PTY] = "pty",
	[FILE_MQUEUE] = "mqueue",
	[FILE_NOT_OPEN] = "not_open",
};

const char *errno_cell_name(unsigned cell, char *buf, size_t len)
{
	static const char *const restarts[] = {"ERESTARTSYS", "ERESTARTNOINTR", "ERESTARTNOHAND",
					       NULL, "ERESTART_RESTARTBLOCK"};
	const char *name = NULL;

	if (cell < N_ERRNOS)
		name = strerrorname_np(cell);
	else if (cell < ERRNO_OTHER)
		name = restarts[cell - N_ERRNOS];
	if (name)
		return name;
	if (cell < N_ERRNOS)
		snprintf(buf, len, "errno %u", cell);
	else
		snprintf(buf, len, "%s", "errno?");
	return buf;
}

struct name {
	unsigned number;
	const char *name;
};

#define NAME(n)                                                                                    \
	{                                                                                          \
		n, #n                                                                              \
	}

/* The bits of STREAMS, which sockets have for the same as the others. */
#define OF_BANDS(prefix)                                                                           \
	NAME(prefix##RDNORM), NAME(prefix##RDBAND), NAME(prefix##WRNORM), NAME(prefix##WRBAND)

static const char *name_of(const struct name *names, size_t n, unsigned number)
{
	for (size_t i = 0; i < n; i++)
		if (names[i].number == number)
			return names[i].name;
	return NULL;
}

const char *fcntl_name(const struct fcntl_key *key, char *buf, size_t len)
{
	static const struct name commands[] = {
		NAME(F_DUPFD),         NAME(F_GETFD),      NAME(F_SETFD),      NAME(F_GETFL),
		NAME(F_SETFL),         NAME(F_GETLK),      NAME(F_SETLK),      NAME(F_SETLKW),
		NAME(F_SETOWN),        NAME(F_GETOWN),     NAME(F_SETSIG),     NAME(F_GETSIG),
		NAME(F_SETOWN_EX),     NAME(F_GETOWN_EX),  NAME(F_OFD_GETLK),  NAME(F_OFD_SETLK),
		NAME(F_OFD_SETLKW),    NAME(F_SETLEASE),   NAME(F_GETLEASE),   NAME(F_NOTIFY),
		NAME(F_DUPFD_CLOEXEC), NAME(F_SETPIPE_SZ), NAME(F_GETPIPE_SZ), NAME(F_ADD_SEALS),
		NAME(F_GET_SEALS),
	};
	static const struct name ioctls[] = {NAME(FIONBIO), NAME(FIOASYNC), NAME(FIOSETOWN),
					     NAME(SIOCSPGRP)};
	const char *name =
		key->is_ioctl ? name_of(ioctls, sizeof(ioctls) / sizeof(ioctls[0]), key->cmd)
			      : name_of(commands, sizeof(commands) / sizeof(commands[0]), key->cmd);

	if (name)
		return name;
	snprintf(buf, len, "%s %u", key->is_ioctl ? "ioctl" : "fcntl", key->cmd);
	return buf;
}

const char *flag_name(unsigned bit)
{
	static const struct name flags[] = {NAME(O_APPEND), NAME(O_NONBLOCK), NAME(O_ASYNC),
					    NAME(O_DIRECT), NAME(O_NOATIME)};

	return name_of(flags, sizeof(flags) / sizeof(flags[0]), 1u << bit);
}

/* The C library calls SIGIO by its other name, SIGPOLL. */
const char *signal_name(int signal, char *buf, size_t len)
{
	if (signal == SIGIO)
		snprintf(buf, len, "SIGIO");
	else if (sigabbrev_np(signal))
		snprintf(buf, len, "SIG%s", sigabbrev_np(signal));
	else if (signal >= SIGRTMIN)
		snprintf(buf, len, "SIGRTMIN+%d", signal - SIGRTMIN);
	else
		snprintf(buf, len, "signal %d", signal);
	return buf;
}

/* What codes from 1 on mean depends on the signal. One that has none of its own has those of SIGIO:
 * a program chose it in place of that (F_SETSIG). */
static const char *own_code_name(int signal, int code)
{
	static const struct {
		int signal; /* 0: any other */
		const char *codes[9];
	} own[] = {
		{SIGCHLD,
		 {NULL, "CLD_EXITED", "CLD_KILLED", "CLD_DUMPED", "CLD_TRAPPED", "CLD_STOPPED",
		  "CLD_CONTINUED"}},
		{SIGSEGV,
		 {NULL, "SEGV_MAPERR", "SEGV_ACCERR", "SEGV_BNDERR", "SEGV_PKUERR", "SEGV_ACCADI",
		  "SEGV_ADIDERR", "SEGV_ADIPERR", "SEGV_MTEAERR"}},
		{SIGBUS,
		 {NULL, "BUS_ADRALN", "BUS_ADRERR", "BUS_OBJERR", "BUS_MCEERR_AR",
		  "BUS_MCEERR_AO"}},
		{SIGFPE,
		 {NULL, "FPE_INTDIV", "FPE_INTOVF", "FPE_FLTDIV", "FPE_FLTOVF", "FPE_FLTUND",
		  "FPE_FLTRES", "FPE_FLTINV", "FPE_FLTSUB"}},
		{SIGILL,
		 {NULL, "ILL_ILLOPC", "ILL_ILLOPN", "ILL_ILLADR", "ILL_ILLTRP", "ILL_PRVOPC",
		  "ILL_PRVREG", "ILL_COPROC", "ILL_BADSTK"}},
		{SIGTRAP,
		 {NULL, "TRAP_BRKPT", "TRAP_TRACE", "TRAP_BRANCH", "TRAP_HWBKPT", "TRAP_UNK",
		  "TRAP_PERF"}},
		{SIGSYS, {NULL, "SYS_SECCOMP", "SYS_USER_DISPATCH"}},
		{0, {NULL, "POLL_IN", "POLL_OUT", "POLL_MSG", "POLL_ERR", "POLL_PRI", "POLL_HUP"}},
	};
	unsigned i = 0;

	while (own[i].signal && own[i].signal != signal)
		i++;
	return code > 0 && code < (int)(sizeof(own[i].codes) / sizeof(own[i].codes[0]))
		       ? own[i].codes[code]
		       : NULL;
}

const char *signal_code_name(int signal, int code, char *buf, size_t len)
{
	static const struct name codes[] = {
		NAME(SI_USER),    NAME(SI_QUEUE), NAME(SI_TIMER), NAME(SI_MESGQ),
		NAME(SI_ASYNCIO), NAME(SI_SIGIO), NAME(SI_TKILL), NAME(SI_KERNEL),
	};
	const char *name = own_code_name(signal, code);

	if (!name)
		name = name_of(codes, sizeof(codes) / sizeof(codes[0]), code);
	if (name)
		return name;
	snprintf(buf, len, "%d", code);
	return buf;
}

bool signal_has_sender(int code)
{
	return code == SI_USER || code == SI_QUEUE || code == SI_TKILL;
}

const char *signal_origin(int signal, const struct signal_stats *s, char *buf, size_t len)
{
	bool ticks = signal == SIGALRM || signal == SIGVTALRM || signal == SIGPROF;

	if (signal_has_sender(s->code) && s->sender)
		snprintf(buf, len, "sent by thread %u (%s)", s->sender, s->comm);
	else if (signal_has_sender(s->code))
		snprintf(buf, len, "sent by a process that is not visible here");
	else if (s->code == SI_TIMER)
		snprintf(buf, len, "sent by a timer (timer_create)");
	else if (s->code == SI_KERNEL && ticks)
		snprintf(buf, len, "sent by a timer (setitimer or alarm)");
	else if (signal == SIGIO || s->code == SI_SIGIO)
		snprintf(buf, len, "sent for a descriptor");
	else if (signal == SIGCHLD)
		snprintf(buf, len, "sent for a child");
	else
		snprintf(buf, len, "sent by the kernel");
	return buf;
}

/* Those without a name come last, as a number. */
static const char *bits_text(const struct name *names, size_t n, __u32 bits, char *buf, size_t len)
{
	size_t used = 0;

	*buf = '\0';
	for (size_t i = 0; i < n && used < len; i++) {
		if (bits & names[i].number)
			used += snprintf(buf + used, len - used, "%s%s", used ? " " : "",
					 names[i].name);
		bits &= ~names[i].number;
	}
	if (bits && used < len)
		snprintf(buf + used, len - used, "%s%#x", used ? " " : "", bits);
	return buf;
}

const char *epoll_events_text(__u32 events, char *buf, size_t len)
{
	static const struct name names[] = {
		NAME(EPOLLIN),      NAME(EPOLLPRI),       NAME(EPOLLOUT),    NAME(EPOLLERR),
		NAME(EPOLLHUP),     NAME(EPOLLRDHUP),     OF_BANDS(EPOLL),   NAME(EPOLLET),
		NAME(EPOLLONESHOT), NAME(EPOLLEXCLUSIVE), NAME(EPOLLWAKEUP),
	};

	return bits_text(names, sizeof(names) / sizeof(names[0]), events, buf, len);
}

const char *interest_events_text(__u32 events, char *buf, size_t len)
{
	return epoll_events_text(events & ~(EPOLLERR | EPOLLHUP), buf, len);
}

/* The bits of poll() are the same. */
const char *told_events_text(__u32 events, char *buf, size_t len)
{
	static const struct name names[] = {
		NAME(EPOLLIN),  NAME(EPOLLPRI),   NAME(EPOLLOUT), NAME(EPOLLERR),
		NAME(EPOLLHUP), NAME(EPOLLRDHUP), NAME(POLLNVAL), OF_BANDS(EPOLL),
	};

	return bits_text(names, sizeof(names) / sizeof(names[0]), events, buf, len);
}

const char *call_events_text(unsigned kind, __u32 events, char *buf, size_t len)
{
	static const struct name of_poll[] = {
		NAME(POLLIN),  NAME(POLLPRI),   NAME(POLLOUT),  NAME(POLLERR),
		NAME(POLLHUP), NAME(POLLRDHUP), NAME(POLLNVAL), OF_BANDS(POLL),
	};
	static const struct name of_select[] = {
		{POLLIN, "readable"},
		{POLLPRI, "exceptional condition"},
		{POLLOUT, "writable"},
	};

	if (kind == KIND_POLL)
		return bits_text(of_poll, sizeof(of_poll) / sizeof(of_poll[0]), events, buf, len);
	if (kind == KIND_SELECT)
		return bits_text(of_select, sizeof(of_select) / sizeof(of_select[0]),
				 events & (POLLIN | POLLPRI | POLLOUT), buf, len);
	return told_events_text(events, buf, len);
}

const char *amount_text(unsigned unit, __u64 amount, char *buf, size_t len)
{
	static const struct {
		const char *unit, *what;
	} words[N_UNREAD] = {
		[UNREAD_BYTES] = {"byte", "unread"},
		[UNREAD_PACKETS] = {"packet", "unread"},
		[UNREAD_CONNECTIONS] = {"connection", "waiting"},
		[UNREAD_EVENTS] = {"event", "unread"},
		[UNREAD_COUNT] = {"unit", "of its count unread"},
		[UNREAD_EXPIRATIONS] = {"expiration", "unread"},
		[UNREAD_SIGNALS] = {"signal", "pending"},
		[UNREAD_MESSAGES] = {"message", "unread"},
		[UNREAD_INTERESTS] = {"interest", "ready"},
	};

	snprintf(buf, len, "%s %s%s %s", format_count(amount), words[unit].unit, plural(amount),
		 words[unit].what);
	return buf;
}

const char *unread_text(const struct stall *s, char *buf, size_t len)
{
	return amount_text(s->unit, s->unread, buf, len);
}

const char *address_text(int family, const __u8 *addr, unsigned port, char *buf, size_t len)
{
	char address[INET6_ADDRSTRLEN] = "";

	*buf = '\0';
	if (family && inet_ntop(family, addr, address, sizeof(address)))
		snprintf(buf, len, family == AF_INET6 ? "[%s]:%u" : "%s:%u", address, port);
	return buf;
}

const char *peer_text(const struct stall *s, char *buf, size_t len)
{
	return address_text(s->family, s->addr, s->port, buf, len);
}
