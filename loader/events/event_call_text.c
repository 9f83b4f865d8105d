// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "event_call_text.h"

#include <string.h>

#include "calls.h"
#include "event_names.h"
#include "format.h"
#include "names.h"

/*
 * What the arguments of a call are, a letter each: n a number, l one of 64 bits (a size, an
 * offset), x flags, * a place in memory, t the timeout. What there is behind the fourth is left
 * out, but for a timeout.
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
	{"read", "n*l"},
	{"readv", "n*n"},
	{"pread64", "n*ll"},
	{"preadv", "n*nl"},
	{"preadv2", "n*nl"},
	{"recvfrom", "n*lx"},
	{"recvmsg", "n*x"},
	{"recvmmsg", "n*nx"},
	{"mq_timedreceive", "n*l*"},
	{"write", "n*l"},
	{"writev", "n*n"},
	{"pwrite64", "n*ll"},
	{"pwritev", "n*nl"},
	{"pwritev2", "n*nl"},
	{"sendto", "n*lx"},
	{"sendmsg", "n*x"},
	{"sendmmsg", "n*nx"},
	{"sendfile", "nn*l"},
	{"splice", "n*n*"},
};

/* What they are, looked up once for each call. */
static const char *args_of(unsigned call)
{
	static const char *found[MAX_CALLS];
	const char *name = event_call(call);

	if (call >= MAX_CALLS)
		return "xxxx";
	for (unsigned i = 0; !found[call] && i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i].call, name))
			found[call] = known[i].args;
	if (!found[call])
		found[call] = "xxxx";
	return found[call];
}

void event_file_text(struct line *out, const struct event_file *f)
{
	if (f->kind == FILE_UNREGISTERED && f->fd < 0) {
		line_text(out, "what is registered no more");
		return;
	}
	line_text(out, "fd ");
	line_signed(out, f->fd);
	line_char(out, ' ');
	line_text(out, event_kind_of_file(f));
	if (f->family) {
		line_char(out, ' ');
		line_address(out, f->family, f->addr, f->port);
	}
}

static void print_timeout(struct line *out, __s64 ns)
{
	if (ns == NO_TIMEOUT)
		line_text(out, "-1");
	else if (ns < 0)
		line_text(out, "?");
	else if (ns)
		line_ns(out, ns);
	else
		line_text(out, "0");
}

static void print_arg(struct line *out, char what, __u64 value)
{
	if (what == '*')
		line_text(out, value ? "…" : "NULL");
	else if (what == 'n')
		line_signed(out, (int)value);
	else if (what == 'l')
		line_number(out, value);
	else if (value)
		line_hex(out, value);
	else
		line_char(out, '0');
}

void event_call_text(struct line *out, unsigned call, const __u64 args[N_EVENT_ARGS],
		     __s64 timeout_ns, const struct event_file *file)
{
	const char *what = args_of(call);

	line_text(out, event_call(call));
	line_char(out, '(');
	for (unsigned i = 0; what[i]; i++) {
		if (what[i] != 't' && i >= N_EVENT_ARGS)
			break;
		if (i)
			line_text(out, ", ");
		if (what[i] == 't')
			print_timeout(out, timeout_ns);
		else if (!i && file)
			event_file_text(out, file);
		else
			print_arg(out, what[i], args[i]);
	}
	line_char(out, ')');
}

void event_result_text(struct line *out, __s64 result)
{
	const char *error = event_error(result);

	line_text(out, error ? " = -1 " : " = ");
	if (error)
		line_text(out, error);
	else
		line_signed(out, result);
}
