// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "stream_signals.h"

#include "brief_write.h"
#include "signals.h"

void stream_set(sigset_t *set, bool groups, bool keeps)
{
	signals_that_end(set);
	sigaddset(set, SIGCHLD);
	if (groups)
		sigaddset(set, SIGTSTP);
	if (keeps)
		sigaddset(set, SIGUSR2);
}

void stream_signals(const struct stream *st, struct signals *before)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN}, usual = {.sa_handler = SIG_DFL};
	sigset_t set;

	stream_set(&set, st->groups, st->out.flight.seconds > 0);
	sigprocmask(SIG_BLOCK, &set, &before->mask);
	sigaction(SIGPIPE, &ignore, &before->pipe);
	sigaction(SIGCHLD, &usual, &before->child);
	brief_signal(&before->brief);
	stderr_drops();
}

void stream_take_stops(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_BLOCK, &set, NULL);
}
