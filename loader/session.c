// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "session.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <errno.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "adopt.h"
#include "calls.h"
#include "command.h"
#include "details.h"
#include "percentile.h"
#include "privileges.h"

#define BTF_PATH  "/sys/kernel/btf/vmlinux"
#define MAX_HOOKS 32

struct session {
	struct wakelab *skel;
	int n_cpus;
	void *percpu; /* room for one value of the largest per-CPU map, for each CPU */
	struct ring_buffer *alarms;
	__u64 attach_ns;
	const char *hooks[MAX_HOOKS + 1];
};

__u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (__u64)ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

int session_possible(const char *what)
{
	if (!privileges_suffice()) {
		warnx("%s needs CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN): run it with sudo; "
		      "serve, load and models need no privileges",
		      what);
		return EXIT_UNABLE;
	}
	if (access(BTF_PATH, R_OK)) {
		warn("%s needs the kernel's type information: cannot read " BTF_PATH
		     "; use a kernel built with CONFIG_DEBUG_INFO_BTF",
		     what);
		return EXIT_UNABLE;
	}
	return 0;
}

/* libbpf's warnings are kept back; the last of them explains a failure. */
static char libbpf_said[256];

static int keep_warning(enum libbpf_print_level level, const char *format, va_list args)
{
	if (level != LIBBPF_WARN)
		return 0;
	vsnprintf(libbpf_said, sizeof(libbpf_said), format, args);
	libbpf_said[strcspn(libbpf_said, "\n")] = '\0';
	return 0;
}

/* The offset of a variable in the kernel's per-CPU section, or -1. */
static __s64 percpu_offset(const struct btf *btf, const char *name)
{
	__s32 section = btf__find_by_name_kind(btf, ".data..percpu", BTF_KIND_DATASEC);
	__s32 var = btf__find_by_name_kind(btf, name, BTF_KIND_VAR);
	const struct btf_type *type;

	if (section < 0 || var < 0)
		return -1;
	type = btf__type_by_id(btf, section);
	for (int i = 0; i < btf_vlen(type); i++)
		if ((__s32)btf_var_secinfos(type)[i].type == var)
			return btf_var_secinfos(type)[i].offset;
	return -1;
}

/* The byte offset of a member of a structure, or -1. */
static __s64 member_offset(const struct btf *btf, const char *type_name, const char *name)
{
	__s32 id = btf__find_by_name_kind(btf, type_name, BTF_KIND_STRUCT);
	const struct btf_type *type;

	if (id < 0)
		return -1;
	type = btf__type_by_id(btf, id);
	for (int i = 0; i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_members(type)[i].name_off), name))
			return btf_member_bit_offset(type, i) / 8;
	return -1;
}

/* From a CPU's run queue to its preempt_count; 0 where that is kept elsewhere (compat.bpf.h). */
static __s64 preempt_count_distance(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	__s64 count, rq, member, distance = 0;

	if (!btf)
		return 0;
	rq = percpu_offset(btf, "runqueues");
	count = percpu_offset(btf, "__preempt_count");
	if (count < 0) {
		count = percpu_offset(btf, "pcpu_hot");
		member = member_offset(btf, "pcpu_hot", "preempt_count");
		count = count < 0 || member < 0 ? -1 : count + member;
	}
	if (rq >= 0 && count >= 0)
		distance = count - rq;
	btf__free(btf);
	return distance;
}

static void name_hooks(struct session *s)
{
	struct bpf_program *prog;
	unsigned n = 0;

	bpf_object__for_each_program(prog, s->skel->obj)
	{
		const char *section = bpf_program__section_name(prog);

		if (strncmp(section, "tp_btf/", 7) || n == MAX_HOOKS)
			continue;
		s->hooks[n++] = strchr(section, '/') + 1;
	}
}

/* These are run by session_adopt(), not attached with the hooks. */
static void leave_adopters(struct session *s)
{
	bpf_program__set_autoattach(s->skel->progs.adopt_interest, false);
	bpf_program__set_autoattach(s->skel->progs.adopt_tasks, false);
	bpf_program__set_autoattach(s->skel->progs.adopt_files, false);
}

static int session_load(struct session *s)
{
	s->skel = wakelab__open();
	if (!s->skel) {
		warn("cannot open the BPF object: %s", libbpf_said);
		return -1;
	}
	calls_fill((void *)s->skel->rodata->row_of, (void *)s->skel->rodata->rows);
	s->skel->rodata->preempt_count_distance = preempt_count_distance();
	leave_adopters(s);
	errno = -wakelab__load(s->skel);
	if (errno) {
		warn("cannot load the BPF programs into this kernel (%s)", libbpf_said);
		return -1;
	}
	errno = -wakelab__attach(s->skel);
	if (errno) {
		warn("cannot attach the BPF programs to this kernel (%s)", libbpf_said);
		return -1;
	}
	return 0;
}

/* An alarm says only that there is something to look at. */
static int on_alarm(void *ctx, void *data, size_t size)
{
	(void)ctx, (void)data, (void)size;
	return 0;
}

/* The rows that take what has no room of its own. */
static int add_other_rows(const struct session *s)
{
	const struct epoll_state epoll = {0};
	const struct thread_stats thread = {0};
	const __u64 id = 0;

	return bpf_map_update_elem(bpf_map__fd(s->skel->maps.epolls), &id, &epoll, BPF_ANY) ||
	       bpf_map_update_elem(bpf_map__fd(s->skel->maps.threads), &thread.key, &thread,
				   BPF_ANY);
}

static int add_other_wakers(const struct session *s)
{
	const struct waker none = {0};

	for (__u32 i = 0; i < N_WAKER_CONTEXTS; i++) {
		struct waker_key key = {.context = i};

		if (bpf_map_update_elem(bpf_map__fd(s->skel->maps.wakers), &key, &none, BPF_ANY))
			return -1;
	}
	return 0;
}

static int session_prepare(struct session *s)
{
	if (session_load(s))
		return -1;
	s->alarms = ring_buffer__new(bpf_map__fd(s->skel->maps.alarms), on_alarm, NULL, NULL);
	if (s->alarms && !add_other_rows(s) && !add_other_wakers(s))
		return 0;
	warn("cannot set up the BPF maps");
	return -1;
}

struct session *session_open(void)
{
	struct session *s = calloc(1, sizeof(*s));
	__u64 start = now_ns();

	if (!s) {
		warn("cannot start tracing");
		return NULL;
	}
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	libbpf_set_print(keep_warning);
	s->n_cpus = libbpf_num_possible_cpus();
	s->percpu = calloc(s->n_cpus > 0 ? s->n_cpus : 1, sizeof(struct call_stats));
	if (s->n_cpus <= 0 || !s->percpu || session_prepare(s)) {
		session_close(s);
		return NULL;
	}
	name_hooks(s);
	s->attach_ns = now_ns() - start;
	malloc_trim(0); /* the kernel's BTF was large, and is done with */
	return s;
}

void session_close(struct session *s)
{
	if (!s)
		return;
	ring_buffer__free(s->alarms);
	wakelab__destroy(s->skel);
	free(s->percpu);
	free(s);
}

__u64 session_attach_ns(const struct session *s)
{
	return s->attach_ns;
}

const char *const *session_hooks(const struct session *s)
{
	return s->hooks;
}

int session_adopt(struct session *s, pid_t pid)
{
	return adopt_process(s->skel, pid);
}

static int map_fd(const struct bpf_map *map)
{
	return bpf_map__fd(map);
}

/* Adds n 64-bit values of every CPU's copy at s->percpu, size bytes apart, to sum. */
static void sum_values(const struct session *s, size_t size, __u64 *sum, size_t n)
{
	for (int cpu = 0; cpu < s->n_cpus; cpu++) {
		const __u64 *values = (const void *)((char *)s->percpu + cpu * size);

		for (size_t i = 0; i < n; i++)
			sum[i] += values[i];
	}
}

/* Element key of a per-CPU array of 64-bit counters, summed over CPUs. */
static int sample_counters(struct session *s, const struct bpf_map *map, __u64 *sum, size_t n)
{
	__u32 zero = 0;

	if (bpf_map_lookup_elem(map_fd(map), &zero, s->percpu))
		return -1;
	sum_values(s, n * sizeof(__u64), sum, n);
	return 0;
}

/* The row, and then at once how often its call was entered: see struct call_entries. */
static int sample_row(struct session *s, struct snapshot *snap, __u32 row)
{
	const struct call_entries *entries = s->percpu;
	const struct call_stats *stats = s->percpu;
	__u32 zero = 0;

	if (bpf_map_lookup_elem(map_fd(s->skel->maps.ledger), &row, s->percpu))
		return -1;
	for (int cpu = 0; cpu < s->n_cpus; cpu++)
		if (calls_returned(&stats[cpu]))
			call_stats_add(&snap->stats[row], &stats[cpu]);
	if (bpf_map_lookup_elem(map_fd(s->skel->maps.entries), &zero, s->percpu))
		return -1;
	for (int cpu = 0; cpu < s->n_cpus; cpu++)
		snap->calls[row] += entries[cpu].calls[row];
	return 0;
}

static int sample_ledger(struct session *s, struct snapshot *snap)
{
	for (__u32 row = OTHER_CALL; row < n_calls; row++)
		if (sample_row(s, snap, row))
			return -1;
	return 0;
}

static int sample_latencies(struct session *s, struct snapshot *snap)
{
	const struct hist *copies = s->percpu;

	for (__u32 i = 0; i < N_LATENCIES; i++) {
		if (bpf_map_lookup_elem(map_fd(s->skel->maps.latencies), &i, s->percpu))
			return -1;
		for (int cpu = 0; cpu < s->n_cpus; cpu++)
			hist_merge(&snap->latencies[i], &copies[cpu]);
	}
	return 0;
}

static int sample_signals(struct session *s, struct snapshot *snap)
{
	for (__u32 i = 1; i < N_SIGNALS; i++)
		if (bpf_map_lookup_elem(map_fd(s->skel->maps.signals), &i, &snap->signals[i]))
			return -1;
	return 0;
}

static int sample_fcntls(struct session *s, struct snapshot *snap)
{
	int fd = map_fd(s->skel->maps.fcntls);
	struct fcntl_key *prev = NULL;

	while (snap->n_fcntls < MAX_FCNTLS) {
		struct fcntl_row *row = &snap->fcntls[snap->n_fcntls];

		if (bpf_map_get_next_key(fd, prev, &row->key))
			return errno == ENOENT ? 0 : -1;
		if (bpf_map_lookup_elem(fd, &row->key, &row->stats))
			return -1;
		prev = &row->key;
		snap->n_fcntls++;
	}
	return 0;
}

static int sample_recursion(struct session *s, struct snapshot *snap)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, s->skel->obj)
	{
		struct bpf_prog_info info = {0};
		__u32 len = sizeof(info);

		if (bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &len))
			return -1;
		snap->lost[LOST_RECURSION] += info.recursion_misses;
	}
	return 0;
}

int session_sample(struct session *s, struct snapshot *snap)
{
	memset(snap, 0, offsetof(struct snapshot, witnessed));
	snap->time = now_ns();
	/* the counters first: a call that ended its thread was entered before it was counted */
	if (sample_counters(s, s->skel->maps.counters, snap->counters, N_COUNTERS) ||
	    sample_ledger(s, snap) || sample_latencies(s, snap) || sample_signals(s, snap) ||
	    sample_fcntls(s, snap) || sample_recursion(s, snap) || details_sample(s->skel, snap)) {
		warn("cannot read the BPF maps");
		return -1;
	}
	/* a call that ended its thread has no return: it did what it was asked */
	snap->stats[OTHER_CALL].verdicts[VERDICT_READY] += snap->counters[COUNT_ENDED];
	snap->lost[LOST_INTERESTS] = snap->counters[COUNT_LOST_INTERESTS];
	snap->lost[LOST_UNCLASSIFIED] = snap->counters[COUNT_LOST_UNCLASSIFIED];
	snap->lost[LOST_TASKS] = snap->counters[COUNT_LOST_TASKS];
	snap->lost[LOST_SOCKETS] = snap->counters[COUNT_LOST_SOCKETS];
	snap->lost[LOST_SIGNALS] = snap->counters[COUNT_LOST_SIGNALS];
	snap->lost[LOST_FCNTLS] = snap->counters[COUNT_LOST_FCNTLS];
	snap->lost[LOST_STALLS] = snap->counters[COUNT_LOST_STALLS];
	snap->stalled_ns += snap->counters[COUNT_STALLED_NS];
	return 0;
}

int session_alarm_fd(const struct session *s)
{
	return ring_buffer__epoll_fd(s->alarms);
}

void session_alarm_take(struct session *s)
{
	ring_buffer__consume(s->alarms);
}

bool session_watch_ends(struct session *s)
{
	volatile __s64 *open = &s->skel->bss->stalls_open;

	if (*open > 0)
		return false;
	__atomic_store_n(&s->skel->bss->stalls_watched, 0, __ATOMIC_SEQ_CST);
	if (*open <= 0)
		return true;
	s->skel->bss->stalls_watched = 1;
	return false;
}

int session_stalls(struct session *s, struct snapshot *snap)
{
	snap->time = now_ns();
	if (!stalls_sample(s->skel, snap))
		return 0;
	warn("cannot read the BPF maps");
	return -1;
}
