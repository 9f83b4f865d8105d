// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The sentences at the end of a run, from totals that are made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <signal.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <cmocka.h>

#include "calls.h"
#include "meaning.h"

#define MS 1000000ull

static struct snapshot s;
static struct run_end end;
static char sentences[MEANING_SENTENCES][MEANING_SIZE];

static unsigned row_of(const char *call)
{
	unsigned i = 0;

	while (strcmp(calls[i].name, call))
		i++;
	return i;
}

/* Calls of a verdict, all of which returned. */
static void add_calls(const char *call, enum verdict verdict, __u64 n)
{
	s.calls[row_of(call)] += n;
	s.stats[row_of(call)].verdicts[verdict] += n;
}

static void add_times(struct hist *h, __u64 ns, unsigned n)
{
	while (n--)
		hist_add(h, ns);
}

/* A program that was traced: it read 100 times, and slept before. */
static void traced(void)
{
	memset(&s, 0, sizeof(s));
	memset(&end, 0, sizeof(end));
	end.completed = true;
	end.failure = "";
	s.sees = SEES_READY | SEES_RECEIVES;
	add_calls("read", VERDICT_READY, 100);
	add_calls("poll", VERDICT_SLEPT, 100);
	s.counters[COUNT_SLEEPS] = s.counters[COUNT_WAKES] = s.counters[COUNT_RETURNED] = 100;
	s.counters[COUNT_USEFUL] = 99;
	s.counters[COUNT_WORK_RETURNS] = 100;
}

/* The same of a server of ours, whose client got all that it asked for. */
static void served(void)
{
	traced();
	s.witnessed = true;
	s.client.sent = s.client.messages = 100;
}

/* How many sentences there are, and that the first is this one. */
static void assert_says(unsigned n, const char *first)
{
	assert_int_equal(meaning(&s, &end, sentences), n);
	assert_string_equal(sentences[0], first);
}

/* Whether any sentence has these words. */
static bool says(const char *words)
{
	unsigned n = meaning(&s, &end, sentences);

	for (unsigned i = 0; i < n; i++)
		if (strstr(sentences[i], words))
			return true;
	return false;
}

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
	memset(s.calls, 0, sizeof(s.calls));
	memset(s.stats, 0, sizeof(s.stats));
	s.calls[OTHER_CALL] = 1;
	assert_says(1, "Nothing was there to be measured: the program began no wait, no read and "
		       "no write while it was traced, and 1 other system call. It slept all the "
		       "time in a call from before, or it only computes.");
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

static void stall(__u64 unread, enum unread unit)
{
	end.worst.stall = (struct stall){.since = 5,
					 .unread = unread,
					 .unit = unit,
					 .tid = 123,
					 .fd = 7,
					 .family = AF_INET,
					 .port = 4711};
	inet_pton(AF_INET, "127.0.0.1", end.worst.stall.addr);
	s.counters[COUNT_STALLS] = 1;
	s.stalled_ns = 1800 * MS;
	end.worst_ns = 1775 * MS;
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
		cmocka_unit_test(nothing_was_wrong),
		cmocka_unit_test(no_wait_and_no_call),
		cmocka_unit_test(what_is_not_whole_comes_first),
		cmocka_unit_test(a_stall_that_ended),
		cmocka_unit_test(what_is_left_for_a_moment_is_no_stall),
		cmocka_unit_test(a_stall_that_goes_on),
		cmocka_unit_test(a_program_that_hangs_in_a_stall_is_not_said_to_do_nothing),
		cmocka_unit_test(eagain_is_no_failure),
		cmocka_unit_test(a_client_without_an_answer),
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
