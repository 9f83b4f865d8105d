// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "language.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"

static const struct language {
	const char *tag;
	const struct wording *words; /* NULL: those of the sources */
} languages[] = {
	{"en", NULL},
	{"zh", words_zh},
};
#define N_LANGUAGES (sizeof(languages) / sizeof(languages[0]))

static const struct language *chosen = &languages[0];

/* Whether a locale is of that language: "zh", "zh_CN.UTF-8"; not "zha". */
static bool is_of(const char *locale, const char *tag)
{
	size_t len = strlen(tag);

	return !strncmp(locale, tag, len) && (!locale[len] || strchr("_.@", locale[len]));
}

/* That of messages, as the environment has it. */
static const struct language *asked_for(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	const char *locale = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !(locale && *locale); i++)
		locale = getenv(names[i]);
	for (size_t i = 0; locale && i < N_LANGUAGES; i++)
		if (is_of(locale, languages[i].tag))
			return &languages[i];
	return &languages[0];
}

bool language_choose(const char *tag)
{
	size_t i = 0;

	while (tag && i < N_LANGUAGES && strcmp(languages[i].tag, tag))
		i++;
	if (i == N_LANGUAGES)
		return false;
	chosen = tag ? &languages[i] : asked_for();
	if (!chosen->words || layout_is_utf8())
		return true;
	if (tag)
		warnx("--lang %s: the locale does not use UTF-8, so the output is in English; set "
		      "LC_ALL=C.UTF-8",
		      tag);
	chosen = &languages[0];
	return true;
}

const char *language_tag(void)
{
	return chosen->words ? chosen->tag : NULL;
}

const char *tr(const char *english)
{
	for (const struct wording *w = chosen->words; w && w->english; w++)
		if (!strcmp(w->english, english))
			return w->local;
	return english;
}
