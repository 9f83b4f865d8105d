// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "sink_draw.h"

static struct {
	struct drawing *drawing;
	struct run_info info;
} draw;

static void start(FILE *out, const struct run_info *info)
{
	(void)out;
	draw.info = *info;
	draw.drawing = drawing_new();
}

static void attached(FILE *out, const struct run_info *info, const struct beginning *b,
		     const struct snapshot *total)
{
	(void)out, (void)info, (void)b, (void)total;
}

static void interval(FILE *out, const struct run_info *info, const struct snapshot *delta,
		     const struct snapshot *total, __u64 elapsed_ns)
{
	(void)out, (void)info, (void)delta, (void)total, (void)elapsed_ns;
}

static void stall(FILE *out, const struct run_info *info, const struct stall_row *row,
		  __u64 stalled_ns, __u64 elapsed_ns)
{
	(void)out, (void)info, (void)row, (void)stalled_ns, (void)elapsed_ns;
}

static void finding(FILE *out, const struct run_info *info, const struct finding *f,
		    __u64 elapsed_ns)
{
	(void)out, (void)info, (void)f, (void)elapsed_ns;
}

static void event(FILE *out, const struct run_info *info, const struct event_head *head)
{
	(void)out, (void)info;
	if (draw.drawing)
		drawing_add(draw.drawing, head);
}

static void summary(FILE *out, const struct run_info *info, const struct snapshot *total,
		    __u64 elapsed_ns, const struct run_end *end)
{
	(void)out, (void)info, (void)total, (void)elapsed_ns;
	if (draw.drawing)
		draw.drawing->lost = end->events.tally.lost;
}

const struct sink sink_draw = {
	.name = "draw",
	.start = start,
	.attached = attached,
	.interval = interval,
	.stall = stall,
	.finding = finding,
	.event = event,
	.summary = summary,
};

struct drawing *draw_take(struct run_info *info)
{
	struct drawing *d = draw.drawing;

	draw.drawing = NULL;
	*info = draw.info;
	if (d)
		drawing_finish(d);
	return d;
}
