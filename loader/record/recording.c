// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "recording.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "frames.h"
#include "mark.h"
#include "description.h"
#include "recorded_events.h"
#include "visible.h"

struct recording {
	const char *path;
	struct frames *frames;
	struct description *description;
	struct taking block; /* what is left of it */
	void *data[N_SECTIONS];
	char calls[MAX_NR][sizeof(((struct recorded_call *)NULL)->name)];
	const char *call_names[MAX_NR];
	bool ended; /* the end mark was read */
	char flaw[128];
};

static enum section fail(struct recording *r, const char *why)
{
	snprintf(r->flaw, sizeof(r->flaw), "%s", why);
	return N_SECTIONS;
}

/* Takes the next block; false: there is none. */
static bool next_block(struct recording *r)
{
	const char *why = frames_next(r->frames, &r->block);

	if (why)
		fail(r, why);
	return !why;
}

static void name_call(struct recording *r, const struct recorded_call *call)
{
	if (call->nr < MAX_NR)
		visible(call->name, r->calls[call->nr], sizeof(r->calls[call->nr]));
}

/* The names of those that are counted, as far as they have been told. */
static void name_others(struct recording *r, struct snapshot *s)
{
	for (unsigned nr = 0; nr < MAX_NR; nr++) {
		if (s->others[nr] && !*r->calls[nr])
			snprintf(r->calls[nr], sizeof(r->calls[nr]), "call %u", nr);
		r->call_names[nr] = r->calls[nr];
	}
	s->other_names = r->call_names;
}

static void forget(struct recording *r, enum section s)
{
	const struct shape *shape = section_rows[s].shape;

	for (unsigned i = 0; i < shape->n; i++)
		if (shape->fields[i].storage == STORED_LIST)
			free(*(void **)((char *)r->data[s] + shape->fields[i].at));
	memset(r->data[s], 0, shape->size);
}

/* What hangs together with what was read; strange: something in it has no name here. */
static void complete_head(struct recording *r, bool strange)
{
	struct recorded_head *head = r->data[SECTION_HEAD];

	(void)strange;
	head->info.hooks = head->hooks;
	head->hooks[MAX_WORDS] = NULL;
}

static void complete_call(struct recording *r, bool strange)
{
	(void)strange;
	name_call(r, r->data[SECTION_CALL]);
}

static void complete_finding(struct recording *r, bool strange)
{
	struct recorded_finding *found = r->data[SECTION_FINDING];

	(void)strange;
	found->finding.rule = &rules[found->rule];
}

/* All else that can be strange in a snapshot is in rows, and these are left out. */
static void complete_total(struct recording *r, struct snapshot *total, bool strange)
{
	name_others(r, total);
	if (strange)
		total->left_last = (struct stall){0};
}

static void complete_moment(struct recording *r, bool strange)
{
	complete_total(r, &((struct recorded_moment *)r->data[SECTION_MOMENT])->total, strange);
}

static void complete_ran(struct recording *r, bool strange)
{
	complete_total(r, &((struct recorded_ran *)r->data[SECTION_RAN])->total, strange);
}

static void complete_events(struct recording *r, bool strange)
{
	(void)strange;
	recorded_events_complete(r->data[SECTION_EVENTS]);
}

static void complete_end(struct recording *r, bool strange)
{
	(void)strange;
	r->ended = true;
}

static void (*const complete[N_SECTIONS])(struct recording *r, bool strange) = {
	[SECTION_HEAD] = complete_head,       [SECTION_CALL] = complete_call,
	[SECTION_FINDING] = complete_finding, [SECTION_MOMENT] = complete_moment,
	[SECTION_RAN] = complete_ran,         [SECTION_END] = complete_end,
	[SECTION_EVENTS] = complete_events,
};

/* Reads a section of ours; N_SECTIONS: it says nothing here, or the block is broken. */
static enum section decode_section(struct recording *r, unsigned number, struct taking *bytes)
{
	enum section s = r->description->sections[number].ours;
	enum decoded decoded;

	forget(r, s);
	decoded = description_decode(r->description, number, bytes, r->data[s]);
	r->block.broken |= decoded == DECODED_BROKEN;
	if (decoded == DECODED_BROKEN ||
	    (decoded == DECODED_STRANGE && section_rows[s].needs_names))
		return N_SECTIONS;
	if (complete[s])
		complete[s](r, decoded == DECODED_STRANGE);
	return s;
}

/* Reads the next section of the block; N_SECTIONS: it is none of ours, or the block is broken. */
static enum section take_section(struct recording *r)
{
	unsigned number = take_below(&r->block, r->description->n_sections);
	__u64 len = take_number(&r->block);
	struct taking bytes = {.at = take_bytes(&r->block, len)};

	if (r->block.broken || r->description->sections[number].ours == N_SECTIONS)
		return N_SECTIONS;
	bytes.end = bytes.at + len;
	return decode_section(r, number, &bytes);
}

static enum section next_section(struct recording *r)
{
	enum section s = N_SECTIONS;

	while (!r->ended && !*r->flaw && s == N_SECTIONS) {
		if (r->block.at == r->block.end && !next_block(r))
			return N_SECTIONS;
		s = take_section(r);
		if (r->block.broken)
			return fail(r, frames_broken(r->frames));
	}
	return s;
}

enum section recording_next(struct recording *r)
{
	enum section s;

	do
		s = next_section(r);
	while (s == SECTION_HEAD || s == SECTION_CALL || s == SECTION_END);
	return s;
}

/* What cannot be read at all, in one line on stderr. */
static int refuse(const struct recording *r, const char *why)
{
	warnx("cannot read %s: %s", r->path, why);
	return -1;
}

static int check_mark(const struct recording *r)
{
	const unsigned char *mark;
	unsigned format;
	size_t len;
	char why[192];

	if (frames_begin(r->frames, &mark, &len)) {
		warn("cannot read %s", r->path);
		return -1;
	}
	if (!len)
		return refuse(r, "it is empty: nothing was recorded");
	format = len == MARK_SIZE ? mark_format(mark) : 0;
	if (!format)
		return refuse(r, "it is not a recording; wakelab run, trace and compare make one "
				 "with --record FILE");
	if (format == RECORDING_FORMAT)
		return 0;
	snprintf(why, sizeof(why),
		 "it is a recording of format %u, and this wakelab reads format %d; use the "
		 "version of wakelab that made it, or a newer one",
		 format, RECORDING_FORMAT);
	return refuse(r, why);
}

static int read_description(struct recording *r)
{
	if (next_block(r)) {
		r->description = description_read(&r->block);
		r->block = (struct taking){0};
	}
	if (!r->description && !*r->flaw)
		fail(r, frames_broken(r->frames));
	if (r->description && next_section(r) == SECTION_HEAD)
		return 0;
	warnx("cannot read %s: %s, before anything was recorded", r->path,
	      *r->flaw ? r->flaw : "it has no head");
	return -1;
}

struct recording *recording_open(const char *path)
{
	struct recording *r = calloc(1, sizeof(*r));
	bool room = r;

	for (enum section s = 0; r && s < N_SECTIONS; s++) {
		r->data[s] = calloc(1, section_rows[s].shape->size);
		room &= r->data[s] != NULL;
	}
	if (!room) {
		warn("cannot read %s", path);
		recording_close(r);
		return NULL;
	}
	r->path = strcmp(path, "-") ? path : "standard input";
	r->frames = frames_open(strcmp(path, "-") ? path : NULL);
	if (!r->frames)
		warn("cannot open %s", r->path);
	if (r->frames && !check_mark(r) && !read_description(r))
		return r;
	recording_close(r);
	return NULL;
}

const char *recording_path(const struct recording *r)
{
	return r->path;
}

const struct recorded_head *recording_head(const struct recording *r)
{
	return r->data[SECTION_HEAD];
}

bool recording_is_of_comparison(const struct recording *r)
{
	return !strcmp(recording_head(r)->info.command, "compare");
}

const void *recording_data(const struct recording *r, enum section section)
{
	return r->data[section];
}

const char *recording_flaw(const struct recording *r)
{
	return r->ended ? NULL : r->flaw;
}

__u64 recording_time(const struct recording *r, enum section section)
{
	const struct recorded_head *head = r->data[SECTION_HEAD];
	const struct recorded_moment *moment = r->data[SECTION_MOMENT];
	const struct recorded_stall *stall = r->data[SECTION_STALL];
	const struct recorded_finding *found = r->data[SECTION_FINDING];

	switch (section) {
	case SECTION_MOMENT:
		return remainder_of(moment->elapsed_ns, head->info.interval_ns / 2);
	case SECTION_STALL:
		return stall->elapsed_ns;
	case SECTION_FINDING:
		return found->elapsed_ns;
	default:
		return 0;
	}
}

__u64 recording_dropped(const struct recording *r)
{
	return ((const struct recorded_end *)r->data[SECTION_END])->dropped;
}

void recording_close(struct recording *r)
{
	if (!r)
		return;
	for (enum section s = 0; s < N_SECTIONS; s++) {
		if (r->data[s])
			forget(r, s);
		free(r->data[s]);
	}
	description_free(r->description);
	frames_close(r->frames);
	free(r);
}
