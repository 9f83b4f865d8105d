// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "canvas.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "characters.h"

#define TEXT_SIZE 2048

/* What stands for a character where the locale has ASCII alone. */
static const struct {
	const char *character, ascii;
} stand_ins[] = {
	{"·", '-'}, {"─", '-'}, {"│", '|'}, {"┤", '|'}, {"└", '+'}, {"▶", '>'}, {"→", '>'},
	{"←", '<'}, {"↑", '^'}, {"↓", 'v'}, {"…", '~'}, {"×", 'x'}, {"█", '#'}, {"▓", '%'},
	{"▒", '='}, {"░", '.'}, {"╳", 'x'}, {"▁", '_'}, {"▂", '.'}, {"▃", ':'}, {"▄", '-'},
	{"▅", '='}, {"▆", '+'}, {"▇", '*'}, {"▉", '#'}, {"▊", '#'}, {"▋", '#'}, {"▌", '#'},
	{"▍", '|'}, {"▎", '|'}, {"▏", '|'}, {"▕", '|'}, {"▲", '^'}, {"▼", 'v'},
};

bool canvas_begin(struct canvas *c, unsigned width, unsigned height)
{
	size_t n = (size_t)width * height;

	if (!c->cells || width != c->width || height != c->height) {
		free(c->cells);
		c->cells = calloc(n ? n : 1, sizeof(*c->cells));
		c->width = c->cells ? width : 0;
		c->height = c->cells ? height : 0;
	}
	if (!c->cells)
		return false;
	for (size_t i = 0; i < n; i++)
		c->cells[i] = (struct cell){.text = " ", .columns = 1};
	return true;
}

void canvas_free(struct canvas *c)
{
	free(c->cells);
	c->cells = NULL;
}

struct area canvas_area(struct canvas *c)
{
	return (struct area){.on = c, .width = c->width, .height = c->height};
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

struct area area_rows(struct area a, unsigned from, unsigned rows)
{
	from = least(from, a.height);
	a.y += from;
	a.height = least(rows, a.height - from);
	return a;
}

struct area area_columns(struct area a, unsigned from, unsigned columns)
{
	from = least(from, a.width);
	a.x += from;
	a.width = least(columns, a.width - from);
	return a;
}

static struct cell *cell_at(struct area a, unsigned x, unsigned y)
{
	return &a.on->cells[(size_t)(a.y + y) * a.on->width + a.x + x];
}

static char ascii_of(const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof(stand_ins) / sizeof(stand_ins[0]); i++)
		if (strlen(stand_ins[i].character) == len &&
		    !memcmp(stand_ins[i].character, text, len))
			return stand_ins[i].ascii;
	return '?';
}

/* What combines with the character before it joins that one's cell, where there is room. */
static void combine(struct area a, unsigned x, unsigned y, const char *text, size_t len)
{
	struct cell *c = x ? cell_at(a, x - 1, y) : NULL;
	size_t had;

	if (c && !c->columns && x > 1)
		c = cell_at(a, x - 2, y);
	if (!c || !a.on->utf8)
		return;
	had = strlen(c->text);
	if (had + len < sizeof(c->text))
		snprintf(c->text + had, sizeof(c->text) - had, "%.*s", (int)len, text);
}

/* One character; gives the column behind it. */
static unsigned put_one(struct area a, unsigned x, unsigned y, enum style style, const char *text,
			size_t len, unsigned columns)
{
	struct cell *c = cell_at(a, x, y);

	if (!columns) {
		combine(a, x, y, text, len);
		return x;
	}
	*c = (struct cell){.style = style, .columns = columns};
	if (a.on->utf8 || len == 1) {
		memcpy(c->text, text, len < CELL_TEXT ? len : CELL_TEXT - 1);
	} else {
		c->text[0] = ascii_of(text, len);
		c->columns = 1;
		columns = 1;
	}
	if (columns == 2)
		c[1] = (struct cell){.style = style};
	return x + columns;
}

unsigned area_put(struct area a, unsigned x, unsigned y, enum style style, const char *text)
{
	if (y >= a.height)
		return x;
	while (*text) {
		unsigned columns;
		size_t len = character(text, &columns);

		if (columns && x + columns > a.width)
			break;
		x = put_one(a, x, y, style, text, len, columns);
		text += len;
	}
	return x;
}

unsigned area_print(struct area a, unsigned x, unsigned y, enum style style, const char *format,
		    ...)
{
	char text[TEXT_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return area_put(a, x, y, style, text);
}

void area_fit(struct area a, unsigned x, unsigned y, unsigned width, enum style style, bool right,
	      const char *text)
{
	struct area part = area_columns(a, x, width);
	unsigned columns = columns_of(text);

	if (!part.width)
		return;
	if (columns <= part.width) {
		area_put(part, right ? part.width - columns : 0, y, style, text);
		return;
	}
	area_put(area_columns(part, 0, part.width - 1), 0, y, style, text);
	area_put(part, part.width - 1, y, style, "…");
}

/* How many bytes of a text make up a row of so many columns, broken between words where it can. */
static size_t row_of(const char *text, unsigned width)
{
	size_t at = 0, end = 0;
	unsigned x = 0;

	while (text[at]) {
		unsigned columns;
		size_t len = character(text + at, &columns);

		if (text[at] == ' ')
			end = at;
		if (x + columns > width)
			return end ? end : at ? at : len;
		x += columns;
		at += len;
	}
	return at;
}

unsigned area_wrap(struct area a, unsigned x, unsigned y, enum style style, const char *text)
{
	char row[TEXT_SIZE];
	unsigned n = 0;

	while (*text && y + n < a.height && x < a.width) {
		size_t len = row_of(text, a.width - x);

		if (y + n + 1 == a.height)
			len = strlen(text); /* all that is left, to be cut */
		snprintf(row, sizeof(row), "%.*s", (int)len, text);
		area_fit(a, x, y + n, a.width - x, style, false, row);
		text += len;
		text += strspn(text, " ");
		n++;
	}
	return n;
}

void area_paint(struct area a, unsigned x, unsigned y, unsigned columns, enum style style)
{
	for (unsigned i = x; y < a.height && i < a.width && i < x + columns; i++)
		cell_at(a, i, y)->style = style;
}

void area_rule(struct area a, unsigned y, enum style style)
{
	for (unsigned x = 0; x < a.width; x++)
		area_put(a, x, y, style, "─");
}

void canvas_write(const struct canvas *c, FILE *out)
{
	for (unsigned y = 0; y < c->height; y++) {
		const struct cell *row = &c->cells[(size_t)y * c->width];
		unsigned end = c->width;

		while (end && !strcmp(row[end - 1].text, " "))
			end--;
		for (unsigned x = 0; x < end; x++)
			fputs(row[x].text, out);
		fputc('\n', out);
	}
}
