// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What is found by counts, from totals that are made up: just below what it takes, and at it. */
#include <signal.h>
#include <sys/epoll.h>

#include "totals.h"

static void signals(__u64 queued, __u64 merged, __u64 overflow)
{
	struct signal_stats *sig = &s.signals[SIGIO];

	sig->io = 1;
	sig->results[SIGNAL_QUEUED] = queued;
	sig->results[SIGNAL_COALESCED] = merged;
	sig->results[SIGNAL_OVERFLOW] = overflow;
}

static void merged_signals(void **state)
{
	(void)state;
	served();
	signals(363, 37, 0);
	s.signals[SIGIO].code = POLL_IN;
	s.counters[COUNT_DATAGRAMS_ARRIVED] = s.counters[COUNT_DATAGRAMS_READ] = 400;
	assert_says(
		"signals-merged", "harmless",
		"37 of 400 I/O signals were merged with one that was already pending, and this did "
		"no harm: all 400 datagrams were read; the last signal was sent for a descriptor. "
		"The program takes a signal as a hint to read all there is, as it should.");
	signals(391, 9, 0);
	assert_null(found("signals-merged", "harmless"));
	signals(363, 37, 0);
	s.counters[COUNT_DATAGRAMS_READ] = 391; /* few enough to be read next */
	assert_int_equal(how_many(), 0);
	s.client.unanswered = 1;
	assert_int_equal(finding_figure(found("signals-merged", "unread"), "left"), 9);
	s.client.unanswered = 0;
	s.counters[COUNT_DATAGRAMS_READ] = 390;
	assert_says("signals-merged", "unread",
		    "10 of 400 datagrams were not read: 37 of 400 I/O signals were merged with one "
		    "that was already pending; the last was sent for a descriptor. One signal then "
		    "stands for several datagrams. On each signal, read until EAGAIN, or have "
		    "every signal queued (F_SETSIG with a real-time signal).");
	s.sees = 0; /* what arrived is not known then */
	assert_null(found("signals-merged", "unread"));
	s.sees = ~0u;
	signals(400, 0, 0); /* what is unread has another cause */
	assert_null(found("signals-merged", "unread"));
}

static void connections_that_are_kept(void **state)
{
	struct evidence *e;

	(void)state;
	traced();
	e = add_evidence(EVIDENCE_LEAK, 0, 30);
	e->fd = 7;
	e->kind = FILE_TCP;
	e->own_port = 8080;
	e->ns = 300 * MS;
	e->amount = 19;
	e->limit = 38;
	assert_null(found("descriptor-leak", ""));
	e->amount = 20;
	e->limit = 41;
	assert_null(found("descriptor-leak", ""));
	e->limit = 40;
	assert_says(
		"descriptor-leak", "",
		"30 connections that were accepted at port 8080 are open although their peers "
		"have closed, of 40 that ended so; the oldest, for 300ms, is fd 7 (tcp, "
		"peer 127.0.0.1:4711) of process 120 (server). A connection whose peer has closed "
		"stays open here "
		"until it is closed here, too, so that they grow in number, and in the end accept "
		"fails for lack of descriptors. Close each connection on every path: when a read "
		"gives 0, after an error, and when its request is done.");
}

static void a_full_queue_of_signals(void **state)
{
	(void)state;
	served();
	signals(10, 0, 1);
	assert_int_equal(found("signals-overflow", "")->signal, SIGIO);
	signals(10, 0, 0);
	assert_null(found("signals-overflow", ""));
}

static void waits_that_signals_end(void **state)
{
	(void)state;
	traced();
	add_calls("epoll_wait", VERDICT_INTERRUPTED, 19);
	s.counters[COUNT_WORK_RETURNS] = 40;
	s.signals[SIGALRM].delivered = 19;
	assert_null(found("signal-interrupts", ""));
	add_calls("epoll_wait", VERDICT_INTERRUPTED, 1);
	assert_says("signal-interrupts", "",
		    "20 of 40 waits were interrupted by a signal, most of them epoll_wait; SIGALRM "
		    "was delivered 19 times. A wait that is restarted with its full timeout after "
		    "each signal may never end. Restart with what is left of the timeout, or block "
		    "the signal and read it from a signalfd.");
	s.counters[COUNT_WORK_RETURNS] = 41;
	assert_null(found("signal-interrupts", ""));
	add_calls("rt_sigsuspend", VERDICT_INTERRUPTED, 1000); /* it waits for just that */
	assert_null(found("signal-interrupts", ""));
}

static void the_same_level_again(void **state)
{
	(void)state;
	served();
	s.counters[COUNT_REPORT_IN] = s.counters[COUNT_REPORTS] = 40;
	s.counters[COUNT_REREPORTS] = 10;
	s.counters[COUNT_SOCKET_READS] = 4;
	s.counters[COUNT_SOCKET_BYTES] = 64;
	assert_says("rereports", "",
		    "10 of 40 reports repeated an earlier one with nothing new (level-triggered): "
		    "input was still there after a read, which took 16 bytes on average. Larger "
		    "reads, or EPOLLET with reading until EAGAIN, would save up to 10 reports.");
	s.counters[COUNT_REPORT_IN] = s.counters[COUNT_REPORTS] = 41;
	assert_null(found("rereports", ""));
	s.counters[COUNT_REPORTS] = 36;
	s.counters[COUNT_REREPORTS] = 9;
	assert_null(found("rereports", ""));
	s.counters[COUNT_REREPORTS] = 10;
	assert_non_null(found("rereports", ""));
	add_calls("accept", VERDICT_READY, 1); /* one is of a listener */
	assert_null(found("rereports", ""));
	s.counters[COUNT_REREPORTS] = 11;
	assert_non_null(found("rereports", ""));
	s.stats[row_of("read")].zero = 1; /* and one of an end */
	assert_null(found("rereports", ""));
	s.counters[COUNT_REREPORTS] = 12;
	assert_non_null(found("rereports", ""));
	s.stats[row_of("read")].zero = 91; /* few gave something */
	s.counters[COUNT_REREPORTS] = 111;
	assert_null(found("rereports", ""));
}

/* Threads that were each woken for nothing, and epoll instances with reports. */
static void woken(unsigned threads, unsigned instances, __u64 for_nothing)
{
	s.now.n_threads = threads;
	for (unsigned i = 0; i < threads; i++)
		s.now.threads[i].v[i % 2 ? COUNT_REFUSED : COUNT_SLEPT_ON] = 1;
	s.now.n_epolls = instances;
	for (unsigned i = 0; i < instances; i++)
		s.now.epolls[i] = (struct epoll_row){
			.id = i + 1, .state.v = {[COUNT_REPORTS - COUNT_EDGES] = 1}};
	s.counters[COUNT_WASTED] = s.counters[COUNT_REFUSED] = 10;
	s.counters[COUNT_SLEPT_ON] = for_nothing - 10;
}

static void wakes_for_nothing(void **state)
{
	(void)state;
	served();
	woken(2, 2, 25);
	assert_int_equal(finding_figure(found("herd", ""), "idle"), 25);
	s.now.n_interests = 1;
	s.now.interests[0].kind = FILE_LISTENER;
	s.now.interests[0].events = EPOLLIN | EPOLLEXCLUSIVE;
	assert_null(found("herd", ""));
	s.now.interests[0].events = EPOLLIN;
	s.counters[COUNT_REFUSED] = 0; /* they asked for nothing */
	assert_null(found("herd", ""));
	woken(2, 2, 24);
	assert_null(found("herd", ""));
	s.counters[COUNT_WAKES] = 50;
	woken(2, 2, 19);
	assert_null(found("herd", ""));
	woken(2, 1, 25);
	assert_null(found("herd", ""));
	assert_non_null(found("shared-instance", ""));
	s.now.n_epolls = 2; /* reports before it was known of which instance are no other one's */
	s.now.epolls[1] = (struct epoll_row){.state.v = {[COUNT_REPORTS - COUNT_EDGES] = 1}};
	assert_non_null(found("shared-instance", ""));
	assert_null(found("herd", ""));
	woken(1, 1, 25);
	assert_int_equal(how_many(), 0);
}

static void one_worker_that_gets_all(void **state)
{
	(void)state;
	traced();
	s.now.n_threads = 3;
	for (unsigned i = 0; i < 3; i++) {
		s.now.threads[i].key.tid = 100 + i;
		s.now.threads[i].v[COUNT_WATCHES] = 1;
		s.now.threads[i].v[COUNT_ACCEPTED] = i == 1 ? 20 : 0;
	}
	s.now.threads[2].v[COUNT_ACCEPTED] = 5;
	assert_int_equal(found("imbalance", "")->about.tid, 101);
	s.now.threads[2].v[COUNT_ACCEPTED] = 6;
	assert_null(found("imbalance", ""));
	s.now.threads[2].v[COUNT_ACCEPTED] = 0;
	s.now.threads[1].v[COUNT_ACCEPTED] = 19;
	assert_null(found("imbalance", ""));
	s.now.threads[1].v[COUNT_ACCEPTED] = 20;
	s.now.threads[0].v[COUNT_WATCHES] = 0;
	assert_null(found("imbalance", ""));
}

static void asking_again_and_again(void **state)
{
	(void)state;
	served();
	add_calls("read", VERDICT_EMPTY, 400); /* 100 reads, 100 waits */
	assert_non_null(found("busy-poll", "calls"));
	s.counters[COUNT_WORK_RETURNS]++;
	assert_null(found("busy-poll", "calls"));
	s.counters[COUNT_WORK_RETURNS]--;
	add_calls("write", VERDICT_READY, 1); /* it gets on */
	assert_null(found("busy-poll", "calls"));

	served();
	s.counters[COUNT_POLLED] = 100;
	s.counters[COUNT_WORK_RETURNS] = 200;
	assert_non_null(found("busy-poll", "waits"));
	s.counters[COUNT_WORK_RETURNS] = 201;
	assert_null(found("busy-poll", "waits"));

	served();
	add_calls("poll", VERDICT_EMPTY, 100); /* it worked in between */
	s.counters[COUNT_WORK_RETURNS] = 100;
	assert_null(found("busy-poll", "waits"));
}

static void a_thread_that_only_ticks(void **state)
{
	__u64 *v = s.now.threads[0].v;

	(void)state;
	traced();
	s.now.n_threads = 1;
	v[COUNT_WAKES] = 22;
	v[COUNT_TIMED] = v[COUNT_TICKED] = 20;
	assert_int_equal(finding_figure(found("tick", ""), "rate"), 20);
	v[COUNT_WAKES] = 23; /* more than a tenth had work */
	assert_null(found("tick", ""));
	v[COUNT_WAKES] = 20;
	v[COUNT_TICKED] = 17; /* the others slept, or worked at it */
	assert_null(found("tick", ""));
	v[COUNT_TICKED] = 20;
	end.elapsed_ns += 60 * MS; /* less than 20 a second */
	assert_null(found("tick", ""));
}

static void late_threads(void **state)
{
	(void)state;
	traced();
	add_times(&s.latencies[LATENCY_WAKING_TO_ONCPU], 1 * MS, 100);
	add_times(&s.latencies[LATENCY_WAKING_TO_RETURN], 2 * MS, 100);
	assert_int_equal(finding_figure(found("scheduler", ""), "share"), 50);
	add_times(&s.latencies[LATENCY_WAKING_TO_RETURN], 2 * MS, 1);
	assert_null(found("scheduler", ""));
	traced();
	add_times(&s.latencies[LATENCY_WAKING_TO_ONCPU], 1 * MS - 50000, 100);
	add_times(&s.latencies[LATENCY_WAKING_TO_RETURN], 1 * MS, 100);
	assert_null(found("scheduler", ""));
	add_times(&s.latencies[LATENCY_WAKING_TO_ONCPU], 11 * MS, 2); /* 1 % of them */
	assert_non_null(found("scheduler", ""));
	traced();
	add_times(&s.latencies[LATENCY_WAKING_TO_ONCPU], 11 * MS, 99);
	add_times(&s.latencies[LATENCY_WAKING_TO_RETURN], 11 * MS, 99);
	assert_null(found("scheduler", ""));
}

static void no_wait_and_no_call(void **state)
{
	struct beginning before = {.n_sleepers = 1};

	(void)state;
	traced();
	memset(s.counters, 0, sizeof(s.counters));
	assert_says("never-slept", "",
		    "No thread slept for I/O: 200 calls that might have waited (waits, reads, "
		    "writes and the like) returned at once.");
	end.before = &before;
	assert_null(found("never-slept", "")); /* it has slept throughout */
	memset(s.calls, 0, sizeof(s.calls));
	memset(s.stats, 0, sizeof(s.stats));
	assert_says("nothing-seen", "",
		    "There was nothing to measure: no wait, no read and no write of the program "
		    "ended while it was traced; it slept all the time in a call that began "
		    "earlier, or it only computed.");
	s.calls[row_of("poll")] = 1;
	assert_says("nothing-seen", "",
		    "There was nothing to measure: no wait, no read and no write of the program "
		    "ended while it was traced; it was still in one that it had begun.");
	s.calls[OTHER_CALL] = 1;
	end.state = "stopped by a signal";
	assert_says(
		"nothing-seen", "",
		"There was nothing to measure: no wait, no read and no write of the program "
		"ended while it was traced, and it made 1 other call; when last checked, it was "
		"stopped by a signal.");
}

static void time_in_other_calls(void **state)
{
	(void)state;
	traced();
	add_times(&s.stats[row_of("poll")].duration, 10 * MS, 1);
	add_calls("futex", VERDICT_SLEPT, 1);
	add_times(&s.stats[row_of("futex")].duration, 10 * MS, 1);
	assert_int_equal(found("not-judged", "calls")->about.row, row_of("futex"));
	s.counters[COUNT_UNSEEN] = 1;
	assert_non_null(found("not-judged", "calls"));
	s.counters[COUNT_POLLED] = 100; /* something was found */
	assert_null(found("not-judged", "calls"));
	s.counters[COUNT_POLLED] = 0;
	add_times(&s.stats[row_of("poll")].duration, 1 * MS, 1);
	assert_null(found("not-judged", "calls"));
}

static void what_is_not_whole(void **state)
{
	(void)state;
	served();
	assert_null(found("lost", ""));
	s.lost[LOST_TASKS] = 2;
	s.lost[LOST_STALLS] = 1;
	assert_non_null(strstr(found("lost", "")->text, "lost 2 (tasks), 1 (stalls), so counts"));
	end.witnesses.rows[0] = (struct testimony){"waits", {true, false, true}, {7, 0, 7}};
	end.witnesses.n_rows = 1;
	assert_null(found("witnesses-differ", ""));
	end.witnesses.rows[1] = (struct testimony){"messages", {true, true, false}, {400, 399, 0}};
	end.witnesses.n_rows = 2;
	assert_says("witnesses-differ", "",
		    "The numbers are not reliable: of messages, the server counted 400, the client "
		    "counted 399.");
}

static void a_run_that_failed(void **state)
{
	(void)state;
	served();
	assert_null(found("run-failed", ""));
	end.failure = "the server exited with status 1; its last output: "
		      "accept: Resource temporarily unavailable";
	assert_non_null(found("run-failed", "EAGAIN"));
	assert_null(found("run-failed", ""));
	end.failure = "the server was killed by SIGKILL without any output";
	assert_null(found("run-failed", "EAGAIN"));
	assert_says("run-failed", "",
		    "The run failed, so the numbers end there: the server was killed by SIGKILL "
		    "without any output.");
}

static void a_client_without_an_answer(void **state)
{
	(void)state;
	served();
	strcpy(s.client.error, "nothing came from the server for 1s");
	s.client.unanswered = 4;
	s.client.messages = 1;
	assert_null(found("unanswered", "")); /* stopped, not failed */
	end.failure = s.client.error;
	assert_says("unanswered", "",
		    "The client got no answer to 4 of 5 messages: nothing came from the server for "
		    "1s.");
	s.client.unanswered = 0;
	assert_null(found("unanswered", ""));
	assert_non_null(found("run-failed", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merged_signals),
		cmocka_unit_test(connections_that_are_kept),
		cmocka_unit_test(a_full_queue_of_signals),
		cmocka_unit_test(waits_that_signals_end),
		cmocka_unit_test(the_same_level_again),
		cmocka_unit_test(wakes_for_nothing),
		cmocka_unit_test(one_worker_that_gets_all),
		cmocka_unit_test(asking_again_and_again),
		cmocka_unit_test(a_thread_that_only_ticks),
		cmocka_unit_test(late_threads),
		cmocka_unit_test(no_wait_and_no_call),
		cmocka_unit_test(time_in_other_calls),
		cmocka_unit_test(what_is_not_whole),
		cmocka_unit_test(a_run_that_failed),
		cmocka_unit_test(a_client_without_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
