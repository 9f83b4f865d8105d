// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "stage.h"

#include <err.h>
#include <string.h>
#include <sys/mman.h>

#include "clock.h"
#include "cpu_time.h"
#include "exit_status.h"
#include "load.h"
#include "load_describe.h"
#include "privileges.h"
#include "serve.h"

/* What the two children work on: each has a copy of its own, but for what is shared. */
struct cast {
	struct server server;
	struct load_options load;
	struct witnesses *shared;
	pid_t group; /* of the server's processes */
	struct user user;
	bool unprivileged; /* both run as the user who called sudo */
};

static int prepare_server(void *arg)
{
	struct cast *cast = arg;

	if (server_open(&cast->server))
		return EXIT_FAILED;
	cast->shared->port = cast->server.opt.port;
	return 0;
}

static int run_server(void *arg)
{
	struct cast *cast = arg;

	return server_run(&cast->server) ? EXIT_FAILED : EXIT_DONE;
}

static void note_progress(enum load_moment moment, void *arg)
{
	const struct cast *cast = arg;
	struct witnesses *w = cast->shared;
	struct progress *p = moment == LOAD_BEGINS ? &w->begin : &w->end;

	p->messages = w->client.messages;
	p->cpu_ns = cpu_time_of_group(cast->group);
	p->time = now_ns();
}

static int run_client(void *arg)
{
	struct cast *cast = arg;

	cast->load.port = cast->shared->port;
	load_signals();
	return load_run(&cast->load, &cast->shared->client) ? EXIT_FAILED : EXIT_DONE;
}

static const struct user *runs_as(const struct cast *cast)
{
	return cast->unprivileged ? &cast->user : NULL;
}

static void describe(struct stream *st, const struct stage *stage, unsigned port)
{
	bool v6 = strchr(stage->server.address, ':');

	st->info.model = stage->model->name;
	snprintf(st->info.target, sizeof(st->info.target), "%s%s%s:%u", v6 ? "[" : "",
		 stage->server.address, v6 ? "]" : "", port);
	load_describe(&stage->load, st->info.load, sizeof(st->info.load));
}

static int trace(const struct stage *stage, struct stream *st, struct cast *cast,
		 const struct signals *before)
{
	const struct child_body client = {
		.run = run_client, .arg = cast, .user = runs_as(cast), .flags = CHILD_OWN_GROUP};
	int status;

	cast->group = st->target.pid;
	st->session = session_open(&st->out.wish);
	if (!st->session)
		return EXIT_UNABLE;
	if (st->out.self)
		session_count_runs(st->session);
	status = session_adopt_one(st->session, st->target.pid);
	if (status)
		return status;
	if (child_start(&st->client, &client, before) ||
	    privileges_drop(stage->again ? PRIVILEGED_AGAIN : PRIVILEGED_NOTHING))
		return EXIT_FAILED;
	describe(st, stage, cast->shared->port);
	return stream_run(st);
}

static int run_cast(const struct stage *stage, struct stream *st, struct cast *cast,
		    const struct signals *before)
{
	const struct child_body server = {.prepare = prepare_server,
					  .run = run_server,
					  .arg = cast,
					  .user = runs_as(cast),
					  .flags = CHILD_OWN_GROUP | CHILD_KEEP_STDERR};
	int status = child_start(&st->target, &server, before);

	if (!status)
		status = trace(stage, st, cast, before);
	child_kill(&st->client);
	child_kill(&st->target);
	session_close(st->session);
	st->session = NULL;
	return status < 0 ? EXIT_FAILED : status;
}

int stage_run(struct stage *stage, struct stream *st, const struct signals *before)
{
	struct witnesses *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
					MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct cast cast = {
		.server = {.model = stage->model, .opt = stage->server, .fd = -1},
		.load = stage->load,
		.shared = shared,
	};
	int status;

	if (stage->watched)
		cast.load.at = note_progress;
	cast.load.at_arg = &cast;
	cast.unprivileged = user_of_sudo(&cast.user);
	if (shared == MAP_FAILED) {
		warn("cannot map memory for the server's counts");
		return EXIT_FAILED;
	}
	cast.server.tally = &shared->server;
	st->model = stage->model;
	st->message_size = stage->load.size;
	st->witnesses = shared;
	status = run_cast(stage, st, &cast, before);
	st->witnesses = NULL;
	stage->begin = shared->begin;
	stage->end = shared->end;
	stage->cpu_ns = cpu_time_of_usage(&st->target.usage);
	munmap(shared, sizeof(*shared));
	return status;
}
