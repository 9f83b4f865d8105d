// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "watched.h"

#include <errno.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "endings.h"
#include "live.h"
#include "signals.h"
#include "stop_here.h"

static bool is_behind(const struct loop *l)
{
	return output_waits(l->st->output) >= 0;
}

/* A terminal that is gone has an end, and no keys. */
static bool is_gone(const struct loop *l)
{
	return l->fds[FD_KEYS].revents & (POLLHUP | POLLERR | POLLNVAL);
}

void loop_on_keys(struct loop *l)
{
	bool quit = is_gone(l) || live_press(l->file) == ANSWER_QUIT;

	if (is_gone(l))
		l->fds[FD_KEYS].fd = -1;
	output_flush(l->st->output);
	if (quit)
		loop_asked_to_end(l, SIGTERM);
}

void loop_resized(struct loop *l)
{
	if (is_behind(l))
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
			seen |= (fds[1].revents & (POLLHUP | POLLERR | POLLNVAL)) ||
				live_press(l->file) == ANSWER_QUIT;
	}
}
