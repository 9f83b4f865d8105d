// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Events from records to lines: in the order of their times, with what was dropped, in both forms.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "calls.h"
#include "event_json.h"
#include "event_lines.h"
#include "event_order.h"
#include "event_table.h"
#include "format.h"
#include "line.h"

#define NOON (12 * 3600 * 1000000000ull)

static struct event_file tcp(int fd)
{
	return (struct event_file){
		.fd = fd, .kind = FILE_TCP, .family = 2, .port = 4711, .addr = {127, 0, 0, 1}};
}

static struct event_head head(enum event_kind kind, __u64 time)
{
	return (struct event_head){
		.time = time, .kind = kind, .tid = 7721, .pid = 7720, .comm = "nginx"};
}

static struct event_wait wait_of(__u64 time, __s64 result)
{
	return (struct event_wait){.head = head(EVENT_WAIT, time),
				   .result = result,
				   .duration_ns = 312000,
				   .slept_ns = 312000,
				   .to_run_ns = 4000,
				   .timeout_ns = NO_TIMEOUT,
				   .args = {8, 0x7000, 512, -1ull},
				   .file = {.fd = 8, .kind = FILE_EPOLL},
				   .sleeps = 1,
				   .call = call_row_of("epoll_wait"),
				   .verdict = VERDICT_SLEPT,
				   .woken_by = WAKER_SOFTIRQ};
}

static struct event_report report_of(__u64 time, int fd, enum event_word judged)
{
	return (struct event_report){.head = head(EVENT_REPORT, time),
				     .data = fd,
				     .file = tcp(fd),
				     .epoll = 8,
				     .events = 1,
				     .judged = judged};
}

static char *text;
static size_t text_len;

static void note(void *ctx, const struct event_head *h)
{
	fprintf(ctx, "%llu ", (unsigned long long)h->time);
}

static void expect_order(struct event_order *o, __u64 horizon, const char *expected)
{
	FILE *out = open_memstream(&text, &text_len);

	event_order_take(o, horizon, note, out);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static void add(struct event_order *o, __u64 time)
{
	const struct event_wait e = wait_of(time, 0);

	assert_int_equal(event_order_add(o, &e, sizeof(e)), 0);
}

static void test_order(void **state)
{
	static const __u64 times[] = {20, 10, 40, 30, 20};
	struct event_order *o = event_order_new();

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		add(o, times[i]);
	expect_order(o, 5, "");
	expect_order(o, 20, "10 20 20 ");
	add(o, 25);
	add(o, 50);
	expect_order(o, 40, "25 30 40 ");
	expect_order(o, 49, "");
	expect_order(o, ~0ull, "50 ");
	event_order_free(o);
}

/* Many more than there was room for at first. */
static void test_order_of_many(void **state)
{
	struct event_order *o = event_order_new();
	__u64 n = 3000, sum = 0;

	(void)state;
	for (__u64 i = 0; i < n; i++)
		add(o, n - i);
	for (__u64 i = 1; i <= n; i++) {
		char expected[16];

		snprintf(expected, sizeof(expected), "%llu ", (unsigned long long)i);
		expect_order(o, i, expected);
		sum += i;
	}
	assert_int_equal(sum, n * (n + 1) / 2);
	event_order_free(o);
}

static void expect_lines(bool joined, const struct event_head *const events[], const char *expected)
{
	struct event_lines *l = event_lines_new(joined);
	FILE *out = open_memstream(&text, &text_len);

	for (unsigned i = 0; events[i]; i++)
		event_line(l, out, events[i], NOON);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
	event_lines_free(l);
}

#define LINES(...) ((const struct event_head *const[]){__VA_ARGS__, NULL})

static void test_wait_with_reports(void **state)
{
	const struct event_report fresh = report_of(1000, 5, WORD_JUDGED_FRESH),
				  again = report_of(2000, 9, WORD_JUDGED_AGAIN);
	const struct event_wait e = wait_of(3000, 2), late = wait_of(4000, 3);

	(void)state;
	expect_lines(
		true, LINES(&fresh.head, &again.head, &e.head),
		"12:00:00.000003 nginx/7721 epoll_wait(8, …, 512, -1) = 2 "
		"[fd 5 tcp 127.0.0.1:4711 EPOLLIN fresh, fd 9 tcp 127.0.0.1:4711 EPOLLIN again] "
		"slept 312us, woken by softirq, 4.0us to run\n");
	expect_lines(false, LINES(&fresh.head),
		     "12:00:00.000001 nginx/7721 epoll 8 reports fd 5 tcp 127.0.0.1:4711 EPOLLIN "
		     "fresh\n");
	expect_lines(true, LINES(&fresh.head, &late.head),
		     "12:00:00.000004 nginx/7721 epoll_wait(8, …, 512, -1) = 3 "
		     "[fd 5 tcp 127.0.0.1:4711 EPOLLIN fresh, and 2 unseen] "
		     "slept 312us, woken by softirq, 4.0us to run\n");
}

/* The wait that told it was dropped: it is not taken for what the next one tells. */
static void test_wait_behind_a_gap(void **state)
{
	const struct event_report fresh = report_of(1000, 5, WORD_JUDGED_FRESH);
	struct event_wait e = wait_of(3000, 0);

	(void)state;
	e.head.lost = 1;
	expect_lines(true, LINES(&fresh.head, &e.head),
		     "-- 1 event of CPU 0 dropped up to here --\n"
		     "12:00:00.000003 nginx/7721 epoll_wait(8, …, 512, -1) = 0 "
		     "slept 312us, woken by softirq, 4.0us to run\n");
	e.head.lost = 0;
	e.head.cpu = 1;
	expect_lines(true, LINES(&fresh.head, &e.head, &e.head),
		     "12:00:00.000003 nginx/7721 epoll_wait(8, …, 512, -1) = 0 "
		     "[fd 5 tcp 127.0.0.1:4711 EPOLLIN fresh] "
		     "slept 312us, woken by softirq, 4.0us to run\n"
		     "12:00:00.000003 nginx/7721 epoll_wait(8, …, 512, -1) = 0 "
		     "slept 312us, woken by softirq, 4.0us to run\n");
}

static void test_gaps(void **state)
{
	struct event_report e = report_of(1000, 5, WORD_JUDGED_FRESH), later = e;

	(void)state;
	later.head.lost = 12;
	expect_lines(false, LINES(&e.head, &later.head, &later.head),
		     "12:00:00.000001 nginx/7721 epoll 8 reports fd 5 tcp 127.0.0.1:4711 EPOLLIN "
		     "fresh\n"
		     "-- 12 events of CPU 0 dropped up to here --\n"
		     "12:00:00.000001 nginx/7721 epoll 8 reports fd 5 tcp 127.0.0.1:4711 EPOLLIN "
		     "fresh\n"
		     "12:00:00.000001 nginx/7721 epoll 8 reports fd 5 tcp 127.0.0.1:4711 EPOLLIN "
		     "fresh\n");
}

static void test_io(void **state)
{
	struct event_io e = {.head = head(EVENT_IO, 1000),
			     .result = -11,
			     .duration_ns = 762,
			     .args = {6, 0x7000, 4096},
			     .file = tcp(6),
			     .opened = {.fd = -1},
			     .call = call_row_of("read"),
			     .verdict = VERDICT_EMPTY};

	(void)state;
	expect_lines(
		true, LINES(&e.head),
		"12:00:00.000001 nginx/7721 read(fd 6 tcp 127.0.0.1:4711, …, 4096) = -1 EAGAIN "
		"762ns\n");
	e.result = 0;
	expect_lines(true, LINES(&e.head),
		     "12:00:00.000001 nginx/7721 read(fd 6 tcp 127.0.0.1:4711, …, 4096) = 0 (end) "
		     "762ns\n");
}

/* Neither is the end: no byte was asked for; an empty datagram. Offsets are not cut off. */
static void test_io_of_nothing(void **state)
{
	struct event_io e = {.head = head(EVENT_IO, 1000),
			     .duration_ns = 762,
			     .args = {6, 0x7000},
			     .file = tcp(6),
			     .opened = {.fd = -1},
			     .call = call_row_of("read")};

	(void)state;
	expect_lines(true, LINES(&e.head),
		     "12:00:00.000001 nginx/7721 read(fd 6 tcp 127.0.0.1:4711, …, 0) = 0 762ns\n");
	e.args[2] = 100;
	e.file = (struct event_file){.fd = 7, .kind = FILE_DATAGRAMS};
	e.call = call_row_of("recvfrom");
	expect_lines(true, LINES(&e.head),
		     "12:00:00.000001 nginx/7721 recvfrom(fd 7 udp, …, 100, 0) = 0 762ns\n");
	e.file = (struct event_file){.fd = 7, .kind = FILE_PIPE};
	e.args[2] = 3ull << 31;
	e.args[3] = 5ull << 30;
	e.call = call_row_of("pread64");
	expect_lines(true, LINES(&e.head),
		     "12:00:00.000001 nginx/7721 pread64(fd 7 pipe, …, 6442450944, 5368709120) = 0 "
		     "(end) 762ns\n");
}

static void test_json(void **state)
{
	struct event_report e = report_of(1000, 5, WORD_JUDGED_FRESH);
	FILE *out = open_memstream(&text, &text_len);

	(void)state;
	memcpy(e.head.comm, "a\"\033[1m\\", 7);
	event_json(out, &e.head, 500);
	fclose(out);
	assert_string_equal(
		text,
		"{\"type\":\"event\",\"schema\":3,\"event\":\"report\",\"time_ns\":1500,\"cpu\":0,"
		"\"lost\":0,\"pid\":7720,\"tid\":7721,\"comm\":\"a\\\"\\\\x1b[1m\\\\\\\\\","
		"\"data\":\"0x5\",\"file\":{\"fd\":5,\"kind\":\"tcp\",\"peer\":"
		"\"127.0.0.1:4711\"},\"epoll\":8,\"events\":\"EPOLLIN\",\"judged\":\"fresh\"}\n");
	free(text);
}

/* Numbers without a format are as they are with one. */
static void test_numbers(void **state)
{
	static const __u64 numbers[] = {0, 9, 10, 4711, 1ull << 32, ~0ull >> 1, ~0ull};
	char buf[256], expected[256];
	struct line l = {.text = buf, .size = sizeof(buf)};

	(void)state;
	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		unsigned long long n = numbers[i];

		l.len = 0;
		line_number(&l, n);
		line_char(&l, ' ');
		line_signed(&l, n);
		line_char(&l, ' ');
		line_hex(&l, n);
		line_char(&l, ' ');
		line_digits(&l, n % 1000000, 6);
		snprintf(expected, sizeof(expected), "%llu %lld 0x%llx %06llu", n, (long long)n, n,
			 n % 1000000);
		assert_int_equal(l.len, strlen(expected));
		assert_memory_equal(buf, expected, l.len);
	}
}

static void test_times(void **state)
{
	static const struct {
		__u64 ns;
		const char *text;
	} times[] = {
		{0, "0ns"},
		{999, "999ns"},
		{1000, "1.0us"},
		{1250, "1.3us"},
		{1350, "1.4us"},
		{9949, "9.9us"},
		{9950, "10us"},
		{999499, "999us"},
		{999500, "1.0ms"},
		{12500000, "13ms"},
		{999500000, "1.0s"},
		{9950000000, "10s"},
		{~0ull, "18446744074s"},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		assert_string_equal(format_ns(times[i].ns), times[i].text);
}

/* What does not fit is left out. */
static void test_a_full_line(void **state)
{
	char buf[8];
	struct line l = {.text = buf, .size = 5};

	(void)state;
	line_text(&l, "abc");
	line_number(&l, 4711);
	line_char(&l, 'x');
	assert_int_equal(l.len, 5);
	assert_memory_equal(buf, "abc47", 5);
}

static void test_records(void **state)
{
	const struct event_head known = head(EVENT_WAIT, 0), unknown = head(N_EVENTS, 0);

	(void)state;
	assert_true(event_is_whole(&known, sizeof(struct event_wait)));
	assert_false(event_is_whole(&known, sizeof(struct event_wait) - 8));
	assert_false(event_is_whole(&unknown, sizeof(struct event_wait)));
	assert_false(event_is_whole(&known, 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_order_of_many),
		cmocka_unit_test(test_wait_with_reports),
		cmocka_unit_test(test_wait_behind_a_gap),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_io),
		cmocka_unit_test(test_io_of_nothing),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_a_full_line),
		cmocka_unit_test(test_records),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
