// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Events in recordings: those that are read are those that were written, in the same order. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "description.h"
#include "description_bytes.h"
#include "event_json.h"
#include "event_lines.h"
#include "event_shapes.h"
#include "event_table.h"
#include "random_values.h"
#include "recorded_events.h"
#include "recording.h"
#include "writer.h"

#define SECTIONS 3
#define EVENTS   500 /* in a section */
#define WALL_NS  1000000

static const struct recorded_head head = {
	.info = {.version = "0", .command = "run", .tier = "tracepoint"}, .machine = "x86_64"};

/* Room for an event of any kind. */
union any_event {
	struct event_head head;
#define EVENT(id, name, ...) struct event_##name name;
#include "events.def"
};

/* The shape of the rows of a kind. */
static const struct shape *shape_of(unsigned kind)
{
	for (unsigned i = 0; i < shape_events.n; i++)
		if (!strcmp(shape_events.fields[i].name, event_rows[kind].name))
			return shape_events.fields[i].shape;
	return NULL;
}

/* An event with anything in it; several may be at the same time. */
static void make_up(union any_event *e, __u64 *time)
{
	unsigned kind = random_number() % N_EVENTS;

	memset(e, 0, sizeof(*e));
	random_numbers(e, sizeof(*e), 2);
	random_choices(shape_of(kind), e);
	*time += random_number() % 3 ? random_number() >> random_number() % 60 : 0;
	e->head.time = *time;
	e->head.kind = kind;
}

struct shown {
	FILE *out;
	struct event_lines *lines;
	char *text;
	size_t size;
};

static void show(void *ctx, const struct event_head *event)
{
	struct shown *s = ctx;

	event_json(s->out, event, WALL_NS);
	event_line(s->lines, s->out, event, WALL_NS);
}

static void show_begin(struct shown *s)
{
	s->lines = event_lines_new(true);
	s->out = open_memstream(&s->text, &s->size);
}

static void show_end(struct shown *s)
{
	fclose(s->out);
	event_lines_free(s->lines);
}

/* A recording of sections of events, and what these are in words. */
static char *record(size_t *size, struct shown *said)
{
	static const struct recorded_end end = {0};
	struct recorded_events events = {0};
	char *text = NULL;
	FILE *out = open_memstream(&text, size);
	struct writer *w = writer_new(out);
	__u64 time = 0;

	writer_add(w, SECTION_HEAD, &head);
	for (unsigned section = 0; section < SECTIONS; section++) {
		for (unsigned i = 0; i < EVENTS; i++) {
			union any_event e;

			make_up(&e, &time);
			show(said, &e.head);
			assert_int_equal(recorded_events_add(&events, &e.head), 0);
		}
		writer_add(w, SECTION_EVENTS, &events);
		assert_int_equal(writer_flush(w), 0);
		recorded_events_clear(&events);
	}
	writer_add(w, SECTION_END, &end);
	assert_int_equal(writer_flush(w), 0);
	writer_free(w);
	recorded_events_free(&events);
	fclose(out);
	return text;
}

static struct recording *open_bytes(const char *bytes, size_t size, int fd)
{
	char path[64];

	assert_int_equal(pwrite(fd, bytes, size, 0), size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return recording_open(path);
}

static void events_that_are_read_are_those_that_were_written(void **state)
{
	struct shown before, after;
	size_t size;
	char *bytes;
	struct recording *r;
	int fd = memfd_create("recording", MFD_CLOEXEC);
	unsigned sections = 0;

	(void)state;
	random_seed(4711);
	show_begin(&before);
	bytes = record(&size, &before);
	show_end(&before);
	r = open_bytes(bytes, size, fd);
	show_begin(&after);
	for (; recording_next(r) == SECTION_EVENTS; sections++)
		recorded_events_each(recording_data(r, SECTION_EVENTS), show, &after);
	show_end(&after);
	assert_null(recording_flaw(r));
	assert_int_equal(sections, SECTIONS);
	assert_string_equal(before.text, after.text);
	recording_close(r);
	close(fd);
	free(before.text);
	free(after.text);
	free(bytes);
}

/* Of a wakelab that tells storms, too, and what they are about, and of a wake only its cause. */
static struct bytes describe(void)
{
	struct bytes b = {0};

	bytes_number(&b, 2); /* names */
	put_text(&b, "event");
	bytes_number(&b, 2);
	put_text(&b, "storm");
	put_text(&b, "wake");
	put_text(&b, "word of events");
	bytes_number(&b, 2);
	put_text(&b, "CAUSE THUNDER");
	put_text(&b, "CAUSE SIGNAL");
	bytes_number(&b, 5); /* shapes */
	put_text(&b, "time of an event");
	bytes_number(&b, 2);
	put_field(&b, "kind", FORM_CHOICE, 1, 0);
	put_field(&b, "since", FORM_NUMBER, 0, 0);
	put_text(&b, "wind");
	bytes_number(&b, 1);
	put_field(&b, "speed", FORM_NUMBER, 0, 0);
	put_text(&b, "event storm");
	bytes_number(&b, 1);
	put_field(&b, "wind", FORM_PART, 0, 2);
	put_text(&b, "event wake");
	bytes_number(&b, 1);
	put_field(&b, "cause", FORM_CHOICE, 2, 0);
	put_text(&b, "events");
	bytes_number(&b, 3);
	put_field(&b, "storm", FORM_COLUMNS, 0, 3);
	put_field(&b, "times", FORM_COLUMNS, 0, 1);
	put_field(&b, "wake", FORM_COLUMNS, 0, 4);
	bytes_number(&b, 1); /* sections */
	put_text(&b, "events");
	bytes_number(&b, 5);
	return b;
}

static struct bytes put_numbers(const unsigned char *numbers, size_t n)
{
	struct bytes b = {0};

	bytes_add(&b, numbers, n);
	return b;
}

static void note(void *ctx, const struct event_head *event)
{
	const struct event_wake *wake = (const void *)event;

	assert_int_equal(event->kind, EVENT_WAKE);
	fprintf(ctx, "%llu %s ", (unsigned long long)event->time, event_word(wake->cause));
}

/* The wakes of a section in words, "broken": it cannot be read. */
static void expect_wakes(struct bytes section, const char *expected)
{
	struct bytes b = describe();
	struct taking from = {.at = b.data, .end = b.data + b.len},
		      in = {.at = section.data, .end = section.data + section.len};
	struct description *d = description_read(&from);
	struct recorded_events events = {0};
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(d);
	if (description_decode(d, 0, &in, &events) == DECODED_BROKEN)
		fputs("broken", out);
	recorded_events_complete(&events);
	recorded_events_each(&events, note, out);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
	recorded_events_free(&events);
	description_free(d);
	bytes_free(&b);
	bytes_free(&section);
}

#define NUMBERS_OF(...)                                                                            \
	put_numbers((const unsigned char[]){__VA_ARGS__},                                          \
		    sizeof((const unsigned char[]){__VA_ARGS__}))

static void what_is_told_elsewhere_is_passed_over(void **state)
{
	(void)state;
	/* a storm of wind 9, two wakes; in the order wake, storm, wake; causes by their place */
	expect_wakes(NUMBERS_OF(1, 9, 3, 1, 0, 1, 5, 6, 7, 2, 1, 0), "5 signal 18 ? ");
	/* more than there are; a kind that nobody has */
	expect_wakes(NUMBERS_OF(0, 3, 1, 1, 7, 5, 6, 7, 1, 1), "5 signal ");
	/* so many that there cannot be as many */
	expect_wakes(NUMBERS_OF(0, 0xff, 0xff, 3), "broken");
	expect_wakes(NUMBERS_OF(0, 2, 1, 1, 5, 6, 2, 1), "broken5 signal 11 ? ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_that_are_read_are_those_that_were_written),
		cmocka_unit_test(what_is_told_elsewhere_is_passed_over),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
