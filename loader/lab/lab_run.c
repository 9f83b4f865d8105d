// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "lab_run.h"

#include <err.h>
#include <unistd.h>

#include "answers.h"
#include "exit_status.h"
#include "program.h"
#include "language.h"

/* Takes the predictions that are given, or asks for them where somebody can answer. Gives false at
 * the end of the input, or after one line on stderr, with the exit status. */
static bool predict(struct answers *a, const struct lab_options *opt, struct layout *l, int *status)
{
	struct prediction predictions[MAX_QUESTIONS] = {0};

	*status = EXIT_DONE;
	if (opt->predict) {
		if (predictions_read(a->lesson, opt->predict, predictions)) {
			*status = EXIT_USAGE;
			return false;
		}
	} else if (isatty(STDIN_FILENO) && isatty(fileno(l->out))) {
		if (predictions_ask(a->lesson, l, stdin, predictions)) {
			lay(l, "%s", tr("\nNo prediction was given, so nothing is run.\n"));
			return false;
		}
	}
	for (unsigned i = 0; i < a->lesson->n_questions; i++)
		a->answers[i].prediction = predictions[i];
	return true;
}

static void say_run(struct layout *l, const struct lesson_run *run)
{
	lay_command(l, "wakelab", run->args);
	fflush(l->out);
}

/* All runs, into values: {run: summary}. */
static int make_runs(const struct lesson *lesson, const struct lab_options *opt, struct layout *l,
		     struct json_object *values)
{
	for (unsigned i = 0; i < lesson->n_runs; i++) {
		struct json_object *summary;
		int status;

		if (!opt->ndjson)
			say_run(l, &lesson->runs[i]);
		status = measure(&lesson->runs[i], &opt->workshop, &summary);
		if (status)
			return status;
		json_object_object_add(values, lesson->runs[i].name, summary);
	}
	return EXIT_DONE;
}

static int run(struct answers *a, const struct lab_options *opt, struct layout *l)
{
	struct json_object *values = json_object_new_object();
	int status = make_runs(a->lesson, opt, l, values);

	if (!status && answers_find(a, values))
		status = EXIT_FAILED;
	if (!status && opt->ndjson)
		answers_put(a, stdout);
	if (!status && !opt->ndjson) {
		lay(l, "\n");
		answers_show(a, l);
	}
	json_object_put(values);
	return status;
}

/* Whether all programs are here that the runs need; else one line on stderr says what to do. */
static bool programs_are_here(const struct lesson *lesson, const char *name)
{
	char packages[MAX_PROGRAMS * MAX_TEXT] = "";
	size_t at = 0;

	for (unsigned i = 0; i < lesson->n_programs; i++)
		if (!program_exists(lesson->programs[i].name))
			at += snprintf(packages + at, sizeof(packages) - at, " %s",
				       lesson->programs[i].package);
	if (at)
		warnx(tr("lesson %s needs programs that are not installed; on Debian: apt-get "
			 "install%s"),
		      name, packages);
	return !at;
}

int lab_run(const struct lesson *lesson, const char *name, const struct lab_options *opt)
{
	FILE *to = opt->ndjson ? stderr : stdout; /* what people are to read */
	struct answers a = {.lesson = lesson, .name = name};
	struct layout l;
	int status;

	if (!programs_are_here(lesson, name))
		return EXIT_UNABLE;
	layout_begin(&l, to, fileno(to), !opt->no_color && layout_may_color(fileno(to)));
	if (!opt->ndjson)
		lay(&l, "%s%.2s  %s%s\n\n", paint(&l, BOLD), name, lesson->title, paint(&l, PLAIN));
	return predict(&a, opt, &l, &status) ? run(&a, opt, &l) : status;
}
