// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What happens to the target's sockets. Each hook has the tracepoint that newer kernels have and,
 * for the others, the function that it stands in; loader/kernel/hooks.c chooses.
 */
#include "receives.bpf.h"
#include "registrations.bpf.h"
#include "turns.bpf.h"
#include "unsent.bpf.h"

/* A socket has something to read. Others' sockets end whatever was announced before. */
static __always_inline void socket_ready(struct cpu_state *cpu, struct sock *sk, enum turn turn)
{
	struct sock_state *s = sock_find(sk);
	__u64 now;

	if (!s) {
		cpu->ready = 0;
		return;
	}
	if (!turn_is_ours(&s->ready_marks, TOLD_READY, turn))
		return;
	now = bpf_ktime_get_ns();
	interests_ready(sk, s);
	if (holds)
		nagle_end(address_of(sk), now);
	if (sock_was_drained(sk, s) && !s->ready)
		s->ready = now;
	if (sock_is_inet(sk, SOCK_DGRAM))
		count(COUNT_DATAGRAMS_ARRIVED, 1);
	if (s->listens)
		backlog_told(address_of(sk), now);
	announce(cpu, (__u64)sk, now);
}

static __always_inline int data_ready(struct sock *sk, enum turn turn)
{
	struct cpu_state *cpu = cpu_current();

	if (!cpu || !turn_begins(cpu, TOLD_READY, sk, turn))
		return 0;
	socket_ready(cpu, sk, turn);
	turn_ends(cpu, TOLD_READY, turn);
	return 0;
}

SEC("?tp_btf/sk_data_ready")
int BPF_PROG(on_data_ready, struct sock *sk)
{
	return data_ready(sk, TURN_FIRST);
}

SEC("?tp_btf/sk_data_ready")
int BPF_PROG(on_data_ready_again, struct sock *sk)
{
	return data_ready(sk, TURN_AGAIN);
}

SEC("?fentry/sock_def_readable")
int BPF_PROG(on_readable, struct sock *sk)
{
	return data_ready(sk, TURN_FIRST);
}

SEC("?fentry/sock_def_readable")
int BPF_PROG(on_readable_again, struct sock *sk)
{
	return data_ready(sk, TURN_AGAIN);
}

SEC("?kprobe/sock_def_readable")
int BPF_KPROBE(on_readable_kprobe, struct sock *sk)
{
	return data_ready(sk, TURN_FIRST);
}

/* A reset, or what an ICMP message brought. */
static __always_inline int error_report(const struct sock *sk, enum turn turn)
{
	struct cpu_state *cpu = cpu_current();
	struct sock_state *s;

	if (!cpu || !turn_begins(cpu, TOLD_ERROR, sk, turn))
		return 0;
	s = sock_find(sk);
	if (s && turn_is_ours(&s->error_marks, TOLD_ERROR, turn))
		interests_edge(sk, s, EDGE_ERROR);
	turn_ends(cpu, TOLD_ERROR, turn);
	return 0;
}

SEC("?tp_btf/inet_sk_error_report")
int BPF_PROG(on_error_report, const struct sock *sk)
{
	return error_report(sk, TURN_FIRST);
}

SEC("?tp_btf/inet_sk_error_report")
int BPF_PROG(on_error_report_again, const struct sock *sk)
{
	return error_report(sk, TURN_AGAIN);
}

SEC("?fentry/sock_def_error_report")
int BPF_PROG(on_sock_error, struct sock *sk)
{
	return error_report(sk, TURN_FIRST);
}

SEC("?fentry/sock_def_error_report")
int BPF_PROG(on_sock_error_again, struct sock *sk)
{
	return error_report(sk, TURN_AGAIN);
}

SEC("?kprobe/sock_def_error_report")
int BPF_KPROBE(on_sock_error_kprobe, struct sock *sk)
{
	return error_report(sk, TURN_FIRST);
}

/* A receive, by whatever system call. One that this is kept from is found by sys_exit, but for
 * io_uring's. */
static __always_inline int receive(struct sock *sk, int ret, int flags, enum turn turn)
{
	struct task_state *t = task_current();

	if (!t || ret < 0)
		return 0;
	if (turn == TURN_AGAIN && t->told) {
		t->told = 0;
		return 0;
	}
	t->told = turn == TURN_FIRST;
	t->received = 1;
	sock_received(sk, ret, flags);
	return 0;
}

SEC("?tp_btf/sock_recv_length")
int BPF_PROG(on_recv, struct sock *sk, int ret, int flags)
{
	return receive(sk, ret, flags, turn_behind_steady());
}

struct recv_event { /* events/sock/sock_recv_length/format in tracefs */
	__u64 common;
	struct sock *sk;
	__u16 family;
	__u16 protocol;
	int ret;
	int flags;
};

SEC("?tp/sock/sock_recv_length")
int on_recv_steady(const struct recv_event *event)
{
	receive(event->sk, event->ret, event->flags, TURN_FIRST);
	return 1;
}

SEC("?fexit/inet_recvmsg")
int BPF_PROG(on_recv_inet, struct socket *socket, struct msghdr *msg, size_t size, int flags,
	     int ret)
{
	return receive(READ(socket, sk), ret, flags, TURN_FIRST);
}

SEC("?fexit/inet6_recvmsg")
int BPF_PROG(on_recv_inet6, struct socket *socket, struct msghdr *msg, size_t size, int flags,
	     int ret)
{
	return receive(READ(socket, sk), ret, flags, TURN_FIRST);
}

SEC("?fexit/unix_stream_recvmsg")
int BPF_PROG(on_recv_stream, struct socket *socket, struct msghdr *msg, size_t size, int flags,
	     int ret)
{
	return receive(READ(socket, sk), ret, flags, TURN_FIRST);
}

SEC("?fexit/unix_dgram_recvmsg")
int BPF_PROG(on_recv_dgram, struct socket *socket, struct msghdr *msg, size_t size, int flags,
	     int ret)
{
	return receive(READ(socket, sk), ret, flags, TURN_FIRST);
}

/* A connection has come in. Whatever is known of its address was another socket's, unless it was
 * given out already (TCP_FASTOPEN). */
static __always_inline void connection_begins(const struct sock *sk)
{
	const struct sock_state *s = sock_find(sk);

	if (!s || !s->number)
		sock_forget(sk);
	if (!is_listened_for(sk))
		return;
	count(COUNT_ESTABLISHED, 1);
	sock_follow(sk, true);
}

/* TCP connections that come in for the target, before accept() gives them out; and their end, where
 * no close() was seen: the kernel is done with a socket that no descriptor leads to. */
static __always_inline void socket_changes(struct sock *sk, int before, int after, enum turn turn)
{
	struct sock_state *s = sock_find(sk);

	if (turn == TURN_AGAIN && s && s->state == after)
		return;
	if (before == TCP_SYN_RECV && after == TCP_ESTABLISHED)
		connection_begins(sk);
	if (before == TCP_LISTEN && after == TCP_CLOSE) {
		interests_stop(sk);
		listener_end(sk);
		backlog_end(address_of(sk));
	}
	if (after == TCP_CLOSE_WAIT)
		interests_end_of_file(sk);
	if (after == TCP_CLOSE && !READ(sk, sk_socket))
		sock_forget(sk);
	s = sock_find(sk);
	if (!s)
		return;
	s->state = after;
	full_barrier(&s->over);
	connection_over(s, after);
}

static __always_inline int sock_state(struct sock *sk, int before, int after, enum turn turn)
{
	struct cpu_state *cpu = cpu_current();

	if (!cpu || !turn_begins(cpu, TOLD_STATE, sk, turn))
		return 0;
	socket_changes(sk, before, after, turn);
	turn_ends(cpu, TOLD_STATE, turn);
	return 0;
}

SEC("?tp_btf/inet_sock_set_state")
int BPF_PROG(on_sock_state, struct sock *sk, int before, int after)
{
	return sock_state(sk, before, after, TURN_FIRST);
}

SEC("?tp_btf/inet_sock_set_state")
int BPF_PROG(on_sock_state_again, struct sock *sk, int before, int after)
{
	return sock_state(sk, before, after, TURN_AGAIN);
}
