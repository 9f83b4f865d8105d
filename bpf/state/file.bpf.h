/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Of what kind a file is, and the socket that a descriptor of the running task may be. */
#ifndef WAKELAB_FILE_BPF_H
#define WAKELAB_FILE_BPF_H

#include "descriptors.bpf.h"
#include "socket.bpf.h"

/* The file behind a task's descriptor if it is of that learned kind, else NULL. */
static __always_inline struct file *file_of_kind(const struct task_struct *task, __u32 fd,
						 enum file_kind kind)
{
	struct file *file = file_of(task, fd);

	return file && (__u64)READ(file, f_op) == file_ops[kind] ? file : NULL;
}

/* The socket behind a descriptor of the running task; NULL if it leads to none. */
static __always_inline struct sock *sock_of_fd(__u32 fd)
{
	return sock_of_file(file_of((const void *)bpf_get_current_task(), fd));
}

static __always_inline enum file_kind sock_kind(const struct sock *sk)
{
	__u16 family = READ(sk, __sk_common.skc_family);

	if (sock_is_tcp(sk))
		return sock_is_listening(sk) ? FILE_LISTENER : FILE_TCP;
	if (family == AF_UNIX)
		return READ(sk, sk_type) == SOCK_STREAM && !sock_is_listening(sk)
			       ? FILE_UNIX_STREAM
			       : FILE_UNIX_PACKETS; /* or connections */
	return sock_is_inet(sk, SOCK_DGRAM) ? FILE_DATAGRAMS : FILE_OTHER_SOCKET;
}

/* What kind of file this is; sk is its socket, NULL if it is none. */
static __always_inline enum file_kind file_kind_of(const struct file *file, const struct sock *sk)
{
	__u64 ops = (__u64)READ(file, f_op);

	if (sk)
		return sock_kind(sk);
	for (__u32 kind = FIRST_LEARNED_FILE; kind < N_FILE_KINDS; kind++)
		if (file_ops[kind] == ops)
			return kind;
	/* a named pipe may have others than one without a name (fs/pipe.c, 6.18) */
	if ((READ(file, f_inode, i_mode) & S_IFMT) == S_IFIFO)
		return FILE_PIPE;
	return FILE_OTHER;
}

/* Takes in a file that is no socket, for what is registered for it. */
static __always_inline void file_follow(const struct file *file)
{
	static const struct sock_state nothing;
	__u64 key = (__u64)file;

	if (!bpf_map_lookup_elem(&sockets, &key) &&
	    bpf_map_update_elem(&sockets, &key, &nothing, BPF_NOEXIST))
		count(COUNT_LOST_SOCKETS, 1);
}

#endif
