/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* From a descriptor to its file, and to the socket that it may be. */
#ifndef WAKELAB_DESCRIPTORS_BPF_H
#define WAKELAB_DESCRIPTORS_BPF_H

#include "compat.bpf.h"

/* include/uapi/linux/stat.h */
#define S_IFMT   0170000
#define S_IFSOCK 0140000
#define S_IFCHR  0020000
#define S_IFIFO  0010000

static __always_inline struct file *file_of(const struct task_struct *task, __u32 fd)
{
	struct fdtable *fdt = READ(task, files, fdt);
	struct file **array = READ(fdt, fd);

	if (fd >= READ(fdt, max_fds))
		return NULL;
	return (struct file *)read_word(address_of(array) + fd * sizeof(*array));
}

static __always_inline struct sock *sock_of_file(const struct file *file)
{
	struct socket *socket;

	if (!file || (READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	socket = READ(file, private_data);
	return READ(socket, sk);
}

#endif
