// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "child.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "brief_write.h"
#include "keeper.h"
#include "names.h"
#include "proc_stat.h"
#include "process_state.h"
#include "processes.h"
#include "signals.h"
#include "tasks.h"

#define LAST_WAIT 10000 /* ms: for one that was killed, unless it is seen why it does not end */
#define LAST_LOOK 200

int tie_to_parent(pid_t parent)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent ? -1 : 0;
}

struct pipes {
	int gate[2], ready[2], err[2], word[2];
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void pipes_close(struct pipes *p)
{
	int *fds = (int *)p;

	for (size_t i = 0; i < sizeof(*p) / sizeof(int); i++)
		close_end(&fds[i]);
}

/* Of sockets, so that it is told whose bytes they are. */
static int open_ready(int *ready)
{
	const int one = 1;

	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ready) ||
	       setsockopt(ready[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof(one));
}

static int pipes_open(struct pipes *p, unsigned flags)
{
	memset(p, -1, sizeof(*p));
	if (pipe2(p->gate, O_CLOEXEC) || open_ready(p->ready) ||
	    (flags & CHILD_KEEP_STDERR && pipe2(p->err, O_CLOEXEC)) ||
	    (flags & CHILD_KEPT && pipe2(p->word, O_CLOEXEC | O_NONBLOCK))) {
		warn("cannot create the pipes to a child process");
		pipes_close(p);
		return -1;
	}
	return 0;
}

/* A command finds the signals as it would without us; what runs our own code needs these two. */
static void restore_signals(const struct signals *before, bool command)
{
	const struct sigaction usual = {.sa_handler = SIG_DFL};

	sigaction(SIGPIPE, command ? &before->pipe : &usual, NULL);
	sigaction(SIGCHLD, command ? &before->child : &usual, NULL);
	sigaction(BRIEF_SIGNAL, &before->brief, NULL);
	sigprocmask(SIG_SETMASK, &before->mask, NULL);
}

/* What the terminal sent to our group before this process had one of its own, was meant for us. */
static void leave_group(void)
{
	const struct timespec now = {0};
	sigset_t set;

	setpgid(0, 0);
	signals_that_end(&set);
	sigaddset(&set, SIGTSTP);
	while (sigtimedwait(&set, NULL, &now) > 0)
		;
}

/*
 * Server and client are forked, not executed: what the tracer has open is none of theirs. A
 * command's further descriptors are its caller's, and ours are closed when it is executed.
 */
static void close_others(const struct pipes *p)
{
	const int *fds = (const int *)p;
	unsigned from = STDERR_FILENO + 1;

	for (;;) {
		unsigned next = UINT_MAX;

		for (size_t i = 0; i < sizeof(*p) / sizeof(int); i++)
			if (fds[i] >= (int)from && (unsigned)fds[i] < next)
				next = fds[i];
		if (next > from)
			close_range(from, next == UINT_MAX ? UINT_MAX : next - 1, 0);
		if (next == UINT_MAX)
			return;
		from = next + 1;
	}
}

/*
 * The gate of a server or a client is its standard input, of which it reads nothing else: behind it
 * there is nothing of ours left to be closed, which would be traced. A command executes.
 */
static void stand_at_gate(struct pipes *p, bool command)
{
	if (p->err[1] >= 0)
		dup2(p->err[1], STDERR_FILENO);
	if (!command)
		dup2(p->gate[0], STDIN_FILENO);
	close_end(&p->gate[1]); /* the last end of it is the parent's */
	if (write(p->ready[1], "", 1) != 1)
		_exit(EXIT_FAILURE);
	if (!command)
		pipes_close(p);
}

static void pass_gate(int gate)
{
	char go;

	if (read(gate, &go, 1) != 1)
		_exit(EXIT_FAILURE); /* the parent gave up */
}

static int prepare(const struct child_body *body, const struct signals *before, pid_t parent)
{
	bool command = body->flags & CHILD_COMMAND;

	if (body->user && user_become(body->user))
		return EXIT_FAILURE;
	if (body->flags & CHILD_APART && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return EXIT_FAILURE;
	if (!command && tie_to_parent(parent))
		return EXIT_FAILURE;
	restore_signals(before, command);
	return body->prepare ? body->prepare(body->arg) : 0;
}

static _Noreturn void child_main(struct pipes *p, const struct child_body *body,
				 const struct signals *before, pid_t parent)
{
	bool command = body->flags & CHILD_COMMAND;
	int status;

	if (body->flags & CHILD_OWN_GROUP)
		leave_group();
	if (!command)
		close_others(p);
	close_end(&p->ready[0]);
	if (body->flags & CHILD_KEPT) {
		close_end(&p->gate[1]);
		close_end(&p->word[0]);
		keeper_stay(&(struct keeping){.lifeline = p->gate[0],
					      .word = p->word[1],
					      .apart = body->flags & CHILD_APART,
					      .sealed = body->sealed});
	}
	stderr_waits();
	status = prepare(body, before, parent);
	if (status)
		_exit(status);
	stand_at_gate(p, command);
	pass_gate(command ? p->gate[0] : STDIN_FILENO);
	status = body->run(body->arg);
	if (command && write(p->ready[1], &status, sizeof(status)) != sizeof(status))
		_exit(EXIT_FAILURE);
	_exit(status);
}

void child_reaped(struct child *c, int status, const struct rusage *usage)
{
	c->pid = 0;
	c->ended = true;
	c->status = status;
	c->usage = *usage;
	c->lost = c->kept && read(c->word, &c->status, sizeof(c->status)) != sizeof(c->status);
}

/* Waits for the end of one that was killed: that may be long in coming, for a process that is
 * frozen, or waits for a device. */
static bool ends(pid_t pid)
{
	struct pollfd pfd = {.fd = syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
	const char *state = NULL;
	bool ended = pfd.fd < 0;

	for (int waited = 0; !ended && !state && waited < LAST_WAIT; waited += LAST_LOOK) {
		ended = poll(&pfd, 1, LAST_LOOK) > 0;
		state = ended ? NULL : process_state(pid);
	}
	if (pfd.fd >= 0)
		close(pfd.fd);
	if (!ended)
		warnx("process %d was killed but has not ended yet%s%s", pid,
		      state ? ": it is " : "", state ? state : "");
	return ended;
}

static void reap(struct child *c)
{
	struct rusage usage = {0};
	int status = 0;

	if (ends(c->pid) && wait4(c->pid, &status, 0, &usage) == c->pid)
		child_reaped(c, status, &usage);
	c->pid = 0;
}

/* Whether it sleeps, or is gone, or that is not to be known: the /proc at hand may be another's. */
static bool sleeps(pid_t pid)
{
	char buf[PROC_STAT_SIZE], state = 'S';
	const char *stat = proc_is_ours() ? proc_stat(pid, buf) : NULL;

	if (stat)
		sscanf(stat, " %c", &state);
	return state != 'R' && state != 'D';
}

/* Waits for a byte and gives whose it is, by the number that it has here: it may live in a PID
 * namespace of its own. 0: nobody sends any. */
static pid_t receive_sender(int fd)
{
	char byte, control[CMSG_SPACE(sizeof(struct ucred))];
	struct iovec data = {&byte, 1};
	struct msghdr msg = {.msg_iov = &data,
			     .msg_iovlen = 1,
			     .msg_control = control,
			     .msg_controllen = sizeof(control)};
	struct ucred sender = {0};
	struct cmsghdr *header;

	if (recvmsg(fd, &msg, MSG_CMSG_CLOEXEC) != 1)
		return 0;
	header = CMSG_FIRSTHDR(&msg);
	if (header && header->cmsg_type == SCM_CREDENTIALS)
		memcpy(&sender, CMSG_DATA(header), sizeof(sender));
	return sender.pid;
}

/* Waits until the child is at the gate (0), asleep, for what it did up to then is not to be traced;
 * or ended before it (its exit status). */
static int await_ready(struct child *c, int ready)
{
	c->runs = receive_sender(ready);
	if (c->runs) {
		c->pidfd = syscall(SYS_pidfd_open, c->runs, 0);
		while (!sleeps(c->runs))
			sched_yield();
		return 0;
	}
	reap(c);
	return c->ended && WIFEXITED(c->status) && c->status ? WEXITSTATUS(c->status)
							     : EXIT_FAILURE;
}

int child_start(struct child *c, const struct child_body *body, const struct signals *before)
{
	pid_t parent = getpid();
	struct pipes p;
	int status;

	*c = CHILD_NONE;
	if (pipes_open(&p, body->flags))
		return -1;
	fflush(NULL);
	c->pid = fork();
	if (c->pid < 0) {
		tasks_warn("cannot start a child process", errno);
		c->pid = 0;
		pipes_close(&p);
		return -1;
	}
	if (!c->pid)
		child_main(&p, body, before, parent);
	c->kept = body->flags & CHILD_KEPT;
	c->gate = p.gate[1];
	c->err_fd = p.err[0];
	c->word = p.word[0];
	p.gate[1] = p.err[0] = p.word[0] = -1;
	close_end(&p.ready[1]);
	close_end(&p.word[1]);
	status = await_ready(c, p.ready[0]);
	if (body->flags & CHILD_COMMAND) {
		c->ready = p.ready[0];
		p.ready[0] = -1;
	}
	pipes_close(&p);
	return status;
}

int child_release(struct child *c)
{
	ssize_t n = c->gate >= 0 ? write(c->gate, "", 1) : 0;
	int error = 0;

	(void)n; /* a child that is gone is reaped like any other */
	if (!c->kept)
		close_end(&c->gate);
	if (c->ready >= 0 && read(c->ready, &error, sizeof(error)) != sizeof(error))
		error = 0; /* it was closed by the execution */
	close_end(&c->ready);
	return error;
}

void child_signal(const struct child *c, int signal)
{
	if (c->pid)
		syscall(SYS_pidfd_send_signal, c->pidfd, signal, NULL, 0);
}

void child_pause(const struct child *c)
{
	if (c->pid)
		kill(-c->runs, SIGSTOP);
}

void child_resume(const struct child *c)
{
	if (c->pid)
		kill(-c->runs, SIGCONT);
}

void child_kill(struct child *c)
{
	child_signal(c, SIGKILL);
	close_end(&c->gate); /* what is kept ends with this */
	if (c->pid)
		reap(c);
	close_end(&c->pidfd);
	close_end(&c->ready);
	close_end(&c->err_fd);
	close_end(&c->word);
}

int shell_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

const char *status_text(int status, char *buf, size_t len)
{
	char name[32];

	if (WIFSIGNALED(status))
		snprintf(buf, len, "was killed by %s",
			 signal_name(WTERMSIG(status), name, sizeof(name)));
	else
		snprintf(buf, len, "exited with status %d", WEXITSTATUS(status));
	return buf;
}
