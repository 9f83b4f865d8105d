// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "part.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "exit_status.h"
#include "tasks.h"
#include "visible.h"

void parts_begin(struct part_signals *before)
{
	const struct sigaction usual = {.sa_handler = SIG_DFL};

	sigaction(SIGCHLD, &usual, &before->child);
	sigprocmask(SIG_SETMASK, NULL, &before->mask);
}

void parts_end(const struct part_signals *before)
{
	sigprocmask(SIG_SETMASK, &before->mask, NULL);
	sigaction(SIGCHLD, &before->child, NULL);
}

/* False, after one line on stderr: it would not. */
static bool enter(const struct part_place *place)
{
	const int from[] = {place->in, place->out, place->err};
	char seen[VISIBLE_SIZE(PATH_MAX)];

	for (int fd = 0; fd < 3; fd++)
		if (from[fd] >= 0 && dup2(from[fd], fd) < 0) {
			warn("cannot redirect the input and output of a run");
			return false;
		}
	if (!place->folder || !chdir(place->folder))
		return true;
	warn("cannot change to directory %s", visible(place->folder, seen, sizeof(seen)));
	return false;
}

static _Noreturn void perform(part_function *run, void *arg, const struct part_place *place,
			      const struct part_signals *before, pid_t parent)
{
	if (!enter(place) || tie_to_parent(parent))
		_exit(EXIT_FAILED);
	parts_end(before);
	exit(run(arg));
}

int part_run_command(void *arg)
{
	const struct part_command *c = arg;
	int argc = 0;

	while (c->argv[argc])
		argc++;
	return c->run(argc, c->argv);
}

int part_start(struct part *p, part_function *run, void *arg, const struct part_place *place,
	       const struct part_signals *before)
{
	pid_t parent = getpid();

	*p = (struct part){.pidfd = -1};
	fflush(NULL);
	p->pid = fork();
	if (!p->pid)
		perform(run, arg, place, before, parent);
	if (p->pid < 0) {
		tasks_warn("cannot start a process for a run of the lesson", errno);
		p->pid = 0;
		return -1;
	}
	p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	if (p->pidfd >= 0)
		return 0;
	warn("cannot watch process %d", p->pid);
	kill(p->pid, SIGKILL);
	waitpid(p->pid, &p->status, 0);
	p->pid = 0;
	return -1;
}

bool part_ended(struct part *p, int timeout_ms)
{
	struct pollfd pfd = {.fd = p->pidfd, .events = POLLIN};
	uint64_t end = now_ns() + (uint64_t)timeout_ms * 1000000, now;

	if (!p->pid || p->ended)
		return true;
	do {
		now = now_ns();
		if (poll(&pfd, 1, now < end ? (int)((end - now) / 1000000) + 1 : 0) > 0 &&
		    waitpid(p->pid, &p->status, 0) == p->pid) {
			p->ended = true;
			close(p->pidfd);
			return true;
		}
	} while (now < end);
	return false;
}

bool part_stop(struct part *p, int timeout_ms)
{
	bool by_itself;

	if (part_ended(p, 0))
		return true;
	kill(p->pid, SIGTERM);
	by_itself = part_ended(p, timeout_ms);
	if (!by_itself) {
		kill(p->pid, SIGKILL);
		waitpid(p->pid, &p->status, 0);
		p->ended = true;
		close(p->pidfd);
	}
	return by_itself;
}

int part_output(void)
{
	int fd = memfd_create("wakelab-lab", MFD_CLOEXEC);

	if (fd < 0)
		warn("cannot create a file in memory for the output of a run");
	return fd;
}

char *part_text(int output)
{
	off_t size = lseek(output, 0, SEEK_END);
	char *text = size >= 0 ? calloc(1, size + 1) : NULL;

	if (text && pread(output, text, size, 0) != size)
		*text = '\0';
	return text;
}

struct json_object *part_lines(int output)
{
	struct json_object *lines = json_object_new_array(), *o;
	char *text = part_text(output), *rest = NULL;

	for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		o = json_tokener_parse(line);
		if (json_object_is_type(o, json_type_object))
			json_object_array_add(lines, o);
		else
			json_object_put(o);
	}
	free(text);
	return lines;
}

struct json_object *part_line_of(struct json_object *lines, const char *type)
{
	for (size_t i = 0; i < json_object_array_length(lines); i++) {
		struct json_object *line = json_object_array_get_idx(lines, i), *own;

		if (json_object_object_get_ex(line, "type", &own) &&
		    !strcmp(json_object_get_string(own), type))
			return line;
	}
	return NULL;
}
