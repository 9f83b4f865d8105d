// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "prediction.h"

#include <ctype.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "language.h"
#include "visible.h"

#define ANSWER 64 /* bytes of one */

/* "3", "0.25", "1 234". */
static bool read_number(const char *text, double *value)
{
	char digits[ANSWER], *end;
	size_t len = 0;

	for (; *text; text++)
		if (*text != ' ' && len < sizeof(digits) - 1)
			digits[len++] = *text;
	digits[len] = '\0';
	if (strspn(digits, "0123456789.") != len)
		return false;
	*value = strtod(digits, &end);
	return !*end;
}

bool prediction_read(const struct question *q, const char *text, struct prediction *p)
{
	char answer[ANSWER];
	size_t len;

	text += strspn(text, " \t");
	if (strlen(text) >= sizeof(answer))
		return false;
	snprintf(answer, sizeof(answer), "%s", text);
	for (len = strlen(answer); len && strchr(" \t\r\n", answer[len - 1]);)
		answer[--len] = '\0';
	*p = (struct prediction){.given = len};
	if (!len)
		return true;
	if (!q->n_choices)
		return read_number(answer, &p->value);
	p->value = tolower((unsigned char)answer[0]) - 'a';
	return len == 1 && p->value >= 0 && p->value < q->n_choices;
}

/* What a question is to be answered with: "a number", "a, b or c"; in buf. */
static const char *answers_text(const struct question *q, char *buf, size_t size)
{
	size_t at = 0;

	if (!q->n_choices)
		return tr("a number");
	for (unsigned i = 0; i < q->n_choices; i++)
		at += snprintf(buf + at, size - at, "%s%c",
			       !i                     ? ""
			       : i < q->n_choices - 1 ? tr(", ")
						      : tr(" or "),
			       'a' + i);
	return buf;
}

int predictions_read(const struct lesson *lesson, const char *list, struct prediction *predictions)
{
	char buf[ANSWER], seen[VISIBLE_SIZE(ANSWER)];
	char *text = strdup(list), *rest = text, *one = NULL;
	unsigned n = 0;
	bool good = text;

	while (good && (one = strsep(&rest, ",")) && n < lesson->n_questions) {
		const struct question *q = &lesson->questions[n];

		good = prediction_read(q, one, &predictions[n++]);
		if (!good)
			warnx(tr("--predict: \"%s\" is not a valid answer to question %u, which "
				 "takes %s"),
			      visible(one, seen, sizeof(seen)), n,
			      answers_text(q, buf, sizeof(buf)));
	}
	if (good && (one || n < lesson->n_questions)) {
		warnx(tr("--predict takes one answer for each question, %u here, separated by "
			 "commas; an empty one makes no prediction"),
		      lesson->n_questions);
		good = false;
	}
	free(text);
	return good ? 0 : -1;
}

void choices_show(struct layout *l, const struct question *q)
{
	for (unsigned i = 0; i < q->n_choices; i++)
		lay(l, "   %c) " HANG "%s\n", 'a' + i, q->choices[i].text);
}

static int ask(const struct question *q, struct layout *l, FILE *in, struct prediction *p)
{
	char buf[ANSWER], *line = NULL;
	size_t size = 0;
	bool read = false;

	while (!read) {
		/* Not through the layout, which prints whole lines. */
		fprintf(l->out, tr("   Your prediction (%s; Enter for none)> "),
			answers_text(q, buf, sizeof(buf)));
		fflush(l->out);
		if (getline(&line, &size, in) < 0)
			break;
		read = prediction_read(q, line, p);
		if (!read)
			lay(l, "%s", tr("   Invalid answer.\n"));
	}
	free(line);
	return read ? 0 : -1;
}

int predictions_ask(const struct lesson *lesson, struct layout *l, FILE *in,
		    struct prediction *predictions)
{
	for (unsigned i = 0; i < lesson->n_questions; i++) {
		lay(l, "%u. " HANG "%s\n", i + 1, lesson->questions[i].ask);
		choices_show(l, &lesson->questions[i]);
		if (ask(&lesson->questions[i], l, in, &predictions[i]))
			return -1;
	}
	lay(l, "\n");
	return 0;
}
