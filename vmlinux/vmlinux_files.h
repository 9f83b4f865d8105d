/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A part of vmlinux.h: what waits for files, and what files that are no sockets are made of. */
#ifndef __VMLINUX_FILES_H__
#define __VMLINUX_FILES_H__

struct wait_queue_entry { /* include/linux/wait.h */
	NUMBERED;
	void *private;
	struct list_head entry;
};

struct poll_wqueues { /* include/linux/poll.h */
	NUMBERED;
	struct task_struct *polling_task;
};

struct poll_table_entry {
	NUMBERED;
	struct file *filp;
	struct wait_queue_entry wait; /* its private is the struct poll_wqueues */
};

struct epoll_event { /* include/uapi/linux/eventpoll.h */
	__u32 events;
	__u64 data;
};

struct epoll_filefd { /* fs/eventpoll.c, as are the next three */
	struct file *file;
	int fd;
};

struct eventpoll {
	NUMBERED;
	struct list_head rdllist; /* items that are ready, or were when they were told of last */
};

struct epitem {
	NUMBERED;
	struct list_head rdllink; /* the place there; of one that is not ready, itself */
	struct epoll_filefd ffd;
	struct hlist_node fllink; /* the place among those of its file */
	struct eventpoll *ep;
	struct epoll_event event;
};

struct eppoll_entry {
	NUMBERED;
	struct epitem *base;
	struct wait_queue_entry wait;
};

struct eventfd_ctx { /* fs/eventfd.c */
	NUMBERED;
	__u64 count;
	unsigned int flags; /* EFD_SEMAPHORE */
};

struct pipe_buffer { /* include/linux/pipe_fs_i.h, as is the next */
	NUMBERED;
	unsigned int offset, len;
};

struct pipe_inode_info {
	NUMBERED;
	unsigned int head, tail; /* buffers ever filled, and ever emptied */
	unsigned int ring_size;
	struct pipe_buffer *bufs;
};

struct timerqueue_node { /* include/linux/timerqueue_types.h */
	__s64 expires;
};

struct hrtimer { /* include/linux/hrtimer_types.h */
	struct timerqueue_node node;
};

struct alarm { /* include/linux/alarmtimer.h */
	struct timerqueue_node node;
};

struct timerfd_ctx { /* fs/timerfd.c */
	NUMBERED;
	union {
		struct hrtimer tmr;
		struct alarm alarm;
	} t;
	__s64 tintv; /* the interval; 0: it runs out once */
	__u64 ticks; /* expirations that no read has told of */
	int clockid;
	unsigned short expired; /* and not set going again */
};

struct signalfd_ctx { /* fs/signalfd.c */
	NUMBERED;
	sigset_t sigmask;
};

struct fsnotify_group { /* include/linux/fsnotify_backend.h; of an inotify or fanotify */
	NUMBERED;
	unsigned int q_len; /* events queued */
};

struct ktermios { /* include/uapi/asm-generic/termbits.h */
	unsigned int c_lflag;
	unsigned char c_line; /* the line discipline */
};

struct tty_struct { /* include/linux/tty.h, as is the next */
	NUMBERED;
	struct ktermios termios;
	void *disc_data; /* of N_TTY: struct n_tty_data */
};

struct tty_file_private {
	NUMBERED;
	struct tty_struct *tty;
};

struct n_tty_data { /* drivers/tty/n_tty.c */
	NUMBERED;
	size_t commit_head; /* behind all that came */
	size_t canon_head;  /* behind the last whole line */
	size_t read_tail;
};

struct mq_attr { /* include/uapi/linux/mqueue.h */
	long mq_curmsgs;
};

struct mqueue_inode_info { /* ipc/mqueue.c */
	NUMBERED;
	struct inode vfs_inode;
	struct mq_attr attr;
};

#endif
