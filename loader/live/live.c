// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "live.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "brief_write.h"
#include "frame.h"
#include "terminfo.h"
#include "tty.h"

static struct {
	bool on;
	FILE *out;
	struct run_info info;
	struct beginning before;
	struct model model;
	struct look look;
	struct canvas canvas;
	bool passes; /* what it is given is not shown, for more follows */
} live;

int live_check(void)
{
	return terminfo_check();
}

int live_keys(void)
{
	return live.on ? tty_keys() : -1;
}

bool live_is_gone(short revents)
{
	return revents & (POLLHUP | POLLERR | POLLNVAL);
}

static void close_it(FILE *out)
{
	live.on = false;
	tty_close(out);
	model_close(&live.model);
	canvas_free(&live.canvas);
	stderr_tells();
}

/* Whoever ends the program in the middle of it has said why. */
static void at_exit(void)
{
	if (live.on)
		stderr_tells();
}

static void start(FILE *out, const struct run_info *info)
{
	static bool registered;

	live.info = *info;
	live.model.info = &live.info;
	if (!model_open(&live.model) || tty_open(out, info->color)) {
		model_close(&live.model);
		return;
	}
	if (!registered)
		atexit(at_exit);
	registered = true;
	/* a shell or sudo that is killed leaves the terminal to somebody else */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	live.on = true;
	live.canvas.utf8 = tty_utf8();
	stderr_holds();
	live_draw(out);
}

/* On the canvas. False: there is none. */
static bool compose(void)
{
	unsigned width, height;

	tty_size(&width, &height);
	if (!canvas_begin(&live.canvas, width, height))
		return false;
	draw_frame(&live.canvas, &live.model, &live.look);
	return true;
}

void live_draw(FILE *out)
{
	const char *said = stderr_held();

	if (!live.on || live.passes)
		return;
	if (said)
		live_say(said);
	if (compose())
		tty_show(out, &live.canvas);
}

static void attached(FILE *out, const struct run_info *info, const struct beginning *b,
		     const struct snapshot *total)
{
	(void)out;
	(void)info;
	(void)total;
	live.before = *b;
	live.model.before = &live.before;
}

static void interval(FILE *out, const struct run_info *info, const struct snapshot *delta,
		     const struct snapshot *total, __u64 elapsed_ns)
{
	(void)info;
	if (!live.on)
		return;
	if (!live.look.paused || live.look.position)
		model_take(&live.model, delta, total, elapsed_ns);
	live_draw(out);
}

/* The model finds them in the next interval. */
static void stall(FILE *out, const struct run_info *info, const struct stall_row *row,
		  __u64 stalled_ns, __u64 elapsed_ns)
{
	(void)out;
	(void)info;
	(void)row;
	(void)stalled_ns;
	(void)elapsed_ns;
}

static void finding(FILE *out, const struct run_info *info, const struct finding *found,
		    __u64 elapsed_ns)
{
	(void)out;
	(void)info;
	(void)found;
	(void)elapsed_ns;
}

/* Nobody has asked for events. */
static void event(FILE *out, const struct run_info *info, const struct event_head *head)
{
	(void)out;
	(void)info;
	(void)head;
}

/* The screen gives way to what stays. */
static void summary(FILE *out, const struct run_info *info, const struct snapshot *total,
		    __u64 elapsed_ns, const struct run_end *end)
{
	if (live.on)
		close_it(out);
	sink_table.start(out, info);
	sink_table.summary(out, info, total, elapsed_ns, end);
}

const struct sink sink_live = {
	.name = "live",
	.help = "a screen that is drawn anew",
	.start = start,
	.attached = attached,
	.interval = interval,
	.stall = stall,
	.finding = finding,
	.event = event,
	.summary = summary,
};

/* A file of its own for each, in the working directory. */
static void write_screen(void)
{
	char name[80];
	time_t now = time(NULL);
	struct tm tm = {0};
	FILE *file = NULL;
	int fd = -1;

	localtime_r(&now, &tm);
	for (unsigned n = 0; n < 1000 && fd < 0 && (!n || errno == EEXIST); n++) {
		size_t len = strftime(name, sizeof(name), "wakelab-%Y%m%d-%H%M%S", &tm);

		snprintf(name + len, sizeof(name) - len, n ? "-%u.txt" : ".txt", n);
		fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	}
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (file)
		canvas_write(&live.canvas, file);
	if (file && !fclose(file))
		snprintf(live.look.message, sizeof(live.look.message), "Written to %s", name);
	else
		snprintf(live.look.message, sizeof(live.look.message), "Cannot write to %s: %s",
			 name, strerror(errno));
}

static enum answer act(enum answer answer)
{
	if (answer == ANSWER_WRITE)
		write_screen();
	if (answer == ANSWER_ANEW)
		tty_forget();
	return answer == ANSWER_WRITE || answer == ANSWER_ANEW ? ANSWER_DRAW : answer;
}

enum answer live_press(FILE *out)
{
	enum answer answer = ANSWER_DRAW;
	int press, x, y;

	while (answer == ANSWER_DRAW && (press = tty_read(&x, &y)) != PRESS_NONE) {
		if (x >= 0)
			answer = keys_click(&live.look, &live.model, (unsigned)x, (unsigned)y);
		else
			answer = keys_press(&live.look, &live.model, press);
		compose(); /* a key may depend on what the one before it shows */
		answer = act(answer);
	}
	if (answer == ANSWER_DRAW)
		live_draw(out);
	return answer;
}

void live_leave(FILE *out)
{
	if (live.on)
		tty_leave(out);
}

void live_return(FILE *out)
{
	if (!live.on)
		return;
	tty_return(out);
	live_draw(out);
}

void live_over(FILE *out, const struct snapshot *total, __u64 elapsed_ns, const struct run_end *end)
{
	static struct snapshot nothing;

	if (!live.on)
		return;
	live.model.end = end;
	live.look.paused = false;
	model_take(&live.model, &nothing, total, elapsed_ns);
	live_draw(out);
}

void live_rewind(void)
{
	model_reset(&live.model);
	live.passes = true;
}

void live_shows(void)
{
	live.passes = false;
}

void live_position(const char *position)
{
	live.look.position = position;
}

void live_say(const char *message)
{
	snprintf(live.look.message, sizeof(live.look.message), "%s", message);
}

bool live_plays(void)
{
	return !live.look.paused;
}

void live_pause(bool paused)
{
	live.look.paused = paused;
}
