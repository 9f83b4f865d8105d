// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "kernel.h"

#include <bpf/bpf.h>
#include <err.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "events.h"
#include "extract.h"
#include "loading.h"
#include "objects.h"
#include "preempt_count.h"
#include "probe.skel.h"

/* A function that every kernel has and that is of no consequence while nothing uses epoll. */
#define TRIAL_FUNCTION "ep_poll_callback"

const char *const way_names[N_WAYS] = {
	[WAY_TRACEPOINT] = "tracepoint",
	[WAY_FENTRY] = "fentry",
	[WAY_KPROBE] = "kprobe",
	[WAY_PERF] = "perf",
};

static const struct bpf_insn give_zero[] = {
	{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
	{.code = BPF_JMP | BPF_EXIT},
};

int kernel_refuses(void)
{
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, NULL, "GPL", give_zero,
			       sizeof(give_zero) / sizeof(give_zero[0]), NULL);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? -fd : 0;
}

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
static int try_fentry(struct kernel *k)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FENTRY);
	__s64 number;
	int prog, link;

	if (!types_number(&k->types, TRIAL_FUNCTION, &number))
		return -ENOENT;
	opts.attach_btf_id = number;
	prog = bpf_prog_load(BPF_PROG_TYPE_TRACING, NULL, "GPL", give_zero, 2, &opts);
	if (prog < 0)
		return prog;
	link = bpf_raw_tracepoint_open(NULL, prog);
	if (link >= 0)
		close(link);
	close(prog);
	return link < 0 ? link : 0;
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

/* That of a tracepoint is the probe, see ask_preemption(). */
static int (*const trials[N_WAYS])(struct kernel *k) = {
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
		snprintf(state->why, sizeof(state->why), "the kernel refuses %s here: %s (%d)",
			 way_names[way], strerror(-err), -err);
	return state;
}

bool kernel_has(const struct kernel *k, enum way way, const char *name)
{
	char type[96];
	__s64 number;

	snprintf(type, sizeof(type), "%s%s", way == WAY_TRACEPOINT ? "btf_trace_" : "", name);
	return types_number(&k->types, type, &number);
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
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = k->types.path);
	struct probe *probe = object_open_probe(&opts);
	struct refusal why;
	int err;

	if (!probe)
		return -1;
	probe->rodata->preempt_count_distance = k->preempt_count_distance;
	err = load_object(probe->skeleton, &k->types, &why);
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
	__s64 number;

	*k = (struct kernel){.types.file = -1};
	uname(&name);
	snprintf(k->release, sizeof(k->release), "%s", name.release);
	snprintf(k->machine, sizeof(k->machine), "%s", name.machine);
	if (load_prepare()) {
		warn("cannot initialize libbpf");
		return -1;
	}
	if (types_open(&k->types)) {
		warn("cannot read the kernel's type information (BTF)");
		return -1;
	}
	if (!types_number(&k->types, NUMBER_COUNT_DISTANCE, &k->preempt_count_distance))
		k->preempt_count_distance = preempt_count_in_symbols();
	k->direct_reads = types_number(&k->types, NUMBER_RDONLY_CAST, &number);
	k->fetching_atomics = try_fetching_atomics();
	k->ways[WAY_TRACEPOINT] = (struct way_state){.tried = true, .works = true};
	if (!ask_preemption(k))
		return 0;
	warn("cannot run a BPF program on a tracepoint of this kernel");
	return -1;
}

void kernel_close(struct kernel *k)
{
	types_close(&k->types);
}
