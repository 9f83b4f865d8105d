// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "watched.h"

#include <errno.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "endings.h"
#include "live.h"
#include "signals.h"
#include "stop_here.h"

void loop_on_keys(struct loop *l)
{
	bool gone = live_is_gone(l->fds[FD_KEYS].revents);
	bool quit = gone || live_press(l->file) == ANSWER_QUIT;

	if (gone)
		l->fds[FD_KEYS].fd = -1;
	output_flush(l->st->output);
	if (quit)
		loop_asked_to_end(l, SIGTERM);
}

void loop_resized(struct loop *l)
{
	if (output_is_behind(l->st->output))
		return;
	live_draw(l->file);
	output_flush(l->st->output);
}

/* Whether it is a signal that ends the run. */
static bool take_signal(struct loop *l)
{
	struct signalfd_siginfo info;
	sigset_t ends;

	if (read(l->fds[FD_SIGNAL].fd, &info, sizeof(info)) != sizeof(info))
		return false;
	if (info.ssi_signo == SIGTSTP)
		stop_here(l->st->output);
	signals_that_end(&ends);
	return sigismember(&ends, (int)info.ssi_signo);
}

void loop_linger(struct loop *l, const struct run_end *end)
{
	static const int watched[] = {FD_SIGNAL, FD_KEYS, FD_OUTPUT};
	struct pollfd fds[sizeof(watched) / sizeof(watched[0])];
	bool seen = l->fds[FD_KEYS].fd < 0 || l->st->interrupted;

	if (!seen)
		live_over(l->file, l->last, end->elapsed_ns, end);
	while (!seen) {
		output_flush(l->st->output);
		l->fds[FD_OUTPUT].fd = output_waits(l->st->output);
		for (unsigned i = 0; i < sizeof(watched) / sizeof(watched[0]); i++)
			fds[i] = l->fds[watched[i]];
		if (poll(fds, sizeof(watched) / sizeof(watched[0]), -1) < 0) {
			if (errno != EINTR)
				break;
			loop_resized(l);
			continue;
		}
		if (fds[0].revents)
			seen = take_signal(l);
		if (fds[1].revents)
			seen |= live_is_gone(fds[1].revents) || live_press(l->file) == ANSWER_QUIT;
	}
}
