/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the target listens on: connections that come in there are followed before accept() hands
 * them out. The kernel does not say of a connection which listener it came to; network namespace,
 * family, port and address do, unless somebody else has a listener on just the same (SO_REUSEPORT).
 */
#ifndef WAKELAB_LISTENERS_BPF_H
#define WAKELAB_LISTENERS_BPF_H

#include "counting.bpf.h"
#include "protocols.bpf.h"

/* Where a socket is at this end. A connection to a listener of IPv6 is one of IPv6, too. */
static __always_inline void listener_key_of(const struct sock *sk, struct listener_key *key)
{
	__u32 v4;

	__builtin_memset(key, 0, sizeof(*key));
	sock_net(sk, &key->net);
	key->port = READ(sk, __sk_common.skc_num);
	key->family = READ(sk, __sk_common.skc_family);
	if (key->family == AF_INET6) {
		BPF_CORE_READ_INTO(&key->addr, sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8);
	} else {
		v4 = READ(sk, __sk_common.skc_rcv_saddr);
		__builtin_memcpy(key->addr, &v4, sizeof(v4));
	}
}

/* One listener of the target more, by a key; gives whether there is room for that. */
static __always_inline bool listener_count(const struct listener_key *key)
{
	__u64 none = 0, *n;

	bpf_map_update_elem(&listened, key, &none, BPF_NOEXIST);
	n = bpf_map_lookup_elem(&listened, key);
	if (n)
		__sync_fetch_and_add(n, 1);
	return n;
}

/* A listener of the target listens no more: every one comes to that, by whatever close. */
static __always_inline void listener_end(const struct sock *sk)
{
	__u64 address = address_of(sk), *n;
	struct listener_key *had = bpf_map_lookup_elem(&listeners, &address), key;

	if (!had)
		return;
	key = *had;
	if (bpf_map_delete_elem(&listeners, &address))
		return;
	n = bpf_map_lookup_elem(&listened, &key);
	if (!n)
		return;
	__sync_fetch_and_add(n, -1);
	if (!*(volatile __u64 *)n)
		bpf_map_delete_elem(&listened, &key);
}

static __always_inline void listener_begin(const struct sock *sk)
{
	__u64 address = address_of(sk);
	struct listener_key key;

	listener_end(sk); /* it may only listen anew, with another backlog */
	listener_key_of(sk, &key);
	if (bpf_map_update_elem(&listeners, &address, &key, BPF_NOEXIST))
		count(COUNT_LOST_SOCKETS, 1);
	else if (!listener_count(&key)) {
		bpf_map_delete_elem(&listeners, &address);
		count(COUNT_LOST_SOCKETS, 1);
	}
}

/* Whether the target listens where this connection came in. */
static __always_inline bool is_listened_for(const struct sock *sk)
{
	struct listener_key key;

	listener_key_of(sk, &key);
	if (bpf_map_lookup_elem(&listened, &key))
		return true;
	__builtin_memset(key.addr, 0, sizeof(key.addr)); /* on any address */
	return bpf_map_lookup_elem(&listened, &key);
}

#endif
