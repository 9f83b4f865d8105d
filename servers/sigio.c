// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * sigio: signal-driven. With O_ASYNC the kernel sends SIGIO to the socket's owner (F_SETOWN) when
 * something arrives, and the program sleeps until then.
 *
 * A signal that is pending already is not queued a second time: one SIGIO may stand for many
 * datagrams, so each has to be answered by reading until EAGAIN.
 *
 * SIGIO stays blocked except inside sigsuspend(), which opens it and sleeps in one step: a signal
 * that comes while we are busy is kept, and ends the next sleep at once.
 */
#include <err.h>
#include <fcntl.h>
#include <unistd.h>

#include "common.h"
#include "datagram.h"
#include "stop.h"

static void wake(int sig)
{
	(void)sig; /* all it has to do is end the sleep */
}

static int ask_for_signals(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETOWN, getpid()))
		return -1;
	return fcntl(fd, F_SETFL, flags | O_ASYNC | O_NONBLOCK);
}

int serve_sigio(struct server *s)
{
	bool drain = !(s->opt.faults & FAULT_SIGIO_ONE_READ);
	struct sigaction on_io = {.sa_handler = wake};
	sigset_t io, asleep;

	sigemptyset(&io);
	sigaddset(&io, SIGIO);
	sigprocmask(SIG_BLOCK, &io, &asleep);
	sigdelset(&asleep, SIGIO);
	sigaction(SIGIO, &on_io, NULL);
	stop_signal = SIGIO; /* a stop signal that just misses the sleep ends it all the same */
	if (ask_for_signals(s->fd)) {
		warn("%s: cannot request SIGIO for the socket", s->model->name);
		return -1;
	}
	while (datagram_echo(s) && !stopping) /* what came before O_ASYNC was set */
		;
	while (!stopping) {
		if (!waited(s, sigsuspend(&asleep)))
			break;
		while (!stopping && datagram_echo(s) && drain)
			;
	}
	stop_signal = 0;
	return stopping ? 0 : -1;
}
