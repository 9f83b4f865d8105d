// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "traced_server.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "exit_status.h"
#include "language.h"
#include "proc_stat.h"
#include "stream_options.h"

/* What the tracer is to do. */
struct task {
	struct tracing tracing;
	struct program program;
	char **command;
	char output[48];
};

static int trace(void *arg)
{
	struct task *task = arg;
	int status = program_find(&task->program, task->command);

	return status ? status : tracing_run(&task->tracing);
}

static int start_tracer(struct traced_server *s, const struct traced_setup *setup, int nothing,
			int printed, const struct part_signals *before)
{
	struct task task = {.command = setup->command};
	struct tracing *t = &task.tracing;

	snprintf(task.output, sizeof(task.output), "/proc/self/fd/%d", s->output);
	output_options_init(&t->out);
	t->out.sink = &sink_ndjson;
	t->out.interval = 86400;
	t->out.path = task.output;
	t->program = &task.program;
	t->user = setup->user;
	t->flags = CHILD_KEPT | CHILD_APART;
	t->sealed = setup->sealed;
	t->printed = printed;
	t->report = s->report;
	return part_start(&s->tracer, trace, &task,
			  &(struct part_place){.in = nothing, .out = s->said, .err = s->said},
			  before);
}

static int prepare(struct traced_server *s)
{
	*s = (struct traced_server){.tracer.pidfd = -1, .output = -1, .said = -1};
	s->report = mmap(NULL, sizeof(*s->report), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->report == MAP_FAILED) {
		s->report = NULL;
		warn("cannot share memory with the tracer");
		return -1;
	}
	s->output = part_output();
	s->said = part_output();
	return s->output < 0 || s->said < 0 ? -1 : 0;
}

int traced_server_start(struct traced_server *s, const struct traced_setup *setup,
			const struct part_signals *before)
{
	int failed = prepare(s), printed = failed ? -1 : printed_begin(&s->printed), nothing;

	if (printed < 0)
		return -1;
	orphans_begin(&s->orphans);
	nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	failed = start_tracer(s, setup, nothing, printed, before);
	close(printed);
	if (nothing >= 0)
		close(nothing);
	if (failed)
		printed_end(&s->printed);
	return failed;
}

/* The tracer says what it begins with once it is attached. */
bool traced_server_runs(const struct traced_server *s)
{
	return lseek(s->output, 0, SEEK_END) > 0;
}

int traced_server_status(const struct traced_server *s)
{
	return s->report->ended ? s->report->status : s->tracer.status;
}

bool traced_server_tell(struct traced_server *s, int timeout_ms)
{
	kill(s->tracer.pid, SIGTERM);
	return part_ended(&s->tracer, timeout_ms);
}

/* Notes a state in which the tracer could not have ended. */
static void note_stop(struct traced_server *s)
{
	char buf[PROC_STAT_SIZE], state = 0;
	const char *stat = part_ended(&s->tracer, 0) ? NULL : proc_stat(s->tracer.pid, buf);

	if (stat && sscanf(stat, " %c", &state) == 1 && (state == 'T' || state == 't'))
		s->stopped = true;
}

void traced_server_end(struct traced_server *s, int timeout_ms)
{
	note_stop(s);
	s->killed = !part_stop(&s->tracer, s->stopped ? 0 : timeout_ms);
	orphans_end(&s->orphans);
	printed_end(&s->printed);
}

/* The last line of what the tracer said, without its own name, in buf; false: it said nothing. */
static bool last_line(const struct traced_server *s, char *buf, size_t size)
{
	static const char name[] = "wakelab: ";
	char *text = part_text(s->said), *end = text ? text + strlen(text) : text, *line;

	while (end && end > text && end[-1] == '\n')
		*--end = '\0';
	line = text ? strrchr(text, '\n') : NULL;
	line = line ? line + 1 : text;
	if (line && !strncmp(line, name, strlen(name)))
		line += strlen(name);
	snprintf(buf, size, "%s", line ? line : "");
	free(text);
	return *buf;
}

const char *traced_server_unable(const struct traced_server *s, char *buf, size_t size)
{
	char how[64];

	if (s->stopped)
		snprintf(buf, size, "%s",
			 tr("its tracer was stopped, by the server, unless somebody else did it"));
	else if (s->killed)
		snprintf(buf, size, "%s", tr("its tracer does not end"));
	else if (WIFSIGNALED(s->tracer.status))
		snprintf(buf, size,
			 tr("its tracer %s, because of the server, unless somebody else did it"),
			 status_text(s->tracer.status, how, sizeof(how)));
	else if (!last_line(s, buf, size))
		snprintf(buf, size, tr("its tracer %s"),
			 status_text(s->tracer.status, how, sizeof(how)));
	return buf;
}

void traced_server_free(struct traced_server *s)
{
	if (s->output >= 0)
		close(s->output);
	if (s->said >= 0)
		close(s->said);
	if (s->report)
		munmap(s->report, sizeof(*s->report));
}
