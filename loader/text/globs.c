// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "globs.h"

#include <stdbool.h>
#include <string.h>

/* The characters that a place takes. */
struct set {
	bool has[256];
};

static void set_add(struct set *set, unsigned char from, unsigned char to)
{
	for (unsigned c = from; c <= to; c++)
		set->has[c] = true;
}

static void set_turn(struct set *set)
{
	for (unsigned c = 0; c < 256; c++)
		set->has[c] = !set->has[c];
}

/* The ] that ends what begins behind a [; NULL: there is none. One that comes first is a character
 * of the set. */
static const char *end_of_set(const char *at)
{
	at += *at == '!' || *at == '^';
	return *at ? strchr(at + 1, ']') : NULL;
}

/* Reads a set from behind its [; gives what is behind its ]. */
static const char *read_set(const char *at, const char *end, struct set *set)
{
	bool others = *at == '!' || *at == '^';

	for (at += others; at < end; at++) {
		bool range = at + 2 < end && at[1] == '-';

		set_add(set, (unsigned char)*at, (unsigned char)(range ? at[2] : *at));
		at += range ? 2 : 0;
	}
	if (others)
		set_turn(set);
	return end + 1;
}

/* Reads what one place takes; gives what is behind it. */
static const char *read_place(const char *at, struct set *set)
{
	const char *end = *at == '[' ? end_of_set(at + 1) : NULL;

	if (end)
		return read_set(at + 1, end, set);
	if (*at == '?') {
		set_turn(set);
		return at + 1;
	}
	at += *at == '\\' && at[1];
	set_add(set, (unsigned char)*at, (unsigned char)*at);
	return at + 1;
}

const char *glob_make(struct name_glob *glob, const char *pattern)
{
	unsigned place = 0, taken = 0;

	*glob = (struct name_glob){0};
	for (const char *at = pattern; *at;) {
		struct set set = {{false}};

		if (place == GLOB_PLACES)
			return "must be a shorter pattern";
		if (*at == '*') {
			glob->stars |= 1u << place++;
			at += strspn(at, "*");
			continue;
		}
		at = read_place(at, &set);
		for (unsigned c = 1; c < 256; c++)
			glob->of[c] |= (unsigned)set.has[c] << place;
		place++;
		taken++;
	}
	glob->end = 1u << place;
	if (!place)
		return "must name a process";
	return taken < NAME_LEN ? NULL
				: "must have at most 15 characters, as the kernel's names have";
}
