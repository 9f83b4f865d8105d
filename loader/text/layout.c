// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "layout.h"

#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ITEM_END       " ·"
#define ITEM_END_ASCII ","
#define COMMAND_INDENT 6 /* of a command's further lines */

/* What our own lines are made of, and what stands for it where the locale does not have it. The
 * first that fits is taken. */
static const struct stand_in {
	const char *text, *ascii;
} stand_ins[] = {
	{ITEM_END, ITEM_END_ASCII},
	{"·", "."},
	{"│", "|"},
	{"┤", "+"},
	{"└", "+"},
	{"─", "-"},
	{"×", "x"},
	{"÷", "/"},
};
#define N_STAND_INS (sizeof(stand_ins) / sizeof(stand_ins[0]))

unsigned layout_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	long width = 0;

	if (isatty(fd) && !ioctl(fd, TIOCGWINSZ, &size))
		width = size.ws_col;
	if (!width && columns)
		width = strtol(columns, NULL, 10);
	if (width <= 0)
		width = WIDTH_USUAL;
	return width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width;
}

static bool is_dumb(void)
{
	const char *term = getenv("TERM");

	return term && !strcmp(term, "dumb");
}

unsigned layout_rows(int fd)
{
	struct winsize size;

	if (is_dumb() || !isatty(fd) || ioctl(fd, TIOCGWINSZ, &size))
		return 0;
	return size.ws_row;
}

bool layout_may_color(int fd)
{
	return isatty(fd) && !getenv("NO_COLOR") && !is_dumb();
}

/* A locale that is not installed is judged by its name. */
bool layout_is_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	locale_t locale = newlocale(LC_CTYPE_MASK, "", 0);
	const char *name = NULL;
	bool utf8;

	if (locale) {
		utf8 = !strcmp(nl_langinfo_l(CODESET, locale), "UTF-8");
		freelocale(locale);
		return utf8;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !(name && *name); i++)
		name = getenv(names[i]);
	return name && (strcasestr(name, ".utf-8") || strcasestr(name, ".utf8"));
}

void layout_begin(struct layout *l, FILE *out, int fd, bool color)
{
	*l = (struct layout){.out = out,
			     .width = layout_width(fd),
			     .rows = layout_rows(fd),
			     .utf8 = layout_is_utf8(),
			     .color = color};
}

/* In ASCII: our own marks by their stand-ins; of a name, bytes as visible() shows them. */
static void to_ascii(const char *line, char *to, size_t size)
{
	size_t at = 0;

	while (*line && at + 5 < size) {
		size_t i = 0;

		while (i < N_STAND_INS &&
		       strncmp(line, stand_ins[i].text, strlen(stand_ins[i].text)))
			i++;
		if (i < N_STAND_INS) {
			at += sprintf(to + at, "%s", stand_ins[i].ascii);
			line += strlen(stand_ins[i].text);
		} else {
			at += sprintf(to + at, *line & 0x80 ? "\\x%02x" : "%c",
				      (unsigned char)*line);
			line++;
		}
	}
	to[at] = '\0';
}

/* Where the lines of one long line stand. */
struct broken {
	struct layout *l;
	unsigned at, indent;
	unsigned spaces; /* of those columns, the last, that are not printed yet: no line ends in
			    some */
	bool fresh;      /* nothing stands in the line yet behind its indent */
};

/* For what takes so many columns: further left, if it is not to be cut. */
static void next_line(struct broken *b, unsigned columns)
{
	unsigned room = columns <= b->l->width ? b->l->width - columns : b->indent;

	if (b->at > b->spaces)
		fputc('\n', b->l->out);
	b->at = b->spaces = room < b->indent ? room : b->indent;
	b->fresh = true;
}

static void put_piece(struct broken *b, const char *text, size_t len)
{
	fprintf(b->l->out, "%*s", (int)b->spaces, "");
	fwrite(text, 1, len, b->l->out);
	b->at += columns_in(text, len);
	b->spaces = 0;
	b->fresh = false;
}

static void put_spaces(struct broken *b, unsigned n)
{
	b->at += n;
	b->spaces += n;
}

/* The spaces before what takes so many columns, or a new line if there is no room for it. */
static void make_room(struct broken *b, unsigned spaces, unsigned columns)
{
	if (b->fresh)
		spaces = 0;
	if (b->at + spaces + columns > b->l->width &&
	    (!b->fresh || b->at > b->indent || columns <= b->l->width))
		next_line(b, columns);
	else
		put_spaces(b, spaces);
}

/* A word that is wider than a line: as much of it as a line holds, in each. */
static void put_cut(struct broken *b, const char *text, size_t len)
{
	unsigned columns;

	for (size_t at = 0, n; at < len; at += n) {
		n = character(text + at, &columns);
		if (b->at + columns > b->l->width)
			next_line(b, columns);
		put_piece(b, text + at, n);
	}
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Whether the space at text + at is within a number: "12 345", "5 %". */
static bool within_number(const char *text, size_t at)
{
	const char *next = text + at + 1;

	if (!at || !is_digit(text[at - 1]))
		return false;
	return *next == '%' ||
	       (is_digit(next[0]) && is_digit(next[1]) && is_digit(next[2]) && !is_digit(next[3]));
}

/* Bytes of the word that text begins with, at most len: what is not to be broken. */
static size_t word_length(const char *text, size_t len)
{
	const char *last = NULL; /* character that is seen */
	size_t at = 0;

	while (at < len && (text[at] != ' ' || within_number(text, at))) {
		unsigned columns;
		size_t next = character(text + at, &columns);

		if (columns && last && may_part(last, text + at))
			break;
		if (columns)
			last = text + at;
		at += next;
	}
	return at;
}

/* An item that is wider than a line. */
static void put_words(struct broken *b, const char *text, size_t len, unsigned spaces)
{
	while (len) {
		size_t word = word_length(text, len), next = word;
		unsigned columns = columns_in(text, word);

		make_room(b, spaces, columns);
		if (b->at + columns > b->l->width)
			put_cut(b, text, word);
		else
			put_piece(b, text, word);
		while (next < len && text[next] == ' ')
			next++;
		spaces = next > word;
		text += next;
		len -= next;
	}
}

/* An item ends behind its mark, or before two spaces. */
static size_t item_length(const char *text, const char *mark)
{
	size_t mark_len = strlen(mark), len = 0;

	for (; text[len]; len++) {
		if (!strncmp(text + len, "  ", 2))
			return len;
		if (!strncmp(text + len, mark, mark_len) && text[len + mark_len] == ' ')
			return len + mark_len;
	}
	return len;
}

static void put_items(struct broken *b, const char *text)
{
	unsigned spaces = 0;

	while (*text) {
		size_t len = item_length(text, b->l->utf8 ? ITEM_END : ITEM_END_ASCII);
		unsigned columns = columns_in(text, len);

		if (b->indent + columns > b->l->width) {
			put_words(b, text, len, spaces);
		} else {
			make_room(b, spaces, columns);
			put_piece(b, text, len);
		}
		text += len;
		spaces = strspn(text, " ");
		text += spaces;
	}
}

/* What stands before the place that the lines hang on is never broken, unless it is too wide. */
static void put_broken(struct layout *l, const char *line, size_t head, unsigned indent)
{
	struct broken b = {.l = l, .fresh = true};
	unsigned most = l->width * 2 / 3;
	size_t text = head;

	b.indent = indent < most ? indent : most;
	if (columns_in(line, head) < l->width) {
		while (text && line[text - 1] == ' ')
			text--;
		if (text)
			put_piece(&b, line, text);
		put_spaces(&b, head - text);
		b.fresh = true;
		line += head;
	}
	put_items(&b, line);
}

static void put_line(struct layout *l, char *line)
{
	char ascii[4 * sizeof(l->line)] = "";
	size_t len = strlen(line), head;
	char *hang;

	while (len && strchr(" " HANG, line[len - 1]))
		line[--len] = '\0';
	if (!l->utf8) {
		to_ascii(line, ascii, sizeof(ascii));
		line = ascii;
	}
	hang = strchr(line, *HANG);
	if (hang)
		memmove(hang, hang + 1, strlen(hang));
	head = hang ? (size_t)(hang - line) : strspn(line, " ");
	if (columns_of(line) <= l->width)
		fputs(line, l->out);
	else
		put_broken(l, line, head, hang ? columns_in(line, head) : head + 2);
	fputc('\n', l->out);
}

void lay(struct layout *l, const char *format, ...)
{
	char *end;
	va_list args;

	va_start(args, format);
	vsnprintf(l->line + l->len, sizeof(l->line) - l->len, format, args);
	va_end(args);
	while ((end = strchr(l->line, '\n'))) {
		*end = '\0';
		put_line(l, l->line);
		memmove(l->line, end + 1, strlen(end + 1) + 1);
	}
	l->len = strlen(l->line);
}

void lay_command(struct layout *l, const char *before, const char *const *words)
{
	unsigned at = columns_of(before);

	lay(l, "%s", before);
	for (; *words; words++) {
		unsigned wide = columns_of(*words) + 1;

		/* room for what follows it: " \\" */
		if (at + wide + (words[1] ? 2 : 0) > l->width && at > COMMAND_INDENT) {
			lay(l, " \\\n%*s", COMMAND_INDENT, "");
			at = COMMAND_INDENT;
		}
		lay(l, " %s", *words);
		at += wide;
	}
	lay(l, "\n");
}
