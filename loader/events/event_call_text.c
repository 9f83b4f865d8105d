// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "event_call_text.h"

#include <string.h>

#include "calls.h"
#include "event_names.h"
#include "format.h"
#include "names.h"

/*
 * What the arguments of a call are, a letter each: n a number, x flags, * a place in memory, t the
 * timeout. What there is behind the fourth is left out, but for a timeout.
 */
static const struct {
	const char *call, *args;
} known[] = {
	{"epoll_wait", "n*nt"},
	{"epoll_pwait", "n*nt*"},
	{"epoll_pwait2", "n*nt*"},
	{"poll", "*nt"},
	{"ppoll", "*nt*"},
	{"select", "n***t"},
	{"pselect6", "n***t*"},
	{"rt_sigtimedwait", "**t"},
	{"io_uring_enter", "nnnx"},
	{"pause", ""},
	{"rt_sigsuspend", "*"},
	{"nanosleep", "t*"},
	{"clock_nanosleep", "nxt*"},
	{"restart_syscall", ""},
	{"accept", "n**"},
	{"accept4", "n**x"},
	{"read", "n*n"},
	{"readv", "n*n"},
	{"pread64", "n*nn"},
	{"preadv", "n*nn"},
	{"preadv2", "n*nn"},
	{"recvfrom", "n*nx"},
	{"recvmsg", "n*x"},
	{"recvmmsg", "n*nx"},
	{"mq_timedreceive", "n*n*"},
	{"write", "n*n"},
	{"writev", "n*n"},
	{"pwrite64", "n*nn"},
	{"pwritev", "n*nn"},
	{"pwritev2", "n*nn"},
	{"sendto", "n*nx"},
	{"sendmsg", "n*x"},
	{"sendmmsg", "n*nx"},
	{"sendfile", "nn*n"},
	{"splice", "n*n*"},
};

static const char *args_of(unsigned call)
{
	const char *name = event_call(call);

	for (unsigned i = 0; name && i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i].call, name))
			return known[i].args;
	return "xxxx";
}

const char *event_file_text(const struct event_file *f, char *buf, size_t len)
{
	char peer[80];

	address_text(f->family, f->addr, f->port, peer, sizeof(peer));
	if (f->kind == FILE_UNREGISTERED && f->fd < 0)
		snprintf(buf, len, "what is registered no more");
	else
		snprintf(buf, len, "fd %d %s%s%s", f->fd, event_kind_of_file(f), *peer ? " " : "",
			 peer);
	return buf;
}

static void print_timeout(FILE *out, __s64 ns)
{
	if (ns == NO_TIMEOUT)
		fputs("-1", out);
	else if (ns < 0)
		fputs("?", out);
	else
		fputs(ns ? format_ns(ns) : "0", out);
}

static void print_arg(FILE *out, char what, __u64 value)
{
	if (what == '*')
		fputs(value ? "…" : "NULL", out);
	else if (what == 'n')
		fprintf(out, "%d", (int)value);
	else
		fprintf(out, value ? "0x%llx" : "%llu", (unsigned long long)value);
}

void event_call_text(FILE *out, unsigned call, const __u64 args[N_EVENT_ARGS], __s64 timeout_ns,
		     const struct event_file *file)
{
	const char *what = args_of(call);
	char text[160];

	fprintf(out, "%s(", event_call(call));
	for (unsigned i = 0; what[i]; i++) {
		if (what[i] != 't' && i >= N_EVENT_ARGS)
			break;
		if (i)
			fputs(", ", out);
		if (what[i] == 't')
			print_timeout(out, timeout_ns);
		else if (!i && file)
			fputs(event_file_text(file, text, sizeof(text)), out);
		else
			print_arg(out, what[i], args[i]);
	}
	putc(')', out);
}

void event_result_text(FILE *out, __s64 result)
{
	const char *error = event_error(result);

	if (error)
		fprintf(out, " = -1 %s", error);
	else
		fprintf(out, " = %lld", (long long)result);
}
