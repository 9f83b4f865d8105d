// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "strip.h"

#include <stdio.h>
#include <string.h>

#include "characters.h"
#include "format.h"
#include "layout.h"
#include "line.h"
#include "plural.h"

#define BAR_COLUMNS  8
#define TEXT_COLUMNS 22 /* of what happens, at least */
#define TIME_COLUMNS 7

static unsigned digits_of(__s64 n)
{
	unsigned digits = 1;

	while (n /= 10)
		digits++;
	return digits;
}

static bool is_read(const struct drawn_place *p)
{
	return p->kind != FILE_LISTENER && p->most > 0;
}

void strip_open(struct strip *s, const struct drawing *d, const char *title)
{
	unsigned n = 0;

	s->d = d;
	s->title = title;
	s->place = -1;
	s->digits = 2;
	for (unsigned i = 0; i < d->n_places; i++) {
		n += is_read(&d->places[i]);
		if (digits_of(d->places[i].most) > s->digits)
			s->digits = digits_of(d->places[i].most);
	}
	s->several = n > 1;
	if (d->n)
		s->start = d->rows[0].time;
}

/* A column for what happens by no thread, and one for each thread; where there is one, it has all.
 */
static unsigned mark_columns(const struct strip *s)
{
	return s->d->n_threads > 1 ? 2 * (1 + s->d->n_threads) - 1 : 1;
}

unsigned strip_least(const struct strip *s)
{
	return (s->times ? TIME_COLUMNS + 1 : 0) + BAR_COLUMNS + 1 + s->digits + 2 +
	       mark_columns(s) + 1 + TEXT_COLUMNS;
}

enum lane_part strip_section(const struct strip *s)
{
	const struct drawn_row *r = &s->d->rows[s->next];

	if (s->next == s->d->n)
		return LANE_NONE;
	return r->last ? LANE_AFTER : s->next || r->begins ? LANE_ARRIVAL : LANE_BEFORE;
}

void strip_begin(struct strip *s, enum lane_part kind)
{
	memset(s->part, 0, sizeof(s->part));
	s->idle = strip_section(s) != kind;
	if (s->idle)
		return;
	s->first = s->next;
	s->start = s->d->rows[s->next].time;
}

bool strip_goes_on(const struct strip *s)
{
	const struct drawn_row *r = &s->d->rows[s->next];

	return !s->idle && s->next < s->d->n && (s->next == s->first || !(r->begins || r->last));
}

static void add_spaces(struct line *l, unsigned n)
{
	while (n--)
		line_char(l, ' ');
}

/* How full the queue is: of the most that was in it, to a whole cell. */
static void add_bar(const struct strip *s, struct line *l, __s64 unread, __s64 most)
{
	__s64 full = unread <= 0 ? 0 : (unread * BAR_COLUMNS + most - 1) / most;

	for (__s64 i = 0; i < BAR_COLUMNS; i++)
		line_text(l, i < full ? (s->utf8 ? "█" : "#") : s->utf8 ? "░" : ".");
}

/* The queue of the row's descriptor; else, where only one is read, as it is known to be. */
static void add_queue(struct strip *s, struct line *l, const struct drawn_row *r)
{
	bool changed = r->place >= 0 && (r->place != s->place || r->unread != s->unread);

	if (r->place >= 0) {
		s->place = r->place;
		s->unread = r->unread;
	}
	if (s->place < 0 || (r->place < 0 && s->several)) {
		add_spaces(l, BAR_COLUMNS + 1 + s->digits);
		return;
	}
	if (s->unread == UNREAD_UNKNOWN) {
		add_spaces(l, BAR_COLUMNS + s->digits);
		line_char(l, '?');
		return;
	}
	add_bar(s, l, s->unread, s->d->places[s->place].most);
	add_spaces(l, 1 + s->digits - digits_of(s->unread));
	if (changed)
		line_number(l, s->unread);
	else
		add_spaces(l, digits_of(s->unread));
}

static const char *mark_text(const struct strip *s, enum drawn_mark mark)
{
	return s->utf8 ? drawn_marks[mark].utf8 : drawn_marks[mark].ascii;
}

/* What became of the threads by a row. */
static void note_threads(struct strip *s, const struct drawn_row *r)
{
	bool asleep = r->mark == DRAWN_SLEEPS || r->mark == DRAWN_LEFT || r->mark == DRAWN_ABSORBED;

	s->awake &= ~r->threads;
	s->asleep &= ~r->threads;
	*(asleep ? &s->asleep : &s->awake) |= r->threads;
}

static void add_marks(struct strip *s, struct line *l, const struct drawn_row *r)
{
	const char *mark = mark_text(s, r->mark);

	note_threads(s, r);
	if (s->d->n_threads < 2) {
		line_text(l, mark);
		return;
	}
	line_text(l, r->threads ? " " : mark);
	for (unsigned i = 0; i < s->d->n_threads; i++) {
		unsigned bit = 1u << i;

		line_char(l, ' ');
		line_text(l, r->threads & bit  ? mark
			     : s->awake & bit  ? (s->utf8 ? "│" : "|")
			     : s->asleep & bit ? (s->utf8 ? "·" : ".")
					       : " ");
	}
}

/* Which descriptor it is, where that is not plain. */
static void add_name(const struct strip *s, struct line *l, const struct drawn_row *r)
{
	const struct drawn_place *p = r->place < 0 ? NULL : &s->d->places[r->place];

	if (!p || r->mark == DRAWN_ACCEPTED ||
	    (p->kind == FILE_LISTENER && r->mark == DRAWN_ARRIVES))
		return;
	if (p->kind == FILE_LISTENER) {
		line_text(l, r->mark == DRAWN_NOTHING ? "" : "listener: ");
	} else if (s->several) {
		line_text(l, "fd ");
		line_number(l, p->fd);
		line_text(l, ": ");
	}
}

static const char *colour_of(enum drawn_mark mark)
{
	switch (mark) {
	case DRAWN_LEFT:
		return RED;
	case DRAWN_ARRIVES:
	case DRAWN_FRESH:
		return BOLD;
	case DRAWN_SLEEPS:
		return DIM;
	default:
		return "";
	}
}

static void add_time(const struct strip *s, struct line *l, const struct drawn_row *r)
{
	const char *text = format_ns(r->time - s->start);

	add_spaces(l, strlen(text) < TIME_COLUMNS ? TIME_COLUMNS - strlen(text) : 0);
	line_text(l, text);
	line_char(l, ' ');
}

void strip_fill(const struct strip *s, const char *text, char buf[STRIP_SIZE])
{
	struct line l = {.text = buf, .size = STRIP_SIZE - 8};
	unsigned used = 0, columns, most = s->width - (columns_of(text) > s->width);

	for (size_t len; *text && used < most; text += len, used += columns) {
		len = character(text, &columns);
		if (used + columns > most)
			break;
		line_add(&l, text, len);
	}
	if (most < s->width) {
		line_text(&l, s->utf8 ? "…" : "~");
		used++;
	}
	add_spaces(&l, s->width - used);
	if (s->color)
		line_text(&l, PLAIN);
	buf[l.len] = '\0';
}

void strip_row(struct strip *s, char buf[STRIP_SIZE])
{
	const struct drawn_row *r = &s->d->rows[s->next++];
	unsigned n = r->threads ? (unsigned)__builtin_popcount(r->threads) : 1;
	char text[STRIP_SIZE];
	struct line l = {.text = text, .size = sizeof(text) - 1};

	s->part[r->mark] += n;
	s->all[r->mark] += n;
	if (s->times)
		add_time(s, &l, r);
	add_queue(s, &l, r);
	add_spaces(&l, 2);
	if (s->color)
		line_text(&l, colour_of(r->mark));
	add_marks(s, &l, r);
	line_char(&l, ' ');
	add_name(s, &l, r);
	line_text(&l, r->text);
	if (n > 1) {
		line_text(&l, " (");
		line_number(&l, n);
		line_char(&l, ')');
	}
	text[l.len] = '\0';
	strip_fill(s, text, buf);
}

static void sum_reports(const unsigned counts[N_DRAWN_MARKS], char *buf, size_t size)
{
	unsigned fresh = counts[DRAWN_FRESH], again = counts[DRAWN_AGAIN];
	unsigned unknown = counts[DRAWN_UNJUDGED], n = fresh + again + unknown;
	char more[32] = "";

	if (unknown)
		snprintf(more, sizeof(more), ", %u unknown", unknown);
	if (n)
		snprintf(buf, size, "%u report%s: %u new, %u again%s", n, plural(n), fresh, again,
			 more);
	else if (counts[DRAWN_FOUND])
		snprintf(buf, size, "found ready %u time%s", counts[DRAWN_FOUND],
			 plural(counts[DRAWN_FOUND]));
}

static void sum_wakes(const struct strip *s, const unsigned counts[N_DRAWN_MARKS], char *buf,
		      size_t size)
{
	unsigned woken = counts[DRAWN_WOKEN] + counts[DRAWN_ABSORBED];

	if (s->d->n_threads > 1)
		snprintf(buf, size, "%u woken, %u of them slept on", woken, counts[DRAWN_ABSORBED]);
	else if (counts[DRAWN_SIGNAL])
		snprintf(buf, size, "%u signal%s sent, %u taken", counts[DRAWN_SIGNAL],
			 plural(counts[DRAWN_SIGNAL]), counts[DRAWN_TAKEN]);
}

bool strip_sum(const struct strip *s, const unsigned counts[N_DRAWN_MARKS], unsigned n,
	       char buf[STRIP_SIZE])
{
	char lines[3][64] = {""};

	if (s->idle && counts == s->part)
		return false;
	sum_reports(counts, lines[0], sizeof(lines[0]));
	snprintf(lines[1], sizeof(lines[1]), "%u read%s, %u EAGAIN, %u sleep%s", counts[DRAWN_READ],
		 plural(counts[DRAWN_READ]), counts[DRAWN_NOTHING], counts[DRAWN_SLEEPS],
		 plural(counts[DRAWN_SLEEPS]));
	sum_wakes(s, counts, lines[2], sizeof(lines[2]));
	for (unsigned i = 0; i < 3; i++) {
		if (!lines[i][0] || n-- > 0)
			continue;
		strip_fill(s, lines[i], buf);
		return true;
	}
	return false;
}
