// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "stop.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

volatile sig_atomic_t listening_fd = -1, serving_fd = -1, stop_signal;

/*
 * A flag alone would race: the signal may come between the check of it and the wait that follows.
 * So the handler also makes that wait return, by something that does not pass: a listener that was
 * shut down stays readable and refuses to accept, a pending signal stays pending.
 */
static void stop(int sig)
{
	int err = errno;

	(void)sig;
	stopping = 1;
	if (listening_fd >= 0)
		shutdown(listening_fd, SHUT_RDWR);
	if (serving_fd >= 0)
		shutdown(serving_fd, SHUT_RDWR);
	if (stop_signal)
		kill(getpid(), stop_signal);
	errno = err;
}

void server_signals(const struct server *s)
{
	const struct sigaction on_stop = {.sa_handler = stop}, ignore = {.sa_handler = SIG_IGN};

	listening_fd = s->model->transport == TRANSPORT_TCP ? s->fd : -1;
	sigaction(SIGINT, &on_stop, NULL);
	sigaction(SIGTERM, &on_stop, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}
