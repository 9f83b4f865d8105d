// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "page_events.h"

#include <stdlib.h>

#include "event_json.h"
#include "event_names.h"
#include "json.h"
#include "recorded_events.h"

#define MOST_SLOTS 1500  /* of a thread */
#define ALL_SLOTS  40000 /* of all */

/* What a thread did in a slot. */
struct slot {
	__u64 waited_ns, to_run_ns, io_ns;  /* the part of each that lies in it */
	unsigned events, waits[N_VERDICTS]; /* that ended in it */
};

struct writing {
	FILE *out;
	const struct survey *survey;
	__u64 slot_ns, seen;
	unsigned n_slots;
	struct slot *slots; /* of each lane n_slots */
};

static unsigned slots_of(const struct survey *s)
{
	unsigned share = s->n_lanes ? ALL_SLOTS / s->n_lanes : 0;

	return share < MOST_SLOTS ? share : MOST_SLOTS;
}

__u64 page_slot_ns(const struct survey *s)
{
	return s->whole == s->events || !slots_of(s) ? 0 : s->span / slots_of(s) + 1;
}

static unsigned slot_at(const struct writing *w, __u64 time)
{
	__u64 at = time / w->slot_ns;

	return at < w->n_slots ? at : w->n_slots - 1;
}

/* Adds a time that ended then to what each slot has of such times; member: its place in a slot. */
static void spread(const struct writing *w, struct slot *lane, size_t member, __u64 end, __u64 ns)
{
	__u64 begin = remainder_of(end, ns);

	for (unsigned i = slot_at(w, begin); i <= slot_at(w, end); i++) {
		__u64 from = i * w->slot_ns, to = from + w->slot_ns;

		from = from < begin ? begin : from;
		to = to < end ? to : end;
		*(__u64 *)((char *)&lane[i] + member) += remainder_of(to, from);
	}
}

static void count(const struct writing *w, const struct event_head *head, __u64 time)
{
	const struct lane *lane = survey_lane(w->survey, head->tid);
	const struct event_wait *wait = (const struct event_wait *)head;
	const struct event_io *io = (const struct event_io *)head;
	struct slot *slots;

	if (!lane)
		return;
	slots = w->slots + (lane - w->survey->lanes) * w->n_slots;
	slots[slot_at(w, time)].events++;
	if (head->kind == EVENT_WAIT) {
		spread(w, slots, offsetof(struct slot, waited_ns), time, wait->duration_ns);
		spread(w, slots, offsetof(struct slot, to_run_ns), time, wait->to_run_ns);
		if (wait->verdict < N_VERDICTS)
			slots[slot_at(w, time)].waits[wait->verdict]++;
	} else if (head->kind == EVENT_IO) {
		spread(w, slots, offsetof(struct slot, io_ns), time, io->duration_ns);
	}
}

/* More than were there before are those of a run that goes on: they are left out. */
static void take_event(void *ctx, const struct event_head *head)
{
	struct writing *w = ctx;
	__u64 time = survey_time(w->survey, head);

	if (w->seen++ >= w->survey->events)
		return;
	if (w->slots)
		count(w, head, time);
	if (survey_is_whole(w->survey, time))
		event_json(w->out, head, w->survey->wall_ns);
}

/* [slot, waited, to run, io, events, waits of each verdict] */
static void put_slot(FILE *out, unsigned at, const struct slot *s, bool first)
{
	fprintf(out, "%s[%u,%llu,%llu,%llu,%u", first ? "" : ",", at,
		(unsigned long long)s->waited_ns, (unsigned long long)s->to_run_ns,
		(unsigned long long)s->io_ns, s->events);
	for (unsigned v = 0; v < N_VERDICTS; v++)
		fprintf(out, ",%u", s->waits[v]);
	fputs("]", out);
}

static void put_lane(const struct writing *w, const struct lane *lane, const struct slot *slots)
{
	struct json_object *o = new_line("lane"), *verdicts;
	char comm[COMM_LEN + 1];
	bool first = true;

	snprintf(comm, sizeof(comm), "%.*s", COMM_LEN, lane->comm);
	put(o, "pid", lane->pid);
	put(o, "tid", lane->tid);
	put_string(o, "comm", comm);
	verdicts = put_array(o, "verdicts");
	for (unsigned v = 0; v < N_VERDICTS; v++)
		json_object_array_add(verdicts, json_object_new_string(event_verdict(v)));
	put_line(w->out, o);
	fputs("[", w->out);
	for (unsigned i = 0; i < w->n_slots; i++) {
		if (!slots[i].waited_ns && !slots[i].io_ns && !slots[i].events)
			continue;
		put_slot(w->out, i, &slots[i], first);
		first = false;
	}
	fputs("]\n", w->out);
}

int page_events_write(FILE *out, struct recording *r, const struct survey *s)
{
	struct writing w = {.out = out, .survey = s, .slot_ns = page_slot_ns(s)};
	enum section section;

	if (w.slot_ns) {
		w.n_slots = slots_of(s);
		w.slots = calloc((size_t)w.n_slots * s->n_lanes, sizeof(*w.slots));
		if (!w.slots)
			return -1;
	}
	while ((section = recording_next(r)) != N_SECTIONS)
		if (section == SECTION_EVENTS)
			recorded_events_each(recording_data(r, section), take_event, &w);
	for (unsigned i = 0; w.slots && i < s->n_lanes; i++)
		put_lane(&w, &s->lanes[i], w.slots + (size_t)i * w.n_slots);
	free(w.slots);
	return 0;
}
