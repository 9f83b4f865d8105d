// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The text of a finding, from the words of its rule. In these {NAME} is a figure, a time where its
 * name ends in _ns; {NAME:thing} says how many things; {+NAME} only counts from two on; {subject},
 * {process}, {thread}, {call}, {errno}, {events}, {unread}, {signal} and {detail} are what else a
 * finding has. What stands between [ and ] is left out where something in it is missing or nothing.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "format.h"
#include "grounds.h"
#include "names.h"
#include "plural.h"

struct text {
	char *buf;
	size_t size, len;
	bool missing; /* something that was asked for since it was set to false */
};

static void add(struct text *t, const char *text)
{
	t->len += snprintf(t->buf + t->len, t->size - t->len, "%s", text);
	if (t->len >= t->size)
		t->len = t->size - 1;
}

static void add_process(struct text *t, const struct about *a)
{
	char part[80];

	snprintf(part, sizeof(part), *a->comm ? "process %u (%s" : "process %u", a->pid, a->comm);
	add(t, part);
	if (a->repeats) {
		add(t, ": ");
		add(t, a->command);
	}
	add(t, *a->comm ? ")" : "");
}

static void add_subject(struct text *t, const struct finding *f)
{
	const struct about *a = &f->about;
	const char *kind = a->kind > FILE_UNREGISTERED ? file_kinds[a->kind] : "";
	char part[96], peer[64];

	if (a->fd < 0) {
		add_process(t, a);
		return;
	}
	snprintf(part, sizeof(part), "fd %d", a->fd);
	add(t, part);
	address_text(a->family, a->addr, a->port, peer, sizeof(peer));
	if (*kind || *peer) {
		snprintf(part, sizeof(part), " (%s%s%s%s)", kind, *kind && *peer ? ", " : "",
			 *peer ? "peer " : "", peer);
		add(t, part);
	}
	if (a->pid) {
		add(t, " of ");
		add_process(t, a);
	}
}

static void add_unread(struct text *t, const struct finding *f)
{
	char part[80];

	if (f->unit < 0)
		t->missing = true;
	else
		add(t, amount_text(f->unit, finding_figure(f, "unread"), part, sizeof(part)));
}

static void add_thread(struct text *t, const struct finding *f)
{
	char part[64];

	snprintf(part, sizeof(part), "thread %u", f->about.tid);
	add(t, part);
	t->missing |= !f->about.tid;
}

/* Of {call}, {errno} and the like; false: that is the name of none of them. */
static bool add_known(struct text *t, const struct finding *f, const char *name)
{
	char part[80] = "";

	if (!strcmp(name, "subject"))
		add_subject(t, f);
	else if (!strcmp(name, "process"))
		add_process(t, &f->about);
	else if (!strcmp(name, "thread"))
		add_thread(t, f);
	else if (!strcmp(name, "unread"))
		add_unread(t, f);
	else if (!strcmp(name, "call"))
		add(t, f->about.row ? calls[f->about.row].name : "");
	else if (!strcmp(name, "errno"))
		add(t, f->err ? errno_cell_name(f->err, part, sizeof(part)) : "");
	else if (!strcmp(name, "events"))
		add(t, call_events_text(f->about.row ? calls[f->about.row].kind : 0, f->events,
					part, sizeof(part)));
	else if (!strcmp(name, "signal"))
		add(t, f->signal ? signal_name(f->signal, part, sizeof(part)) : "");
	else if (!strcmp(name, "detail"))
		add(t, f->detail);
	else
		return false;
	return true;
}

static bool is_time(const char *name)
{
	size_t len = strlen(name);

	return len > 3 && !strcmp(name + len - 3, "_ns");
}

static void add_figure(struct text *t, const struct finding *f, char *name)
{
	char *thing = strchr(name, ':');
	bool several = *name == '+';
	__u64 value;

	name += several;
	if (thing)
		*thing++ = '\0';
	value = finding_figure(f, name);
	t->missing |= value <= several;
	add(t, is_time(name) ? format_ns(value) : format_count(value));
	if (!thing)
		return;
	add(t, " ");
	add(t, thing);
	add(t, plural(value));
}

/* What stands between { and }; gives what is behind it. */
static const char *add_named(struct text *t, const struct finding *f, const char *at)
{
	char name[48];
	size_t len = strcspn(at, "}"), before = t->len;

	snprintf(name, sizeof(name), "%.*s", (int)len, at);
	if (!add_known(t, f, name))
		add_figure(t, f, name);
	else
		t->missing |= t->len == before;
	return at + len + 1;
}

static void add_words(struct text *t, const struct finding *f, const char *words)
{
	size_t kept = t->len;

	for (const char *at = words; *at;) {
		const char one[2] = {*at, '\0'};

		if (*at == '{') {
			at = add_named(t, f, at + 1);
			continue;
		}
		at++;
		if (*one == '[') {
			kept = t->len;
			t->missing = false;
		} else if (*one == ']') {
			t->len = t->missing ? kept : t->len;
			t->buf[t->len] = '\0';
		} else {
			add(t, one);
		}
	}
}

/* A name keeps its small letters where a sentence begins with it. */
static bool is_name(const char *text)
{
	size_t len = strcspn(text, " ");

	for (unsigned row = 0; row < n_calls; row++)
		if (strlen(calls[row].name) == len && !strncmp(calls[row].name, text, len))
			return true;
	return (len == 2 && !strncmp(text, "fd", len)) ||
	       (len == 5 && !strncmp(text, "epoll", len));
}

static void begin_sentence(char *text)
{
	if (!is_name(text))
		*text = toupper(*text);
}

static void add_part(struct text *t, const struct finding *f, enum finding_part part)
{
	const char *const parts[N_PARTS] = {[PART_SEEN] = f->rule->seen,
					    [PART_WHY] = f->rule->why,
					    [PART_CHANGE] = f->rule->change};
	char *begin;

	if (!parts[part])
		return;
	add(t, t->len ? " " : "");
	begin = t->buf + t->len;
	add_words(t, f, parts[part]);
	begin_sentence(begin);
}

const char *finding_part(const struct finding *f, enum finding_part part, char *buf, size_t size)
{
	struct text t = {.buf = buf, .size = size};

	*buf = '\0';
	add_part(&t, f, part);
	return buf;
}

void finding_words(struct finding *f)
{
	struct text t = {.buf = f->text, .size = sizeof(f->text)};

	for (unsigned part = 0; part < N_PARTS; part++)
		add_part(&t, f, part);
}

/* What stands for what a run has in its place. */
static void add_generic(struct text *t, const char *name, size_t len)
{
	static const struct {
		const char *name, *generic;
	} known[] = {
		{"subject", "fd N of process PID"},
		{"process", "process PID"},
		{"thread", "thread TID"},
		{"call", "CALL"},
		{"errno", "ERRNO"},
		{"events", "FLAGS"},
		{"unread", "N bytes unread"},
		{"signal", "SIGNAL"},
		{"detail", "..."},
	};
	const char *thing = memchr(name, ':', len);
	char part[48];

	for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i].name) == len && !strncmp(known[i].name, name, len)) {
			add(t, known[i].generic);
			return;
		}
	if (thing)
		snprintf(part, sizeof(part), "N %.*ss", (int)(name + len - thing - 1), thing + 1);
	else
		snprintf(part, sizeof(part), "%s",
			 len > 3 && !strncmp(name + len - 3, "_ns", 3) ? "TIME" : "N");
	add(t, part);
}

const char *rule_words(const char *words, char *buf, size_t size)
{
	struct text t = {.buf = buf, .size = size};

	*buf = '\0';
	for (const char *at = words; *at; at++) {
		const char one[2] = {*at, '\0'};

		if (*at == '{') {
			size_t len = strcspn(++at, "}");

			add_generic(&t, at, len);
			at += len;
		} else if (*at != '[' && *at != ']') {
			add(&t, one);
		}
	}
	begin_sentence(buf);
	return buf;
}
