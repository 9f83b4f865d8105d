// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * sigio-rt: signal-driven, by a real-time signal. F_SETSIG chooses one in the place of SIGIO; real-
 * time signals queue, each with a siginfo that names the descriptor, and sigwaitinfo() takes them
 * out of the queue one by one, without any handler.
 *
 * The queue has an end (RLIMIT_SIGPENDING). When it is full the kernel sends a plain SIGIO, which
 * says only that something was missed: then every socket has to be drained. Here there is one
 * socket, and it is drained for each signal: a signal tells that a datagram came, not that it is
 * still there, since an earlier drain may have taken it.
 */
#include <err.h>
#include <fcntl.h>
#include <unistd.h>

#include "common.h"
#include "datagram.h"
#include "stop.h"

static int ask_for_signals(int fd, int sig)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETOWN, getpid()) || fcntl(fd, F_SETSIG, sig))
		return -1;
	return fcntl(fd, F_SETFL, flags | O_ASYNC | O_NONBLOCK);
}

static void drain(struct server *s)
{
	while (!stopping && datagram_echo(s))
		;
}

int serve_sigio_rt(struct server *s)
{
	int queued = SIGRTMIN + 1;
	siginfo_t info;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, queued);
	sigaddset(&signals, SIGIO);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	stop_signal = SIGIO; /* a stop signal that just misses the sleep ends it all the same */
	if (ask_for_signals(s->fd, queued)) {
		warn("%s: cannot request signals for the socket", s->model->name);
		return -1;
	}
	drain(s); /* what came before O_ASYNC was set */
	while (!stopping) {
		int sig = sigwaitinfo(&signals, &info);

		if (!waited(s, sig))
			break;
		if (sig == SIGIO || (sig == queued && info.si_fd == s->fd))
			drain(s);
	}
	stop_signal = 0;
	return stopping ? 0 : -1;
}
