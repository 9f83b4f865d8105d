/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The fcntl ledger, and the ioctls that set the same things. */
#ifndef WAKELAB_FCNTLS_BPF_H
#define WAKELAB_FCNTLS_BPF_H

#include "file.bpf.h"
#include "sigio.bpf.h"

/* include/uapi/asm-generic/fcntl.h, ioctls.h, sockios.h: the same on x86 and arm64 */
#define F_SETFL    4
#define F_SETSIG   10
#define FIONBIO    0x5421
#define FIOASYNC   0x5452
#define FIOSETOWN  0x8901
#define SIOCSPGRP  0x8902
#define O_NONBLOCK 04000
#define O_ASYNC    020000

static __always_inline bool ioctl_sets_flags(__u64 cmd)
{
	return cmd == FIONBIO || cmd == FIOASYNC;
}

static __always_inline bool ioctl_is_watched(__u64 cmd)
{
	return ioctl_sets_flags(cmd) || cmd == FIOSETOWN || cmd == SIOCSPGRP;
}

static __always_inline __u32 file_flags(__u32 fd)
{
	struct file *file = file_of((const void *)bpf_get_current_task(), fd);

	return file ? READ(file, f_flags) : 0;
}

static __always_inline bool fcntl_changes_flags(const struct task_state *t)
{
	return t->kind == KIND_IOCTL ? ioctl_sets_flags(t->args[1]) : t->args[1] == F_SETFL;
}

static __always_inline void fcntl_enter(struct task_state *t)
{
	if (fcntl_changes_flags(t))
		t->old_flags = file_flags(t->args[0]);
}

static __always_inline struct fcntl_stats *fcntl_stats_of(const struct fcntl_key *key)
{
	static const struct fcntl_stats zero;
	struct fcntl_stats *stats = bpf_map_lookup_elem(&fcntls, key);

	if (stats)
		return stats;
	bpf_map_update_elem(&fcntls, key, &zero, BPF_NOEXIST);
	return bpf_map_lookup_elem(&fcntls, key);
}

static __always_inline void fcntl_flags_changed(struct fcntl_stats *stats, __u32 before,
						__u32 after)
{
	__u32 on = after & ~before, off = before & ~after;

	/* adding 0 instead of branching keeps the verifier's states few */
	for (__u32 i = 0; i < N_FLAG_BITS; i++) {
		__sync_fetch_and_add(&stats->on[i], on >> i & 1);
		__sync_fetch_and_add(&stats->off[i], off >> i & 1);
	}
}

static __always_inline __s64 fcntl_arg(const struct task_state *t)
{
	int value = 0;

	if (t->kind == KIND_FCNTL)
		return t->args[2];
	bpf_probe_read_user(&value, sizeof(value), (const void *)t->args[2]);
	return value;
}

static __always_inline void fcntl_exit(struct task_state *t, __s64 ret)
{
	struct fcntl_key key = {.cmd = t->args[1], .is_ioctl = t->kind == KIND_IOCTL};
	struct fcntl_stats *stats;

	if (key.is_ioctl && !ioctl_is_watched(key.cmd))
		return;
	stats = fcntl_stats_of(&key);
	if (!stats) {
		count(COUNT_LOST_FCNTLS, 1);
		return;
	}
	__sync_fetch_and_add(&stats->calls, 1);
	if (ret < 0) {
		__sync_fetch_and_add(&stats->failed, 1);
		return;
	}
	stats->last_arg = fcntl_arg(t);
	if (fcntl_changes_flags(t))
		fcntl_flags_changed(stats, t->old_flags, file_flags(t->args[0]));
	if (!key.is_ioctl && key.cmd == F_SETSIG)
		signal_chosen(t->args[2]);
}

#endif
