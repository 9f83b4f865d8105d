// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The sentences at the end of a run, from totals that are made up: whether something went wrong,
 * and what is left lying. */
#include "totals.h"

static void nothing_was_wrong(void **state)
{
	(void)state;
	traced();
	assert_says(1,
		    "Nothing that is looked for was wrong: 99 of 100 wakes found work, and every "
		    "count is complete.");
	s.counters[COUNT_TIMED] = 1;
	assert_says(1, "Nothing that is looked for was wrong: 99 of 99 wakes found work, 1 "
		       "time-out, and every count is complete.");
	served();
	s.counters[COUNT_REPORTS] = s.counters[COUNT_FRESH] = 100;
	assert_says(2, "Nothing was wrong: all 100 messages came back whole, no thread slept over "
		       "unread data, 99 of 100 wakes found work, and every count is complete.");
	assert_string_equal(sentences[1], "The server waited 100 times for 100 messages: 1.00 a "
					  "message.");
	s.sees = 0; /* of what is no TCP it is not known then */
	assert_false(says("unread data"));
	end.completed = false; /* Ctrl-C: more may have been under way */
	assert_true(says("wrong: 100 messages came back whole,"));
}

static void no_wait_and_no_call(void **state)
{
	(void)state;
	traced();
	memset(s.counters, 0, sizeof(s.counters));
	assert_says(1, "No thread slept: of 200 calls that might have waited (waits, reads, writes "
		       "and the like) all came back at once.");
	add_calls("wait4", VERDICT_SLEPT, 19);
	add_calls("futex", VERDICT_SLEPT, 1);
	assert_says(1, "No thread slept for I/O: of 200 calls that might have waited (waits, "
		       "reads, writes and the like) all came back at once. Calls of other kinds "
		       "slept, 20 times: most of them wait4.");
	memset(s.calls, 0, sizeof(s.calls));
	memset(s.stats, 0, sizeof(s.stats));
	s.calls[OTHER_CALL] = 1;
	assert_says(1, "Nothing was there to be measured: the program began no wait, no read and "
		       "no write while it was traced, and 1 other system call. It slept all the "
		       "time in a call from before, or it only computes.");
	end.state = "stopped by a signal";
	assert_says(1, "Nothing was there to be measured: the program began no wait, no read and "
		       "no write while it was traced, and 1 other system call. When it was looked "
		       "at last, it was stopped by a signal.");
}

static void what_is_not_whole_comes_first(void **state)
{
	const struct testimony differs = {"messages", {true, true, false}, {400, 399, 0}};

	(void)state;
	served();
	s.counters[COUNT_STALLS] = 1;
	end.worst_ns = 60 * MS;
	s.lost[LOST_TASKS] = 2;
	s.lost[LOST_STALLS] = 1;
	end.witnesses.rows[0] = (struct testimony){"waits", {true, false, true}, {7, 0, 7}};
	end.witnesses.rows[1] = differs;
	end.witnesses.n_rows = 2;
	assert_says(3, "The numbers are not whole: tracing lost 2 (tasks) 1 (stalls), so that "
		       "counts may be too low.");
	assert_string_equal(sentences[1], "The numbers are not certain: of messages the server "
					  "counted 400, the client counted 399.");
	assert_non_null(strstr(sentences[2], "(EPOLLET)"));
	assert_false(says("Nothing was wrong"));
}

static void a_stall_that_ended(void **state)
{
	(void)state;
	served();
	stall(48, UNREAD_BYTES);
	assert_says(2, "Descriptor 7 (peer 127.0.0.1:4711) lay with 48 bytes unread for 1.8s: "
		       "thread 123 was told of it once (EPOLLET) and went to sleep without reading "
		       "until EAGAIN, and nothing tells of it again. Read until EAGAIN, or leave "
		       "EPOLLET out.");
	end.worst_ns = 0; /* it was never seen while it was under way */
	assert_says(2, "1 time a thread went to sleep and left something unread that EPOLLET tells "
		       "of only once; it lay there for 1.8s in all, until it was read or more "
		       "came.");
	assert_false(says("Nothing was wrong"));
}

static void what_is_left_for_a_moment_is_no_stall(void **state)
{
	(void)state;
	served();
	s.counters[COUNT_REPORTS] = s.counters[COUNT_FRESH] = 100;
	s.counters[COUNT_USEFUL] = 1;
	s.counters[COUNT_HANDED] = 98;
	s.counters[COUNT_LEFT] = 37;
	add_times(&s.left, 20000, 36);
	add_times(&s.left, 4 * MS, 1);
	assert_says(3, "Nothing was wrong: all 100 messages came back whole, 99 of 100 wakes found "
		       "work, and every count is complete.");
	assert_string_equal(sentences[1],
			    "37 times a thread went to sleep over something unread that EPOLLET "
			    "tells of only once; it was read, or more came, within 4.0ms: so it is "
			    "where another thread is handed the socket.");
	s.counters[COUNT_STALLS] = 1;
	assert_false(says("37 times"));
}

static void a_stall_that_goes_on(void **state)
{
	(void)state;
	traced();
	stall(4, UNREAD_CONNECTIONS);
	end.worst.stall.family = 0;
	end.worst.stall.before = true;
	s.counters[COUNT_STALLS] = 3;
	s.now.n_stalls = 1;
	s.now.stalls[0] = end.worst;
	assert_says(1, "Descriptor 7 lies with 4 connections waiting for 1.8s or more until "
		       "now, the longest of 3 stalls: thread 123 was told of it once (EPOLLET) and "
		       "went to sleep without accepting until EAGAIN before tracing began, and "
		       "nothing tells of it again. Accept until EAGAIN, or leave EPOLLET out.");
	s.now.stalls[0].stall.before = end.worst.stall.before = false;
	assert_true(says("for 1.8s until now, the longest of 3 stalls: "));
	s.now.stalls[0].stall.since++; /* another one */
	assert_true(says("lay with 4 connections waiting for 1.8s or more, the longest of 3"));
}

static void a_program_that_hangs_in_a_stall_is_not_said_to_do_nothing(void **state)
{
	(void)state;
	traced();
	memset(s.calls, 0, sizeof(s.calls));
	stall(48, UNREAD_BYTES);
	assert_false(says("Nothing was there"));
}

static void eagain_is_no_failure(void **state)
{
	(void)state;
	served();
	end.completed = false;
	end.failure = "the server exited with status 1; its last words: "
		      "accept: Resource temporarily unavailable";
	assert_says(2, "The run failed: the server exited with status 1; its last words: accept: "
		       "Resource temporarily unavailable. That is the text of EAGAIN, which is no "
		       "failure and only says \"not yet\": wait until the descriptor is ready, and "
		       "try again.");
	snprintf(s.client.error, sizeof(s.client.error), "connection 0: the server reset it");
	end.failure = "connection 0: the server reset it; the server had said: "
		      "socket: Resource temporarily unavailable";
	assert_false(says("That is the text of EAGAIN"));
	end.failure = "the server was killed by SIGKILL, and said nothing";
	assert_says(2, "The run failed, so that the numbers end there: the server was killed by "
		       "SIGKILL, and said nothing.");
}

static void a_client_without_an_answer(void **state)
{
	(void)state;
	served();
	strcpy(s.client.error, "nothing came back for 1 s");
	s.client.unanswered = 4;
	s.client.messages = 1;
	assert_false(says("never had")); /* stopped, not failed */
	end.completed = false;
	end.failure = s.client.error;
	assert_says(2, "The client never had the answer to 4 of 5 messages: nothing came back for "
		       "1 s.");
	s.client.unanswered = 0;
	assert_says(2, "The run failed, so that the numbers end there: nothing came back for 1 s.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_was_wrong),
		cmocka_unit_test(no_wait_and_no_call),
		cmocka_unit_test(what_is_not_whole_comes_first),
		cmocka_unit_test(a_stall_that_ended),
		cmocka_unit_test(what_is_left_for_a_moment_is_no_stall),
		cmocka_unit_test(a_stall_that_goes_on),
		cmocka_unit_test(a_program_that_hangs_in_a_stall_is_not_said_to_do_nothing),
		cmocka_unit_test(eagain_is_no_failure),
		cmocka_unit_test(a_client_without_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
