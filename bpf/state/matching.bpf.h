/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Whether a task, a control group or a socket is one of those that are sought (sought.h). */
#ifndef WAKELAB_MATCHING_BPF_H
#define WAKELAB_MATCHING_BPF_H

#include "protocols.bpf.h"
#include "sought.h"

#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */

/* The process is named as the first of its threads is. */
static __always_inline bool task_leads(const struct task_struct *task)
{
	return address_of(READ(task, group_leader)) == address_of(task);
}

static __always_inline bool task_is_kernels(const struct task_struct *task)
{
	return READ(task, flags) & PF_KTHREAD;
}

/* The name is somewhere in the kernel. */
static __always_inline __u32 names_sought(const volatile struct sought *s, const char *at)
{
	char name[NAME_LEN] = {};
	__u32 bits = 0;

	bpf_probe_read_kernel_str(name, sizeof(name), at);
	for (__u32 i = 0; i < MAX_SOUGHT && i < s->n_globs; i++)
		bits |= (__u32)glob_takes(&s->globs[i], name) << i;
	return bits;
}

/* A socket that connections or datagrams of any peer come to. */
static __always_inline bool sock_waits_for_peers(const struct sock *sk)
{
	if (sock_is_listening(sk))
		return sock_is_inet(sk, SOCK_STREAM);
	return sock_is_inet(sk, SOCK_DGRAM) && READ(sk, __sk_common.skc_state) != TCP_ESTABLISHED;
}

static __always_inline __u32 ports_sought(const volatile struct sought *s, const struct sock *sk,
					  __u64 net)
{
	__u64 its = net;
	__u32 bits = 0;
	__u16 port;

	sock_net(sk, &its);
	if (its != net)
		return 0;
	port = READ(sk, __sk_common.skc_num);
	for (__u32 i = 0; i < MAX_SOUGHT && i < s->n_ports; i++)
		bits |= (__u32)(s->ports[i] == port) << i;
	return bits;
}

#define GROUP_LEVELS 32 /* of control groups in one another */

static __always_inline __u32 groups_sought(const volatile struct sought *s,
					   const struct cgroup *group)
{
	__u32 bits = 0;

	for (__u32 level = 0; level < GROUP_LEVELS && group; level++) {
		__u64 number = READ(group, kn, id);

		for (__u32 i = 0; i < MAX_SOUGHT && i < s->n_groups; i++)
			bits |= (__u32)(s->groups[i] == number) << i;
		group = READ(group, self.parent, cgroup);
	}
	return bits;
}

static __always_inline __u32 task_groups_sought(const volatile struct sought *s,
						const struct task_struct *task)
{
	return s->n_groups ? groups_sought(s, READ(task, cgroups, dfl_cgrp)) : 0;
}

#endif
