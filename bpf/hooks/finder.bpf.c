// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Finds the processes that are sought, before anything is traced. An object of its own, without
 * maps to make room for: it is loaded and run where somebody is sought, and gone before the others
 * are loaded.
 *
 * It looks at the tables of descriptors itself: to look for a socket by /proc/PID/fd would hold
 * each file of each process for a moment, and need another privilege.
 */
#include "descriptors.bpf.h"
#include "matching.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile struct sought sought;

__u64 finder_net; /* the network namespace of who reads */

#define SEEK_PART  512 /* descriptors */
#define SEEK_PARTS 2048

/* Global, with scalar arguments: verified once and not at each turn of the loop. */
__weak __noinline int seek_ports_part(__u64 address, __u32 from, __u32 n)
{
	const struct task_struct *task = (const void *)address;
	__u32 bits = 0;

	for (__u32 i = 0; i < SEEK_PART && from + i < n; i++) {
		const struct sock *sk = sock_of_file(file_of(task, from + i));

		if (sk && sock_waits_for_peers(sk))
			bits |= ports_sought(&sought, sk, finder_net);
	}
	return bits;
}

/*
 * The first process of a machine holds the sockets of services that it has yet to start, and of
 * those that it has started: it is not who listens.
 */
static __always_inline __u32 seek_ports(const struct task_struct *task)
{
	__u32 n = READ(task, files, fdt, max_fds), bits = 0;

	if (!sought.n_ports || READ(task, pid) == 1)
		return 0;
	for (__u32 part = 0; part < SEEK_PARTS && part * SEEK_PART < n; part++)
		bits |= seek_ports_part(address_of(task), part * SEEK_PART, n);
	return bits;
}

/* A process's number where the reader lives; 0: it is the reader's own, or is not seen there. */
static __always_inline __u32 seen_tgid(const struct task_struct *task)
{
	const struct task_struct *reader = (const void *)bpf_get_current_task();
	__u32 level = pid_level_of(reader), tgid, own;
	__u64 ns, own_ns;

	own = pid_at(READ(reader, group_leader), level, &own_ns);
	tgid = pid_at(READ(task, group_leader), level, &ns);
	return ns == own_ns && tgid != own ? tgid : 0;
}

SEC("iter/task")
int find_tasks(struct bpf_iter__task *ctx)
{
	const struct task_struct *task = ctx->task;
	const struct task_struct *reader = (const void *)bpf_get_current_task();
	struct sought_row row = {};

	if (!task || task_is_kernels(task) || READ(task, exit_state))
		return 0;
	row.tgid = seen_tgid(task);
	if (!row.tgid)
		return 0;
	finder_net = (__u64)READ(reader, nsproxy, net_ns);
	if (task_leads(task)) {
		row.is.globs = names_sought(
			&sought, (const char *)(address_of(task) +
						bpf_core_field_offset(struct task_struct, comm)));
		row.is.ports = seek_ports(task);
	}
	row.is.groups = task_groups_sought(&sought, task);
	if (row.is.globs || row.is.ports || row.is.groups)
		bpf_seq_write(ctx->meta->seq, &row, sizeof(row));
	return 0;
}
