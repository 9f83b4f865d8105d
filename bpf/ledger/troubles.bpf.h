/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Calls on a descriptor that got nothing done: ends of file, errors, accepts for want of something.
 */
#ifndef WAKELAB_TROUBLES_BPF_H
#define WAKELAB_TROUBLES_BPF_H

#include "calls.bpf.h"
#include "notes.bpf.h"

#define RLIMIT_NOFILE 7 /* include/uapi/asm-generic/resource.h */

/* include/uapi/asm-generic/errno*.h */
#define ENOMEM      12
#define ENFILE      23
#define EMFILE      24
#define ENOBUFS     105
#define EALREADY    114
#define EINPROGRESS 115

/* Whether a read of 0 is the end of a stream. A regular file has one, too, and it means nothing. */
static __always_inline bool file_can_end(const struct file *file)
{
	__u32 type = READ(file, f_inode, i_mode) & S_IFMT;
	const struct sock *sk = sock_of_file(file);

	if (sk)
		return READ(sk, sk_type) == SOCK_STREAM;
	return type == S_IFIFO || type == S_IFCHR;
}

/* A call on a descriptor gave 0 or failed. Global and with scalars only: verified once. */
__weak __noinline int descriptor_troubled(__u32 what, __u32 fd, __u32 err)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	const struct file *file = file_of(task, fd);
	struct task_state *t = task_current();
	struct evidence *e;

	if (!t || (what == EVIDENCE_ENDS && (!file || !file_can_end(file))))
		return 0;
	e = evidence_enter(what, t->stats.tgid, fd);
	if (!e)
		return 0;
	if (e->file != address_of(file) || e->err != err || e->row != t->row)
		e->count = 0;
	if (what == EVIDENCE_ACCEPT)
		accepts_failed = true;
	e->err = err;
	e->row = t->row;
	e->limit = READ(task, signal, rlim[RLIMIT_NOFILE].rlim_cur);
	evidence_by(e, t);
	if (file)
		evidence_file(what, t->stats.tgid, fd, file);
	__sync_fetch_and_add(&e->count, 1);
	return 0;
}

static __always_inline bool is_for_want(__u32 err)
{
	return err == EMFILE || err == ENFILE || err == ENOBUFS || err == ENOMEM;
}

/* Whether an error means no more than that it is to be asked again. */
static __always_inline bool is_to_come(__u32 err)
{
	return err == EAGAIN || err == EINTR || err == EINPROGRESS || err == EALREADY;
}

/* A call that moves data or accepts came back without success; a read for which there was no room
 * is no end. */
static __always_inline void call_troubled(const struct task_state *t, __s64 ret)
{
	__u32 fd = t->args[t->kind == KIND_SPLICE ? 2 : 0], err = -ret;

	if (ret && !is_to_come(err) && !ret_is_restart(ret))
		descriptor_troubled(t->kind == KIND_ACCEPT && is_for_want(err) ? EVIDENCE_ACCEPT
									       : EVIDENCE_FAILED,
				    fd, err);
	else if (!ret && kind_gives_bytes(t->kind) && (t->kind == KIND_RECVMSG || t->args[2]))
		descriptor_troubled(EVIDENCE_ENDS, fd, 0);
}

__weak __noinline int troubles_end(__u32 what, __u32 tgid, __u32 fd)
{
	const struct evidence *e = evidence_find(what, tgid, fd);

	if (e && e->count < TROUBLES_LEAST)
		evidence_drop(what, tgid, fd);
	return 0;
}

/* A connection was accepted: what failed a few times before was seen to. */
static __always_inline void accept_succeeded(__u32 tgid, __u32 listener)
{
	if (accepts_failed)
		troubles_end(EVIDENCE_ACCEPT, tgid, listener);
}

/* A descriptor is closed: what happened to it a few times only means nothing. */
static __always_inline void descriptor_closes(__u32 fd)
{
	__u32 tgid = tgid_of((const void *)bpf_get_current_task());

	troubles_end(EVIDENCE_ENDS, tgid, fd);
	troubles_end(EVIDENCE_FAILED, tgid, fd);
}

#endif
