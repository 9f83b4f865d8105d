// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "answers.h"

#include <err.h>
#include <math.h>

#include "expression.h"
#include "facts.h"
#include "json.h"
#include "language.h"

/* Which choice holds, the first that does; NAN: it is not known, or there is an error. */
static double choose(const struct question *q, struct json_object *values, char *error)
{
	for (unsigned i = 0; i < q->n_choices; i++) {
		double holds = expression_value(q->choices[i].when, values, error);

		if (isnan(holds) || holds != 0)
			return isnan(holds) ? NAN : i;
	}
	return NAN;
}

static enum right judge(const struct question *q, const struct answer *a)
{
	double tolerance = q->n_choices ? 0 : q->tolerance;

	if (!a->prediction.given || isnan(a->measured))
		return RIGHT_UNKNOWN;
	return fabs(a->prediction.value - a->measured) <= tolerance ? RIGHT : NOT_RIGHT;
}

static bool answer(const struct question *q, struct json_object *values, struct answer *a,
		   char *error)
{
	a->measured = q->n_choices ? choose(q, values, error)
				   : expression_value(q->measured, values, error);
	if (*error)
		return false;
	json_object_object_add(values, "measured",
			       isnan(a->measured) ? NULL : json_object_new_double(a->measured));
	a->right = judge(q, a);
	return expression_fill(q->explain, values, a->explanation, sizeof(a->explanation), error);
}

int answers_find(struct answers *a, struct json_object *values)
{
	char error[EXPRESSION_ERROR] = "";

	a->whole = facts_are_whole(values);
	for (unsigned i = 0; i < a->lesson->n_questions; i++)
		if (!answer(&a->lesson->questions[i], values, &a->answers[i], error)) {
			warnx(tr("cannot evaluate question %u of lesson %s: %s"), i + 1, a->name,
			      error);
			return -1;
		}
	return 0;
}

/* "3", or "b) all of them". */
static void show_value(struct layout *l, const struct question *q, double value)
{
	if (q->n_choices && !isnan(value))
		lay(l, "%c) %s", 'a' + (int)value, q->choices[(int)value].text);
	else
		lay(l, "%s", number_text(value));
}

/* Which numbers a prediction is right with. */
static void show_accepted(struct layout *l, double tolerance, double measured)
{
	if (tolerance > 0)
		lay(l, tr(" (accepted: %s to %s)"), number_text(fmax(measured - tolerance, 0)),
		    number_text(measured + tolerance));
	else
		lay(l, tr(" (accepted: only %s)"), number_text(measured));
}

static void show_answer(struct layout *l, const struct question *q, const struct answer *a)
{
	static const char *const verdicts[] = {"", " · correct", " · wrong"};

	choices_show(l, q);
	lay(l, "   " HANG);
	if (a->prediction.given) {
		lay(l, "%s", tr("predicted "));
		show_value(l, q, a->prediction.value);
		lay(l, " · ");
	}
	lay(l, tr("measured %s"), paint(l, BOLD));
	show_value(l, q, a->measured);
	lay(l, "%s%s", paint(l, PLAIN), tr(verdicts[a->right]));
	if (a->right != RIGHT_UNKNOWN && !q->n_choices)
		show_accepted(l, q->tolerance, a->measured);
	lay(l, "\n");
	lay(l, "   " HANG "%s\n\n", a->explanation);
}

void answers_show(const struct answers *a, struct layout *l)
{
	unsigned n = a->lesson->n_questions, given = 0, right = 0;

	for (unsigned i = 0; i < n; i++) {
		lay(l, "%s%u. " HANG "%s%s\n", paint(l, BOLD), i + 1, a->lesson->questions[i].ask,
		    paint(l, PLAIN));
		show_answer(l, &a->lesson->questions[i], &a->answers[i]);
		given += a->answers[i].prediction.given;
		right += a->answers[i].right == RIGHT;
	}
	if (!a->whole)
		lay(l, tr("Tracing lost some events (\"lost\" in the summary of the run), so these "
			  "numbers may be too low.\n"));
	if (given)
		lay(l,
		    tr(given == 1 ? "%u of %u prediction correct. "
				  : "%u of %u predictions correct. "),
		    right, given);
	lay(l, tr("The explanation: wakelab lab show %.2s\n"), a->name);
}

/* A number, or the letter of a choice; null: not known. */
static void put_value(struct json_object *o, const char *name, const struct question *q, bool known,
		      double value)
{
	const char letter[] = {known ? 'a' + (char)value : '\0', '\0'};

	if (q->n_choices)
		put_string(o, name, known ? letter : NULL);
	else if (known && value != floor(value))
		json_object_object_add(o, name, json_object_new_double(value));
	else
		put_known(o, name, known, known ? value : 0);
}

static void put_answer(struct json_object *o, const struct question *q, const struct answer *a)
{
	struct json_object *choices;

	put_string(o, "ask", q->ask);
	choices = put_array(o, "choices");
	for (unsigned i = 0; i < q->n_choices; i++)
		json_object_array_add(choices, json_object_new_string(q->choices[i].text));
	put_value(o, "prediction", q, a->prediction.given, a->prediction.value);
	put_value(o, "measured", q, !isnan(a->measured), a->measured);
	json_object_object_add(
		o, "right",
		a->right == RIGHT_UNKNOWN ? NULL : json_object_new_boolean(a->right == RIGHT));
	put_string(o, "explanation", a->explanation);
}

void answers_put(const struct answers *a, FILE *out)
{
	for (unsigned i = 0; i < a->lesson->n_questions; i++) {
		struct json_object *o = new_line("answer");

		put_string(o, "lesson", a->name);
		put(o, "question", i + 1);
		put_answer(o, &a->lesson->questions[i], &a->answers[i]);
		put_bool(o, "whole", a->whole);
		put_line(out, o);
	}
}
