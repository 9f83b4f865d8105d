// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "attach.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "asking.h"
#include "calls.h"
#include "event_source.h"
#include "loading.h"
#include "objects.h"

/* What stood in the way last: as the kernel has it, or else the first thing that libbpf said. */
static struct refusal said;

static int keep_warning(enum libbpf_print_level level, const char *format, va_list args)
{
	char *text, *program;

	if (level != LIBBPF_WARN || *said.words || vasprintf(&text, format, args) < 0)
		return 0;
	program = strstr(text, "prog '");
	if (program)
		sscanf(program, "prog '%63[^']'", said.program);
	snprintf(said.words, sizeof(said.words), "%.*s", (int)strcspn(text, "\n"), text);
	free(text);
	return 0;
}

void attach_quietly(void)
{
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	libbpf_set_print(keep_warning);
}

/* The hook that a program belongs to, N_HOOKS: to none. */
static enum hook_id hook_of(const struct plan *plan, const char *program)
{
	for (unsigned i = 0; i < N_HOOKS; i++) {
		const struct candidate *c = plan_candidate(plan, i);

		for (unsigned n = 0; c && n < MAX_PROGRAMS; n++)
			if ((c->programs[n] && !strcmp(c->programs[n], program)) ||
			    (c->again[n] && !strcmp(c->again[n], program)) ||
			    (c->steady && !strcmp(c->steady, program)))
				return i;
	}
	return N_HOOKS;
}

/* The object that suits this kernel. */
static struct wakelab *open_object(const struct kernel *k, bool events)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = k->types.path);

	if (!k->fetching_atomics)
		return object_open(events ? OBJECT_OLD_EVENTS : OBJECT_OLD, &opts);
	if (!k->direct_reads)
		return object_open(events ? OBJECT_MID_EVENTS : OBJECT_MID, &opts);
	return object_open(events ? OBJECT_NEW_EVENTS : OBJECT_NEW, &opts);
}

static struct bpf_program *program_of(const struct attachment *a, const char *name)
{
	return bpf_object__find_program_by_name(a->skel->obj, name);
}

static void select_programs(struct attachment *a, const char *const names[MAX_PROGRAMS])
{
	for (unsigned n = 0; n < MAX_PROGRAMS && names[n]; n++)
		bpf_program__set_autoload(program_of(a, names[n]), true);
}

static void select_candidates(struct attachment *a, const struct plan *plan)
{
	for (unsigned i = 0; i < N_HOOKS; i++) {
		const struct candidate *c = plan_candidate(plan, i);

		if (!c)
			continue;
		select_programs(a, c->programs);
		if (plan_pairs(plan, i))
			select_programs(a, c->again);
		if (plan->steady)
			select_programs(a, (const char *[MAX_PROGRAMS]){c->steady});
	}
}

/* The large maps. They have the room that is asked for, or that for which they were made; those of
 * what is not watched for one. */
static void size_maps(struct wakelab *skel, unsigned watched, unsigned room)
{
	const struct {
		unsigned serves;
		struct bpf_map *map;
		unsigned each; /* how many a connection takes; 0: it is not for connections */
	} large[] = {
		/* a target may have both ends */
		{WATCH_WAKES | WATCH_INTERESTS, skel->maps.sockets, 2},
		{WATCH_INTERESTS, skel->maps.interests, 1},
		{WATCH_INTERESTS, skel->maps.interest_places, 1},
		{WATCH_INTERESTS, skel->maps.free_interests, 1},
		{WATCH_INTERESTS, skel->maps.registrations, 1},
		{WATCH_INTERESTS, skel->maps.watchers, 1},
		{WATCH_INTERESTS, skel->maps.lists, 1},
		{WATCH_INTERESTS, skel->maps.stalls, 1},
		{WATCH_INTERESTS, skel->maps.epoll_ids, 0},
		{WATCH_INTERESTS, skel->maps.epolls, 0},
		{WATCH_SIGNALS, skel->maps.signals_out, 0},
		{WATCH_SIGNALS, skel->maps.sigio_sources, 0},
		{ARRIVE_ANYHOW, skel->maps.arrivals, 0},
	};

	for (unsigned i = 0; i < sizeof(large) / sizeof(large[0]); i++) {
		unsigned entries = room * large[i].each;

		if (!(large[i].serves & watched))
			bpf_map__set_max_entries(large[i].map, 1);
		else if (entries > bpf_map__max_entries(large[i].map))
			bpf_map__set_max_entries(large[i].map, entries);
	}
}

static int load(struct attachment *a, const struct plan *plan, const struct kernel *k)
{
	a->skel = open_object(k, a->events);
	if (!a->skel)
		return -errno;
	calls_fill((void *)a->skel->rodata->row_of, (void *)a->skel->rodata->rows);
	a->skel->rodata->preempt_count_distance = k->preempt_count_distance;
	a->skel->rodata->stall_ns = a->stall_ns;
	a->skel->rodata->asking_ns = asking_ns();
	if (a->sought)
		memcpy((void *)&a->skel->rodata->sought, a->sought, sizeof(*a->sought));
	a->skel->rodata->preemptible = plan->preemptible;
	a->skel->rodata->pairs = plan->marks;
	a->skel->rodata->sees_ready = plan_sees(plan, HOOK_DATA_READY);
	a->skel->rodata->sees_callbacks = plan_sees(plan, HOOK_EPOLL_CALLBACK);
	a->skel->rodata->steady = plan->steady;
	a->skel->rodata->watches_interests = plan->watched & WATCH_INTERESTS;
	a->skel->rodata->watches_sockets = plan->watched & (WATCH_WAKES | WATCH_INTERESTS);
	a->skel->rodata->receives_at_exit = plan->watched & WATCH_INTERESTS &&
					    (plan->preemptible || !plan_sees(plan, HOOK_RECEIVE));
	select_candidates(a, plan);
	size_maps(a->skel, plan->watched, a->room);
	if (a->events)
		event_source_wish(a->skel->obj, a->events, a->event_mib);
	return load_object(a->skel->skeleton, &k->types, &said);
}

/* To a tracepoint, by way of perf. */
static struct bpf_link *attach_steady(struct bpf_program *program, const char *event,
				      const struct kernel *k)
{
	int fd = perf_events_open(&k->events, event), err;
	struct bpf_link *link;

	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	link = bpf_program__attach_perf_event(program, fd);
	if (!link) {
		err = errno;
		close(fd);
		errno = err;
	}
	return link;
}

static struct bpf_link *attach_program(struct bpf_program *program, const struct kernel *k)
{
	const char *place = strchr(bpf_program__section_name(program), '/') + 1;

	switch (load_type(program)) {
	case BPF_PROG_TYPE_TRACEPOINT:
		return attach_steady(program, place, k);
	case BPF_PROG_TYPE_KPROBE:
		return bpf_program__attach_kprobe(program, false, place);
	default:
		return bpf_program__attach(program);
	}
}

static int attach_programs(struct attachment *a, const struct kernel *k,
			   const char *const names[MAX_PROGRAMS])
{
	for (unsigned n = 0; n < MAX_PROGRAMS && names[n]; n++) {
		struct bpf_program *program = program_of(a, names[n]);
		struct bpf_link *link = attach_program(program, k);

		if (!link) {
			snprintf(said.program, sizeof(said.program), "%s", names[n]);
			snprintf(said.words, sizeof(said.words),
				 "it loads, but cannot be attached: %s", strerror(errno));
			return -errno;
		}
		a->links[a->n_links++] = link;
	}
	return 0;
}

/* The steady program comes first, and the second ones behind the first: of a tracepoint in the
 * order of attaching, of a function the other way round (kernel/bpf/trampoline.c,
 * bpf_trampoline_link_prog(), 6.12). */
static int attach_hook(struct attachment *a, const struct kernel *k, enum hook_id hook,
		       const struct plan *plan)
{
	const struct candidate *c = plan_candidate(plan, hook);
	bool reversed = c && c->way == WAY_FENTRY, pairs = plan_pairs(plan, hook);

	if (!c)
		return 0;
	if (plan->steady && attach_programs(a, k, (const char *[MAX_PROGRAMS]){c->steady}))
		return -1;
	if (pairs && reversed && attach_programs(a, k, c->again))
		return -1;
	if (attach_programs(a, k, c->programs))
		return -1;
	return pairs && !reversed ? attach_programs(a, k, c->again) : 0;
}

static int attach(struct attachment *a, const struct plan *plan, const struct kernel *k)
{
	for (unsigned i = 0; i < N_HOOKS; i++)
		if (attach_hook(a, k, i, plan))
			return -1;
	return 0;
}

void attach_quiet(struct attachment *a)
{
	while (a->n_links)
		bpf_link__destroy(a->links[--a->n_links]);
}

void attach_end(struct attachment *a)
{
	attach_quiet(a);
	wakelab__destroy(a->skel);
	a->skel = NULL;
}

/* The last candidate of a hook that is a place to hook. */
static unsigned last_tried(const struct hook *hook)
{
	unsigned n = candidates_of(hook);

	while (n > 1 && !hook->candidates[n - 1].programs[0])
		n--;
	return n - 1;
}

static void explain_lack(const struct plan *plan, struct kernel *k, enum hook_id lack, char *why,
			 size_t len)
{
	const struct hook *hook = &hooks[lack];
	unsigned n = last_tried(hook);
	struct plan other;

	if (plan->wanted != HOOKS_FENTRY) {
		snprintf(why, len, "cannot see when %s: %s: %s", hook->what,
			 hook->candidates[n].name, plan->refused[lack][n]);
		return;
	}
	while (n && hook->candidates[n].way != WAY_FENTRY)
		n--;
	plan_make(&other, k, HOOKS_AUTO, plan->watched);
	snprintf(why, len, "--hooks fentry: %s: %s; --hooks auto would use %s",
		 hook->candidates[n].name, plan->refused[lack][n],
		 plan_candidate(&other, lack) ? plan_candidate(&other, lack)->name : "nothing");
}

int attach_plan(struct attachment *a, struct plan *plan, struct kernel *k, char *why, size_t len)
{
	enum hook_id failed;

	for (;;) {
		failed = plan_lacks(plan);
		if (failed != N_HOOKS) {
			explain_lack(plan, k, failed, why, len);
			return -1;
		}
		memset(&said, 0, sizeof(said));
		*a = (struct attachment){.stall_ns = a->stall_ns,
					 .room = a->room,
					 .sought = a->sought,
					 .events = a->events,
					 .event_mib = a->event_mib};
		if (!load(a, plan, k) && !attach(a, plan, k))
			return 0;
		attach_end(a);
		failed = hook_of(plan, said.program);
		if (failed == N_HOOKS) {
			snprintf(why, len, "%s%s%s", said.program, *said.program ? ": " : "",
				 said.words);
			return -1;
		}
		plan_refuse(plan, k, failed, said.words);
	}
}
