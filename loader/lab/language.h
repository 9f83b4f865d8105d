/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The language of the course: of its lessons, and of what `lab` says itself. */
#ifndef WAKELAB_LANGUAGE_H
#define WAKELAB_LANGUAGE_H

#include <stdbool.h>

/* What is said in English, and the same in another language; a table of these ends with {0}. */
struct wording {
	const char *english, *local;
};

extern const struct wording words_zh[];

/*
 * Chooses the language of that tag, "en" or "zh"; if tag is NULL the one that the environment asks
 * for (LC_ALL, LC_MESSAGES, LANG), else English. Where the locale is not one of UTF-8 it is English
 * in any case, after one line on stderr if another was asked for by its tag. False: there is no
 * such language.
 */
bool language_choose(const char *tag);

/* The tag of a language for the names of files, "zh"; NULL: it is English, which has none. */
const char *language_tag(void);

/* What is said in English, in the language that was chosen; as it is, if there are no words for it.
 * Formats keep their conversions. */
__attribute__((format_arg(1))) const char *tr(const char *english);

#endif
