// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Events on the screen: a line each as they happen, and their numbers at the end. */
#include "event_lines.h"
#include "event_table.h"
#include "format.h"
#include "table.h"

void table_event(FILE *out, const struct run_info *info, const struct event_head *head)
{
	event_line(info->lines, out, head, info->wall_ns);
}

void table_events(struct layout *l, const struct event_counts *e)
{
	__u64 shown = 0, dropped = 0;

	if (!e->told)
		return;
	for (unsigned kind = 0; kind < N_EVENTS; kind++) {
		shown += e->shown[kind];
		dropped += e->tally.dropped[kind];
	}
	lay(l, " %-16s%9s   " HANG "%s%s dropped%s", "events", format_count(shown),
	    dropped ? paint(l, RED) : "", format_count(dropped), dropped ? paint(l, PLAIN) : "");
	for (unsigned kind = 0; kind < N_EVENTS; kind++)
		if (e->tally.happened[kind])
			lay(l, " · %s %s", event_rows[kind].name,
			    format_count(e->tally.happened[kind]));
	lay(l, "\n");
}
