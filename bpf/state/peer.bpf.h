/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Who is at the other end of a socket. */
#ifndef WAKELAB_PEER_BPF_H
#define WAKELAB_PEER_BPF_H

#include "socket.bpf.h"

/* Its address, in network order, and its port, in host order; left alone where there is none. */
static __always_inline void sock_peer(const struct sock *sk, __u8 *family, __u16 *port,
				      __u8 addr[16])
{
	__u16 is = READ(sk, __sk_common.skc_family);
	__u16 at = READ(sk, __sk_common.skc_dport);
	__u32 v4;

	if (!at || (is != AF_INET && is != AF_INET6))
		return;
	*family = is;
	*port = at << 8 | at >> 8;
	if (is == AF_INET6) {
		bpf_core_read(addr, 16, &sk->__sk_common.skc_v6_daddr.in6_u.u6_addr8);
	} else {
		v4 = READ(sk, __sk_common.skc_daddr);
		__builtin_memcpy(addr, &v4, sizeof(v4));
	}
}

#endif
