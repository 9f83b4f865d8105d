// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What tracing itself took. */
#include "format.h"
#include "table.h"

#define MAPS_SHOWN 6

static const char *known(__u64 value, const char *(*format)(__u64 value))
{
	return value == SELF_UNKNOWN ? "-" : format(value);
}

static void print_program(struct layout *l, const struct grid *g, const char *name,
			  const struct self_program *p)
{
	bool ran = p->runs != SELF_UNKNOWN && p->runs;
	const char *cells[] = {name, known(p->runs, format_count), known(p->ns, format_ns),
			       ran ? format_ns(p->ns / p->runs) : "-",
			       known(p->missed, format_count)};

	grid_row(l, g, cells);
}

/* The hook; and its programs, where it has several. */
static void print_hook(struct layout *l, const struct grid *g, const struct self_program *programs,
		       unsigned n)
{
	const struct self_program sum = self_programs(programs, n);
	char name[64];

	snprintf(name, sizeof(name), " %s", sum.what);
	print_program(l, g, name, &sum);
	for (unsigned i = 0; n > 1 && i < n; i++) {
		snprintf(name, sizeof(name), "   %s", programs[i].name);
		print_program(l, g, name, &programs[i]);
	}
}

static void print_programs(struct layout *l, const struct self *self)
{
	static const struct column columns[] = {
		{.title = "overhead of tracing", .least = 26, .most = 48, .left = true},
		{.title = "runs", .least = 7, .most = 12},
		{.title = "total", .least = 7, .most = 8},
		{.title = "per run", .least = 6, .most = 8, .rank = 1},
		{.title = "skipped", .least = 7, .most = 9, .rank = 2},
	};
	const struct self_program all = self_programs(self->programs, self->n_programs);
	struct grid g;

	grid_fit(&g, l, columns, sizeof(columns) / sizeof(columns[0]));
	grid_head(l, &g, NULL);
	for (unsigned i = 0, n; i < self->n_programs; i += n) {
		n = self_same_hook(&self->programs[i], self->n_programs - i);
		print_hook(l, &g, &self->programs[i], n);
	}
	print_program(l, &g, " all programs", &all);
	if (*self->why_not)
		lay(l, "    " HANG "How often and for how long they ran is not known: %s.\n",
		    self->why_not);
	lay(l, "    " HANG
	       "A program runs at each of its events, in any task of the machine, and delays that "
	       "task meanwhile. skipped: it was already running on that CPU, so the kernel did not "
	       "run it; events missed as a result are counted in lost.\n");
}

static void print_cpu(struct layout *l, const char *name, const char *when,
		      const struct cpu_split *cpu)
{
	lay(l, " %-15s %9s   " HANG "CPU time %s: user %s · system %s", name,
	    format_ns(cpu->user + cpu->system), when, format_ns(cpu->user), format_ns(cpu->system));
}

static void print_maps(struct layout *l, const struct self *self)
{
	unsigned shown = rows_kept(self->n_maps, MAPS_SHOWN);

	lay(l, " maps            %9s   " HANG "kernel memory of the BPF maps: ",
	    known(self_maps_bytes(self), format_bytes));
	for (unsigned i = 0; i < shown; i++)
		lay(l, "%s%s %s", i ? " · " : "", self->maps[i].name,
		    known(self->maps[i].bytes, format_bytes));
	if (self->n_maps > shown)
		lay(l, " · %u smaller", self->n_maps - shown);
	lay(l, "\n");
}

void table_self(struct layout *l, const struct self *self)
{
	__u64 cpu = self->run.user + self->run.system;

	if (!self->asked)
		return;
	lay(l, "\n");
	print_programs(l, self);
	print_cpu(l, "start-up", "before tracing began", &self->start);
	lay(l, "\n");
	print_cpu(l, "tracing", "since then", &self->run);
	lay(l, " · %s %% of the time traced\n", format_ratio(cpu * 100, self->ns));
	lay(l, " memory          %9s   " HANG "resident now · %s at most\n",
	    known(self->rss, format_bytes), known(self->rss_most, format_bytes));
	print_maps(l, self);
}
