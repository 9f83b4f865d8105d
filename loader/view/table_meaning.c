// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The sentences at the end of the summary. */
#include "meaning.h"
#include "table.h"

void table_meaning(struct layout *l, const struct run_info *info, const struct snapshot *total,
		   const struct run_end *end)
{
	char sentences[MEANING_SENTENCES][MEANING_SIZE], seen[VISIBLE_SIZE(MEANING_SIZE)];
	unsigned n = meaning(total, end, sentences);

	if (!n && !info->look_at)
		return;
	lay(l, "\n%sWhat it meant%s\n", paint(l, BOLD), paint(l, PLAIN));
	for (unsigned i = 0; i < n; i++)
		lay(l, " %s\n", visible(sentences[i], seen, sizeof(seen)));
	if (info->look_at)
		lay(l, " Look at: %s.\n", info->look_at);
}
