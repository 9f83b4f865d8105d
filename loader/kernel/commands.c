// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "commands.h"

#include <string.h>

#include "places.h"
#include "proc_command.h"
#include "proc_comm.h"

/* Its row; of one that has none, that of the one that ended first. NULL: all those known live. */
static struct command_line *row_for(struct command_lines *known, __u32 pid)
{
	struct command_line *oldest = &known->rows[0];

	for (unsigned i = 0; i < known->n; i++) {
		if (known->rows[i].pid == pid)
			return &known->rows[i];
		if (known->rows[i].seen < oldest->seen)
			oldest = &known->rows[i];
	}
	if (known->n < MAX_COMMANDS)
		return &known->rows[known->n++];
	return oldest->seen < known->now ? oldest : NULL;
}

/* One that is ending has no command line any more: then the one known before stays. */
static void read_command(struct command_line *row, __u32 pid)
{
	if (row->pid != pid)
		*row = (struct command_line){.pid = pid};
	read_comm(pid, pid, row->comm, sizeof(row->comm));
	proc_command(pid, row->line, sizeof(row->line));
}

static void take_process(void *ctx, const volatile void *place)
{
	const volatile struct task_row *task = place;
	struct command_lines *known = ctx;
	__u32 pid = task->stats.tgid;
	struct command_line *row = task->task && pid ? row_for(known, pid) : NULL;

	if (!row || (row->pid == pid && row->seen == known->now))
		return;
	read_command(row, pid);
	row->seen = known->now;
}

int commands_sample(struct session *s, struct snapshot *snap)
{
	const struct wakelab *skel = s->attached.skel;

	s->commands.now = snap->time;
	if (for_each_place(skel->maps.task_places,
			   places_of(skel->maps.task_places, &skel->bss->tasks_used), &s->commands,
			   take_process))
		return -1;
	snap->now.commands = s->commands;
	return 0;
}
