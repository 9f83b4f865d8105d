/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What findings rest on, evidence.h: it is entered where it happens, off the way of what is well.
 */
#ifndef WAKELAB_NOTES_BPF_H
#define WAKELAB_NOTES_BPF_H

#include "epoll.bpf.h"
#include "peer.bpf.h"

static __always_inline struct evidence *evidence_find(enum evidence_of what, __u32 tgid, __u32 of)
{
	struct evidence_key key = {.what = what, .tgid = tgid, .of = of};

	return bpf_map_lookup_elem(&evidences, &key);
}

/* The same, made if there is none; NULL: there is no room for it. */
static __always_inline struct evidence *evidence_enter(enum evidence_of what, __u32 tgid, __u32 of)
{
	struct evidence_key key = {.what = what, .tgid = tgid, .of = of};
	struct evidence *e = bpf_map_lookup_elem(&evidences, &key);
	static const struct evidence nothing; /* on no stack: that is short here */

	if (e)
		return e;
	bpf_map_update_elem(&evidences, &key, &nothing, BPF_NOEXIST);
	e = bpf_map_lookup_elem(&evidences, &key);
	if (!e) {
		count(COUNT_LOST_EVIDENCE, 1);
		return NULL;
	}
	e->since = bpf_ktime_get_ns();
	e->fd = of;
	return e;
}

static __always_inline void evidence_drop(enum evidence_of what, __u32 tgid, __u32 of)
{
	struct evidence_key key = {.what = what, .tgid = tgid, .of = of};

	bpf_map_delete_elem(&evidences, &key);
}

/* The running thread did it. */
static __always_inline void evidence_by(struct evidence *e, const struct task_state *t)
{
	e->tid = t->stats.key.tid;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
}

/* It has happened once more, for ns; gives whether it never lasted longer: then it is that time
 * which is told of. */
static __always_inline bool evidence_lasted(struct evidence *e, __u64 ns)
{
	__sync_fetch_and_add(&e->count, 1);
	if (ns <= e->ns)
		return false;
	e->ns = ns;
	return true;
}

/* Of a descriptor that something else was before: its peer is not that one's. */
static __always_inline void evidence_peer(struct evidence *e, const struct sock *sk)
{
	e->family = 0;
	if (sk)
		sock_peer(sk, &e->family, &e->port, e->addr);
}

/* What is registered, who its peer is, and that it is the running thread's. */
static __always_inline void evidence_interest(struct evidence *e, const struct interest *i,
					      const struct task_state *t)
{
	const struct sock *sk = (const void *)i->sock;

	e->file = i->file;
	e->kind = sk ? sock_kind(sk) : i->kind;
	evidence_by(e, t);
	evidence_peer(e, sk);
}

/* What there is to be read of the file of evidence. Global and with scalars only, as is the next:
 * verified once. */
__weak __noinline int evidence_unread(__u32 what, __u32 tgid, __u32 fd)
{
	struct evidence *e = evidence_find(what, tgid, fd);
	const struct sock *sk;

	if (!e)
		return 0;
	sk = sock_of_file((const void *)e->file);
	e->unit = unread_unit(e->kind);
	e->amount = file_unread(e->file, address_of(sk), e->kind, bpf_get_current_task());
	return 0;
}

/* What a descriptor is of which there is evidence, and who its peer is. */
__weak __noinline int evidence_describe(__u32 what, __u32 tgid, __u32 fd, __u64 address)
{
	const struct file *file = (const void *)address;
	struct evidence *e = evidence_find(what, tgid, fd);
	struct sock *sk = sock_of_file(file);

	if (!e)
		return 0;
	e->file = address;
	e->kind = file_kind_of(file, sk);
	evidence_peer(e, sk);
	return 0;
}

static __always_inline void evidence_file(enum evidence_of what, __u32 tgid, __u32 fd,
					  const struct file *file)
{
	evidence_describe(what, tgid, fd, address_of(file));
	evidence_unread(what, tgid, fd);
}

#endif
