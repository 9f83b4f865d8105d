// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The sentences at the end of a run, from totals that are made up: what was done in vain, and what
 * would save it. */
#include <signal.h>
#include <sys/epoll.h>

#include "totals.h"

static void one_shots_that_are_not_rearmed(void **state)
{
	static const char words[] = "11 reports disarmed the descriptor (EPOLLONESHOT), and 7 "
				    "times one was re-armed (EPOLL_CTL_MOD): a descriptor that is "
				    "not re-armed tells of nothing any more. Re-arm it after each "
				    "report, once it is read.";
	(void)state;
	served();
	s.counters[COUNT_DISARMED] = 11;
	s.counters[COUNT_REARMED] = 7;
	assert_false(says("EPOLLONESHOT")); /* connections that ended */
	s.client.unanswered = 1;
	assert_says(2, words);
	s.counters[COUNT_REARMED] = 11;
	assert_false(says("EPOLLONESHOT"));

	traced();
	s.counters[COUNT_DISARMED] = 14;
	s.counters[COUNT_REARMED] = 7;
	s.now.n_interests = 1;
	s.now.interests[0].events = EPOLLONESHOT | EPOLLIN;
	assert_false(says("EPOLLONESHOT")); /* none is silent */
	s.now.interests[0].events = EPOLLONESHOT | EPOLLET;
	assert_true(says("14 reports disarmed"));
	s.counters[COUNT_REARMED] = 8;
	assert_false(says("EPOLLONESHOT"));
}

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
	s.counters[COUNT_DATAGRAMS_ARRIVED] = 400;
	s.counters[COUNT_DATAGRAMS_READ] = 400;
	assert_says(3,
		    "37 of 400 I/O signals were merged into one that was pending already, and "
		    "did no harm: all 400 datagrams were read, since a signal is taken as a hint "
		    "to read all there is.");
	assert_true(says("Nothing was wrong"));
	s.counters[COUNT_DATAGRAMS_READ] = 391; /* few enough to be read next */
	assert_false(says("were merged"));
	s.client.unanswered = 1;
	assert_true(says("9 of 400 datagrams were not read"));
	s.client.unanswered = 0;
	s.counters[COUNT_DATAGRAMS_READ] = 390;
	assert_says(2, "10 of 400 datagrams were not read: 37 of 400 I/O signals were merged into "
		       "one that was pending already, so that one signal stands for several "
		       "datagrams. Read until EAGAIN at each signal, or have each of them queued "
		       "(F_SETSIG with a real-time signal).");
	s.sees = 0; /* what arrived is not known then */
	assert_false(says("were merged"));
	s.sees = SEES_READY;
	signals(400, 0, 0); /* what is unread has another cause */
	assert_false(says("datagrams"));
}

static void a_full_queue_of_signals(void **state)
{
	(void)state;
	served();
	signals(10, 0, 1);
	assert_says(2, "The queue of real-time signals was full 1 time: those signals are gone, "
		       "and SIGIO came instead, which does not say which descriptor. At a SIGIO "
		       "read all of them until EAGAIN, or raise the limit (ulimit -i).");
}

static void reports(__u64 in, __u64 out, __u64 again)
{
	s.counters[COUNT_REPORT_IN] = in;
	s.counters[COUNT_REPORT_OUT] = out;
	s.counters[COUNT_REPORTS] = in > out ? in : out;
	s.counters[COUNT_REREPORTS] = again;
}

static void room_to_write_all_the_time(void **state)
{
	(void)state;
	served();
	add_calls("epoll_wait", VERDICT_READY, 1000);
	s.counters[COUNT_WORK_RETURNS] = 1001;
	reports(22, 1000, 978);
	assert_says(2,
		    "1 000 of 1 000 reports told of room to write (EPOLLOUT), and 1 000 of 1 001 "
		    "waits did not sleep: a socket with room to write is always ready. Register "
		    "EPOLLOUT only while something is left to be written.");
	s.counters[COUNT_WORK_RETURNS] = 2001; /* most slept */
	assert_false(says("EPOLLOUT"));
	s.counters[COUNT_WORK_RETURNS] = 1001;
	reports(1000, 1000, 0); /* each told of data, too */
	assert_false(says("EPOLLOUT"));
}

static void the_same_level_again(void **state)
{
	(void)state;
	served();
	reports(40, 0, 10);
	s.counters[COUNT_SOCKET_READS] = 4;
	s.counters[COUNT_SOCKET_BYTES] = 64;
	assert_says(3, "10 of 40 reports told again of what had been told before "
		       "(level-triggered): it was still there after a read, which took 16.0 bytes "
		       "on average. Larger reads, or EPOLLET and reading until EAGAIN, would save "
		       "up to 10 reports.");
	assert_true(says("Nothing was wrong"));
	reports(41, 0, 10);
	assert_false(says("again"));
	reports(36, 0, 9);
	assert_false(says("again"));
}

static void a_report_that_nobody_takes(void **state)
{
	(void)state;
	served();
	reports(1001, 0, 1000);
	assert_says(2,
		    "1 000 of 1 001 reports told again of what had been told before, and only "
		    "100 reads, writes and accepts succeeded: something is reported all the time "
		    "that nobody takes. Read it, or take the descriptor out (EPOLL_CTL_DEL).");
	add_calls("write", VERDICT_READY, 1);
	assert_false(says("nobody takes"));
}

/* Threads that were each woken for nothing, and epoll instances with reports. */
static void woken(unsigned threads, unsigned instances, __u64 for_nothing)
{
	s.now.n_threads = threads;
	for (unsigned i = 0; i < threads; i++)
		s.now.threads[i].v[i % 2 ? COUNT_WASTED : COUNT_ABSORBED] = 1;
	s.now.n_epolls = instances;
	for (unsigned i = 0; i < instances; i++)
		s.now.epolls[i].state.v[COUNT_REPORTS - COUNT_EDGES] = 1;
	s.counters[COUNT_WASTED] = 10;
	s.counters[COUNT_ABSORBED] = for_nothing - 10;
}

static void wakes_for_nothing(void **state)
{
	(void)state;
	served();
	woken(2, 2, 25);
	assert_says(2,
		    "25 of 100 wakes (25 %) led to nothing, as when several threads wait for the "
		    "same descriptor: all are woken, and one gets it. EPOLLEXCLUSIVE wakes one "
		    "of them, or few.");
	woken(2, 2, 24);
	assert_false(says("led to nothing"));
	s.counters[COUNT_WAKES] = 50;
	woken(2, 2, 19);
	assert_false(says("led to nothing"));
	woken(2, 1, 25);
	assert_true(says("25 of 50 wakes (50 %) led to nothing, as when several threads wait for "
			 "one epoll instance and another one is quicker: fewer threads have fewer "
			 "of them."));
	assert_true(says("Nothing was wrong"));
	woken(1, 1, 25);
	assert_true(says("(50 %) led to nothing: no read, write or accept succeeded after them."));
}

static void asking_again_and_again(void **state)
{
	(void)state;
	served();
	add_calls("read", VERDICT_EMPTY, 400); /* 100 reads, 100 waits */
	assert_says(2,
		    "Non-blocking calls found nothing 400 times (EAGAIN), and only 100 reads and "
		    "accepts succeeded: the program asks again and again, and uses the CPU for "
		    "it. Wait for what comes (poll, epoll_wait): that sleeps.");
	s.counters[COUNT_WORK_RETURNS]++;
	assert_false(says("again and again"));

	served();
	add_calls("poll", VERDICT_EMPTY, 100);
	s.counters[COUNT_WORK_RETURNS] = 200;
	assert_says(2, "100 of 200 waits came back at once with nothing: a time-out of 0 asks and "
		       "does not wait, and uses the CPU for it. Let them wait until something "
		       "comes.");
	s.counters[COUNT_WORK_RETURNS] = 201;
	assert_false(says("came back at once"));
}

static void small_writes(void **state)
{
	(void)state;
	served();
	s.counters[COUNT_ESTABLISHED] = 1;
	add_calls("write", VERDICT_READY, 150);
	add_times(&s.client.latency, 40 * MS, 100);
	add_times(&s.latencies[LATENCY_READY_TO_READ], 88000, 100);
	assert_says(2,
		    "A round trip took 40ms, though data was read after 88us (both p50): that is "
		    "about how long a kernel holds an ACK back, for which a small write waits if "
		    "another is under way (1.50 writes an answer). Set TCP_NODELAY, or write an "
		    "answer at once.");
	s.stats[row_of("write")].verdicts[VERDICT_READY] = 149;
	assert_false(says("ACK"));
	s.stats[row_of("write")].verdicts[VERDICT_READY] = 150;
	add_times(&s.client.latency, 100000, 200); /* most were quick */
	assert_false(says("ACK"));
}

static void errors_that_were_reported(void **state)
{
	(void)state;
	served();
	s.counters[COUNT_REPORT_ERR] = 20;
	assert_says(3, "20 reports told of an error on a descriptor (EPOLLERR), such as a "
		       "connection that its peer reset: the next read or write of it fails, and "
		       "then it is to be closed.");
	end.failure = "the server was killed by SIGSEGV, and said nothing";
	assert_false(says("EPOLLERR"));
}

static void where_the_time_of_a_wakeup_went(void **state)
{
	(void)state;
	served();
	add_times(&s.latencies[LATENCY_READY_TO_WAKING], 1000, 99);
	add_times(&s.latencies[LATENCY_WAKING_TO_ONCPU], 24000, 99);
	add_times(&s.latencies[LATENCY_ONCPU_TO_RETURN], 6000, 99);
	assert_false(says("wakeup"));
	add_times(&s.latencies[LATENCY_WAKING_TO_ONCPU], 24000, 1);
	assert_true(says("Of the time of a wakeup the most, 24us of 31us (p50), went to the "
			 "scheduler, until the thread ran: an idle CPU wakes up, or others run "
			 "first."));
	s.sees = 0; /* nothing tells when it was ready */
	assert_true(says("24us of 30us (p50)"));
	s.sees = SEES_READY;
	add_times(&s.latencies[LATENCY_ONCPU_TO_RETURN], 200000, 300);
	assert_true(says("went to the return of the call"));
	add_times(&s.latencies[LATENCY_WAKING_TO_ONCPU], 200000, 300); /* none has half of it */
	add_times(&s.latencies[LATENCY_READY_TO_WAKING], 10000, 300);
	assert_false(says("wakeup"));
}

static void at_most_three_and_the_most_important(void **state)
{
	(void)state;
	served();
	stall(48, UNREAD_BYTES);
	signals(10, 0, 1);
	add_calls("read", VERDICT_EMPTY, 400);
	woken(2, 2, 50);
	reports(40, 0, 10);
	s.counters[COUNT_REPORT_ERR] = 1;
	assert_int_equal(meaning(&s, &end, sentences), 3);
	assert_non_null(strstr(sentences[0], "Descriptor 7"));
	assert_non_null(strstr(sentences[1], "real-time signals was full"));
	assert_non_null(strstr(sentences[2], "led to nothing"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_shots_that_are_not_rearmed),
		cmocka_unit_test(merged_signals),
		cmocka_unit_test(a_full_queue_of_signals),
		cmocka_unit_test(room_to_write_all_the_time),
		cmocka_unit_test(the_same_level_again),
		cmocka_unit_test(a_report_that_nobody_takes),
		cmocka_unit_test(wakes_for_nothing),
		cmocka_unit_test(asking_again_and_again),
		cmocka_unit_test(small_writes),
		cmocka_unit_test(errors_that_were_reported),
		cmocka_unit_test(where_the_time_of_a_wakeup_went),
		cmocka_unit_test(at_most_three_and_the_most_important),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
