// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "words.h"

#include <stdlib.h>
#include <string.h>

#include "visible.h"

#define N_PLACES (sizeof(((struct words *)NULL)->texts) / sizeof(char *))

/* FNV-1a */
static unsigned hash(const char *text)
{
	unsigned h = 2166136261;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 16777619;
	return h;
}

const char *words_keep(struct words *w, const char *text, size_t len)
{
	char raw[MAX_WORD + 1], seen[VISIBLE_SIZE(sizeof(raw))];
	unsigned at;

	len = len < MAX_WORD ? len : MAX_WORD;
	memcpy(raw, text, len);
	raw[len] = '\0';
	visible(raw, seen, sizeof(seen));
	for (at = hash(seen) % N_PLACES; w->texts[at]; at = (at + 1) % N_PLACES)
		if (!strcmp(w->texts[at], seen))
			return w->texts[at];
	if (w->n == MAX_KEPT_WORDS)
		return NULL;
	w->texts[at] = strdup(seen);
	w->n += w->texts[at] != NULL;
	return w->texts[at];
}

void words_free(struct words *w)
{
	for (unsigned i = 0; i < N_PLACES; i++)
		free(w->texts[i]);
}
