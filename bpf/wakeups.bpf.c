// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The scheduler's side: the target's threads fall asleep, are woken and run again. */
#include "edges.bpf.h"
#include "wakes.bpf.h"

/* For a call that waits on one socket, whether that is the one that became ready. */
static __always_inline bool wake_is_for(const struct task_struct *task, const struct task_state *t,
					__u64 sock)
{
	if (t->class != CLASS_IO)
		return true;
	return (__u64)sock_of_file(file_of(task, t->args[0])) == sock;
}

/* Since when what woke the thread was ready, if the wake comes out of the readiness announced on
 * this CPU: in the same context, with no context switch between (on_switch forgets it), and during
 * this call. Else 0. */
static __always_inline __u64 wake_ready(const struct task_struct *task, const struct task_state *t)
{
	struct cpu_state *cpu = cpu_current();

	if (!cpu || cpu->ready < t->entered || cpu->task != bpf_get_current_task() ||
	    cpu->context != context(cpu) || !wake_is_for(task, t, cpu->sock))
		return 0;
	return cpu->ready;
}

static __always_inline bool signal_is_pending(const struct task_struct *task)
{
	unsigned long pending = BPF_CORE_READ(task, pending.signal.sig[0]) |
				BPF_CORE_READ(task, signal, shared_pending.signal.sig[0]);

	return pending & ~BPF_CORE_READ(task, blocked.sig[0]);
}

SEC("tp_btf/sched_waking")
int BPF_PROG(on_waking, struct task_struct *task)
{
	struct task_state *t = task_find(task);

	if (!t || !t->waiting)
		return 0;
	t->last.ready = wake_ready(task, t);
	t->last.cause = t->last.ready             ? CAUSE_DATA
			: signal_is_pending(task) ? CAUSE_SIGNAL
						  : CAUSE_UNKNOWN;
	t->last.waking = bpf_ktime_get_ns();
	__sync_fetch_and_add(&t->wakes, 1);
	thread_count(t, COUNT_WAKES, 1);
	waker_count();
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	struct cpu_state *cpu = cpu_current();
	struct task_state *t = task_find(prev);

	if (cpu)
		cpu->ready = 0;
	if (t && t->row && !preempt && task_is_blocked(prev)) {
		wakes_sleep(t);
		if (t->class == CLASS_MUX)
			stalls_look(t);
	}
	t = task_find(next);
	if (t && t->asleep)
		wakes_run(t, bpf_ktime_get_ns());
	return 0;
}

/* A socket has something to read. Others' sockets end whatever was announced before. */
SEC("tp_btf/sk_data_ready")
int BPF_PROG(on_data_ready, struct sock *sk)
{
	struct sock_state *s = sock_find(sk);
	struct cpu_state *cpu = cpu_current();
	__u64 now;

	if (!cpu)
		return 0;
	if (!s) {
		cpu->ready = 0;
		return 0;
	}
	now = bpf_ktime_get_ns();
	interests_ready(sk, s);
	if (sock_was_drained(sk, s) && !s->ready)
		s->ready = now;
	if (sock_is_inet(sk, SOCK_DGRAM))
		count(COUNT_DATAGRAMS_ARRIVED, 1);
	cpu->sock = (__u64)sk;
	cpu->task = bpf_get_current_task();
	cpu->context = context(cpu);
	cpu->ready = now;
	return 0;
}

/* A reset, or what an ICMP message brought. */
SEC("tp_btf/inet_sk_error_report")
int BPF_PROG(on_error_report, const struct sock *sk)
{
	struct sock_state *s = sock_find(sk);

	if (s)
		interests_edge(sk, s, EDGE_ERROR);
	return 0;
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(on_recv, struct sock *sk, int ret, int flags)
{
	struct task_state *t = task_current();
	struct sock_state *s;

	if (!t || ret < 0 || (flags & (MSG_PEEK | MSG_OOB)))
		return 0;
	if (sock_is_inet(sk, SOCK_DGRAM))
		count(COUNT_DATAGRAMS_READ, 1);
	if (ret) {
		count(COUNT_SOCKET_READS, 1);
		count(COUNT_SOCKET_BYTES, ret);
	}
	s = sock_find(sk);
	if (!s) {
		sock_follow(sk, false);
		return 0;
	}
	interests_read(sk, s);
	if (ret && s->ready)
		latency_add(LATENCY_READY_TO_READ, s->ready, bpf_ktime_get_ns());
	s->ready = 0;
	return 0;
}

/* TCP connections that come in for the target, before accept() gives them out; and their end, where
 * no close() was seen: the kernel is done with a socket that no descriptor leads to. */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_sock_state, struct sock *sk, int before, int after)
{
	if (before == TCP_SYN_RECV && after == TCP_ESTABLISHED &&
	    listen_ports[BPF_CORE_READ(sk, __sk_common.skc_num)]) {
		count(COUNT_ESTABLISHED, 1);
		sock_follow(sk, false);
	}
	if (after == TCP_CLOSE_WAIT)
		interests_end_of_file(sk);
	if (after == TCP_CLOSE && !BPF_CORE_READ(sk, sk_socket))
		sock_forget(sk);
	return 0;
}
