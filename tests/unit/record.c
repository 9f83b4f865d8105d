// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Recordings: what is written is read again, whole or up to where it was cut or damaged. */
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

#include "random_values.h"
#include "recording.h"
#include "shapes.h"
#include "writer.h"

#define MOMENTS 6

static struct recorded_moment moments[MOMENTS];
static struct recorded_head head = {
	.began = 1764500000000000000,
	.start = 4711,
	.cpus = 2,
	.host = "a host\n",
	.machine = "x86_64",
	.arguments = "wakelab run epoll-et",
	.hooks = {"sys_enter", "sys_exit"},
	.n_hooks = 2,
	.info = {.version = "0.0.1",
		 .command = "run",
		 .model = "epoll-et",
		 .target = "127.0.0.1:1",
		 .load = "1 connection",
		 .kernel = "6.18",
		 .tier = "tracepoint",
		 .sees = 127,
		 .attach_ns = 3,
		 .interval_ns = 1000000000,
		 .top = 8},
};
static const char *const call_names_here[MAX_NR] = {[3] = "close", [63] = "uname", [1000] = "x"};

/* A snapshot with anything in it; of its numbers, one in so many is not 0. */
static void make_up(struct snapshot *s, unsigned seed, unsigned one_in)
{
	random_seed(seed);
	random_numbers(s, sizeof(*s), one_in);
	random_choices(&shape_snapshot, s);
	memset(s->others, 0, sizeof(s->others));
	s->others[3] = s->others[63] = s->others[1000] = seed;
	s->other_names = call_names_here;
	s->self = (struct self){.asked = false};
	for (unsigned i = 0; i < MAX_EVIDENCE_ROWS; i += 3)
		s->now.evidence[i].evidence.file = s->now.interests[i % MAX_ROWS].file;
}

/* The recording of the moments, in memory; ends[i] is where the block of moment i ends. */
static char *record(size_t *size, size_t ends[MOMENTS])
{
	static const struct recorded_end end = {.dropped = 3};
	char *text = NULL;
	FILE *out = open_memstream(&text, size);
	struct writer *w = writer_new(out);

	assert_non_null(w);
	writer_add(w, SECTION_HEAD, &head);
	assert_int_equal(writer_flush(w), 0);
	for (unsigned i = 0; i < MOMENTS; i++) {
		writer_add(w, SECTION_MOMENT, &moments[i]);
		assert_int_equal(writer_flush(w), 0);
		fflush(out);
		ends[i] = *size;
	}
	writer_add(w, SECTION_END, &end);
	assert_int_equal(writer_flush(w), 0);
	writer_free(w);
	fclose(out);
	return text;
}

/* A path where these bytes can be read. */
static const char *put(const void *bytes, size_t size)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("recording", MFD_CLOEXEC);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, bytes, size, 0), size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

static int fill(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MOMENTS; i++) {
		moments[i].elapsed_ns = i + 1;
		moments[i].shown = i % 2;
		make_up(&moments[i].total, i + 1, 256);
		moments[i].total.time = 4711 + i + 1;
	}
	head.info.hooks = head.hooks;
	return 0;
}

/* What both views print of a snapshot, to be freed. */
static char *shown(const struct snapshot *s, const struct run_info *info)
{
	const struct run_end end = {.completed = true, .failure = ""};
	const struct sink *const sinks[] = {&sink_ndjson, &sink_table};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	for (unsigned i = 0; i < 2; i++) {
		sinks[i]->start(out, info);
		sinks[i]->interval(out, info, s, s, 2000000000);
		sinks[i]->summary(out, info, s, 2000000000, &end);
	}
	fclose(out);
	return text;
}

/* Reads as many moments as there are, each what was written. */
static unsigned read_moments(struct recording *r)
{
	const struct recorded_moment *m = recording_data(r, SECTION_MOMENT);
	unsigned n = 0;

	while (recording_next(r) == SECTION_MOMENT) {
		assert_int_equal(m->elapsed_ns, n + 1);
		assert_int_equal(m->shown, n % 2);
		assert_memory_equal(m->total.counters, moments[n].total.counters,
				    sizeof(m->total.counters));
		assert_string_equal(m->total.other_names[63], "uname");
		n++;
	}
	return n;
}

/* What any view prints is a function of what is recorded. */
static void views_of_what_is_read_are_those_of_what_was_written(void **state)
{
	const struct recorded_moment *m;
	size_t size, ends[MOMENTS];
	struct recording *r;
	char *text;

	(void)state;
	for (unsigned i = 0; i < MOMENTS; i++)
		make_up(&moments[i].total, 100 + i, 8);
	text = record(&size, ends);
	r = recording_open(put(text, size));
	m = recording_data(r, SECTION_MOMENT);
	for (unsigned i = 0; i < MOMENTS; i++) {
		char *before, *after;

		assert_int_equal(recording_next(r), SECTION_MOMENT);
		before = shown(&moments[i].total, &head.info);
		after = shown(&m->total, &recording_head(r)->info);
		assert_string_equal(before, after);
		free(before);
		free(after);
	}
	assert_int_equal(recording_next(r), N_SECTIONS);
	assert_null(recording_flaw(r));
	assert_int_equal(recording_dropped(r), 3);
	recording_close(r);
	free(text);
}

/* How many moments are whole in so many bytes. */
static unsigned whole_in(size_t size, const size_t ends[MOMENTS])
{
	unsigned n = 0;

	while (n < MOMENTS && ends[n] <= size)
		n++;
	return n;
}

static void a_recording_that_is_cut_is_read_up_to_there(void **state)
{
	size_t size, ends[MOMENTS];
	char *text = record(&size, ends);
	char why[80];

	(void)state;
	for (unsigned i = 1; i <= 1000; i++) {
		size_t cut = size * i / 1001;
		struct recording *r = recording_open(put(text, cut));

		if (!r) { /* before anything was recorded */
			assert_true(cut < ends[0]);
			continue;
		}
		assert_int_equal(read_moments(r), whole_in(cut, ends));
		snprintf(why, sizeof(why), "it ends after %zu bytes, without its end mark", cut);
		assert_string_equal(recording_flaw(r), why);
		recording_close(r);
	}
	free(text);
}

static void a_recording_that_is_damaged_is_read_up_to_there(void **state)
{
	size_t size, ends[MOMENTS];
	char *text = record(&size, ends);

	(void)state;
	for (unsigned i = 1; i <= 1000; i++) {
		size_t at = ends[0] + (size - ends[0]) * i / 1001;
		struct recording *r;

		text[at] ^= 0xff; /* one bit of a frame has no meaning */
		r = recording_open(put(text, size));
		text[at] ^= 0xff;
		assert_non_null(r);
		assert_int_equal(read_moments(r), whole_in(at, ends));
		assert_non_null(recording_flaw(r));
		recording_close(r);
	}
	free(text);
}

static void what_is_no_recording_is_refused(void **state)
{
	size_t size, ends[MOMENTS];
	char *text = record(&size, ends);

	(void)state;
	assert_null(recording_open(put("", 0)));
	assert_null(recording_open(put("{\"type\":\"start\"}\n", 17)));
	assert_null(recording_open("/proc/self"));
	assert_null(recording_open("/nowhere/at/all"));
	text[26]++; /* the format */
	assert_null(recording_open(put(text, size)));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recording_that_is_cut_is_read_up_to_there),
		cmocka_unit_test(a_recording_that_is_damaged_is_read_up_to_there),
		cmocka_unit_test(what_is_no_recording_is_refused),
		/* it makes up other moments */
		cmocka_unit_test(views_of_what_is_read_are_those_of_what_was_written),
	};

	return cmocka_run_group_tests(tests, fill, NULL);
}
