/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What a comparison shows on the screen, as a function of what is known. */
#ifndef WAKELAB_COMPARE_PAGE_H
#define WAKELAB_COMPARE_PAGE_H

#include "compare_view.h"
#include "layout.h"

/* The table of one count of connections: a row a metric, a column a subject, the head again where
 * the rows are many; progress says how far it is. Below it what is to be known of the counts. */
void compare_page(struct layout *l, const struct compare_info *info, const struct comparison *c,
		  const char *progress);

/* The table of a list of counts, a row each; the counts that are yet to come are left out. */
void growth_page(struct layout *l, const struct compare_info *info, const char *progress);

/* Why some of its cells are empty, or not to be compared. */
void growth_notes(struct layout *l, const struct growth *g);

#endif
