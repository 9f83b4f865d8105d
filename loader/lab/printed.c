// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "printed.h"

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tasks.h"

/* Reads once. False: there is nothing more. */
static bool take(struct printed *p)
{
	size_t len = strlen(p->kept);
	ssize_t n;

	if (len > PRINTED_KEPT) {
		memmove(p->kept, p->kept + len - PRINTED_KEPT, PRINTED_KEPT + 1);
		len = PRINTED_KEPT;
	}
	n = read(p->from, p->kept + len, PRINTED_KEPT);
	if (n <= 0)
		return false;
	p->kept[len + n] = '\0';
	for (char *c = p->kept + len; c < p->kept + len + n; c++)
		if (!*c)
			*c = '?'; /* it would end the string */
	p->bytes += n;
	return true;
}

static void *take_all(void *arg)
{
	struct printed *p = arg;
	struct pollfd fds[] = {{p->from, POLLIN, 0}, {p->stop, POLLIN, 0}};

	while (poll(fds, 2, -1) < 0 || fds[0].revents || !fds[1].revents)
		if (fds[0].revents && !take(p))
			break;
	return NULL;
}

int printed_begin(struct printed *p)
{
	int fds[2], error;

	*p = (struct printed){.from = -1, .stop = eventfd(0, EFD_CLOEXEC)};
	if (p->stop < 0 || pipe2(fds, O_CLOEXEC)) {
		warn("cannot create a pipe for the output of the server");
		if (p->stop >= 0)
			close(p->stop);
		return -1;
	}
	p->from = fds[0];
	error = pthread_create(&p->thread, NULL, take_all, p);
	if (!error)
		return fds[1];
	tasks_warn("cannot start the thread that reads the output of the server", error);
	close(fds[0]);
	close(fds[1]);
	close(p->stop);
	return -1;
}

void printed_end(struct printed *p)
{
	const unsigned long long one = 1;
	size_t len;
	char *line;

	if (write(p->stop, &one, sizeof(one)) != sizeof(one))
		warn("cannot end the thread that reads the output of the server");
	pthread_join(p->thread, NULL);
	close(p->from);
	close(p->stop);
	len = strlen(p->kept);
	if (len <= PRINTED_KEPT)
		return;
	line = strchr(p->kept + len - PRINTED_KEPT, '\n');
	line = line ? line + 1 : p->kept + len - PRINTED_KEPT;
	memmove(p->kept, line, strlen(line) + 1);
}
