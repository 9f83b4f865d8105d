// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Processes that have the same name are told apart by their command lines; others need none. */
#include <sys/epoll.h>

#include "totals.h"

static void add_process(__u32 pid, const char *comm, const char *line)
{
	struct command_line *row = &s.now.commands.rows[s.now.commands.n++];

	*row = (struct command_line){.pid = pid};
	snprintf(row->comm, sizeof(row->comm), "%s", comm);
	snprintf(row->line, sizeof(row->line), "%s", line);
}

/* Whether the text of what is found of process 120 names it so. */
static bool named(const char *name)
{
	const struct finding *f = found("spin", "unread");

	assert_non_null(f);
	return f && strstr(f->text, name);
}

static void spins(void)
{
	struct evidence *spin;

	traced();
	spin = add_evidence(EVIDENCE_SPIN, 7, 64);
	spin->events = EPOLLIN;
	spin->row = row_of("epoll_wait");
}

static void a_name_that_one_alone_has_is_enough(void **state)
{
	(void)state;
	spins();
	assert_true(named(" of process 120 (server) was"));
	assert_string_equal(found("spin", "unread")->about.command, "");
	add_process(120, "server", "server --one");
	add_process(130, "client", "client");
	assert_true(named(" of process 120 (server) was"));
	assert_string_equal(found("spin", "unread")->about.command, "server --one");
}

static void names_that_repeat_have_their_command_lines(void **state)
{
	(void)state;
	spins();
	add_process(120, "server", "server --one");
	add_process(130, "server", "server --two");
	assert_true(named(" of process 120 (server: server --one) was"));
	strcpy(s.now.commands.rows[1].line, ""); /* it had ended before it was looked at */
	assert_true(named(" of process 120 (server: server --one) was"));
	strcpy(s.now.commands.rows[1].line, "server --one"); /* a worker of the same program */
	assert_true(named(" of process 120 (server) was"));
	strcpy(s.now.commands.rows[0].line, "");
	assert_true(named(" of process 120 (server) was"));
}

static void what_is_about_no_thread_has_the_name_of_its_process(void **state)
{
	(void)state;
	spins();
	*s.now.evidence[0].evidence.comm = '\0';
	assert_true(named(" of process 120 was"));
	add_process(120, "server", "");
	assert_true(named(" of process 120 (server) was"));
}

static void threads_may_have_the_name(void **state)
{
	struct thread_stats *thread;

	(void)state;
	spins();
	add_process(120, "main", "server --one");
	thread = &s.now.threads[s.now.n_threads++];
	*thread = (struct thread_stats){.key = {.tid = 121}, .tgid = 120, .comm = "server"};
	assert_true(named(" of process 120 (server) was"));
	thread->tgid = 130;
	assert_true(named(" of process 120 (server: server --one) was"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_that_one_alone_has_is_enough),
		cmocka_unit_test(names_that_repeat_have_their_command_lines),
		cmocka_unit_test(what_is_about_no_thread_has_the_name_of_its_process),
		cmocka_unit_test(threads_may_have_the_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
