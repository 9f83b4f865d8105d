// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "report.h"

#include <err.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "counts.h"
#include "escaped.h"
#include "exit_status.h"
#include "json.h"
#include "packed.h"
#include "page.h"
#include "page_events.h"
#include "replay.h"

/* Of a page, for all of its recordings: what keeps it below 10 MB. */
#define MOST_EVENTS    60000
#define MOST_INTERVALS 480
#define LEAST_INTERVAL 1000000 /* ns */

/* The histograms of an interval by powers of two, which no line of NDJSON has: from the power
 * "first" on, how many there are. */
static void put_spread(struct json_object *o, const struct latency_row *row, const struct hist *h)
{
	__u64 counts[HIST_MAX_BITS + 1] = {0};
	unsigned first = HIST_MAX_BITS, last = 0;
	struct json_object *of, *array;

	for (unsigned slot = 0; slot < HIST_SLOTS; slot++) {
		__u64 floor = hist_floor(slot);
		unsigned power = floor ? 63 - __builtin_clzll(floor) : 0;

		if (!h->slots[slot])
			continue;
		counts[power] += h->slots[slot];
		first = first < power ? first : power;
		last = last > power ? last : power;
	}
	of = put_object(o, row->label);
	put(of, "first", first);
	array = put_array(of, "counts");
	for (unsigned i = first; i <= last; i++)
		json_object_array_add(array, json_object_new_uint64(counts[i]));
}

static void report_interval(FILE *out, const struct run_info *info, const struct snapshot *delta,
			    const struct snapshot *total, __u64 elapsed_ns)
{
	struct json_object *o = new_line("spread"), *of;

	sink_ndjson.interval(out, info, delta, total, elapsed_ns);
	put(o, "elapsed_ns", elapsed_ns);
	of = put_object(o, "of");
	for (unsigned i = 0; i < N_LATENCIES; i++)
		if (delta->latencies[i].count)
			put_spread(of, &latency_rows[i], &delta->latencies[i]);
	put_line(out, o);
}

/* What a recording is, and what the page has of it. */
static void put_recording(FILE *out, const char *path, const struct survey *s,
			  const struct recorded_head *head)
{
	struct json_object *o = new_line("recording"), *places;
	char *name = strdup(path);
	char start[24];

	put_string(o, "file", name ? basename(name) : path);
	free(name);
	/* as text: it is larger than what a number of a browser holds */
	snprintf(start, sizeof(start), "%llu", (unsigned long long)(s->start + s->wall_ns));
	put_string(o, "start_ns", start);
	put(o, "began_ms", s->began / 1000000);
	put_string(o, "host", head->host);
	put_string(o, "machine", head->machine);
	put(o, "cpus", head->cpus);
	put_string(o, "arguments", head->arguments);
	put(o, "span_ns", s->span);
	put_string(o, "flaw", *s->flaw ? s->flaw : NULL);
	put(o, "dropped", s->dropped);
	put_bool(o, "tells_events", head->info.tells_events);
	put(o, "events", s->events);
	put(o, "whole", s->whole);
	put(o, "unlaned", s->unlaned);
	put(o, "slot_ns", page_slot_ns(s));
	put_known(o, "width_ns", s->width != ~0ull, s->width);
	places = put_array(o, "places");
	for (unsigned i = 0; i < s->n_places; i++)
		json_object_array_add(places, json_object_new_uint64(s->places[i]));
	put_line(out, o);
}

/* Everything but the single events, as replay prints it. */
static int put_counts_of(FILE *page, const char *path, const struct survey *s, unsigned n)
{
	struct sink sink = sink_ndjson;
	struct replay opt = {.out = {.sink = &sink}};
	struct recording *r = recording_open(path);
	FILE *out = r ? escaped_open(page) : NULL;
	__u64 least = s->span / (MOST_INTERVALS / n);
	int status = EXIT_FAILED;

	sink.interval = report_interval;
	least = least > LEAST_INTERVAL ? least : LEAST_INTERVAL;
	opt.interval = (s->interval_ns > least ? s->interval_ns : least) / 1e9;
	if (out) {
		put_recording(out, path, s, recording_head(r));
		status = replay_print(out, &opt, r);
		fclose(out);
	} else if (r) {
		warn("cannot report on %s", path);
	}
	recording_close(r);
	return status;
}

static int put_events_of(FILE *page, const char *path, const struct survey *s)
{
	struct recording *r = recording_open(path);
	FILE *out = r ? packed_open(page) : NULL;
	int failed = !out || page_events_write(out, r, s);

	if (out)
		failed |= fclose(out);
	if (failed && r)
		warn("cannot report on %s", path);
	recording_close(r);
	return failed ? EXIT_FAILED : EXIT_DONE;
}

static int put_run(FILE *page, const char *path, const struct survey *s, unsigned n)
{
	int status;

	fputs("<script type=\"application/x-ndjson\" class=\"run\">\n", page);
	status = put_counts_of(page, path, s, n);
	fputs("</script>\n<script type=\"text/plain\" class=\"events\">", page);
	if (s->events)
		status |= put_events_of(page, path, s);
	fputs("</script>\n", page);
	return status;
}

/* Prints the page of recordings that have been looked at. */
static int put_page(FILE *page, char *const paths[], const struct survey *surveys, unsigned n)
{
	int status = EXIT_DONE;

	page_begin(page);
	for (unsigned i = 0; i < n; i++)
		status |= put_run(page, paths[i], &surveys[i], n);
	page_end(page);
	return status;
}

static FILE *open_output(const char *to)
{
	FILE *out;

	if (to) {
		out = fopen(to, "we");
		if (!out)
			warn("cannot write to %s", to);
		return out;
	}
	if (!isatty(STDOUT_FILENO))
		return stdout;
	warnx("cannot write a page to the terminal; give a file with -o");
	return NULL;
}

/* Whether the page would take the place of a recording, after one line on stderr. */
static bool is_one_of(const char *to, char *const paths[], unsigned n)
{
	struct stat page, recording;

	for (unsigned i = 0; to && !stat(to, &page) && i < n; i++) {
		if (stat(paths[i], &recording) || page.st_dev != recording.st_dev ||
		    page.st_ino != recording.st_ino)
			continue;
		warnx("cannot write to %s: it is the recording %s", to, paths[i]);
		return true;
	}
	return false;
}

/* All at once; what cannot be written whole is not left there. */
static int write_out(const char *to, const char *text, size_t len)
{
	FILE *out = open_output(to);
	struct stat st;
	bool failed;

	if (!out)
		return EXIT_FAILED;
	failed = fwrite(text, 1, len, out) != len || fflush(out);
	if (failed)
		warn("cannot write to %s", to ? to : "standard output");
	if (failed && to && !fstat(fileno(out), &st) && S_ISREG(st.st_mode))
		unlink(to);
	if (to)
		fclose(out);
	return failed ? EXIT_FAILED : EXIT_DONE;
}

/* The page in memory, which it fits in: it is not larger than MOST_EVENTS and MOST_INTERVALS make
 * it. */
static int make(char *const paths[], const struct survey *surveys, unsigned n, const char *to)
{
	char *text = NULL;
	size_t len = 0;
	FILE *page = open_memstream(&text, &len);
	int status = EXIT_FAILED;

	if (page)
		status = put_page(page, paths, surveys, n);
	if (!page || fclose(page)) {
		warn("cannot make the page");
		status = EXIT_FAILED;
	} else {
		status |= write_out(to, text, len);
	}
	free(text);
	return status;
}

int report_write(char *const paths[], unsigned n, const char *to)
{
	struct survey *surveys = calloc(n, sizeof(*surveys));
	int status = is_one_of(to, paths, n) ? EXIT_USAGE : EXIT_DONE;

	if (!surveys) {
		warn("cannot make the page");
		return EXIT_FAILED;
	}
	for (unsigned i = 0; i < n && !status; i++)
		status = survey_file(&surveys[i], paths[i], MOST_EVENTS / n);
	if (!status)
		status = make(paths, surveys, n, to);
	free(surveys);
	return status;
}
