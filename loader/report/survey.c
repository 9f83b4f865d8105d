// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "survey.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "event_table.h"
#include "exit_status.h"
#include "recorded_events.h"

#define N_WIDTHS 65 /* powers of two, ns, and 0 */

/* What reading goes on with. */
struct surveying {
	struct survey *s;
	struct longest {
		__u64 ns, time;
		bool seen;
	} longest[N_EVENTS];    /* of the kinds that findings rest on */
	__u64 within[N_WIDTHS]; /* events that are so far from a place */
};

__u64 survey_time(const struct survey *s, const struct event_head *head)
{
	return remainder_of(head->time, s->start);
}

const struct lane *survey_lane(const struct survey *s, __u32 tid)
{
	for (unsigned i = 0; i < s->n_lanes; i++)
		if (s->lanes[i].tid == tid)
			return &s->lanes[i];
	return NULL;
}

static void add_place(struct survey *s, __u64 time)
{
	if (s->n_places < MOST_PLACES)
		s->places[s->n_places++] = time;
}

static int by_time(const void *a, const void *b)
{
	const __u64 *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

/* How far it is to the nearest place. */
static __u64 distance(const struct survey *s, __u64 time)
{
	unsigned low = 0, high = s->n_places - 1;
	__u64 before, behind;

	while (low < high) {
		unsigned middle = (low + high + 1) / 2;

		if (s->places[middle] <= time)
			low = middle;
		else
			high = middle - 1;
	}
	before = time - s->places[low];
	behind = low + 1 < s->n_places ? s->places[low + 1] - time : ~0ull;
	return before < behind ? before : behind;
}

bool survey_is_whole(const struct survey *s, __u64 time)
{
	return distance(s, time) <= s->width;
}

static void take_lane(struct survey *s, const struct event_head *head)
{
	struct lane *lane = &s->lanes[s->n_lanes];

	if (!head->tid || survey_lane(s, head->tid))
		return;
	if (s->n_lanes == MOST_LANES) {
		s->unlaned++;
		return;
	}
	lane->tid = head->tid;
	lane->pid = head->pid;
	memcpy(lane->comm, head->comm, COMM_LEN);
	s->n_lanes++;
}

/* How long what an event tells of has lasted; 0: it does not tell. */
static __u64 lasted(const struct event_head *head)
{
	const struct event_row *row = &event_rows[head->kind];

	for (unsigned i = 0; i < row->n_fields; i++)
		if (row->fields[i].type == EVENT_TYPE_NS)
			return *(const __u64 *)((const char *)head + row->fields[i].at);
	return 0;
}

/* The longest of each kind that findings rest on is a place, too: where it begins, and where it
 * ends. */
static void note_longest(struct surveying *t, const struct event_head *head, __u64 time)
{
	struct longest *l = &t->longest[head->kind];
	__u64 ns = lasted(head);

	if (event_rows[head->kind].part == PART_FINDINGS && (!l->seen || ns > l->ns))
		*l = (struct longest){.ns = ns, .time = time, .seen = true};
}

static void add_longest(struct surveying *t)
{
	for (unsigned kind = 0; kind < N_EVENTS; kind++) {
		const struct longest *l = &t->longest[kind];

		if (l->seen)
			add_place(t->s, l->time);
		if (l->seen && l->ns)
			add_place(t->s, remainder_of(l->time, l->ns));
	}
}

static void take_event(void *ctx, const struct event_head *head)
{
	struct surveying *t = ctx;
	__u64 time = survey_time(t->s, head);

	t->s->events++;
	if (t->s->span < time)
		t->s->span = time;
	take_lane(t->s, head);
	note_longest(t, head, time);
}

static void measure_event(void *ctx, const struct event_head *head)
{
	struct surveying *t = ctx;
	__u64 far = distance(t->s, survey_time(t->s, head));

	t->within[far ? 64 - __builtin_clzll(far) : 0]++;
}

static void take_section(struct surveying *t, struct recording *r, enum section section)
{
	const struct recorded_stall *stall = recording_data(r, SECTION_STALL);
	const struct recorded_finding *found = recording_data(r, SECTION_FINDING);
	const struct recorded_moment *moment = recording_data(r, SECTION_MOMENT);

	if (section == SECTION_EVENTS)
		recorded_events_each(recording_data(r, section), take_event, t);
	if (section == SECTION_STALL)
		add_place(t->s, remainder_of(stall->elapsed_ns, stall->stalled_ns));
	if (section == SECTION_FINDING)
		add_place(t->s, found->elapsed_ns);
	if (section == SECTION_MOMENT && t->s->span < moment->elapsed_ns)
		t->s->span = moment->elapsed_ns;
}

/* The widest surroundings of all places that have no more events than that. */
static void choose_width(struct surveying *t, __u64 most)
{
	__u64 sum = 0;
	unsigned bits = 0;

	while (bits < N_WIDTHS && sum + t->within[bits] <= most)
		sum += t->within[bits++];
	t->s->width = bits == N_WIDTHS ? ~0ull : bits ? (1ull << (bits - 1)) - 1 : 0;
	t->s->whole = sum;
}

static void note_end(struct survey *s, const struct recording *r)
{
	snprintf(s->flaw, sizeof(s->flaw), "%s", recording_flaw(r) ? recording_flaw(r) : "");
	s->dropped = recording_dropped(r);
	qsort(s->places, s->n_places, sizeof(s->places[0]), by_time);
}

/* Opens one of a run; NULL with *status after one line on stderr. */
static struct recording *open_run(const char *path, int *status)
{
	struct recording *r;
	struct stat st;

	*status = EXIT_FAILED;
	if (!strcmp(path, "-") || (!stat(path, &st) && S_ISFIFO(st.st_mode))) {
		warnx("cannot report on %s: it is read more than once; give a file",
		      strcmp(path, "-") != 0 ? path : "standard input");
		*status = EXIT_USAGE;
		return NULL;
	}
	r = recording_open(path);
	if (!r || !recording_is_of_comparison(r))
		return r;
	warnx("cannot report on %s: it is the recording of a comparison; give one of \"run\" or "
	      "\"trace\"",
	      path);
	recording_close(r);
	*status = EXIT_USAGE;
	return NULL;
}

/* Where there are more events than that, reads it once more. */
static int measure(struct surveying *t, const char *path, __u64 most)
{
	struct recording *r;
	enum section section;

	t->s->width = ~0ull;
	t->s->whole = t->s->events;
	if (t->s->events <= most)
		return EXIT_DONE;
	r = recording_open(path);
	if (!r)
		return EXIT_FAILED;
	while ((section = recording_next(r)) != N_SECTIONS)
		if (section == SECTION_EVENTS)
			recorded_events_each(recording_data(r, section), measure_event, t);
	recording_close(r);
	choose_width(t, most);
	return EXIT_DONE;
}

int survey_file(struct survey *s, const char *path, __u64 most)
{
	struct surveying t = {.s = s};
	const struct recorded_head *head;
	struct recording *r;
	enum section section;
	int status;

	*s = (struct survey){.n_places = 1};
	r = open_run(path, &status);
	if (!r)
		return status;
	head = recording_head(r);
	s->began = head->began;
	s->start = head->start;
	s->wall_ns = head->info.wall_ns;
	s->interval_ns = head->info.interval_ns;
	while ((section = recording_next(r)) != N_SECTIONS)
		take_section(&t, r, section);
	add_longest(&t);
	note_end(s, r);
	recording_close(r);
	return measure(&t, path, most);
}
