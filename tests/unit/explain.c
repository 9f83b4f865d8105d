// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What reports led to, of events that are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <cmocka.h>

#include "calls.h"
#include "event_explain.h"
#include "event_table.h"

static struct explainer *x;
static char said[1024];
static __u32 lost; /* events that were dropped so far */

/* What is explained, and the times of it. */
static void note(void *ctx, const struct event_head *head)
{
	const struct event_led *e = (const void *)head;
	size_t len = strlen(said);

	(void)ctx;
	if (head->kind == EVENT_LED)
		snprintf(said + len, sizeof(said) - len,
			 "%s fd %d by %u: %llu ready, %llu woken, %llu, %u; ", event_word(e->to),
			 e->file.fd, head->tid, e->ready_ns, e->wake_ns, e->led_ns, e->edges);
}

static struct event_head head(enum event_kind kind, __u64 time, __u32 tid)
{
	return (struct event_head){.kind = kind, .time = time, .lost = lost, .tid = tid, .pid = 10};
}

static void add(const struct event_head *h)
{
	explainer_take(x, h, note, NULL);
}

static struct event_file file(int fd)
{
	return (struct event_file){.fd = fd, .kind = FILE_TCP};
}

static void registers(__u64 time, int fd)
{
	const struct event_registration e = {.head = head(EVENT_REGISTRATION, time, 11),
					     .data = fd,
					     .file = file(fd),
					     .epoll = 8,
					     .operation = WORD_OPERATION_ADD};

	add(&e.head);
}

static void ready(__u64 time, int fd)
{
	const struct event_ready e = {
		.head = head(EVENT_READY, time, 0), .data = fd, .file = file(fd), .epoll = 8};

	add(&e.head);
}

static void reports(__u64 time, __u32 tid, int fd, unsigned events)
{
	const struct event_report e = {.head = head(EVENT_REPORT, time, tid),
				       .data = fd,
				       .file = file(fd),
				       .epoll = 8,
				       .events = events,
				       .judged = WORD_JUDGED_FRESH};

	add(&e.head);
}

static void wakes(__u64 time, __u32 tid)
{
	const struct event_wake e = {.head = head(EVENT_WAKE, time, tid)};

	add(&e.head);
}

static void waits(__u64 began, __u64 time, __u32 tid, unsigned sleeps)
{
	const struct event_wait e = {
		.head = head(EVENT_WAIT, time, tid),
		.result = 1,
		.duration_ns = time - began,
		.sleeps = sleeps,
		.call = call_row_of("epoll_wait"),
		.woken_by = sleeps ? WAKER_SOFTIRQ : N_WAKER_CONTEXTS,
		.file = {.fd = 8, .kind = FILE_EPOLL},
	};

	add(&e.head);
}

static void calls_it(__u64 time, __u32 tid, int fd, const char *call, __s64 result)
{
	const struct event_io e = {.head = head(EVENT_IO, time, tid),
				   .result = result,
				   .file = file(fd),
				   .call = call_row_of(call)};

	add(&e.head);
}

static void closes(__u64 time, int fd)
{
	const struct event_closed e = {.head = head(EVENT_CLOSED, time, 11), .file = file(fd)};

	add(&e.head);
}

#define SAYS(text)                                                                                 \
	do {                                                                                       \
		assert_string_equal(said, text);                                                   \
		said[0] = '\0';                                                                    \
	} while (0)

static int begin(void **state)
{
	(void)state;
	said[0] = '\0';
	lost = 0;
	x = explainer_new();
	return x ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	explainer_free(x);
	return 0;
}

static void test_from_ready_to_read(void **state)
{
	(void)state;
	registers(100, 5);
	ready(200, 5);
	wakes(210, 11);
	ready(220, 5);
	reports(250, 11, 5, EPOLLIN);
	waits(150, 260, 11, 1);
	SAYS("");
	calls_it(270, 11, 5, "write", 4); /* it was told that there is something to read */
	calls_it(280, 12, 6, "read", 4);
	SAYS("");
	calls_it(290, 12, 5, "read", 4);
	SAYS("called fd 5 by 12: 50 ready, 40 woken, 40, 2; ");
	calls_it(300, 12, 5, "read", 4);
	SAYS("");
}

static void test_who_ended_a_wait_is_known_or_not_said(void **state)
{
	(void)state;
	registers(100, 5);
	wakes(110, 11);
	wakes(120, 11); /* one of them came when it ran */
	reports(150, 11, 5, EPOLLOUT);
	waits(105, 160, 11, 1);
	calls_it(170, 11, 5, "write", -11);
	SAYS("refused fd 5 by 11: 0 ready, 0 woken, 20, 0; ");
}

static void test_its_thread_waits_again(void **state)
{
	(void)state;
	reports(150, 11, 5, EPOLLIN);
	reports(151, 12, 6, EPOLLIN);
	waits(100, 160, 11, 0);
	waits(100, 161, 12, 0);
	waits(170, 180, 11, 0);
	SAYS("waited fd 5 by 11: 0 ready, 0 woken, 30, 0; ");
	calls_it(190, 11, 6, "read", -104);
	SAYS("failed fd 6 by 11: 0 ready, 0 woken, 39, 0; ");
}

static void test_an_interrupted_call_is_none(void **state)
{
	(void)state;
	reports(150, 11, 5, EPOLLIN);
	waits(100, 160, 11, 0);
	calls_it(170, 11, 5, "read", -4);
	calls_it(175, 11, 5, "read", -512);
	SAYS("");
	calls_it(180, 11, 5, "read", 0);
	SAYS("called fd 5 by 11: 0 ready, 0 woken, 30, 0; ");
}

static void test_a_number_of_another_file(void **state)
{
	(void)state;
	registers(100, 5);
	ready(110, 5);
	reports(150, 11, 5, EPOLLIN | EPOLLHUP);
	ready(155, 5);
	closes(160, 5);
	SAYS("closed fd 5 by 11: 40 ready, 0 woken, 10, 1; ");
	registers(170, 5);
	ready(180, 5);
	reports(190, 11, 5, EPOLLIN);
	calls_it(195, 11, 5, "read", 1);
	SAYS("called fd 5 by 11: 10 ready, 0 woken, 5, 1; ");
}

/* The first time a registration is seen, what came before is not known. */
static void test_what_came_before_is_not_said(void **state)
{
	(void)state;
	ready(110, 5);
	reports(120, 11, 5, EPOLLIN);
	calls_it(130, 11, 5, "read", 1);
	SAYS("called fd 5 by 11: 0 ready, 0 woken, 10, 0; ");
	ready(140, 5);
	reports(150, 11, 5, EPOLLIN);
	calls_it(160, 11, 5, "read", 1);
	SAYS("called fd 5 by 11: 10 ready, 0 woken, 10, 1; ");
}

static void test_nothing_after_a_gap(void **state)
{
	(void)state;
	registers(100, 5);
	ready(110, 5);
	reports(150, 11, 5, EPOLLIN);
	lost = 3;
	calls_it(170, 11, 5, "read", 1);
	SAYS("");
	reports(180, 11, 5, EPOLLIN);
	calls_it(190, 11, 5, "read", 1);
	SAYS("called fd 5 by 11: 0 ready, 0 woken, 10, 0; ");
}

/* More reports than are followed, and more registrations than there are places. */
static void test_many(void **state)
{
	(void)state;
	for (int fd = 0; fd < 10000; fd++) {
		registers(100, fd + 10);
		ready(110, fd + 10);
	}
	for (int fd = 0; fd < 10000; fd++)
		reports(120, 11, fd + 10, EPOLLIN);
	SAYS("");
	calls_it(130, 11, 10, "read", 1);
	assert_true(strstr(said, "called fd 10 by 11: ") == said);
	said[0] = '\0';
	calls_it(130, 11, 9000, "read", 1);
	SAYS("");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_from_ready_to_read, begin, end),
		cmocka_unit_test_setup_teardown(test_who_ended_a_wait_is_known_or_not_said, begin,
						end),
		cmocka_unit_test_setup_teardown(test_its_thread_waits_again, begin, end),
		cmocka_unit_test_setup_teardown(test_an_interrupted_call_is_none, begin, end),
		cmocka_unit_test_setup_teardown(test_a_number_of_another_file, begin, end),
		cmocka_unit_test_setup_teardown(test_what_came_before_is_not_said, begin, end),
		cmocka_unit_test_setup_teardown(test_nothing_after_a_gap, begin, end),
		cmocka_unit_test_setup_teardown(test_many, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
