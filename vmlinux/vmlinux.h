/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The kernel types that wakelab reads, and of each only the fields that it reads. CO-RE relocates
 * every access to the layout of the running kernel, so order and gaps here mean nothing; names and
 * types must be the kernel's. README.md says why each is here and how to check this file against a
 * kernel.
 */
#ifndef __VMLINUX_H__
#define __VMLINUX_H__

typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16;
typedef short __s16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;
typedef unsigned long size_t;

#define true 1
#define false 0

/* include/uapi/linux/bpf.h: the map types and flags in use. */
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_QUEUE = 22,
	BPF_MAP_TYPE_RINGBUF = 27,
};
enum { BPF_ANY = 0, BPF_NOEXIST = 1, BPF_F_MMAPABLE = 1 << 10 };
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };

/* A member of those that are read by loads, see READ() in bpf/state/compat.bpf.h. No structure of
 * the kernel has it: its offset is the number of the structure among the kernel's types. */
#define NUMBERED char number_of_type

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

#if defined(__TARGET_ARCH_x86)
struct pt_regs { /* arch/x86/include/asm/ptrace.h: the arguments of a syscall */
	NUMBERED;
	unsigned long bx, bp, r10, r9, r8, cx, dx, si, di;
	unsigned long orig_ax; /* its number: ax becomes the result */
};
#elif defined(__TARGET_ARCH_arm64)
struct user_pt_regs { /* arch/arm64/include/uapi/asm/ptrace.h */
	__u64 regs[31];
};
struct pt_regs {
	NUMBERED;
	__u64 regs[31];
	__u64 orig_x0; /* the first argument: regs[0] becomes the result */
	__s32 syscallno;
};
#endif

struct thread_info { /* arch/.../include/asm/thread_info.h */
	unsigned long flags;
#if defined(__TARGET_ARCH_x86)
	__u32 status; /* TS_COMPAT: the syscall in flight is a 32-bit one */
#elif defined(__TARGET_ARCH_arm64)
	int preempt_count; /* in a union with preempt.count and preempt.need_resched */
#endif
};

typedef struct {
	unsigned long sig[1];
} sigset_t;

struct sigpending { /* include/linux/signal_types.h */
	sigset_t signal;
};

struct list_head {
	NUMBERED;
	struct list_head *next, *prev;
};

struct hlist_node {
	NUMBERED;
	struct hlist_node *next;
};

struct hlist_head {
	struct hlist_node *first;
};

struct timespec64 { /* include/linux/time64.h */
	NUMBERED;
	__s64 tv_sec;
};

typedef struct {
	int counter;
} atomic_t;

typedef struct refcount_struct {
	NUMBERED;
	atomic_t refs;
} refcount_t;

struct rlimit { /* include/uapi/linux/resource.h */
	unsigned long rlim_cur;
};

struct signal_struct { /* include/linux/sched/signal.h */
	int nr_threads;
	struct list_head thread_head; /* the threads, the newest last */
	atomic_t live;                /* threads that have not begun to end */
	struct sigpending shared_pending;
	struct rlimit rlim[16];
};

struct inode {
	unsigned short i_mode; /* S_ISSOCK */
	unsigned long i_ino;
};

struct file_operations; /* known by its address */

typedef struct {
	__s64 counter;
} atomic64_t;

typedef struct { /* include/linux/file_ref.h, 6.13 and later */
	atomic64_t refcnt;
} file_ref_t;

struct file { /* include/linux/fs.h */
	NUMBERED;
	const struct file_operations *f_op;
	void *private_data; /* of a socket: its struct socket */
	struct inode *f_inode;
	file_ref_t f_ref;        /* before 6.13: f_count (compat.bpf.h) */
	struct hlist_head *f_ep; /* its registrations with epoll; 5.11 and later */
	unsigned int f_flags;    /* O_NONBLOCK, O_ASYNC, ... as fcntl(F_GETFL) gives them */
};

struct fdtable { /* include/linux/fdtable.h */
	NUMBERED;
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	atomic_t count; /* who has it: the threads of a process */
	struct fdtable *fdt;
};

struct rq; /* known by its address */

struct cfs_rq {        /* kernel/sched/sched.h */
	struct rq *rq; /* the run queue of the CPU; with CONFIG_FAIR_GROUP_SCHED */
};

struct sched_entity { /* include/linux/sched.h */
	struct cfs_rq *cfs_rq;
};

struct pid_namespace; /* known by its address */

struct upid { /* include/linux/pid.h: a number, and where it is one */
	NUMBERED;
	int nr;
	struct pid_namespace *ns;
};

struct tracepoint { /* include/linux/tracepoint-defs.h */
	const char *name;
};

struct trace_event { /* include/linux/trace_events.h, as are the next two */
	int type;    /* the number by which perf_event_open() knows it */
};

struct trace_event_class {
	const char *system;
};

struct trace_event_call {
	NUMBERED;
	struct list_head list; /* ftrace_events: all that there are */
	struct trace_event_class *class;
	struct tracepoint *tp; /* of an event that is one; else its name is there */
	struct trace_event event;
};

struct perf_event { /* include/linux/perf_event.h */
	NUMBERED;
	struct trace_event_call *tp_event;
	struct list_head owner_entry; /* the place among those of its task */
};

struct pid {
	NUMBERED;
	unsigned int level; /* of the namespace that it was made in; 0: the initial one */
	struct upid numbers[1];
};

struct kernfs_node { /* include/linux/kernfs.h */
	__u64 id;    /* the number of its inode */
};

struct cgroup;

struct cgroup_subsys_state { /* include/linux/cgroup-defs.h, as are the next two */
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup {
	NUMBERED;
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp; /* in the hierarchy of version 2 */
};

struct net; /* known by its address */

struct nsproxy { /* include/linux/nsproxy.h */
	struct net *net_ns;
};

struct task_struct { /* include/linux/sched.h */
	NUMBERED;
	struct thread_info thread_info;
	unsigned int flags;   /* PF_KTHREAD */
	unsigned int __state; /* 5.14 and later; before: long state (compat.bpf.h) */
	int exit_state;
	struct sched_entity se;
	int pid;
	int tgid;
	struct list_head children; /* processes, the newest last */
	struct list_head sibling;  /* the place among those of its parent */
	struct list_head thread_node;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	__u64 start_time; /* CLOCK_MONOTONIC, ns */
	char comm[16];
	struct files_struct *files;
	struct nsproxy *nsproxy; /* NULL once it ends */
	struct css_set *cgroups;
	struct list_head perf_event_list; /* those that it opened, the newest last */
	struct signal_struct *signal;
	sigset_t blocked;
	struct sigpending pending;
};

struct sk_buff { /* include/linux/skbuff.h, as is the next */
	NUMBERED;
	struct sk_buff *next;
	unsigned int len;
	char cb[48]; /* of a UNIX socket: struct unix_skb_parms */
};

struct sk_buff_head {
	struct sk_buff *next;
	__u32 qlen;
};

struct unix_skb_parms { /* include/net/af_unix.h */
	NUMBERED;
	__u32 consumed;
};

struct in6_addr {
	union {
		__u8 u6_addr8[16];
	} in6_u;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct sock_common {          /* include/net/sock.h */
	__be32 skc_daddr;     /* the peer */
	__be32 skc_rcv_saddr; /* the local address */
	__be16 skc_dport;
	__u16 skc_num;           /* the local port, in host order */
	unsigned long skc_flags; /* bits of enum sock_flags */
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	unsigned short skc_family;
	volatile unsigned char skc_state; /* TCP_LISTEN, ... of every protocol */
};

struct socket;

struct sock {
	NUMBERED;
	struct sock_common __sk_common;
	struct socket *sk_socket; /* NULL once no descriptor leads here */
	struct sk_buff_head sk_receive_queue;
	__u32 sk_ack_backlog;     /* of a listener: connections that wait to be accepted */
	__u32 sk_max_ack_backlog; /* how many may, and one more */
	atomic_t sk_drops;        /* of a listener: attempts that were dropped, for whatever */
	refcount_t sk_wmem_alloc; /* bytes that were sent and not taken yet, and 1 */
	int sk_wmem_queued;       /* bytes, with what keeps them */
	int sk_sndbuf;            /* how many it may have */
	__u8 sk_shutdown;         /* RCV_SHUTDOWN: the peer sent its end of file */
	__u16 sk_type;
	__u16 sk_protocol;
};

struct tcp_sock { /* include/linux/tcp.h; starts with a struct sock */
	NUMBERED;
	__u32 rcv_nxt;
	__u32 copied_seq;
	__u32 urg_seq; /* where the urgent byte stands in the stream */
	__u16 urg_data;
	__u32 snd_una, snd_nxt, write_seq; /* acknowledged, sent, written, up to there */
	__u32 snd_wnd;                     /* that the peer has room for */
	__u32 mss_cache;
	__u64 tcp_mstamp; /* when something came or went last, in us of CLOCK_MONOTONIC */
	__u8 nonagle : 4; /* TCP_NAGLE_OFF */
};

struct inet_sock { /* include/net/inet_sock.h; starts with a struct sock */
	NUMBERED;
	__u16 inet_sport; /* its own, in network order */
};

struct udp_sock { /* include/linux/udp.h; starts with a struct sock */
	NUMBERED;
	struct sk_buff_head reader_queue; /* datagrams that the reader took over, still unread */
};

struct socket { /* include/linux/net.h */
	NUMBERED;
	unsigned long flags; /* SOCK_NOSPACE */
	struct file *file;
	struct sock *sk;
};

struct socket_alloc { /* include/net/sock.h */
	NUMBERED;
	struct socket socket;
	struct inode vfs_inode;
};

#include "vmlinux_files.h"

struct fown_struct; /* passed on by send_sigio(), not read */
struct msghdr;      /* passed on by the receive functions, not read */

struct kernel_siginfo { /* include/linux/signal_types.h */
	NUMBERED;
	int si_code;
};

struct k_sigaction; /* passed on by the signal tracepoints, not read */

struct bpf_raw_tracepoint_args { /* include/uapi/linux/bpf.h */
	__u64 args[0];
};

struct seq_file; /* what an iterator writes to, for its reader */

struct bpf_iter_meta {
	struct seq_file *seq;
	__u64 seq_num;
};

struct bpf_iter__task { /* kernel/bpf/task_iter.c */
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

#endif
