// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab export: a recording for other programs. */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "perfetto.h"
#include "reading.h"
#include "replay.h"

struct export_command {
	bool perfetto;
	const char *from, *to;
};

static const struct option_row rows[] = {
#define EXPORT_OPTION(...) OPTION_ROW(struct export_command, __VA_ARGS__),
#include "options.def"
};
static const struct option_group group = OPTION_GROUP(EXPORT, rows);

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct export_command *cmd = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (cmd->to)
			argp_error(state,
				   "unexpected argument \"%s\": give a recording, and the "
				   "file to write",
				   arg);
		if (cmd->from)
			cmd->to = arg;
		else
			cmd->from = arg;
		return 0;
	case ARGP_KEY_END:
		if (!cmd->perfetto)
			argp_error(state, "in which format? --perfetto is one");
		if (!cmd->to)
			argp_error(state,
				   "give a recording, and the file to write; \"-\" stands for "
				   "standard input and output");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* To a file, or to standard output unless that is a terminal; NULL after one line on stderr. */
static FILE *open_output(const char *path)
{
	FILE *out;

	if (strcmp(path, "-") != 0) {
		out = fopen(path, "we");
		if (!out)
			warn("cannot write to %s", path);
		return out;
	}
	if (!isatty(STDOUT_FILENO))
		return stdout;
	warnx("cannot write to the terminal: a trace is not text; give a file");
	return NULL;
}

static int write_trace(const struct export_command *cmd, struct recording *r)
{
	FILE *out = open_output(cmd->to);
	__s64 events;

	if (!out)
		return EXIT_FAILED;
	events = perfetto_write(out, r);
	if (events < 0)
		warn("cannot write to %s", cmd->to);
	else if (!events)
		warnx("note: %s has no events, so the trace has neither threads nor calls; record "
		      "with --events all",
		      recording_path(r));
	if (out != stdout)
		fclose(out);
	return events < 0 || replay_say_flaw(r, "there", "written") ? EXIT_FAILED : EXIT_DONE;
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
	if (strcmp(recording_head(r)->info.command, "compare") != 0)
		status = write_trace(&cmd, r);
	else
		warnx("cannot export %s: it is the recording of a comparison; give one of \"run\" "
		      "or "
		      "\"trace\"",
		      recording_path(r));
	recording_close(r);
	return status;
}
