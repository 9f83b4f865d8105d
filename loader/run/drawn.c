// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "drawn.h"

#include <err.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "exit_status.h"
#include "layout.h"
#include "signals.h"
#include "sink_draw.h"
#include "visible.h"

#define SLOW_NS 100000000 /* a row: a message takes about a second */

int drawn_check(const struct output_options *out)
{
	struct winsize size;

	if (out->path || !isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ||
	    !size.ws_col || size.ws_col >= WIDTH_LEAST)
		return 0;
	warnx("--draw needs a terminal of %d columns, and this one has %u; -o FILE writes the "
	      "drawing to a file",
	      WIDTH_LEAST, size.ws_col);
	return EXIT_USAGE;
}

static bool wait_a_bit(void *ctx, bool row)
{
	const struct timespec pause = {.tv_nsec = SLOW_NS};
	struct output *output = ctx;

	if (output_drain(output, 0) || signals_ask_for_end())
		return false;
	if (row)
		nanosleep(&pause, NULL);
	return true;
}

int drawn_show(struct output *output, const struct output_options *out, const char *const *head,
	       const struct drawn_lane *lanes, unsigned n)
{
	struct drawn_page page = {.out = output_file(output),
				  .fd = output_fd(output),
				  .color = !out->no_color && layout_may_color(output_fd(output)),
				  .printed = out->slow ? wait_a_bit : NULL,
				  .ctx = output};
	struct layout l;
	bool lost = false;

	layout_begin(&l, page.out, page.fd, page.color);
	for (; *head; head++)
		lay(&l, HANG "%s\n", *head);
	lay(&l, "\n");
	drawn_page_print(&page, lanes, n);
	for (unsigned i = 0; i < n; i++)
		lost |= lanes[i].drawing->lost > 0;
	if (output_drain(output, 0))
		return EXIT_FAILED;
	return out->strict && lost ? EXIT_LOST : EXIT_DONE;
}

const char *drawn_head(const struct run_info *info, const char *name, char buf[DRAWN_HEAD])
{
	char target[VISIBLE_SIZE(sizeof(info->target))];

	snprintf(buf, DRAWN_HEAD, "%s%swakelab %s %s%s%s%s%s · Linux %s, %s tier%s%s", name,
		 *name ? ": " : "", info->command, info->model ? info->model : "",
		 info->model ? " · " : "", visible(info->target, target, sizeof(target)),
		 info->load[0] ? " · " : "", info->load, info->kernel, info->tier,
		 info->recorded ? " · " : "", info->recorded ? info->recorded : "");
	return buf;
}

int drawn_run(struct output *output, const struct output_options *out)
{
	struct run_info info;
	struct drawn_lane lane = {.drawing = draw_take(&info), .title = ""};
	char head[DRAWN_HEAD];
	int status;

	if (!lane.drawing)
		return EXIT_DONE;
	status = drawn_show(output, out, (const char *const[]){drawn_head(&info, "", head), NULL},
			    &lane, 1);
	drawing_free(lane.drawing);
	return status;
}
