// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "guard.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_ours(const struct termios *now, const struct termios *ours)
{
	return now->c_iflag == ours->c_iflag && now->c_oflag == ours->c_oflag &&
	       now->c_cflag == ours->c_cflag && now->c_lflag == ours->c_lflag;
}

/* A shell that has the terminal back may have set it for itself by now. From the background it
 * would be refused by a signal, which is blocked for that. */
void taken_restore(const struct taken *taken)
{
	struct termios now;
	sigset_t set, before;

	if (tcgetattr(taken->fd, &now) || !is_ours(&now, &taken->ours))
		return;
	sigemptyset(&set);
	sigaddset(&set, SIGTTOU);
	sigprocmask(SIG_BLOCK, &set, &before);
	tcsetattr(taken->fd, TCSADRAIN, &taken->before);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* What nobody reads is not waited for: the terminal may be gone. */
static void leave(const struct taken *taken)
{
	size_t len = strlen(taken->leave);

	alarm(2);
	if (write(taken->fd, taken->leave, len) == (ssize_t)len)
		taken_restore(taken);
}

/* Keeps no descriptor of ours open but the terminal and the word; no signal for us is for it. */
static void watch(int word, const struct taken *taken)
{
	struct taken own = *taken;
	char told = 0, byte;
	sigset_t set;

	sigfillset(&set);
	sigdelset(&set, SIGALRM);
	sigprocmask(SIG_SETMASK, &set, NULL);
	signal(SIGALRM, SIG_DFL);
	if (dup2(taken->fd, 1) != 1 || dup2(1, 2) != 2 || dup2(word, 0) != 0)
		_exit(1);
	close_range(3, ~0u, 0);
	own.fd = 1;
	while (read(0, &byte, 1) == 1)
		told = byte;
	if (told)
		leave(&own);
	_exit(0);
}

int guard_start(struct guard *g, const struct taken *taken)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC)) {
		warn("cannot create a pipe");
		return -1;
	}
	g->pid = fork();
	if (!g->pid)
		watch(ends[0], taken);
	close(ends[0]);
	g->word = ends[1];
	if (g->pid > 0)
		return 0;
	warn("cannot start the process that looks after the terminal");
	close(ends[1]);
	return -1;
}

void guard_tell(const struct guard *g, bool taken)
{
	char byte = taken;

	if (write(g->word, &byte, 1) != 1)
		warn("the process that looks after the terminal has ended");
}

void guard_end(struct guard *g)
{
	guard_tell(g, false);
	close(g->word);
	waitpid(g->pid, NULL, 0);
}
