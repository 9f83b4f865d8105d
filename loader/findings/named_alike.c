// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Processes that have the same name, and are told apart by their command lines. */
#include <string.h>

#include "grounds.h"

static const struct command_line *command_of(const struct snapshot *s, __u32 pid)
{
	const struct command_lines *known = &s->now.commands;

	for (unsigned i = 0; i < known->n; i++)
		if (known->rows[i].pid == pid)
			return &known->rows[i];
	return NULL;
}

/* Another process of that name which is not known to have the same command line. */
static bool is_another(const struct snapshot *s, const struct about *a, __u32 pid, const char *comm)
{
	const struct command_line *other = command_of(s, pid);

	return pid && pid != a->pid && *comm && !strcmp(comm, a->comm) &&
	       !(other && !strcmp(other->line, a->command));
}

static bool name_repeats(const struct snapshot *s, const struct about *a)
{
	const struct details *d = &s->now;

	for (unsigned i = 0; i < d->commands.n; i++)
		if (is_another(s, a, d->commands.rows[i].pid, d->commands.rows[i].comm))
			return true;
	for (unsigned i = 0; i < rows_kept(d->n_threads, MAX_ROWS); i++)
		if (is_another(s, a, d->threads[i].tgid, d->threads[i].comm))
			return true;
	return false;
}

void finding_command(struct finding *f, const struct snapshot *s)
{
	const struct command_line *known = f->about.pid ? command_of(s, f->about.pid) : NULL;

	if (known && !*f->about.comm) /* it is about no thread */
		memcpy(f->about.comm, known->comm, sizeof(f->about.comm));
	if (!known || !*known->line)
		return;
	memcpy(f->about.command, known->line, sizeof(f->about.command));
	f->about.repeats = name_repeats(s, &f->about);
}
