// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "tabs.h"

#include <string.h>

#include "format.h"
#include "screens.h"

#define QUIT_ROOM 15 /* columns of the keys behind the names */

/* " 6 Findings: 2 " */
static const char *tab_text(const struct model *m, unsigned screen)
{
	char *buf = format_buffer();

	if (screen == SCREEN_FINDINGS && m->n_found)
		snprintf(buf, FORMAT_SIZE, " %u %s: %u ", screen + 1, screens[screen].name,
			 m->n_found);
	else
		snprintf(buf, FORMAT_SIZE, " %u %s ", screen + 1, screens[screen].name);
	return buf;
}

static enum style tab_style(const struct model *m, const struct look *look, unsigned screen)
{
	if (screen == look->screen)
		return STYLE_TAB;
	if (screen != SCREEN_FINDINGS || !m->n_found)
		return STYLE_PLAIN;
	return m->n_wrong ? STYLE_WRONG : STYLE_NOTE;
}

void draw_tabs(struct area a, const struct model *m, const struct look *look)
{
	unsigned x = 0, room;

	area_rule(a, 0, STYLE_DIM);
	for (unsigned i = 0; i < N_SCREENS; i++)
		x = area_put(a, x, 0, tab_style(m, look, i), tab_text(m, i));
	room = a.width - x > QUIT_ROOM ? QUIT_ROOM + 1 : 8;
	area_put(a, a.width - room, 0, STYLE_PLAIN, room > 8 ? " ? help  q quit " : " ? help ");
}

int screen_at(const struct model *m, unsigned x, unsigned y)
{
	unsigned end = 0;

	for (unsigned i = 0; y == TABS_ROW && i < N_SCREENS; i++) {
		end += (unsigned)strlen(tab_text(m, i));
		if (x < end)
			return (int)i;
	}
	return -1;
}
