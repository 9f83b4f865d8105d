// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "tty.h"

#include <err.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>
#define NCURSES_NOMACROS
#include <curses.h>

#include "guard.h"
#include "keys.h"
#include "layout.h"
#include "terminfo.h"
#include "tty_styles.h"

#define ESCAPE_MS 25 /* that the rest of a key's sequence may be late */

static struct tty {
	bool taken;
	SCREEN *screen;
	FILE *written, *keys; /* by curses, into memory; what it reads */
	int in;               /* that keys come from */
	bool own_in;          /* opened here */
	bool utf8;
	struct guard guard;
	struct taken terminal;
	struct canvas shown; /* what is on the screen */
	char *locale;        /* as it was */
} tty = {.in = -1};

/* What curses has written so far goes to the output. */
static void hand_over(FILE *out)
{
	int fd = fileno(tty.written);
	char buf[4096];
	ssize_t n;

	for (off_t at = 0; (n = pread(fd, buf, sizeof(buf), at)) > 0; at += n)
		fwrite(buf, 1, n, out);
	if (ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET))
		warn("cannot empty what was drawn");
}

/* A locale that is not installed is judged by its name, as elsewhere. */
static void choose_locale(void)
{
	const char *before = setlocale(LC_CTYPE, NULL);

	tty.locale = before ? strdup(before) : NULL;
	setlocale(LC_CTYPE, layout_is_utf8() ? "" : "C");
	if (layout_is_utf8() && strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	tty.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
}

/* Keys come one by one and unseen; Ctrl-C and Ctrl-Z are signals as ever. */
static int set_terminal(void)
{
	struct taken *t = &tty.terminal;

	*t = (struct taken){.fd = tty.in, .leave = terminfo_leave()};
	if (tcgetattr(tty.in, &t->before)) {
		warn("cannot read the settings of the terminal");
		return -1;
	}
	t->ours = t->before;
	t->ours.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL);
	t->ours.c_cc[VMIN] = 1;
	t->ours.c_cc[VTIME] = 0;
	if (guard_start(&tty.guard, t))
		return -1;
	guard_tell(&tty.guard, true);
	tcsetattr(tty.in, TCSADRAIN, &t->ours);
	tcgetattr(tty.in, &t->ours);
	return 0;
}

/* Curses wants a terminal to set, and gets it for as long as it does so; what it writes does not go
 * there. */
static void believe(int fd, int memory)
{
	dup2(tty.in, fd);
	def_prog_mode();
	cbreak();
	noecho();
	nonl();
	dup2(memory, fd);
	close(memory);
}

static int open_keys(void)
{
	tty.own_in = !isatty(STDIN_FILENO);
	tty.in = tty.own_in ? open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY) : STDIN_FILENO;
	if (tty.in < 0)
		warn("cannot open the terminal for the keys");
	return tty.in < 0 ? -1 : 0;
}

static int open_screen(void)
{
	int memory = memfd_create("screen", MFD_CLOEXEC);
	int spare = memory < 0 ? -1 : fcntl(memory, F_DUPFD_CLOEXEC, 3);

	tty.written = spare < 0 ? NULL : fdopen(memory, "w+");
	tty.keys = fdopen(fcntl(tty.in, F_DUPFD_CLOEXEC, 3), "r");
	tty.screen = tty.written && tty.keys ? newterm(NULL, tty.written, tty.keys) : NULL;
	if (!tty.screen) {
		warnx("cannot show a screen on this terminal");
		return -1;
	}
	believe(memory, spare);
	set_escdelay(ESCAPE_MS);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	mouseinterval(0);
	mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	return 0;
}

int tty_open(FILE *out, bool color)
{
	choose_locale();
	if (open_keys())
		return -1;
	if (set_terminal())
		return -1;
	if (open_screen()) {
		tty_close(out);
		return -1;
	}
	tcsetattr(tty.in, TCSADRAIN, &tty.terminal.ours); /* curses has set more */
	styles_begin(color);
	tty.taken = true;
	return 0;
}

void tty_close(FILE *out)
{
	if (tty.screen) {
		endwin();
		hand_over(out);
		delscreen(tty.screen);
	}
	if (tty.written)
		fclose(tty.written);
	if (tty.keys)
		fclose(tty.keys);
	canvas_free(&tty.shown);
	fflush(out);
	taken_restore(&tty.terminal);
	guard_end(&tty.guard);
	if (tty.locale)
		setlocale(LC_CTYPE, tty.locale);
	free(tty.locale);
	if (tty.own_in)
		close(tty.in);
	tty = (struct tty){.in = -1};
}

void tty_leave(FILE *out)
{
	if (!tty.taken)
		return;
	endwin();
	hand_over(out);
	taken_restore(&tty.terminal);
	guard_tell(&tty.guard, false);
}

void tty_return(FILE *out)
{
	if (!tty.taken)
		return;
	guard_tell(&tty.guard, true);
	tcsetattr(tty.in, TCSADRAIN, &tty.terminal.ours);
	tty_forget();
	wrefresh(stdscr);
	hand_over(out);
}

bool tty_utf8(void)
{
	return tty.utf8;
}

void tty_size(unsigned *width, unsigned *height)
{
	struct winsize size = {0};

	if (ioctl(tty.in, TIOCGWINSZ, &size) || !size.ws_col || !size.ws_row)
		size = (struct winsize){.ws_col = COLS, .ws_row = LINES};
	*width = size.ws_col;
	*height = size.ws_row;
}

void tty_forget(void)
{
	canvas_free(&tty.shown);
	clearok(stdscr, TRUE);
}

/* Curses has widths of its own: what it sees as wider or narrower would push the row about. */
static const char *agreed(const struct cell *c)
{
	wchar_t character;
	mbstate_t state = {0};
	size_t len = mbrtowc(&character, c->text, strlen(c->text), &state);

	if (len == (size_t)-1 || len == (size_t)-2 || wcwidth(character) != c->columns)
		return c->columns == 2 ? "??" : "?";
	return c->text;
}

void tty_show(FILE *out, const struct canvas *c)
{
	bool anew =
		!tty.shown.cells || tty.shown.width != c->width || tty.shown.height != c->height;
	size_t n = (size_t)c->width * c->height;

	if (anew && !canvas_begin(&tty.shown, c->width, c->height))
		return;
	if (anew && (COLS != (int)c->width || LINES != (int)c->height))
		resizeterm((int)c->height, (int)c->width);
	for (size_t i = 0; i < n; i++) {
		const struct cell *cell = &c->cells[i];

		if (!anew && !memcmp(cell, &tty.shown.cells[i], sizeof(*cell)))
			continue;
		tty.shown.cells[i] = *cell;
		if (!cell->columns)
			continue;
		styles_set(cell->style);
		mvaddstr((int)(i / c->width), (int)(i % c->width), agreed(cell));
	}
	wrefresh(stdscr);
	hand_over(out);
}

int tty_keys(void)
{
	return tty.taken ? tty.in : -1;
}

static const struct {
	int curses, press;
} presses[] = {
	{'\r', PRESS_ENTER},
	{'\n', PRESS_ENTER},
	{KEY_ENTER, PRESS_ENTER},
	{033, PRESS_ESCAPE},
	{'\t', PRESS_TAB},
	{KEY_BTAB, PRESS_BACK_TAB},
	{KEY_UP, PRESS_UP},
	{KEY_DOWN, PRESS_DOWN},
	{KEY_LEFT, PRESS_LEFT},
	{KEY_RIGHT, PRESS_RIGHT},
	{KEY_HOME, PRESS_HOME},
	{KEY_END, PRESS_END},
	{KEY_PPAGE, PRESS_PAGE_UP},
	{KEY_NPAGE, PRESS_PAGE_DOWN},
	{KEY_BACKSPACE, PRESS_ERASE},
	{0177, PRESS_ERASE},
	{'\b', PRESS_ERASE},
	{KEY_F(1), PRESS_HELP},
	{KEY_F(10), PRESS_QUIT},
	{'L' & 037, PRESS_AGAIN},
};

static int mouse_press(int *x, int *y)
{
	MEVENT event;

	if (getmouse(&event) != OK)
		return PRESS_AGAIN;
	if (event.bstate & BUTTON4_PRESSED)
		return PRESS_UP;
	if (event.bstate & BUTTON5_PRESSED)
		return PRESS_DOWN;
	*x = event.x;
	*y = event.y;
	return PRESS_ENTER;
}

int tty_read(int *x, int *y)
{
	int key;

	*x = -1;
	while ((key = wgetch(stdscr)) != ERR) {
		if (key == KEY_MOUSE)
			return mouse_press(x, y);
		for (size_t i = 0; i < sizeof(presses) / sizeof(presses[0]); i++)
			if (presses[i].curses == key)
				return presses[i].press;
		if (key >= ' ' && key < 0177)
			return key;
	}
	return PRESS_NONE;
}
