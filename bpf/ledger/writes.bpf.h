/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What a write found no room for: there will be an edge once there is. */
#ifndef WAKELAB_WRITES_BPF_H
#define WAKELAB_WRITES_BPF_H

#include "calls.bpf.h"
#include "file.bpf.h"

static __always_inline bool kind_is_write(enum call_kind kind)
{
	return kind_takes_bytes(kind) || kind == KIND_SENDMMSG;
}

/* Whether a write found no room for all, or had to wait for it: then there will be an edge. Of a
 * splice() it may be the other side that was waited for. */
static __always_inline bool write_was_short(const struct task_state *t, __s64 ret)
{
	if (t->kind == KIND_SPLICE)
		return false;
	if (ret == -EAGAIN || t->slept)
		return true;
	return t->kind != KIND_WRITEV && ret >= 0 && (__u64)ret < t->args[2];
}

/* A write did, or may have: a socket remembers it. */
__weak __noinline int write_filled(__u32 fd, __u32 certain)
{
	const struct file *file = file_of((const void *)bpf_get_current_task(), fd);
	struct sock *sk = sock_of_file(file);
	struct sock_state *s = sk ? sock_find(sk) : object_find(address_of(file));

	if (s && (certain || (sk && sock_lacks_room(sk))))
		__sync_fetch_and_add(&s->filled, 1);
	return 0;
}

/* A write returned: whether there will be an edge. Global, like signal_read(). */
__weak __noinline int write_end(__u64 ret)
{
	const struct task_state *t = task_current();
	bool certain = t && write_was_short(t, ret);

	if (t && (certain || t->kind != KIND_WRITE))
		write_filled(t->args[t->kind == KIND_SPLICE ? 2 : 0], certain);
	return 0;
}

#endif
