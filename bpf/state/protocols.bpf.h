/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What a socket is: of which family and protocol, in which state, in which network namespace. */
#ifndef WAKELAB_PROTOCOLS_BPF_H
#define WAKELAB_PROTOCOLS_BPF_H

#include "compat.bpf.h"

/* include/uapi/linux/in.h, include/net/tcp_states.h, include/linux/net.h, include/linux/socket.h */
#define IPPROTO_TCP     6
#define IPPROTO_UDP     17
#define SOCK_STREAM     1
#define SOCK_DGRAM      2
#define TCP_ESTABLISHED 1
#define TCP_SYN_RECV    3
#define TCP_CLOSE       7
#define TCP_CLOSE_WAIT  8
#define TCP_LISTEN      10
#define AF_UNIX         1
#define AF_INET         2
#define AF_INET6        10

static __always_inline bool sock_is_inet(const struct sock *sk, __u32 type)
{
	__u16 family = READ(sk, __sk_common.skc_family);

	return (family == AF_INET || family == AF_INET6) && READ(sk, sk_type) == type;
}

static __always_inline bool sock_is_tcp(const struct sock *sk)
{
	return sock_is_inet(sk, SOCK_STREAM) && READ(sk, sk_protocol) == IPPROTO_TCP;
}

static __always_inline bool sock_is_listening(const struct sock *sk)
{
	return READ(sk, __sk_common.skc_state) == TCP_LISTEN;
}

/* Whether connections wait at it, one by one, to be accepted. */
static __always_inline bool sock_takes_connections(const struct sock *sk)
{
	__u16 family = READ(sk, __sk_common.skc_family);

	return sock_is_listening(sk) &&
	       (family == AF_INET || family == AF_INET6 || family == AF_UNIX);
}

/* Its network namespace, by the address; a kernel that has only one leaves net alone. */
static __always_inline void sock_net(const struct sock *sk, __u64 *net)
{
	if (bpf_core_field_exists(sk->__sk_common.skc_net))
		*net = (__u64)READ(sk, __sk_common.skc_net.net);
}

#endif
