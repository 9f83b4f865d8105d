// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What was found: at the end of the summary, and as soon as it is certain. */
#include "finding.h"
#include "table.h"

#define SHOWN_FINDINGS 3 /* without --all-findings */

static void print_finding(struct layout *l, const struct finding *f)
{
	char seen[VISIBLE_SIZE(FINDING_TEXT)];
	const char *cause = f->rule->cause;
	bool wrong = f->rule->weight == WRONG;

	lay(l, " %s%s%s%s%s  " HANG "%s", paint(l, wrong ? RED : BOLD), f->rule->id,
	    *cause ? ":" : "", cause, paint(l, PLAIN), visible(f->text, seen, sizeof(seen)));
	if (f->more)
		lay(l, " And %u more like it.", f->more);
	lay(l, "\n");
}

static void print_findings(struct layout *l, const struct run_info *info,
			   const struct finding *findings, unsigned n)
{
	unsigned shown = info->all_findings ? n : rows_kept(n, SHOWN_FINDINGS);

	for (unsigned i = 0; i < shown; i++)
		print_finding(l, &findings[i]);
	if (n > shown)
		lay(l, " %u more: --all-findings\n", n - shown);
}

void table_findings(struct layout *l, const struct run_info *info, const struct snapshot *total,
		    const struct run_end *end)
{
	static struct finding findings[MAX_FINDINGS];
	unsigned n = findings_find(total, end, findings, MAX_FINDINGS);
	char none[FINDING_TEXT];
	bool fine = findings_none(total, end, n, none, sizeof(none));

	if (!n && !fine && !info->look_at)
		return;
	lay(l, "\n%sFindings%s\n", paint(l, BOLD), paint(l, PLAIN));
	print_findings(l, info, findings, n);
	if (fine)
		lay(l, " %s\n", none);
	if (info->look_at)
		lay(l, " Expected in this output: %s.\n", info->look_at);
}

void table_finding(FILE *out, const struct run_info *info, const struct finding *finding,
		   __u64 elapsed_ns)
{
	struct layout l;

	if (finding->rule->warned)
		return;
	layout_begin(&l, out, info->fd, info->color);
	lay(&l, "%sFOUND at %.3fs%s:", paint(&l, RED), elapsed_ns / 1e9, paint(&l, PLAIN));
	print_finding(&l, finding);
}
