// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* How a cost grows: sentences and the plot, from numbers that are made up. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "growth.h"

#define SPREAD(...)                                                                                \
	spread_of((const double[]){__VA_ARGS__},                                                   \
		  sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static char sentences[MAX_SENTENCES][SENTENCE_SIZE];

static struct growth grown(void)
{
	static const unsigned conns[] = {1, 10, 100, 1000};
	static const double costs[][4] = {{1000, 2000, 10000, 0}, {1000, 1100, 1000, 1050}};
	struct growth g = {
		.n_subjects = 2, .n_steps = 4, .names = {"steep", "flat"}, .max_conns = {100, 0}};

	for (unsigned i = 0; i < 4; i++) {
		g.steps[i].conns = g.steps[i].active = conns[i];
		for (unsigned s = 0; s < 2; s++)
			if (costs[s][i] > 0)
				g.steps[i].cost[0][s] =
					SPREAD(costs[s][i] * 0.9, costs[s][i], costs[s][i] * 1.1);
	}
	return g;
}

static void growth_in_words(void **state)
{
	struct growth g = grown();

	(void)state;
	assert_true(growth_carries(&g, 0, &g.steps[2]));
	assert_false(growth_carries(&g, 0, &g.steps[3]));
	assert_true(growth_carries(&g, 1, &g.steps[3]));
	assert_int_equal(growth_sentences(&g, 0, sentences), 2);
	assert_string_equal(sentences[0], "From 1 to 100 connections, the CPU time per message of "
					  "steep grew by a factor of 10 (1.0us to 10us).");
	assert_string_equal(sentences[1],
			    "From 1 to 1 000 connections, the CPU time per message of flat did not "
			    "change beyond the spread of the rounds (1.0us, 1.1us).");
	g.steps[0].cost[0][1] = SPREAD(2000, 2000);
	growth_sentences(&g, 0, sentences);
	assert_non_null(strstr(sentences[1], "flat fell to 52 % (2.0us to 1.1us)."));
	g.n_steps = 1;
	assert_int_equal(growth_sentences(&g, 0, sentences), 0);
}

static void growth_compares_where_as_many_send(void **state)
{
	struct growth g = grown();

	(void)state;
	for (unsigned i = 1; i < 4; i++)
		g.steps[i].active = 10;
	growth_sentences(&g, 0, sentences);
	assert_string_equal(sentences[0], "From 10 to 100 connections, the CPU time per message of "
					  "steep grew by a factor of 5.0 (2.0us to 10us).");
}

/* Looks of poll, at so many of which one is ready; of the other subject there are none. */
static struct growth looking(void)
{
	struct growth g = grown();

	g.names[0] = "poll";
	for (unsigned i = 0; i < 4; i++)
		g.steps[i].cost[1][0] = SPREAD(g.steps[i].conns + 1.0, g.steps[i].conns + 1.0);
	return g;
}

static void looks_grow_of_those_alone_that_look(void **state)
{
	struct growth g = looking(), none = grown();

	(void)state;
	assert_true(growth_known(&g, 1));
	assert_false(growth_known(&none, 1));
	assert_int_equal(growth_sentences(&none, 1, sentences), 0);
	assert_int_equal(growth_sentences(&g, 1, sentences), 1);
	assert_string_equal(
		sentences[0],
		"From 1 to 1 000 connections, the number of descriptors that poll looked "
		"at for each one reported grew by a factor of 500 (2.00 to 1 001).");
}

static unsigned columns(const char *line, size_t len)
{
	unsigned n = 0;

	for (size_t i = 0; i < len; i++)
		n += (line[i] & 0xc0) != 0x80;
	return n;
}

/* The plot of g, to be freed. */
static char *plot(const struct growth *g, unsigned which)
{
	static char *text;
	static size_t size;
	FILE *out = open_memstream(&text, &size);

	struct layout l;

	layout_begin(&l, out, -1, false);
	growth_plot(&l, g, which);
	fclose(out);
	return text;
}

/* In which line, from 0, and at which column of it a text stands first. */
static unsigned line_of(const char *text, const char *what, unsigned *column)
{
	const char *at = strstr(text, what), *start = text;
	unsigned line = 0;

	assert_non_null(at);
	for (const char *p = text; p < at; p++)
		if (*p == '\n') {
			line++;
			start = p + 1;
		}
	if (column)
		*column = columns(start, at - start);
	return line;
}

static void plot_shows_where_costs_stand(void **state)
{
	struct growth g = grown();
	char *text = plot(&g, 0);
	unsigned top, ten, bottom, one, hundred, thousand;

	(void)state;
	/* both are logarithmic: 10us is at the top, 1us at the bottom, 100 halfway to 10 000 */
	top = line_of(text, " A\n", &hundred);
	ten = line_of(text, "10us ┤", NULL);
	bottom = line_of(text, "AB", &one);
	assert_int_equal(top, ten);
	assert_int_equal(bottom, line_of(text, "1.0us ┤", NULL));
	line_of(text, "1 000\n", &thousand);
	assert_true(one < hundred && hundred < thousand);
	assert_non_null(strstr(text, "A steep   B flat\n"));
	for (const char *p = text, *end; (end = strchr(p, '\n')); p = end + 1)
		assert_true(columns(p, end - p) <= 100);
	free(text);
}

static void plot_of_looks_has_no_line_of_those_that_do_not_look(void **state)
{
	struct growth g = looking(), none = grown();
	char *text = plot(&g, 1);

	(void)state;
	assert_memory_equal(text, "Descriptors looked at ", 22);
	assert_int_equal(line_of(text, " A\n", NULL), line_of(text, "1 000 ┤", NULL));
	assert_int_equal(line_of(text, "2.00 ┤A", NULL), 15);
	assert_null(strstr(text, "B\n"));
	free(text);
	text = plot(&none, 1);
	assert_string_equal(text, "");
	free(text);
}

static void plot_of_little_or_of_extremes(void **state)
{
	struct growth g = grown();
	char *text;

	(void)state;
	g.n_steps = 1;
	g.n_subjects = 1;
	text = plot(&g, 0);
	assert_string_equal(text, ""); /* a point is no line */
	free(text);
	g.n_subjects = 2;
	text = plot(&g, 0); /* one count, two costs that are equal: no width, no height */
	assert_non_null(strstr(text, "AB\n"));
	free(text);
	g.steps[0].cost[0][0] = SPREAD(0.5, 0.5);
	g.steps[0].cost[0][1] = SPREAD(9e12, 9e12);
	text = plot(&g, 0);
	assert_non_null(strstr(text, "A\n"));
	assert_non_null(strstr(text, "B\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(growth_in_words),
		cmocka_unit_test(growth_compares_where_as_many_send),
		cmocka_unit_test(plot_shows_where_costs_stand),
		cmocka_unit_test(looks_grow_of_those_alone_that_look),
		cmocka_unit_test(plot_of_looks_has_no_line_of_those_that_do_not_look),
		cmocka_unit_test(plot_of_little_or_of_extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
