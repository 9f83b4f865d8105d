// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What a session itself takes. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cpu_time.h"
#include "kernel_clock.h"
#include "proc_field.h"
#include "program_info.h"
#include "session.h"
#include "session_types.h"

#if SELF_UNKNOWN != PROC_FIELD_UNKNOWN
#error "what /proc does not tell is to be what is not known"
#endif

#define N_OF(member) (sizeof(((struct wakelab *)NULL)->member) / sizeof(void *))
_Static_assert(N_OF(progs) <= SELF_PROGRAMS && N_OF(maps) <= SELF_MAPS, "room for all of them");

/* Whether the kernel's account of a program, of that many bytes, has the field. */
#define HAS(bytes, field)                                                                          \
	((bytes) >= (int)(offsetof(struct bpf_prog_info, field) +                                  \
			  sizeof(((struct bpf_prog_info *)NULL)->field)))

void session_count_runs(struct session *s)
{
	s->stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (s->stats >= 0)
		return;
	snprintf(s->no_stats, sizeof(s->no_stats), "the kernel refuses to count program runs: %s%s",
		 strerror(errno), errno == EPERM ? "; this needs CAP_SYS_ADMIN" : "");
	warnx("--self: how often and for how long the programs run will not be known: %s",
	      s->no_stats);
}

/* A kprobe that is skipped is counted by some kernels only, and a 0 does not tell which. */
static void take_program(struct self_program *p, const struct session *s, const struct candidate *c)
{
	struct bpf_prog_info info;
	int bytes = program_info(s->attached.skel, p->name, &info);

	p->runs = p->ns = p->missed = SELF_UNKNOWN;
	if (s->stats >= 0 && HAS(bytes, run_cnt)) {
		p->runs = info.run_cnt;
		p->ns = info.run_time_ns;
	}
	if (c->way != WAY_KPROBE && HAS(bytes, recursion_misses))
		p->missed = info.recursion_misses;
}

static void take_programs(struct self *self, const struct session *s)
{
	const char *names[MAX_HOOK_PROGRAMS];

	for (unsigned i = 0; i < N_HOOKS; i++) {
		const struct candidate *c = plan_candidate(&s->plan, i);
		unsigned n = plan_programs(&s->plan, i, names);

		for (unsigned k = 0; k < n; k++) {
			struct self_program *p = &self->programs[self->n_programs++];

			*p = (struct self_program){.what = hooks[i].what,
						   .hook = candidate_place(c),
						   .name = names[k]};
			take_program(p, s, c);
		}
	}
}

static __u64 map_weight(const void *row)
{
	return ((const struct self_map *)row)->bytes;
}

/* Kernels before 5.14 let read the fdinfo of a process with file capabilities by root alone. */
static void take_maps(struct self *self, const struct session *s)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, s->attached.skel->obj)
	{
		struct self_map row;
		char path[64];
		unsigned at;

		snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", bpf_map__fd(map));
		snprintf(row.name, sizeof(row.name), "%s", bpf_map__name(map));
		row.bytes = proc_field(path, "memlock");
		at = row_place(self->maps, sizeof(row), self->n_maps++, SELF_MAPS, row.bytes,
			       map_weight);
		self->maps[at] = row;
	}
}

/* /proc has it in KiB. */
static __u64 memory(const char *field)
{
	__u64 kib = proc_field("/proc/self/status", field);

	return kib == PROC_FIELD_UNKNOWN ? SELF_UNKNOWN : kib << 10;
}

void session_self(const struct session *s, __u64 start, const struct cpu_split *cpu,
		  struct snapshot *snap)
{
	struct self *self = &snap->self;

	*self = (struct self){.asked = true, .start = *cpu};
	snprintf(self->why_not, sizeof(self->why_not), "%s", s->no_stats);
	take_programs(self, s);
	take_maps(self, s);
	self->ns = kernel_now() - start;
	cpu_time_of_ours(&self->run.user, &self->run.system);
	self->run.user -= cpu->user;
	self->run.system -= cpu->system;
	self->rss = memory("VmRSS");
	self->rss_most = memory("VmHWM");
}
