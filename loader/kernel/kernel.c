// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "kernel.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <err.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "events.h"
#include "probe.skel.h"

/* A function that every kernel has and that is of no consequence while nothing uses epoll. */
#define TRIAL_FUNCTION "ep_poll_callback"
#define TRIAL_EVENT    "sys_enter"

const char *const way_names[N_WAYS] = {
	[WAY_TRACEPOINT] = "tracepoint",
	[WAY_FENTRY] = "fentry",
	[WAY_KPROBE] = "kprobe",
	[WAY_PERF] = "perf",
};

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

/*
 * The same where the types leave out variables (Debian's 5.10): by the list of symbols, in which an
 * address is 0 for those who may not see it.
 */
static __s64 symbol_distance(void)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	__u64 address, rq = 0, count = 0;
	char line[256], name[128];

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%llx %*c %127s", &address, name) != 2)
			continue;
		if (!strcmp(name, "runqueues"))
			rq = address;
		else if (!strcmp(name, "__preempt_count"))
			count = address;
	}
	if (file)
		fclose(file);
	return rq && count ? (__s64)(count - rq) : 0;
}

/* From a CPU's run queue to its preempt_count; 0 where that is kept elsewhere (compat.bpf.h). */
static __s64 preempt_count_distance(const struct btf *btf)
{
	__s64 rq = percpu_offset(btf, "runqueues");
	__s64 count = percpu_offset(btf, "__preempt_count"), member;

	if (count < 0) {
		count = percpu_offset(btf, "pcpu_hot");
		member = member_offset(btf, "pcpu_hot", "preempt_count");
		count = count < 0 || member < 0 ? -1 : count + member;
	}
	return rq >= 0 && count >= 0 ? count - rq : symbol_distance();
}

static int read_types(struct kernel *k)
{
	if (!k->btf)
		k->btf = btf__load_vmlinux_btf();
	return k->btf ? 0 : -1;
}

void kernel_rest(struct kernel *k)
{
	btf__free(k->btf);
	k->btf = NULL;
}

/* The id of a type of the kernel, or a negative number. */
static __s32 find_type(struct kernel *k, const char *name, unsigned kind)
{
	return read_types(k) ? -1 : btf__find_by_name_kind(k->btf, name, kind);
}

static const struct bpf_insn give_zero[] = {
	{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
	{.code = BPF_JMP | BPF_EXIT},
};

static bool can_load(const struct bpf_insn *insns, size_t n)
{
	int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", insns, n, NULL);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Loads a program that exchanges a value on its stack. */
static bool try_fetching_atomics(void)
{
	static const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
		{.code = BPF_STX | BPF_MEM | BPF_DW,
		 .dst_reg = BPF_REG_10,
		 .src_reg = BPF_REG_0,
		 .off = -8},
		{.code = BPF_STX | BPF_ATOMIC | BPF_DW,
		 .dst_reg = BPF_REG_10,
		 .src_reg = BPF_REG_0,
		 .off = -8,
		 .imm = BPF_XCHG},
		{.code = BPF_JMP | BPF_EXIT},
	};

	return can_load(insns, sizeof(insns) / sizeof(insns[0]));
}

/* The accounting changed in the release that brought this helper. */
bool kernel_locks_maps(void)
{
	static const struct bpf_insn insns[] = {
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_ktime_get_coarse_ns},
		{.code = BPF_JMP | BPF_EXIT},
	};

	return !can_load(insns, sizeof(insns) / sizeof(insns[0]));
}

/* Loads a program that does nothing, and attaches it for a moment. Returns 0 or -errno. */
static int try_tracing(struct kernel *k, enum bpf_attach_type type, const char *name, unsigned kind)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = type);
	__s32 id = find_type(k, name, kind);
	int prog, link;

	if (id < 0)
		return -ENOENT;
	opts.attach_btf_id = id;
	prog = bpf_prog_load(BPF_PROG_TYPE_TRACING, NULL, "GPL", give_zero, 2, &opts);
	if (prog < 0)
		return prog;
	link = bpf_raw_tracepoint_open(NULL, prog);
	if (link >= 0)
		close(link);
	close(prog);
	return link < 0 ? link : 0;
}

static int try_tracepoint(struct kernel *k)
{
	return try_tracing(k, BPF_TRACE_RAW_TP, "btf_trace_" TRIAL_EVENT, BTF_KIND_TYPEDEF);
}

static int try_fentry(struct kernel *k)
{
	return try_tracing(k, BPF_TRACE_FENTRY, TRIAL_FUNCTION, BTF_KIND_FUNC);
}

/* By a perf event of that kind, the number of which stands in a file. */
static int try_kprobe(struct kernel *k)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.config1 = (__u64)(unsigned long)TRIAL_FUNCTION,
	};
	FILE *file = fopen("/sys/bus/event_source/devices/kprobe/type", "re");
	bool known;
	int fd;

	(void)k;
	if (!file)
		return -errno;
	known = fscanf(file, "%u", &attr.type) == 1;
	fclose(file);
	if (!known)
		return -EINVAL;
	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int try_perf(struct kernel *k)
{
	int fd = perf_events_open(&k->events, "raw_syscalls/sys_enter");

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int (*const trials[N_WAYS])(struct kernel *k) = {
	[WAY_TRACEPOINT] = try_tracepoint,
	[WAY_FENTRY] = try_fentry,
	[WAY_KPROBE] = try_kprobe,
	[WAY_PERF] = try_perf,
};

const struct way_state *kernel_way(struct kernel *k, enum way way)
{
	struct way_state *state = &k->ways[way];
	int err;

	if (state->tried)
		return state;
	err = trials[way](k);
	state->tried = true;
	state->works = !err;
	if (err)
		snprintf(state->why, sizeof(state->why), "%s is refused here: %s (%d)",
			 way_names[way], strerror(-err), -err);
	return state;
}

bool kernel_has(struct kernel *k, enum way way, const char *name)
{
	char type[96];

	snprintf(type, sizeof(type), "%s%s", way == WAY_TRACEPOINT ? "btf_trace_" : "", name);
	return find_type(k, type, way == WAY_TRACEPOINT ? BTF_KIND_TYPEDEF : BTF_KIND_FUNC) > 0;
}

/* Calls that put the caller to sleep until it has been seen to be switched out: a timer that ends
 * before its sleeper is asleep leaves it running. */
static void be_switched_out(const volatile bool *switched)
{
	for (unsigned us = 1; !*switched && us < 1 << 20; us *= 2)
		usleep(us);
}

/* Whether preemption is on while a program on a tracepoint runs. Where that cannot be found out it
 * is taken to be, if the kernel is newer than the last that certainly does not preempt them: the
 * second programs then do nothing but cost a little. */
static int ask_preemption(struct kernel *k)
{
	struct probe *probe = probe__open();
	int err;

	if (!probe)
		return -1;
	probe->rodata->preempt_count_distance = k->preempt_count_distance;
	err = probe__load(probe);
	if (!err) {
		probe->bss->prober = gettid();
		err = probe__attach(probe);
	}
	if (!err) {
		be_switched_out(&probe->bss->switched);
		k->tells_contexts = probe->bss->answered;
		k->preemptible = k->fetching_atomics &&
				 (!probe->bss->answered ||
				  (probe->bss->preempt_counted && !probe->bss->preempt_disabled));
		if (k->preemptible)
			perf_events_find(&k->events, probe);
	}
	probe__destroy(probe);
	errno = -err;
	return err ? -1 : 0;
}

int kernel_open(struct kernel *k)
{
	struct utsname name;

	*k = (struct kernel){0};
	uname(&name);
	snprintf(k->release, sizeof(k->release), "%s", name.release);
	snprintf(k->machine, sizeof(k->machine), "%s", name.machine);
	/* libbpf reads the kernel's types for each object: the memory is used again, not mapped
	 * anew */
	mallopt(M_MMAP_THRESHOLD, 1 << 26);
	mallopt(M_TRIM_THRESHOLD, 1 << 26);
	if (read_types(k)) {
		warn("cannot read the kernel's type information (BTF)");
		return -1;
	}
	k->preempt_count_distance = preempt_count_distance(k->btf);
	k->direct_reads = find_type(k, "bpf_rdonly_cast", BTF_KIND_FUNC) > 0;
	kernel_rest(k);
	k->fetching_atomics = try_fetching_atomics();
	if (!ask_preemption(k))
		return 0;
	warn("cannot run a BPF program on a tracepoint of this kernel");
	return -1;
}
