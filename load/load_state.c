// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* How a load fails: with one reason, the first. */
#include "load_state.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void load_fail(struct load *l, const char *fmt, ...)
{
	va_list ap;

	if (l->failed)
		return;
	l->failed = true;
	va_start(ap, fmt);
	vsnprintf(l->r->error, sizeof(l->r->error), fmt, ap);
	va_end(ap);
}

void load_fail_connect(struct load *l, int error)
{
	const struct load_options *opt = l->opt;
	bool v6 = strchr(opt->address, ':');
	char remedy[96] = "", port[24] = "";

	if (opt->port != SERVER_PORT)
		snprintf(port, sizeof(port), " --port %u", opt->port);
	if (error == ECONNREFUSED)
		snprintf(remedy, sizeof(remedy), "; start a server with: wakelab serve %s%s",
			 opt->transport == TRANSPORT_TCP ? "epoll-et" : "sigio", port);
	load_fail(l, "cannot connect to %s%s%s:%u: %s%s", v6 ? "[" : "", opt->address,
		  v6 ? "]" : "", opt->port, strerror(error), remedy);
}
