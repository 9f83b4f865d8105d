// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The sentences at the end of the summary. */
#include <ctype.h>
#include <string.h>

#include "meaning.h"
#include "table.h"

#define COLUMNS 100
#define INDENT  2 /* of the lines after the first */

static unsigned columns_of(const char *text, size_t len)
{
	unsigned n = 0;

	for (size_t i = 0; i < len; i++)
		n += (text[i] & 0xc0) != 0x80; /* UTF-8: all but what continues a character */
	return n;
}

/* How long the next word is; the groups of a number, "1 000", are one word. */
static size_t word_len(const char *text)
{
	size_t len = strcspn(text, " ");

	while (len && isdigit(text[len - 1]) && text[len] && isdigit(text[len + 1]))
		len += 1 + strcspn(text + len + 1, " ");
	return len;
}

/* One sentence, in lines of at most COLUMNS, broken between words. */
static void print_sentence(FILE *out, const char *text)
{
	unsigned at = 0;

	while (*text) {
		size_t len = word_len(text);
		unsigned width = columns_of(text, len);

		if (at && at + 1 + width > COLUMNS) {
			fprintf(out, "\n%*s", INDENT, "");
			at = INDENT;
		} else {
			fputc(' ', out);
			at++;
		}
		fprintf(out, "%.*s", (int)len, text);
		at += width;
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

void table_meaning(FILE *out, const struct run_info *info, const struct snapshot *total,
		   const struct run_end *end)
{
	char sentences[MEANING_SENTENCES][MEANING_SIZE], seen[VISIBLE_SIZE(MEANING_SIZE)];
	unsigned n = meaning(total, end, sentences);

	if (!n && !info->look_at)
		return;
	fprintf(out, "\n%sWhat it meant%s\n", paint(info, BOLD), paint(info, PLAIN));
	for (unsigned i = 0; i < n; i++)
		print_sentence(out, visible(sentences[i], seen, sizeof(seen)));
	if (!info->look_at)
		return;
	snprintf(seen, sizeof(seen), "Look at: %s.", info->look_at);
	print_sentence(out, seen);
}
