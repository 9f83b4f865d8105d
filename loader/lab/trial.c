// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "trial.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "command_line.h"
#include "exit_status.h"
#include "json.h"
#include "language.h"
#include "outside.h"
#include "ports.h"
#include "visible.h"
#include "visitors.h"

/* How long it is waited for what a good server does at once, ms. */
#define WAIT_ATTACHED 30000
#define WAIT_LISTEN   5000
#define WAIT_END      4000 /* less than the 5 s after which trace ends a command */
#define WAIT_KILLED   4000
#define WAIT_SETTLE   1000
#define REST          333 /* how long a server that has nothing to do is watched, ms */
#define WAIT_REST     5000
#define LOOK_FIRST    2 /* between two looks at it, ms */
#define LOOK_LAST     32

static const char placeholder[] = "{port}";

/* What is under way. */
struct run {
	struct trial *t;
	const struct trial_setup *setup;
	const struct exercise_load *load;
	struct part_signals before;
	unsigned port;
	int lock;       /* of the port */
	char **command; /* with the port in it */
	struct part tracer;
	int output; /* of the tracer */
	struct printed printed;
	struct outside server;
};

bool trial_names_port(char **command)
{
	for (; *command; command++)
		if (strstr(*command, placeholder))
			return true;
	return false;
}

/* A word with the port in it, to be freed. */
static char *with_port(const char *word, unsigned port)
{
	size_t room = strlen(word) + 1, len = 0; /* a port is shorter than its place */
	char *text = malloc(room);
	const char *at;

	while (text && (at = strstr(word, placeholder))) {
		len += snprintf(text + len, room - len, "%.*s%u", (int)(at - word), word, port);
		word = at + strlen(placeholder);
	}
	if (text)
		snprintf(text + len, room - len, "%s", word);
	return text;
}

static void free_command(char **command)
{
	for (char **word = command; command && *word; word++)
		free(*word);
	free(command);
}

static size_t count_words(char **command)
{
	size_t n = 0;

	while (command[n])
		n++;
	return n;
}

static char **command_with_port(char **command, unsigned port)
{
	size_t n = count_words(command);
	char **words = calloc(n + 1, sizeof(*words));

	for (size_t i = 0; words && i < n; i++)
		words[i] = with_port(command[i], port);
	return words;
}

/* Until something holds, for so long at most, unless the server ends. Gives whether it holds. A
 * look at all processes takes a millisecond: what takes long is looked at less often. */
static bool wait_until(struct run *run, bool (*holds)(struct run *run), int timeout_ms)
{
	uint64_t end = now_ns() + (uint64_t)timeout_ms * 1000000;

	for (int pause = LOOK_FIRST; !holds(run); pause += pause < LOOK_LAST ? pause : 0)
		if (now_ns() > end || part_ended(&run->tracer, pause))
			return false;
	return true;
}

static bool listens(struct run *run)
{
	return outside_port(&run->server, run->port) == run->port;
}

/* The tracer says what it begins with once it is attached, and lets the server go then. */
static bool runs(struct run *run)
{
	return lseek(run->output, 0, SEEK_END) > 0;
}

static bool settled(struct run *run)
{
	return outside_settled(&run->server);
}

static bool rested(struct run *run)
{
	return outside_rested(&run->server);
}

/* All is closed; or it would not run, or was let: what is open then stays so. */
static bool had_its_turn(struct run *run)
{
	bool turn = rested(run); /* and only then the look at what it did in it */

	return settled(run) || turn;
}

/* trace ... -- COMMAND, into run->output. */
static int start_tracer(struct run *run, const struct part_place *files)
{
	size_t words = count_words(run->command);
	struct command_line line;
	int failed = command_line_begin(&line, "trace", run->output, words + 2);

	if (!failed) {
		command_line_add(&line, "--interval=86400");
		command_line_add(&line, "--");
		for (size_t i = 0; i < words; i++)
			command_line_add(&line, run->command[i]);
		failed =
			part_start(&run->tracer, run->setup->trace, line.argv, files, &run->before);
	}
	command_line_end(&line);
	return failed;
}

static int start_server(struct run *run)
{
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC), printed, failed = -1;

	run->output = part_output();
	printed = run->output < 0 ? -1 : printed_begin(&run->printed);
	if (printed >= 0) {
		failed = start_tracer(run, &(struct part_place){nothing, printed, printed, NULL});
		close(printed);
		if (failed)
			printed_end(&run->printed);
	}
	if (nothing >= 0)
		close(nothing);
	return failed;
}

/* The server: the tracer ends with its status, as a shell has it. */
static const char *how_it_ended(const struct run *run, char *buf, size_t size)
{
	int status = shell_status(run->tracer.status);

	return status_text(status > 128 ? W_EXITCODE(0, status - 128) : W_EXITCODE(status, 0), buf,
			   size);
}

/* Whether clients can come; else why not is said. */
static bool await_server(struct run *run)
{
	unsigned elsewhere;
	char *why = run->t->why_not, how[64];

	if (wait_until(run, runs, WAIT_ATTACHED) && wait_until(run, listens, WAIT_LISTEN)) {
		outside_look(&run->server);
		run->server.before = run->server.now;
		return true;
	}
	if (run->tracer.ended) {
		snprintf(why, TRIAL_REASON, tr("it %s before it listened on port %u%s"),
			 how_it_ended(run, how, sizeof(how)), run->port,
			 shell_status(run->tracer.status)
				 ? ""
				 : tr("; it is to stay in the foreground until it is told to "
				      "end"));
		return false;
	}
	elsewhere = outside_port(&run->server, run->port);
	if (elsewhere)
		snprintf(why, TRIAL_REASON,
			 tr("it listens on port %u, and not on port %u, which it was given"),
			 elsewhere, run->port);
	else
		snprintf(why, TRIAL_REASON, tr("after %d s it does not listen on port %u"),
			 WAIT_LISTEN / 1000, run->port);
	return false;
}

/* All that comes, and what is there when it has gone. */
static void visit(struct run *run, struct json_object *facts)
{
	static const struct patience usual = {.times = 1};
	struct visitors visitors = {
		.load = run->load,
		.udp = run->setup->udp,
		.port = run->port,
		.patience = &usual,
		.command = run->setup->load,
		.before = &run->before,
	};

	visitors_come(&visitors, facts);
	outside_rests(&run->server);
	if (!wait_until(run, settled, WAIT_SETTLE))
		wait_until(run, had_its_turn, WAIT_REST);
	outside_rests(&run->server);
	part_ended(&run->tracer, REST);
	wait_until(run, rested, WAIT_REST);
}

static void end_server(struct run *run, bool came, struct json_object *server)
{
	bool early = part_ended(&run->tracer, 0), ends = false;

	put_bool(server, "listens", came);
	put(server, "listens_elsewhere", came || early ? 0 : outside_port(&run->server, run->port));
	put_bool(server, "ended_early", early);
	if (early)
		how_it_ended(run, run->t->ended, sizeof(run->t->ended));
	outside_put(&run->server, came, server);
	if (!early) {
		kill(run->tracer.pid, SIGTERM);
		ends = part_ended(&run->tracer, WAIT_END);
	}
	put_bool(server, "ends_by_sigterm", ends);
	part_stop(&run->tracer, WAIT_KILLED);
	printed_end(&run->printed);
	put(server, "exit_status", shell_status(run->tracer.status));
	put(server, "printed", run->printed.bytes);
	snprintf(run->t->printed, sizeof(run->t->printed), "%s", run->printed.kept);
}

/* Puts what the tracer saw to the other facts. Gives whether it has seen anything. */
static bool add_trace(struct run *run, struct json_object *facts)
{
	struct json_object *lines = part_lines(run->output);
	struct json_object *summary = part_line_of(lines, "summary");

	if (summary) {
		json_object_object_foreach(summary, name, value)
			json_object_object_add(facts, name, json_object_get(value));
		json_object_object_add(facts, "stall",
				       json_object_get(part_line_of(lines, "stall")));
	}
	json_object_put(lines);
	return summary;
}

static int perform(struct run *run)
{
	struct json_object *facts = run->t->facts;
	char seen[VISIBLE_SIZE(sizeof(run->t->printed))];
	struct json_object *server;
	bool came;

	if (start_server(run))
		return EXIT_FAILED;
	run->server.tracer = run->tracer.pid;
	came = await_server(run);
	if (came)
		visit(run, facts);
	run->t->came = came;
	server = put_object(facts, "server");
	end_server(run, came, server);
	if (add_trace(run, facts))
		return 0;
	warnx(tr("the server could not be traced: %s"),
	      visible(run->t->printed, seen, sizeof(seen)));
	return EXIT_UNABLE;
}

int trial_run(struct trial *t, const struct trial_setup *setup, const struct exercise_load *load)
{
	struct run run = {.t = t, .setup = setup, .load = load, .output = -1};
	int status = EXIT_FAILED;

	*t = (struct trial){.facts = json_object_new_object()};
	run.server.udp = setup->udp;
	parts_begin(&run.before);
	run.port = ports_take(setup->udp, &run.lock);
	run.command = run.port ? command_with_port(setup->command, run.port) : NULL;
	if (run.command)
		status = perform(&run);
	free_command(run.command);
	if (run.lock >= 0)
		close(run.lock);
	if (run.output >= 0)
		close(run.output);
	parts_end(&run.before);
	return status;
}

void trial_free(struct trial *t)
{
	json_object_put(t->facts);
	t->facts = NULL;
}
