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

struct eventpoll; /* known by its address */

struct epitem {
	NUMBERED;
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
};

struct pipe_buffer { /* include/linux/pipe_fs_i.h, as is the next */
	NUMBERED;
	unsigned int offset, len;
};

struct pipe_inode_info {
	NUMBERED;
	unsigned int head; /* buffers ever filled */
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

#endif
