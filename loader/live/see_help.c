// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The help: the keys, from their table, and the screens, from theirs. */
#include "see_help.h"

#include "keys.h"
#include "parts.h"
#include "screens.h"

#define SPLIT 74 /* columns that the keys take */

static void draw_screens(struct area a)
{
	for (unsigned i = 0; i < N_SCREENS; i++) {
		area_print(a, 1, i, STYLE_BOLD, "%u %s", i + 1, screens[i].name);
		area_put(a, 14, i, STYLE_PLAIN, screens[i].about);
	}
}

void draw_help(struct area a, const struct look *look)
{
	bool beside = a.width > SPLIT + 70;
	unsigned y = 0;

	draw_title(a, y++, "KEYS", "? or Esc leaves this page");
	for (unsigned i = 0; i < n_key_rows; i++) {
		if (!key_rows[i].keys || (key_rows[i].replay && !look->position))
			continue;
		area_put(a, 1, y, STYLE_BOLD, key_rows[i].keys);
		area_put(a, 24, y++, STYLE_PLAIN, key_rows[i].what);
	}
	if (beside)
		draw_screens(area_columns(area_rows(a, 1, a.height), SPLIT, a.width));
	else if (y + 1 < a.height)
		draw_screens(area_rows(a, y + 1, a.height));
}
