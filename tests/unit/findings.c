// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What is found by evidence about descriptors and threads, from totals that are made up: just below
 * what it takes and at it; in which order; and that nothing was wrong. */
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>

#include "totals.h"

#define FD_7 "fd 7 (tcp, peer 127.0.0.1:4711) of process 120 (server) "

static void nothing_was_wrong(void **state)
{
	(void)state;
	traced();
	assert_string_equal(nothing_wrong(), "No problem was found in what was examined: 99 of 100 "
					     "wakes found work. Every count is complete.");
	s.counters[COUNT_TIMED] = 1;
	assert_string_equal(nothing_wrong(),
			    "No problem was found in what was examined: 99 of 99 wakes found work, "
			    "1 timeout. Every count is complete.");
	served();
	s.counters[COUNT_REPORTS] = s.counters[COUNT_FRESH] = 100;
	assert_string_equal(nothing_wrong(),
			    "No problem was found in what was examined: all 100 messages came back "
			    "intact, 100 epoll reports, no thread slept and left input unread, 99 "
			    "of 100 wakes found work. Every count is complete.");
	end.completed = false; /* Ctrl-C: more may have been under way */
	assert_non_null(strstr(nothing_wrong(), "examined: 100 messages came back intact,"));
}

static void not_beside_a_finding(void **state)
{
	(void)state;
	traced();
	s.counters[COUNT_UNSEEN] = 1;
	assert_string_equal(nothing_wrong(), "");
	assert_non_null(found("not-judged", "wakes"));
	s.counters[COUNT_UNSEEN] = 0;
	s.counters[COUNT_UNKNOWN] = 1;
	assert_string_equal(nothing_wrong(), "");
	assert_non_null(found("not-judged", "reports"));
	traced();
	s.sees &= ~SEES_READY;
	assert_string_equal(nothing_wrong(), "");
	assert_says("not-judged", "kernel",
		    "Not looked for: backlog, signals-merged, small-writes, loop-busy. This kernel "
		    "does not show what these rules need, or --only leaves it out; \"wakelab "
		    "doctor\" says more.");
	memset(&s, 0, sizeof(s)); /* nothing was looked at */
	s.sees = ~0u;
	assert_string_equal(nothing_wrong(), "");
}

static void reported_again_and_again(void **state)
{
	static const struct {
		const char *cause;
		__u32 events;
		enum file_kind kind;
		int besides; /* other evidence of the descriptor; -1: none */
		int err;
	} causes[] = {
		{"invalid-descriptor", POLLNVAL, FILE_OTHER, -1, 0},
		{"closed-descriptor", EPOLLIN, FILE_TCP, EVIDENCE_STALE, 0},
		{"accept-failed", EPOLLIN, FILE_LISTENER, EVIDENCE_ACCEPT, EMFILE},
		{"nested", EPOLLIN, FILE_EPOLL, -1, 0},
		{"read-fails", EPOLLIN, FILE_TCP, EVIDENCE_FAILED, EINVAL},
		{"end-of-file", EPOLLIN | EPOLLHUP, FILE_TCP, EVIDENCE_ENDS, 0},
		{"error", EPOLLERR | EPOLLHUP, FILE_TCP, -1, 0},
		{"hang-up", EPOLLHUP, FILE_TCP, -1, 0},
		{"hang-up", EPOLLIN | EPOLLRDHUP, FILE_TCP, -1, 0},
		{"unread", EPOLLIN | EPOLLOUT, FILE_TCP, -1, 0},
		{"out-always", EPOLLOUT, FILE_TCP, -1, 0},
		{"unknown", EPOLLPRI, FILE_TCP, -1, 0},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		struct evidence *spin;

		traced();
		spin = add_evidence(EVIDENCE_SPIN, 7, 64);
		spin->events = causes[i].events;
		spin->kind = causes[i].kind;
		spin->row = row_of("epoll_wait");
		if (causes[i].besides >= 0)
			add_evidence(causes[i].besides, 7, 64)->err = causes[i].err;
		assert_non_null(found("spin", causes[i].cause));
		assert_int_equal(found("spin", causes[i].cause)->about.fd, 7);
		assert_int_equal(found("spin", causes[i].cause)->rule->weight, WRONG);
		spin->count = 63;
		assert_null(found("spin", causes[i].cause));
	}
}

static void the_words_of_a_spin(void **state)
{
	struct evidence *spin;

	(void)state;
	traced();
	spin = add_evidence(EVIDENCE_SPIN, 7, 3000);
	spin->events = EPOLLIN | EPOLLRDHUP;
	spin->row = row_of("epoll_wait");
	add_evidence(EVIDENCE_ENDS, 7, 2999);
	assert_says(
		"spin", "end-of-file",
		FD_7
		"was reported 3 000 times in a row (EPOLLIN EPOLLRDHUP) by epoll_wait, which "
		"never slept; 2 999 reads from it returned 0. It is at end of file: there is "
		"no more to read, and if it has a peer, that has closed. A descriptor at end "
		"of file is always ready. Close it when a read returns 0, or stop watching it.");
	spin->row = row_of("ppoll");
	assert_non_null(strstr(found("spin", "end-of-file")->text, " (POLLIN POLLRDHUP) by ppoll"));
	spin->row = row_of("pselect6");
	assert_non_null(strstr(found("spin", "end-of-file")->text, " (readable) by pselect6"));
	s.now.evidence[1].evidence.file++; /* of another file that had the number */
	assert_null(found("spin", "end-of-file"));
	s.now.evidence[1].key.what = EVIDENCE_FAILED;
	s.now.evidence[1].evidence.file--;
	s.now.evidence[1].evidence.err = EINVAL;
	assert_non_null(strstr(found("spin", "read-fails")->text,
			       "2 999 calls on it failed in a row with EINVAL."));
}

static void an_accept_that_fails(void **state)
{
	struct evidence *e;

	(void)state;
	traced();
	e = add_evidence(EVIDENCE_ACCEPT, 4, 1);
	e->kind = FILE_LISTENER;
	e->family = 0;
	e->err = EMFILE;
	e->limit = 6;
	e->row = row_of("accept");
	e->unit = UNREAD_CONNECTIONS;
	assert_null(found("accept-failed", "EMFILE")); /* nobody waits */
	e->amount = 2;
	assert_says("accept-failed", "EMFILE",
		    "accept on fd 4 (listener) of process 120 (server) failed 1 time with EMFILE, "
		    "with 2 connections waiting. The process has reached its limit of open "
		    "descriptors, 6 (RLIMIT_NOFILE). The connection stays in the queue: a "
		    "level-triggered wait reports it again at once, and an edge-triggered wait "
		    "never does. Raise the limit (ulimit -n), close descriptors that are not "
		    "needed, or stop watching the listener until a descriptor is free.");
	e->err = ENFILE;
	assert_non_null(found("accept-failed", "ENFILE"));
	e->err = ENOBUFS;
	assert_non_null(found("accept-failed", "memory"));
}

static void connections_that_nobody_accepts(void **state)
{
	struct backlog *b = &s.now.listeners[0].backlog;

	(void)state;
	traced();
	s.now.n_listeners = 1;
	*b = (struct backlog){.since = s.time - 50 * MS, .tgid = 120, .fd = 4, .waiting = 3};
	b->limit = 8;
	b->family = AF_INET;
	b->port = 80;
	strcpy(b->comm, "server");
	assert_says(
		"backlog", "waiting",
		"3 connections waited on fd 4 (listener) of process 120 (server), 0.0.0.0:80, "
		"for 50ms, and nobody accepted; the queue holds 8. A connection that is not "
		"accepted stays in the queue, and its client, which the kernel has answered, "
		"believes that it is being served. Accept in a loop, from a wait that includes the "
		"listener, or close the listener.");
	b->since++; /* not as long as that */
	assert_null(found("backlog", "waiting"));
	b->since--;
	b->late = 26 * MS; /* it was half as late before */
	assert_null(found("backlog", "waiting"));
	b->late = 25 * MS;
	assert_true(found("backlog", "waiting")->open);
	s.now.listeners[0].busy = true;
	assert_null(found("backlog", "waiting"));
	s.now.listeners[0].busy = false;
	add_evidence(EVIDENCE_ACCEPT, 4, 1);
	assert_null(found("backlog", "waiting"));
	s.now.n_evidence = 0;
	b->dropped = 2;
	assert_null(found("backlog", "dropped"));
	b->waiting = 0;
	assert_null(found("backlog", "waiting"));
	assert_int_equal(finding_figure(found("backlog", "dropped"), "dropped"), 2);
}

static void a_registration_without_a_descriptor(void **state)
{
	(void)state;
	traced();
	add_evidence(EVIDENCE_STALE, 7, 1);
	assert_null(found("stale-registration", ""));
	s.now.evidence[0].evidence.count = 2;
	assert_non_null(found("stale-registration", ""));
}

static void a_stall_that_ended(void **state)
{
	struct evidence *gone;

	(void)state;
	traced();
	gone = add_evidence(EVIDENCE_GONE, 7, 3);
	gone->ns = 1800 * MS;
	gone->amount = 48;
	assert_says("stall", "",
		    FD_7 "had 48 bytes unread for 1.8s, the longest of 3 stalls. Thread 123 was "
			 "notified once (EPOLLET), went to sleep without taking everything, and "
			 "is not notified again until something new comes: more input, an end "
			 "or an error. Read or accept until "
			 "EAGAIN, or register it without EPOLLET.");
	s.now.evidence[0].key.what = EVIDENCE_NEWS;
	assert_non_null(found("stall", ""));
	add_evidence(EVIDENCE_READ, 9, 1); /* there are workers */
	assert_null(found("stall", ""));
	assert_non_null(found("pool-busy", ""));
	s.now.evidence[0].evidence.part = 1; /* it had taken some itself */
	assert_non_null(found("stall", ""));
	add_evidence(EVIDENCE_ACCEPT, 7, 1);
	assert_null(found("stall", ""));
}

static void a_stall_that_goes_on(void **state)
{
	const struct stall under_way = {.since = 999000 * MS,
					.unread = 4,
					.unit = UNREAD_CONNECTIONS,
					.tid = 123,
					.tgid = 120,
					.fd = 4,
					.kind = FILE_LISTENER,
					.comm = "server",
					.before = 1};

	(void)state;
	traced();
	s.now.n_stalls = 1;
	s.now.stalls[0].stall = under_way;
	s.counters[COUNT_STALLS] = 1;
	assert_says(
		"stall", "",
		"fd 4 (listener) of process 120 (server) had 4 connections waiting for 1.0s. "
		"Thread 123 was notified once (EPOLLET) before tracing began, went to sleep "
		"without taking everything, and is not notified again until something new comes: "
		"more input, an end or an error. "
		"Read or accept until EAGAIN, or register it without EPOLLET.");
	memset(s.calls, 0, sizeof(s.calls));
	assert_null(found("nothing-seen", ""));
	add_evidence(EVIDENCE_READ, 9, 1); /* there are workers */
	assert_null(found("stall", ""));
	s.now.stalls[0].stall.part = 1;
	assert_non_null(found("stall", ""));
	add_evidence(EVIDENCE_ACCEPT, 4, 1);
	assert_null(found("stall", ""));
}

static void one_shots_that_are_not_rearmed(void **state)
{
	(void)state;
	traced();
	add_evidence(EVIDENCE_LATE, 7, 1)->amount = 8;
	assert_null(found("rearm-forgotten", ""));
	assert_non_null(found("pool-busy", ""));
	s.now.evidence[0].key.what = EVIDENCE_REARM;
	s.now.evidence[0].evidence.ns = 300 * MS;
	s.now.evidence[0].evidence.amount = 0;
	assert_null(found("rearm-forgotten", ""));
	s.now.evidence[0].evidence.amount = 8;
	add_evidence(EVIDENCE_LATE, 9, 1); /* others are armed late */
	s.now.evidence[0].evidence.tid = 0;
	assert_null(found("rearm-forgotten", "")); /* and so may this one yet be */
	s.now.evidence[0].evidence.tid = 123;
	assert_false(found("rearm-forgotten", "")->open);
	assert_says("rearm-forgotten", "",
		    FD_7 "had 8 bytes unread for 300ms: it is disarmed. After one report, "
			 "EPOLLONESHOT keeps a registration silent until EPOLL_CTL_MOD re-arms it, "
			 "and nobody did. Re-arm it on every path, after reading from it.");
}

static void no_room_to_write(void **state)
{
	struct evidence *e;

	(void)state;
	traced();
	e = add_evidence(EVIDENCE_ROOM, 7, 1);
	e->ns = 50 * MS - 1;
	assert_null(found("room-unwatched", ""));
	e->ns++;
	assert_non_null(found("room-unwatched", ""));
	e->ns = 0;
	e->since = s.time - 50 * MS; /* it still sleeps */
	assert_non_null(found("room-unwatched", ""));
}

static void small_writes(void **state)
{
	struct evidence *e;

	(void)state;
	traced();
	e = add_evidence(EVIDENCE_NAGLE, 7, 2);
	e->ns = 44 * MS;
	assert_null(found("small-writes", ""));
	e->count = 3;
	assert_int_equal(finding_figure(found("small-writes", ""), "longest_ns"), 44 * MS);
}

static void a_loop_that_is_busy(void **state)
{
	static const struct {
		enum evidence_of what;
		const char *cause;
	} causes[] = {{EVIDENCE_COMPUTED, "computed"},
		      {EVIDENCE_ASLEEP, "asleep"},
		      {EVIDENCE_NOT_RUN, "not-run"}};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct evidence *e;

		traced();
		e = add_evidence(causes[i].what, 123, 3);
		e->fd = 7;
		e->ns = 10 * MS - 1;
		assert_null(found("loop-busy", causes[i].cause));
		e->ns++;
		assert_int_equal(found("loop-busy", causes[i].cause)->about.tid, 123);
		assert_int_equal(found("loop-busy", causes[i].cause)->about.fd, 7);
		e->count = 2;
		assert_null(found("loop-busy", causes[i].cause));
	}
}

static void what_is_wrong_comes_first_and_each_rule_once(void **state)
{
	(void)state;
	traced();
	for (unsigned fd = 10; fd < 10 + MAX_ALIKE + 5; fd++)
		add_evidence(EVIDENCE_GONE, fd, 1)->ns = fd * MS;
	add_evidence(EVIDENCE_NAGLE, 7, 3);
	add_evidence(EVIDENCE_REARM, 7, 1)->amount = 1;
	s.lost[LOST_TASKS] = 2;
	assert_int_equal(how_many(), MAX_ALIKE + 3);
	assert_string_equal(findings[0].rule->id, "stall");
	assert_int_equal(findings[0].about.fd, 10 + MAX_ALIKE + 4);
	assert_int_equal(findings[0].more, 5);
	assert_string_equal(findings[1].rule->id, "rearm-forgotten");
	assert_string_equal(findings[2].rule->id, "lost");
	assert_string_equal(findings[3].rule->id, "stall");
	assert_int_equal(findings[3].about.fd, 10 + MAX_ALIKE + 3);
	assert_string_equal(findings[MAX_ALIKE + 2].rule->id, "small-writes");
	assert_int_equal(findings_find(&s, &end, findings, 2), 2);
}

static void the_same_finding_is_known_again(void **state)
{
	struct finding first;

	(void)state;
	traced();
	add_evidence(EVIDENCE_GONE, 7, 1);
	first = *found("stall", "");
	s.now.evidence[0].evidence.count++;
	assert_true(finding_is(&first, found("stall", "")));
	s.now.evidence[0].key.of++;
	assert_false(finding_is(&first, found("stall", "")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_was_wrong),
		cmocka_unit_test(not_beside_a_finding),
		cmocka_unit_test(reported_again_and_again),
		cmocka_unit_test(the_words_of_a_spin),
		cmocka_unit_test(an_accept_that_fails),
		cmocka_unit_test(connections_that_nobody_accepts),
		cmocka_unit_test(a_registration_without_a_descriptor),
		cmocka_unit_test(a_stall_that_ended),
		cmocka_unit_test(a_stall_that_goes_on),
		cmocka_unit_test(one_shots_that_are_not_rearmed),
		cmocka_unit_test(no_room_to_write),
		cmocka_unit_test(small_writes),
		cmocka_unit_test(a_loop_that_is_busy),
		cmocka_unit_test(what_is_wrong_comes_first_and_each_rule_once),
		cmocka_unit_test(the_same_finding_is_known_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
