// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "common.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

int set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

bool waited(struct server *s, int ret)
{
	tally_add(&s->tally->waits, 1);
	if (ret >= 0 || errno == EINTR)
		return true;
	warn("%s: %s failed", s->model->name, s->model->wait_call);
	return false;
}

void say_refused(const char *format, ...)
{
	struct pollfd to = {.fd = STDERR_FILENO, .events = POLLOUT};
	static bool said;
	va_list args;

	if (said || poll(&to, 1, 0) != 1 || !(to.revents & POLLOUT))
		return;
	said = true;
	va_start(args, format);
	vwarnx(format, args);
	va_end(args);
}

void die_with_parent(int parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* it died before the line above */
		_exit(1);
}
