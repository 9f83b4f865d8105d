// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What waits now, as it lasts. */
#include <string.h>

#include "format.h"
#include "marks.h"
#include "names.h"
#include "see.h"

static const char *const whys[] = {
	[WAITS_STALL] = "STALL: reported once, left unread",
	[WAITS_ROOM] = "no room to write, nothing waits for room",
	[WAITS_DISARMED] = "disarmed (one-shot), not re-armed",
	[WAITS_BACKLOG] = "nobody accepts",
};

static const struct waiting_line *of(const struct line *l)
{
	return l->row;
}

static void descriptor_text(const struct line *l, char *buf, size_t size)
{
	const struct waiting_line *w = of(l);

	snprintf(buf, size, "fd %u %s of %u", w->fd,
		 w->kind > FILE_UNREGISTERED && w->kind < N_FILE_KINDS ? file_kinds[w->kind] : "",
		 w->pid);
}

static void peer_of(const struct line *l, char *buf, size_t size)
{
	snprintf(buf, size, "%s", of(l)->peer);
}

static void amount_of(const struct line *l, char *buf, size_t size)
{
	snprintf(buf, size, "%s", of(l)->amount_text);
}

/* Against what may wait, or the most that waits of all. */
static void bar_draw(const struct line *l, struct area cell)
{
	__u64 whole = of(l)->limit;

	for (unsigned i = 0; !of(l)->limit && i < l->model->n_waiting; i++)
		if (l->model->waiting[i].amount > whole)
			whole = l->model->waiting[i].amount;
	draw_level(cell, 0, 0, cell.width, STYLE_WRONG, of(l)->amount, whole);
}

static void time_text(const struct line *l, char *buf, size_t size)
{
	snprintf(buf, size, "%s", format_ns(of(l)->ns));
}

static void why_text(const struct line *l, char *buf, size_t size)
{
	snprintf(buf, size, "%s", whys[of(l)->what]);
}

static enum style wrong(const struct line *l)
{
	(void)l;
	return STYLE_WRONG;
}

static const struct list_column columns[] = {
	{.title = "WAITING NOW",
	 .width = 20,
	 .left = true,
	 .text = descriptor_text,
	 .style = wrong},
	{.title = "FOR", .width = 6, .text = time_text, .style = wrong},
	{.title = "HOW MUCH", .width = 23, .left = true, .text = amount_of},
	{.title = "", .width = 12, .from = 100, .left = true, .draw = bar_draw},
	{.title = "PEER", .width = 22, .from = 120, .left = true, .text = peer_of},
	{.title = "WHY", .left = true, .text = why_text},
};

static const struct listing waiting = {
	.columns = columns,
	.n_columns = sizeof(columns) / sizeof(columns[0]),
	.row_size = sizeof(struct waiting_line),
	.none = "Nothing that is ready is left waiting.",
};

void draw_waiting(struct area a, const struct model *m, const struct look *look)
{
	listing_draw(a, &waiting, m, look, m->waiting, m->n_waiting, NULL);
	if (a.height > 1 && m->n_waiting + 1 > a.height)
		area_print(a, a.width - 16, 0, STYLE_WRONG, "%u in total", m->n_waiting);
}
