/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What there is to be read of a file, and what that is counted in. One small function a kind of
 * file; docs/metrics.md, "Stalls".
 */
#ifndef WAKELAB_UNREAD_BPF_H
#define WAKELAB_UNREAD_BPF_H

#include "file.bpf.h"
#include "units.h"

static __always_inline enum unread unread_unit(__u32 kind)
{
	barrier_var(kind); /* else the bound is checked on another register than is used */
	return kind < N_FILE_KINDS ? units[kind] : UNREAD_BYTES;
}

/* What is asked: how much there is to be read, or only whether there is anything. */
enum asked { ASKED_AMOUNT, ASKED_WHETHER };

/* What of a UNIX stream's buffer was not read yet. */
static __always_inline __u32 unix_unread(__u64 address)
{
	const struct sk_buff *skb = (const void *)address;
	const struct unix_skb_parms *parms =
		(const void *)(address + bpf_core_field_offset(skb->cb));

	return READ(skb, len) - READ(parms, consumed);
}

/* Of a stream 512 are looked through, more than it may have by default: in parts, of which the
 * verifier follows one. */
#define UNIX_PART  32
#define UNIX_PARTS 16

/* From this buffer on: what is unread of a part. Functions like this one are global and take
 * scalars only: verified once. */
__weak __noinline __u64 unix_part_unread(__u64 skb, __u64 end)
{
	__u64 n = 0;

	for (__u32 i = 0; i < UNIX_PART && skb && skb != end; i++) {
		n += unix_unread(skb);
		skb = address_of(READ((const struct sk_buff *)skb, next));
	}
	return n;
}

/* The same: the buffer behind it. */
__weak __noinline __u64 unix_part_behind(__u64 skb, __u64 end)
{
	for (__u32 i = 0; i < UNIX_PART && skb && skb != end; i++)
		skb = address_of(READ((const struct sk_buff *)skb, next));
	return skb;
}

static __always_inline __u64 unix_stream_unread(__u64 address, enum asked asked)
{
	const struct sock *sk = (const void *)address;
	__u64 end = address + bpf_core_field_offset(sk->sk_receive_queue);
	__u64 skb = address_of(READ(sk, sk_receive_queue.next)), n = 0;

	if (asked == ASKED_WHETHER)
		return skb != end;
	for (__u32 i = 0; i < UNIX_PARTS && skb && skb != end; i++) {
		n += unix_part_unread(skb, end);
		skb = unix_part_behind(skb, end);
	}
	return n;
}

static __always_inline __u32 pipe_buffer_bytes(__u64 buffers, __u32 index)
{
	const struct pipe_buffer *buf =
		(const void *)(buffers + index * bpf_core_type_size(struct pipe_buffer));

	return READ(buf, len);
}

/* Of a pipe 256 are looked through: of 1 MiB. */
#define PIPE_PART  16
#define PIPE_PARTS 16

/* From a buffer on: what a part has. */
__weak __noinline __u64 pipe_part_unread(__u64 buffers, __u32 at, __u32 head, __u32 mask)
{
	__u64 n = 0;

	for (__u32 i = 0; i < PIPE_PART && at != head; i++, at++)
		n += pipe_buffer_bytes(buffers, at & mask);
	return n;
}

static __always_inline __u64 pipe_unread(__u64 address, enum asked asked)
{
	const struct file *file = (const void *)address;
	const struct pipe_inode_info *pipe = READ(file, private_data);
	__u32 at = READ(pipe, tail), head = READ(pipe, head), mask = READ(pipe, ring_size) - 1;
	__u64 buffers = address_of(READ(pipe, bufs)), n = 0;

	if (asked == ASKED_WHETHER)
		return head != at;
	for (__u32 i = 0; i < PIPE_PARTS && head - at - 1 <= mask; i++, at += PIPE_PART)
		n += pipe_part_unread(buffers, at, head, mask);
	return n;
}

__weak __noinline __u64 eventfd_unread(__u64 address)
{
	const struct file *file = (const void *)address;
	const struct eventfd_ctx *ctx = READ(file, private_data);

	return READ(ctx, count);
}

__weak __noinline __u64 timerfd_unread(__u64 address)
{
	const struct file *file = (const void *)address;
	const struct timerfd_ctx *ctx = READ(file, private_data);

	return READ(ctx, ticks);
}

/* Of the signals that are pending for a task those that the file is asked for: its mask has the
 * others (fs/signalfd.c, do_signalfd4(), 6.18). */
__weak __noinline __u64 signalfd_unread(__u64 address, __u64 reader)
{
	const struct file *file = (const void *)address;
	const struct signalfd_ctx *ctx = READ(file, private_data);
	const struct task_struct *task = (const void *)reader;
	__u64 pending = READ(task, pending.signal.sig[0]) |
			READ(task, signal, shared_pending.signal.sig[0]);

	return __builtin_popcountll(pending & ~READ(ctx, sigmask.sig[0]));
}

__weak __noinline __u64 fsnotify_unread(__u64 address)
{
	const struct file *file = (const void *)address;
	const struct fsnotify_group *group = READ(file, private_data);

	return READ(group, q_len);
}

#define ICANON 2 /* include/uapi/asm-generic/termbits.h */
#define N_TTY  0 /* include/uapi/linux/tty.h */

/* Bytes that came; where the terminal puts lines together, those of whole lines. */
__weak __noinline __u64 tty_unread(__u64 address)
{
	const struct file *file = (const void *)address;
	const struct tty_file_private *opened = READ(file, private_data);
	const struct tty_struct *tty = READ(opened, tty);
	const struct n_tty_data *data = READ(tty, disc_data);

	if (!data || READ(tty, termios.c_line) != N_TTY)
		return 0;
	if (READ(tty, termios.c_lflag) & ICANON)
		return READ(data, canon_head) - READ(data, read_tail);
	return READ(data, commit_head) - READ(data, read_tail);
}

__weak __noinline __u64 mqueue_unread(__u64 address)
{
	const struct file *file = (const void *)address;
	const struct inode *inode = READ(file, f_inode);

	return READ(container_of(inode, struct mqueue_inode_info, vfs_inode), attr.mq_curmsgs);
}

/* Whether the kernel's types say, here, what is unread of files of this kind. */
static __always_inline bool kind_has_unread(enum file_kind kind)
{
	switch (kind) {
	case FILE_UNIX_STREAM:
		return bpf_core_field_exists(struct unix_skb_parms, consumed);
	case FILE_PIPE:
		return bpf_core_field_exists(struct pipe_inode_info, ring_size);
	case FILE_EVENTFD:
		return bpf_core_type_exists(struct eventfd_ctx);
	case FILE_TIMERFD:
		return bpf_core_type_exists(struct timerfd_ctx);
	case FILE_SIGNALFD:
		return bpf_core_type_exists(struct signalfd_ctx);
	case FILE_INOTIFY:
	case FILE_FANOTIFY:
		return bpf_core_type_exists(struct fsnotify_group);
	case FILE_TTY:
	case FILE_PTY:
		return bpf_core_type_exists(struct n_tty_data);
	case FILE_MQUEUE:
		return bpf_core_type_exists(struct mqueue_inode_info);
	default:
		return true;
	}
}

/* What a read or an accept() would find right now of a socket of that kind. */
static __always_inline __u64 socket_unread(__u64 sk, __u32 kind, enum asked asked)
{
	if (kind == FILE_UNIX_STREAM)
		return kind_has_unread(kind) ? unix_stream_unread(sk, asked) : 0;
	return sock_unread((const void *)sk);
}

/* What a read by that task would find right now of a file that is no epoll instance; sk: of a
 * socket. */
static __always_inline __u64 plain_unread(__u64 file, __u64 sk, __u32 kind, __u64 reader,
					  enum asked asked)
{
	if (sk)
		return socket_unread(sk, kind, asked);
	if (!kind_has_unread(kind))
		return 0;
	switch (kind) {
	case FILE_PIPE:
		return pipe_unread(file, asked);
	case FILE_EVENTFD:
		return eventfd_unread(file);
	case FILE_TIMERFD:
		return timerfd_unread(file);
	case FILE_SIGNALFD:
		return signalfd_unread(file, reader);
	case FILE_INOTIFY:
	case FILE_FANOTIFY:
		return fsnotify_unread(file);
	case FILE_TTY:
	case FILE_PTY:
		return tty_unread(file);
	case FILE_MQUEUE:
		return mqueue_unread(file);
	default:
		return 0;
	}
}

#endif
