/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Connections that a process accepted, whose peers have closed, and that it does not close. How
 * many ended so is counted as it happens; how many are open still is looked for in the process's
 * descriptors, for not every close is seen. docs/metrics.md, "Connections that are kept".
 */
#ifndef WAKELAB_KEEPERS_BPF_H
#define WAKELAB_KEEPERS_BPF_H

#include "notes.bpf.h"

/* So many are worth looking for; metrics/findings.def says how many are wrong. */
#define KEPT_LEAST 20

/* A process that lives may yet close what its peers have closed less than so long ago. */
#define KEPT_FOR_LONG 1000000000ull

#define FILES_PART  256
#define FILES_PARTS 256

static __always_inline struct keeper *keeper_find(__u32 tgid)
{
	return bpf_map_lookup_elem(&keepers, &tgid);
}

static __always_inline struct keeper *keeper_enter(__u32 tgid, const struct task_struct *task)
{
	static const struct keeper nothing; /* on no stack: that is short here */
	struct keeper *k = keeper_find(tgid);

	if (k)
		return k;
	bpf_map_update_elem(&keepers, &tgid, &nothing, BPF_NOEXIST);
	k = keeper_find(tgid);
	if (k)
		k->task = address_of(READ(task, group_leader));
	else
		count(COUNT_LOST_EVIDENCE, 1);
	return k;
}

static __always_inline bool peer_has_closed(__u8 state)
{
	return state == TCP_CLOSE_WAIT || state == TCP_CLOSE;
}

/* The peer of a connection has closed, or reset it: whoever is first to see that counts it. */
static __always_inline void connection_over(struct sock_state *s, __u8 state)
{
	__u32 tgid = *(volatile __u32 *)&s->peered;
	struct keeper *k;

	if (!tgid || !peer_has_closed(state) || !take_out(&s->peered, tgid))
		return;
	s->over = bpf_ktime_get_ns();
	k = keeper_find(tgid);
	if (k)
		__sync_fetch_and_add(&k->over, 1);
}

/* Its last descriptor is closed. */
static __always_inline void connection_closed(const struct sock_state *s)
{
	struct keeper *k = s->over ? keeper_find(s->keeper) : NULL;

	if (!k)
		return;
	__sync_fetch_and_add(&k->closed, 1);
	if (s->over > k->newest)
		k->newest = s->over;
}

/* A task's process has a connection from now on. Its peer may have closed at this moment, or
 * before: the hook notes the state first and looks for the process then. */
static __always_inline struct keeper *connection_keep(const struct sock *sk,
						      const struct task_struct *task)
{
	struct sock_state *s = sk && sock_is_tcp(sk) ? sock_find(sk) : NULL;
	__u32 tgid = tgid_of(task);
	struct keeper *k = s && !s->keeper ? keeper_enter(tgid, task) : NULL;

	if (!k)
		return NULL;
	s->keeper = tgid;
	s->peered = tgid;
	full_barrier(&s->over);
	return k;
}

/* The running thread accepted a connection. Global, with scalar arguments: verified once. */
__weak __noinline int connection_accepted(__u32 fd, __u32 tid)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	const struct sock *sk = sock_of_fd(fd);
	struct keeper *k = connection_keep(sk, task);
	struct sock_state *s;

	if (!k)
		return 0;
	k->accepted = bpf_ktime_get_ns();
	k->tid = tid;
	s = sock_find(sk);
	if (s)
		connection_over(s, *(volatile __u8 *)&s->state);
	return 0;
}

/* It had one when tracing began; one whose peer had closed by then is not counted. */
static __always_inline void connection_adopt(const struct sock *sk, const struct task_struct *task)
{
	if (!peer_has_closed(READ(sk, __sk_common.skc_state)) && !sock_is_listening(sk) &&
	    is_listened_for(sk))
		connection_keep(sk, task);
}

/* Since when nothing came or went: the peer's FIN, and what was sent after it, which is
 * acknowledged (tcp_mstamp, in us). */
static __always_inline __u64 quiet_since(const struct sock *sk, const struct sock_state *s)
{
	__u64 moved = READ((const struct tcp_sock *)sk, tcp_mstamp) * 1000;

	return moved > s->over ? moved : s->over;
}

static __always_inline void connection_note(struct keeper *k, const struct sock *sk,
					    const struct sock_state *s, __u32 fd, __u64 before)
{
	k->held++;
	if (quiet_since(sk, s) > before || s->over >= k->accepted)
		return;
	k->kept++;
	k->overtaken += s->over < k->newest;
	if (k->since && k->since <= s->over)
		return;
	k->since = s->over;
	k->fd = fd;
}

/* One descriptor of a process: what is dead, as nothing came or went since before. */
__weak __noinline int keeper_look(__u64 address, __u32 tgid, __u32 fd, __u64 before)
{
	const struct sock *sk = sock_of_file(file_of((const void *)address, fd));
	struct sock_state *s = sk ? sock_find(sk) : NULL;
	struct keeper *k = keeper_find(tgid);

	if (!s || !k || !s->over || s->keeper != tgid || s->walked == (__u8)k->walk)
		return 0;
	s->walked = k->walk;
	connection_note(k, sk, s, fd, before);
	return 0;
}

__weak __noinline int keeper_look_part(__u64 address, __u32 tgid, __u32 from, __u32 n, __u64 before)
{
	for (__u32 i = 0; i < FILES_PART && from + i < n; i++)
		keeper_look(address, tgid, from + i, before);
	return 0;
}

/* Those that were closed here had their peers close in any order: what is left over is not only
 * waiting for its turn. */
static __always_inline __u32 keeper_leaks(const struct keeper *k)
{
	return k->held < k->over ? k->overtaken : k->kept;
}

/* What a walk has found is evidence, or is none any more. */
__weak __noinline int keeper_note(__u64 address, __u32 tgid)
{
	const struct task_struct *task = (const void *)address;
	const struct keeper *k = keeper_find(tgid);
	const struct sock *sk;
	struct evidence *e;

	if (!k || keeper_leaks(k) < KEPT_LEAST) {
		evidence_drop(EVIDENCE_LEAK, tgid, 0);
		return 0;
	}
	e = evidence_enter(EVIDENCE_LEAK, tgid, 0);
	if (!e)
		return 0;
	e->count = k->held;
	e->amount = keeper_leaks(k);
	e->limit = k->over;
	e->ns = bpf_ktime_get_ns() - k->since;
	e->tid = k->tid;
	e->fd = k->fd;
	e->kind = FILE_TCP;
	BPF_CORE_READ_STR_INTO(&e->comm, task, comm);
	sk = sock_of_file(file_of(task, k->fd));
	if (!sk)
		return 0;
	e->own_port = __builtin_bswap16(READ((const struct inet_sock *)sk, inet_sport));
	sock_peer(sk, &e->family, &e->port, e->addr);
	return 0;
}

/* Looks for what the process of a task, its group's leader or its last, keeps, by all of its
 * descriptors. */
__weak __noinline int keeper_walk(__u64 address, __u32 tgid, __u64 least)
{
	const struct task_struct *task = (const void *)address;
	__u32 n = READ(task, files, fdt, max_fds);
	struct keeper *k = keeper_find(tgid);

	if (!k || k->over < k->closed + KEPT_LEAST)
		return 0;
	k->walk++;
	k->held = k->kept = k->overtaken = 0;
	k->since = 0;
	for (__u32 part = 0; part < FILES_PARTS && part * FILES_PART < n; part++)
		keeper_look_part(address, tgid, part * FILES_PART, n, bpf_ktime_get_ns() - least);
	keeper_note(address, tgid);
	return 0;
}

#endif
