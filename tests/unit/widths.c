// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* All that is told of a run, of a comparison and of a growth fits the screen, however wide that is:
 * no line is wider, and none ends in spaces; and it is in the characters of the locale. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "compare_view.h"
#include "sink.h"

#define WIDEST 140 /* beyond which nothing is as wide as a line */
#define STEP   4   /* between two widths */

static char *text;
static size_t size;
static unsigned width;
static const char *locale;

/* Goes on to another screen, and ends with none: of all widths in UTF-8, then in ASCII. */
static bool next_screen(void)
{
	if (!locale) {
		locale = "C.UTF-8";
		width = WIDTH_LEAST;
		return true;
	}
	width += STEP;
	if (width <= WIDEST)
		return true;
	width = WIDTH_LEAST;
	locale = strcmp(locale, "C") ? "C" : NULL;
	return locale;
}

/* Everything below writes into text, as for this screen. */
static FILE *open_screen(void)
{
	char columns[16];

	free(text);
	text = NULL;
	snprintf(columns, sizeof(columns), "%u", width);
	setenv("COLUMNS", columns, 1);
	setenv("LC_ALL", locale, 1);
	return open_memstream(&text, &size);
}

static bool is_ascii(const char *s)
{
	while (*s > 0)
		s++;
	return !*s;
}

/* Ends with what is on the screen. */
static void close_screen(FILE *out)
{
	char line[1024];

	fclose(out);
	for (const char *p = text, *end; (end = strchr(p, '\n')); p = end + 1) {
		snprintf(line, sizeof(line), "%.*s", (int)(end - p), p);
		if (columns_of(line) > width)
			fail_msg("more than %u columns: %s", width, line);
		if (end > p && end[-1] == ' ')
			fail_msg("at %u columns a space at its end: %s", width, line);
	}
	assert_int_equal(is_ascii(text), !strcmp(locale, "C"));
}

/* A snapshot in which there is something of everything, in large numbers. */
static void fill(struct snapshot *s)
{
	s->time = 1000000000;
	s->sees = SEES_READY | SEES_WAKES | SEES_INTERESTS | SEES_SIGNALS;
	for (unsigned i = OTHER_CALL; i < MAX_CALLS; i++) {
		s->calls[i] = 1234567;
		s->stats[i].verdicts[VERDICT_READY] = 1000000 + i;
		s->stats[i].errors[11] = s->stats[i].errors[4] = s->stats[i].errors[32] = 98765;
	}
	for (unsigned i = 0; i < N_COUNTERS; i++)
		s->counters[i] = 123456789;
	for (unsigned i = 0; i < N_LATENCIES; i++)
		s->latencies[i].count = s->latencies[i].slots[600] = 1234567;
	for (unsigned i = 0; i < N_LOST; i++)
		s->lost[i] = 1000;
	s->stalled_ns = 5;
	for (unsigned i = 0; i < N_UNREAD; i++)
		s->stalled_left[i] = 7654321;
	s->now.n_threads = s->now.n_epolls = s->now.n_interests = s->now.n_stalls = 3;
	s->now.n_sources = s->now.n_wakers = 3;
	for (unsigned i = 0; i < 3; i++) {
		snprintf(s->now.threads[i].comm, sizeof(s->now.threads[i].comm), "a-name-of-thre");
		s->now.stalls[i].stall =
			(struct stall){.family = 2, .port = 65535, .unread = 1u << 31};
		s->now.epolls[i].id = 1;
		s->now.interests[i].events = ~0u;
	}
	s->signals[29].results[SIGNAL_QUEUED] = 1234567;
	s->n_fcntls = 1;
	for (unsigned i = 0; i < N_FLAG_BITS; i++)
		s->fcntls[0].stats.on[i] = s->fcntls[0].stats.off[i] = 12345;
	s->witnessed = true;
}

static void a_run_fits(void **state)
{
	static struct snapshot s;
	const struct run_info info = {.command = "run",
				      .model = "epoll-exclusive",
				      .target = "127.0.0.1:65535",
				      .load = "1000 connections, open",
				      .kernel = "6.18.44-with-a-name",
				      .tier = "tracepoint+fentry",
				      .fd = -1,
				      .top = 3,
				      .top_given = true,
				      .interval_ns = 1};
	const struct run_end end = {.completed = true,
				    .failure = "",
				    .witnesses = {.n_rows = 1, .rows = {{.what = "messages"}}}};

	(void)state;
	fill(&s);
	while (next_screen()) {
		FILE *out = open_screen();

		sink_table.start(out, &info);
		sink_table.interval(out, &info, &s, &s, 2000000000);
		sink_table.stall(out, &info, &s.now.stalls[0], 5, 10);
		sink_table.summary(out, &info, &s, 2000000000, &end);
		close_screen(out);
		assert_non_null(strstr(text, "useful"));
		assert_non_null(strstr(text, "three witnesses"));
		assert_non_null(strstr(text, "epoll_wait"));
	}
}

#define SUBJECTS                                                                                   \
	{                                                                                          \
		"epoll-lt", "epoll-exclusive+herd+et-no-drain", "epoll-oneshot", "uring"           \
	}

static const struct run_info compared = {
	.load = "1000 connections, lockstep", .kernel = "6.18.44", .tier = "tracepoint", .fd = -1};

/* Subjects that differ in everything. */
static void measure(struct comparison *c, unsigned n)
{
	static const char *const names[MAX_SUBJECTS] = SUBJECTS;

	comparison_init(c, names, n);
	c->messages = c->connections = 1000;
	for (unsigned s = 0; s < n; s++) {
		c->n[s] = 2;
		for (unsigned m = 0; m < n_metrics; m++)
			for (unsigned r = 0; r < c->n[s]; r++)
				c->values[m][s][r] = 12345 * (s + 1) + r;
	}
	c->failed[1] = 1;
	snprintf(c->failure[1], sizeof(c->failure[1]), "nothing came from the server for 1s");
}

static void a_comparison_fits(void **state)
{
	static struct comparison c;

	(void)state;
	for (unsigned n = 2; n <= MAX_SUBJECTS; n++) {
		const struct growth g = {.n_subjects = n, .n_steps = 1, .names = SUBJECTS};
		const struct compare_info info = {
			.run = &compared, .rounds = 2, .round = 2, .completed = true, .growth = &g};

		measure(&c, n);
		while (next_screen()) {
			FILE *out = open_screen();

			compare_table.start(out, &info);
			compare_table.round(out, &info, &c);
			compare_table.done(out, &info, &c);
			close_screen(out);
			assert_non_null(strstr(text, "per message\n"));
			assert_non_null(strstr(text, "\n  system calls, total "));
		}
	}
}

static void a_growth_fits(void **state)
{
	struct growth g = {.n_subjects = MAX_SUBJECTS, .n_steps = 3, .names = SUBJECTS};
	const struct compare_info info = {.run = &compared,
					  .rounds = 2,
					  .round = 2,
					  .completed = true,
					  .listed = true,
					  .growth = &g};

	(void)state;
	for (unsigned i = 0; i < g.n_steps; i++) {
		g.steps[i].conns = i ? 100 * i : 1;
		g.steps[i].active = i ? 10 : 1;
		for (unsigned s = 0; s < g.n_subjects; s++)
			for (unsigned which = 0; which < n_growing; which++)
				g.steps[i].cost[which][s] = (struct spread){
					.median = 1000 * (i + s + 1), .min = 1, .max = 1, .n = 2};
	}
	while (next_screen()) {
		FILE *out = open_screen();

		compare_table.end(out, &info);
		close_screen(out);
		assert_non_null(strstr(text, "epoll-oneshot"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_fits),
		cmocka_unit_test(a_comparison_fits),
		cmocka_unit_test(a_growth_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
