// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "trial.h"

#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "exit_status.h"
#include "json.h"
#include "language.h"
#include "outside.h"
#include "port_words.h"
#include "ports.h"
#include "traced_server.h"
#include "visible.h"
#include "visitors.h"

/* How long it is waited for what a good server does at once, ms. */
#define WAIT_ATTACHED 30000
#define WAIT_LISTEN   5000
#define WAIT_END      4000 /* less than the 5 s after which trace ends a command */
#define WAIT_KILLED   4000
#define WAIT_SETTLE   1000
#define REST          333 /* how long a server that has nothing to do is watched, ms */
#define REST_AGAIN    5   /* times, if it was far longer than that, for we were stopped */
#define WAIT_REST     5000
#define LOOK_FIRST    2 /* between two looks at it, ms */
#define LOOK_LAST     32

/* What is under way. */
struct run {
	struct trial *t;
	const struct trial_setup *setup;
	const struct exercise_load *load;
	struct part_signals before;
	unsigned port;
	int lock; /* of the port, or -1 */
	struct traced_server server;
	struct outside outside;
};

/* Until something holds, for so long at most, unless the server ends. Gives whether it holds; what
 * comes about while this process is stopped is seen. A look at all processes takes a millisecond:
 * what takes long is looked at less often. */
static bool wait_until(struct run *run, bool (*holds)(struct run *run), const char *what, int ms)
{
	struct wait wait = wait_begin(&run->setup->patience, what, ms);
	bool goes_on = true;

	for (int pause = LOOK_FIRST; !holds(run); pause += pause < LOOK_LAST ? pause : 0) {
		if (!goes_on || part_ended(&run->server.tracer, pause))
			return false;
		goes_on = wait_goes_on(&wait);
	}
	return true;
}

static bool listens(struct run *run)
{
	return outside_port(&run->outside, run->port) == run->port;
}

static bool runs(struct run *run)
{
	run->outside.above = run->server.report->above;
	return traced_server_runs(&run->server);
}

static bool settled(struct run *run)
{
	return outside_settled(&run->outside);
}

static bool rested(struct run *run)
{
	return outside_rested(&run->outside);
}

/* All is closed; or it would not run, or was let: what is open then stays so. */
static bool had_its_turn(struct run *run)
{
	bool turn = rested(run); /* and only then the look at what it did in it */

	return settled(run) || turn;
}

static const char *how_it_ended(const struct run *run, char *buf, size_t size)
{
	return status_text(traced_server_status(&run->server), buf, size);
}

/* Why no client could come. */
static void say_why_not(struct run *run)
{
	unsigned elsewhere;
	char *why = run->t->why_not, how[64];

	if (run->server.tracer.ended) {
		snprintf(why, TRIAL_REASON, tr("it %s before it listened on port %u%s"),
			 how_it_ended(run, how, sizeof(how)), run->port,
			 traced_server_status(&run->server)
				 ? ""
				 : tr("; it must stay in the foreground (not daemonize) until it "
				      "is told to end"));
		return;
	}
	elsewhere = outside_port(&run->outside, run->port);
	if (elsewhere)
		snprintf(why, TRIAL_REASON,
			 tr("it listens on port %u instead of port %u, which it was given"),
			 elsewhere, run->port);
	else
		snprintf(why, TRIAL_REASON, tr("after %ds it does not listen on port %u"),
			 WAIT_LISTEN / 1000 * (int)run->setup->patience.times, run->port);
}

/* Whether clients can come. */
static bool await_server(struct run *run)
{
	if (!wait_until(run, runs, NULL, WAIT_ATTACHED) ||
	    !wait_until(run, listens, tr("the server to listen"), WAIT_LISTEN))
		return false;
	outside_visited(&run->outside);
	return true;
}

/* What it does in a time that is about the same for all. */
static void watch_rest(struct run *run)
{
	const struct patience usual = {.times = 1};

	for (unsigned i = 0; i < REST_AGAIN; i++) {
		struct wait wait = wait_begin(&usual, NULL, 2 * REST);

		outside_rests(&run->outside);
		part_ended(&run->server.tracer, REST);
		if (wait_goes_on(&wait))
			break;
	}
	if (!wait_until(run, rested, NULL, WAIT_REST))
		run->outside.starved_ms = WAIT_REST;
}

/* All that comes, and what is there when it has gone. */
static void visit(struct run *run, struct json_object *facts)
{
	struct visitors visitors = {
		.load = run->load,
		.udp = run->setup->udp,
		.port = run->port,
		.patience = &run->setup->patience,
		.command = run->setup->load,
		.before = &run->before,
	};

	visitors_come(&visitors, facts);
	outside_rests(&run->outside);
	if (!wait_until(run, settled, NULL, WAIT_SETTLE))
		wait_until(run, had_its_turn, NULL, WAIT_REST);
}

static void put_ending(struct run *run, bool ends, struct json_object *server)
{
	int status = traced_server_status(&run->server);

	put_bool(server, "ends_by_sigterm", ends);
	put(server, "exit_status", shell_status(status));
	put(server, "killed_by", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	put(server, "printed", run->server.printed.bytes);
	snprintf(run->t->printed, sizeof(run->t->printed), "%s", run->server.printed.kept);
}

static void end_server(struct run *run, bool came, struct json_object *server)
{
	bool early = part_ended(&run->server.tracer, 0), ends = false;

	put_bool(server, "listens", came);
	put(server, "listens_elsewhere",
	    came || early ? 0 : outside_port(&run->outside, run->port));
	put_bool(server, "ended_early", early);
	if (early)
		how_it_ended(run, run->t->ended, sizeof(run->t->ended));
	outside_put(&run->outside, came, server);
	run->t->starved_ms = run->outside.starved_ms;
	run->t->used_ms = run->outside.used_ms;
	if (!early)
		ends = traced_server_tell(&run->server, WAIT_END);
	traced_server_end(&run->server, WAIT_KILLED);
	put_ending(run, ends, server);
	run->t->taken = !came && !ports_free(run->port, run->setup->udp);
}

/* Puts what the tracer saw to the other facts. Gives whether it has seen all of it. */
static bool add_trace(struct run *run, struct json_object *facts)
{
	struct json_object *lines = part_lines(run->server.output);
	struct json_object *summary = part_line_of(lines, "summary");

	if (summary) {
		json_object_object_foreach(summary, name, value)
			json_object_object_add(facts, name, json_object_get(value));
		json_object_object_add(facts, "stall",
				       json_object_get(part_line_of(lines, "stall")));
	}
	json_object_put(lines);
	return summary && !run->server.report->lost;
}

static int perform(struct run *run)
{
	struct json_object *facts = run->t->facts, *server;
	char why[TRIAL_REASON], seen[VISIBLE_SIZE(sizeof(why))];
	bool came = await_server(run);

	if (came)
		visit(run, facts);
	else
		say_why_not(run);
	watch_rest(run);
	outside_starves(&run->outside);
	run->t->came = came;
	server = put_object(facts, "server");
	end_server(run, came, server);
	if (add_trace(run, facts))
		return 0;
	warnx(tr("the server could not be traced: %s"),
	      visible(traced_server_unable(&run->server, why, sizeof(why)), seen, sizeof(seen)));
	return EXIT_UNABLE;
}

int trial_run(struct trial *t, const struct trial_setup *setup, const struct exercise_load *load)
{
	struct run run = {.t = t, .setup = setup, .load = load};
	struct traced_setup traced = {.user = setup->user, .sealed = setup->sealed};
	int status = EXIT_FAILED;

	*t = (struct trial){.facts = json_object_new_object()};
	run.outside.udp = setup->udp;
	parts_begin(&run.before);
	run.port = ports_take(setup->udp, &run.lock);
	traced.command = run.port ? command_with_port(setup->command, run.port) : NULL;
	if (traced.command) {
		if (!traced_server_start(&run.server, &traced, &run.before))
			status = perform(&run);
		traced_server_free(&run.server);
	}
	command_free(traced.command);
	if (run.lock >= 0)
		close(run.lock);
	parts_end(&run.before);
	return status;
}

void trial_free(struct trial *t)
{
	json_object_put(t->facts);
	t->facts = NULL;
}
