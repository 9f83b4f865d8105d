// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "page.h"

#include <stddef.h>

/* The contents of a file, with a NUL behind them. */
#define CARRY(id, file)                                                                            \
	__asm__(".pushsection .rodata\n"                                                           \
		"page_" #id ": .incbin \"loader/report/page/" file "\"\n"                          \
		".byte 0\n"                                                                        \
		".popsection\n");                                                                  \
	extern const char page_##id[];

CARRY(head, "head.html")
CARRY(style, "style.css")
CARRY(body, "body.html")
CARRY(words, "words.js")
CARRY(data, "data.js")
CARRY(lanes, "lanes.js")
CARRY(flows, "flows.js")
CARRY(tables, "tables.js")
CARRY(timeline, "timeline.js")
CARRY(charts, "charts.js")
CARRY(main, "main.js")

/* In the order in which they are read. */
static const char *const scripts[] = {page_words,  page_data,     page_lanes,  page_flows,
				      page_tables, page_timeline, page_charts, page_main};

void page_begin(FILE *out)
{
	fprintf(out, "%s<style>\n%s</style>\n%s", page_head, page_style, page_body);
}

void page_end(FILE *out)
{
	fputs("<script>\n\"use strict\";\n", out);
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
		fputs(scripts[i], out);
	fputs("</script>\n</body>\n</html>\n", out);
}
