// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab export: a recording for other programs. */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "csv.h"
#include "folded.h"
#include "perfetto.h"
#include "reading.h"
#include "replay.h"

struct export_command {
	bool perfetto, csv, folded;
	const char *from, *to;
	const struct format *format;
};

static const struct option_row rows[] = {
#define EXPORT_OPTION(...) OPTION_ROW(struct export_command, __VA_ARGS__),
#include "options.def"
};
static const struct option_group group = OPTION_GROUP(EXPORT, rows);

static const struct format {
	size_t at; /* of its flag */
	/* gives how many events there were, or -1 with errno; NULL: a folder is written */
	__s64 (*write)(FILE *out, struct recording *r);
	const char *lacks; /* without events */
	bool is_text;
} formats[] = {
	{offsetof(struct export_command, perfetto), perfetto_write,
	 "so the trace has neither threads nor calls; record with --events all", false},
	{offsetof(struct export_command, csv), NULL, NULL, true},
	{offsetof(struct export_command, folded), folded_write,
	 "so there are only calls, without threads and verdicts; record with --events waits,io",
	 true},
};
#define N_FORMATS (sizeof(formats) / sizeof(formats[0]))

/* The format that is asked for; NULL: none is, or several. */
static const struct format *format_of(const struct export_command *cmd)
{
	const struct format *found = NULL;

	for (size_t i = 0; i < N_FORMATS; i++) {
		if (!*(const bool *)((const char *)cmd + formats[i].at))
			continue;
		if (found)
			return NULL;
		found = &formats[i];
	}
	return found;
}

static void check(struct argp_state *state, struct export_command *cmd)
{
	cmd->format = format_of(cmd);
	if (!cmd->format)
		argp_error(state, "in which format? give one of --perfetto, --csv and --folded");
	else if (!cmd->to)
		argp_error(state, "give a recording, and the file or the folder to write; \"-\" "
				  "stands for standard input and output");
	else if (!cmd->format->write && !strcmp(cmd->to, "-"))
		argp_error(state, "--csv writes several files: give a folder");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct export_command *cmd = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (cmd->to)
			argp_error(state,
				   "unexpected argument \"%s\": give a recording, and the file or "
				   "the folder to write",
				   arg);
		if (cmd->from)
			cmd->to = arg;
		else
			cmd->from = arg;
		return 0;
	case ARGP_KEY_END:
		check(state, cmd);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* To a file, or to standard output, unless that is a terminal that cannot show it; NULL after one
 * line on stderr. */
static FILE *open_output(const char *path, bool is_text)
{
	FILE *out;

	if (strcmp(path, "-") != 0) {
		out = fopen(path, "we");
		if (!out)
			warn("cannot write to %s", path);
		return out;
	}
	if (is_text || !isatty(STDOUT_FILENO))
		return stdout;
	warnx("cannot write to the terminal: a trace is not text; give a file");
	return NULL;
}

/* Gives how many events there were, or -1 after one line on stderr. */
static __s64 write_file(const struct format *format, const char *path, struct recording *r)
{
	FILE *out = open_output(path, format->is_text);
	__s64 events;

	if (!out)
		return -1;
	events = format->write(out, r);
	if (events < 0)
		warn("cannot write to %s", path);
	if (out != stdout)
		fclose(out);
	return events;
}

static int export(const struct export_command *cmd, struct recording *r)
{
	const struct format *format = cmd->format;
	__s64 events;

	if (!format->write)
		return csv_write(cmd->to, r);
	events = write_file(format, cmd->to, r);
	if (events < 0)
		return EXIT_FAILED;
	if (!events && !recording_flaw(r))
		warnx("note: %s has no events, %s", recording_path(r), format->lacks);
	return replay_say_flaw(r, "there", "written");
}

int cmd_export(int argc, char **argv)
{
	struct export_command cmd = {.from = NULL};
	struct recording *r;
	int status = EXIT_USAGE;

	options_read(&(struct reading){.command = "export",
				       .uses = {{&group, &cmd}},
				       .arguments = parse,
				       .input = &cmd},
		     argc, argv);
	r = recording_open(cmd.from);
	if (!r)
		return EXIT_FAILED;
	if (!recording_is_of_comparison(r))
		status = export(&cmd, r);
	else
		warnx("cannot export %s: it is the recording of a comparison; give one of \"run\" "
		      "or \"trace\"",
		      recording_path(r));
	recording_close(r);
	return status;
}
