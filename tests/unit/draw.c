// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Drawings of events: what arrives, how much of it is unread, who sleeps; and how that is laid out.
 */
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
/* behind those above. clang-format off */
#include <cmocka.h>
/* clang-format on */

#include "calls.h"
#include "drawn_page.h"

static struct event_head head_of(unsigned kind, __u64 time, __u32 tid)
{
	return (struct event_head){
		.time = time, .kind = kind, .tid = tid, .pid = 7720, .comm = "server"};
}

static struct event_file file_of(int fd)
{
	return (struct event_file){.fd = fd, .kind = FILE_TCP};
}

static void add_ready(struct drawing *d, __u64 time, int unread)
{
	const struct event_ready e = {
		.head = head_of(EVENT_READY, time, 0), .unread = unread + 1, .file = file_of(6)};

	drawing_add(d, &e.head);
}

static void add_report(struct drawing *d, __u64 time, __u32 tid, enum event_word judged)
{
	const struct event_report e = {.head = head_of(EVENT_REPORT, time, tid),
				       .file = file_of(6),
				       .events = EPOLLIN,
				       .judged = judged};

	drawing_add(d, &e.head);
}

/* unread: what an event has, so one more; 0: it was not seen */
static void add_read(struct drawing *d, __u64 time, __u32 tid, __s64 result, __u64 unread)
{
	const struct event_io e = {.head = head_of(EVENT_IO, time, tid),
				   .result = result,
				   .unread = unread,
				   .file = file_of(6),
				   .opened = {.fd = -1},
				   .call = call_row_of("read")};

	drawing_add(d, &e.head);
}

static void add_wait(struct drawing *d, __u64 time, __u32 tid, __u64 duration_ns, __s64 result)
{
	const struct event_wait e = {.head = head_of(EVENT_WAIT, time, tid),
				     .result = result,
				     .duration_ns = duration_ns,
				     .sleeps = 1,
				     .call = call_row_of("epoll_wait")};

	drawing_add(d, &e.head);
}

static void add_wake(struct drawing *d, __u64 time, __u32 tid)
{
	const struct event_wake e = {.head = head_of(EVENT_WAKE, time, tid)};

	drawing_add(d, &e.head);
}

/* All rows in order: mark, text, and what is unread then. */
static void expect_rows(struct drawing *d, const char *expected)
{
	size_t len;
	char *text;
	FILE *out = open_memstream(&text, &len);

	drawing_finish(d);
	for (unsigned i = 0; i < d->n; i++)
		fprintf(out, "%s%s %s %lld\n", d->rows[i].begins ? "> " : "",
			drawn_marks[d->rows[i].mark].ascii, d->rows[i].text,
			(long long)d->rows[i].unread);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
	drawing_free(d);
}

static void test_level(void **state)
{
	struct drawing *d = drawing_new();

	(void)state;
	add_ready(d, 100, 0);
	add_ready(d, 200, 32);
	add_report(d, 300, 1, WORD_JUDGED_FRESH);
	add_wait(d, 301, 1, 250, 1);
	add_read(d, 400, 1, 16, 17);
	add_report(d, 500, 1, WORD_JUDGED_AGAIN);
	add_read(d, 600, 1, 16, 1);
	expect_rows(d, "z sleeps -1\n"
		       "^ ready, without bytes 0\n"
		       "> ^ 32 bytes arrive 32\n"
		       "* reported, new 32\n"
		       "v read 16 16\n"
		       "o reported again 16\n"
		       "v read 16 0\n");
}

/* What is not seen to arrive is drawn where the thread was told of it, and nothing is invented. */
static void test_unseen_arrivals(void **state)
{
	struct drawing *d = drawing_new();

	(void)state;
	add_read(d, 100, 1, -EAGAIN, 1);
	add_report(d, 200, 1, WORD_JUDGED_FRESH);
	add_read(d, 300, 1, 16, 49);
	add_read(d, 400, 1, 16, 65); /* 32 more */
	add_read(d, 500, 1, 16, 0);  /* not seen */
	add_read(d, 600, 1, 16, 0);
	expect_rows(d, "x read: EAGAIN 0\n"
		       "> ^ 64 bytes by the read 64\n"
		       "* reported, new 64\n"
		       "v read 16 48\n"
		       "^ 32 bytes by the read 80\n"
		       "v read 16 64\n"
		       "v read 16 -1\n"
		       "v read 16 -1\n");
}

/* Of wakes within a wait the last one ends it; those of several threads stand together. */
static void test_wakes(void **state)
{
	struct drawing *d = drawing_new();

	(void)state;
	add_wake(d, 100, 1);
	add_wake(d, 101, 2);
	add_wake(d, 102, 3);
	add_wake(d, 200, 1);
	add_wait(d, 201, 1, 151, -EINTR);
	add_wait(d, 202, 3, 152, 0);
	expect_rows(d, "z sleeps -1\n"
		       "~ woken, sleeps on -1\n"
		       "w woken -1\n"
		       "- epoll_wait: EINTR -1\n"
		       "- epoll_wait: nothing -1\n");
}

/* A wake for what arrives is not drawn before it, together with another thread's. */
static void test_a_wake_has_its_cause_before_it(void **state)
{
	struct drawing *d = drawing_new();

	(void)state;
	add_wake(d, 100, 1);
	add_ready(d, 200, 32);
	add_wake(d, 201, 2);
	expect_rows(d, "w woken -1\n"
		       "> ^ 32 bytes there 32\n"
		       "w woken -1\n");
}

/* A recording may say anything. */
static void test_nonsense(void **state)
{
	struct drawing *d = drawing_new();
	struct event_io e = {.head = head_of(EVENT_IO, 1, 1),
			     .result = INT64_MAX,
			     .unread = UINT64_MAX,
			     .duration_ns = UINT64_MAX,
			     .slept_ns = 1,
			     .file = {.fd = INT32_MAX, .kind = 255},
			     .opened = {.fd = 9, .kind = 255},
			     .call = UINT16_MAX};
	struct event_report r = {.head = head_of(EVENT_REPORT, 2, 1),
				 .events = UINT32_MAX,
				 .file = {.fd = -7},
				 .judged = 255};

	(void)state;
	drawing_add(d, &e.head);
	e.unread = DRAWN_ROWS;
	e.call = call_row_of("accept4");
	drawing_add(d, &e.head);
	drawing_add(d, &r.head);
	for (unsigned tid = 2; tid < 40; tid++)
		add_wake(d, tid, tid);
	assert_int_equal(d->n_threads, DRAWN_THREADS);
	for (unsigned i = 0; i < DRAWN_ROWS; i++)
		add_wake(d, 100, 2);
	assert_true(d->n <= DRAWN_ROWS);
	assert_true(d->left_out > 0);
	drawing_finish(d);
	drawing_free(d);
}

static char *page_of(struct drawn_lane *lanes, unsigned n)
{
	static char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	const struct drawn_page page = {.out = out, .fd = -1};

	drawn_page_print(&page, lanes, n);
	fclose(out);
	return text;
}

/* No name reaches a terminal as it is, and no line is wider than it. */
static void test_hostile_names(void **state)
{
	struct drawing *d = drawing_new();
	struct drawn_lane lane = {.drawing = d, .title = "x"};
	struct event_wake e = {.head = head_of(EVENT_WAKE, 1, 4711)};
	char *text;

	(void)state;
	snprintf(e.head.comm, sizeof(e.head.comm), "%s", "\033[31m\n\xff\xcc\x81宽");
	drawing_add(d, &e.head);
	add_wake(d, 2, 4712);
	drawing_finish(d);
	setenv("COLUMNS", "80", 1);
	text = page_of(&lane, 1);
	assert_null(strchr(text, '\033'));
	assert_non_null(strstr(text, "\\x1b[31m\\n\\xff"));
	for (const char *line = text; line;
	     line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		assert_true(strcspn(line, "\n") <= 80 * 4);
	free(text);
	drawing_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_level),
		cmocka_unit_test(test_unseen_arrivals),
		cmocka_unit_test(test_wakes),
		cmocka_unit_test(test_a_wake_has_its_cause_before_it),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_hostile_names),
	};

	return cmocka_run_group_tests_name("draw", tests, NULL, NULL);
}
