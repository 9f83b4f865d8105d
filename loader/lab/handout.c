// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "handout.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "visible.h"

#define LINE      800                       /* bytes; a longer one is parted */
#define PARAGRAPH (VISIBLE_SIZE(LINE) + 64) /* the same */

struct page {
	struct layout *l;
	char paragraph[PARAGRAPH]; /* so far, on one line */
	size_t len;
	bool code;    /* in a fenced block */
	bool heading; /* the paragraph is one */
	bool begun;   /* something stands on the page */
	bool gap;     /* an empty line is due */
};

/* The mark at the beginning of a text that turns bold on and off; its length, 0: there is none. */
static size_t mark_length(const char *text)
{
	return *text == '`' ? 1 : !strncmp(text, "**", 2) ? 2 : 0;
}

static void put_text(struct layout *l, const char *text, bool bold)
{
	bool now = bold;

	lay(l, "%s", bold ? paint(l, BOLD) : "");
	for (size_t len, mark; *text; text += len) {
		mark = len = mark_length(text);
		if (mark) {
			now = !now;
			lay(l, "%s", paint(l, now || bold ? BOLD : PLAIN));
			continue;
		}
		while (text[len] && !mark_length(text + len))
			len++;
		lay(l, "%.*s", (int)len, text);
	}
	lay(l, "%s", paint(l, PLAIN));
}

/* Bytes of the mark that an item begins with, "- " or "12. "; 0: it is none. */
static size_t item_mark(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (digits)
		return strncmp(text + digits, ". ", 2) ? 0 : digits + 2;
	return strncmp(text, "- ", 2) ? 0 : 2;
}

static void put_gap(struct page *p)
{
	if (p->gap && p->begun)
		lay(p->l, "\n");
	p->gap = false;
	p->begun = true;
}

static void end_paragraph(struct page *p)
{
	size_t mark = item_mark(p->paragraph);

	if (!p->len)
		return;
	put_gap(p);
	lay(p->l, "%.*s" HANG, (int)mark, p->paragraph);
	put_text(p->l, p->paragraph + mark, p->heading);
	lay(p->l, "\n");
	p->len = 0;
	p->paragraph[0] = '\0';
	p->heading = false;
}

static void add_to_paragraph(struct page *p, const char *line)
{
	if (p->len + strlen(line) + 2 > sizeof(p->paragraph))
		end_paragraph(p);
	p->len += snprintf(p->paragraph + p->len, sizeof(p->paragraph) - p->len, "%s%s",
			   p->len ? " " : "", line);
}

static void take_code(struct page *p, const char *line)
{
	p->code = strncmp(line, "```", 3) != 0;
	if (p->code)
		lay(p->l, "  %s\n", line);
	else
		p->gap = true;
}

static void take_line(struct page *p, const char *line)
{
	const char *text = line + strspn(line, " ");
	size_t hashes = strspn(text, "#");

	if (p->code) {
		take_code(p, line);
		return;
	}
	if (!*text || hashes || item_mark(text) || !strncmp(text, "```", 3))
		end_paragraph(p);
	if (!*text || hashes)
		p->gap = true;
	if (!strncmp(text, "```", 3)) {
		put_gap(p);
		p->code = true;
	} else if (strncmp(text, "<!--", 4) != 0) {
		p->heading = p->heading || hashes;
		add_to_paragraph(p, hashes ? text + hashes + strspn(text + hashes, " ") : text);
	}
	if (hashes)
		end_paragraph(p);
}

void handout_show(FILE *handout, struct layout *l)
{
	struct page p = {.l = l};
	char line[LINE], seen[VISIBLE_SIZE(LINE)];

	while (fgets(line, sizeof(line), handout)) {
		line[strcspn(line, "\n")] = '\0';
		take_line(&p, visible(line, seen, sizeof(seen)));
	}
	end_paragraph(&p);
}
