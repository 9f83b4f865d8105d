/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the programs keep, for as long as they need it: of a task, a socket, a CPU, a signal, a
 * registration. The maps that hold it are in maps.bpf.h; what user space reads is in wakelab.h.
 */
#ifndef WAKELAB_SHAPES_BPF_H
#define WAKELAB_SHAPES_BPF_H

#include "compat.bpf.h"
#include "wakelab.h"

/* What ended a sleep, as far as it is known at the wake. */
enum cause { CAUSE_UNKNOWN, CAUSE_DATA, CAUSE_SIGNAL };

/* One wake, as the waker saw it. */
struct wake {
	__u64 ready;  /* t0, 0: not known */
	__u64 waking; /* t1 */
	__u32 cause;
	__u32 pad;
};

/* What the entry of an epoll_ctl() did. */
enum control {
	CONTROL_NOTHING,
	CONTROL_ADDED,  /* it made a registration that was not there */
	CONTROL_UNREAD, /* what it is to register cannot be read yet: the kernel has yet to fetch it
			 */
};

/* What came of I/O that did not succeed. */
enum tried {
	TRIED_IN_VAIN = 1,
	TRIED_REFUSED = 2, /* EAGAIN */
	TRIED_FAILED = 4,
};

/* What a multiplexing wait came to, if the thread's next one tells whether that led anywhere. */
enum outcome {
	OUTCOME_OTHER,
	OUTCOME_AT_ONCE, /* an answer without a sleep */
	OUTCOME_NOTHING, /* none, without a sleep */
	OUTCOME_TIME,    /* none, after a sleep */
};

/* What a task that is new to us may return from without having entered it. */
enum fresh {
	FRESH_NOT,
	FRESH_FORKED,  /* the fork that made it: that gives 0 in the child */
	FRESH_ADOPTED, /* whatever it was in */
};

struct task_state {
	/* as in struct task_row: user space reads it */
	__u64 task;
	struct thread_stats stats;
	__u64 process_start; /* of its group's leader */
	__u64 id;            /* no other task's, ever: its number, and its place */
	__u32 held;          /* the number again; whoever takes that out gives the place back */
	__u8 fresh;          /* no call of it was seen yet, see enum fresh */
	__u8 over;           /* the steady program had the exit that the other one comes to next */
	__u8 outcome;        /* of its last multiplexing wait: enum outcome */
	__u8 polls;          /* that gave nothing at once, and nothing was moved since */
	/* the call in flight; row 0: none */
	__u16 row;
	__u8 class;
	__u8 kind;
	__u8 waiting;  /* it is a wait call */
	__u8 asleep;   /* switched out in it, not back yet */
	__u8 woken;    /* the last sleep in it was ended by a wake */
	__u8 received; /* a receive of it was seen */
	__u8 told;     /* the steady program had the receive that the other one comes to next */
	__u8 control;  /* of epoll_ctl: enum control */
	__u8 working;  /* a multiplexing wait or sleep returned, and the next has not begun */
	__u8 unjudged; /* the last returned wake has brought no I/O yet */
	__u8 handed;   /* since it, the thread woke another one of the target */
	__u8 tried;    /* since it, I/O of the thread failed: enum tried */
	__u64 entered;
	__u64 slept; /* when it last fell asleep in this call until something happens; 0: not */
	__u64 args[N_ARGS];
	__u64 eventfd;   /* the file, if the call reads from one */
	__u64 old_flags; /* fcntl(F_SETFL): the flags before */
	/* wakes over the thread's life; the waker counts, the thread follows */
	__u64 wakes;
	__u64 wakes_seen;
	struct wake last;  /* written by the waker */
	struct wake ended; /* the one that ended the last sleep */
	__u64 oncpu;       /* t2 */
	/* the first that it was told of since, for once, and could read; epoll 0: nothing */
	struct interest_key offered;
	/* its list, see struct left_key */
	__u32 left;     /* interests in it that were not read empty since */
	__u32 n_left;   /* places in use */
	__u32 n_places; /* places that it has */
	__u32 sleeps;   /* in this call */
	/* the epoll instance that it waited on last: its address, its id, epolls_news as it was
	 * then */
	__u64 epoll_address;
	__u64 epoll;
	__u32 epolls;
	__u32 pad2;
	/* when its last epoll_wait() returned; 0: there was none. Since then: when it left the CPU,
	 * if it has, and in which call it sleeps; how long it slept in calls, and the most at a
	 * time, in which; how long it was kept from running */
	__u64 turned;
	__u64 off;
	__u64 idle_ns, idle_most, unrun_ns;
	__u16 off_row, idle_row;
	__u32 pad4;
	/* work since the last multiplexing wait or sleep returned */
	__u32 work_calls;
	__u32 work_eagain;
	__u64 work_bytes;
	/* how far it has come, in numbers of its own: calls that moved something, waits that told
	 * it something; the former at the end of its last multiplexing wait */
	__u32 moves;
	__u32 answers;
	__u32 moved;
	__u32 told_by; /* the place behind that of an eventfd's interest, edge-triggered, of which
			  the last returned wake told it; 0: none */
	__u32 pad3;
	__u32 wrote_fd, wrote; /* writes to it, one after the other, since it slept last */
	__u32 short_fd;        /* its last write there found no room for all, ... */
	__u32 short_row;       /* ... by this call; 0: there is none */
	__u32 spun;       /* waits in a row that had an answer at once, and nothing was moved */
	__u64 idle_until; /* if it gave nothing: until when a next one follows at once */
};

_Static_assert(__builtin_offsetof(struct task_state, stats) ==
		       __builtin_offsetof(struct task_row, stats),
	       "task layout");

/* A socket; or a file that is none, if something is registered for it, see positions.bpf.h. */
struct sock_state {
	__u64 ready; /* when data came to a drained socket; 0: served, or none came */
	union {
		struct {                 /* of TCP */
			__u32 announced; /* rcv_nxt at the last readiness */
			__u32 accepted;  /* of a listener: connections that it has given out */
		};
		/* of others: what was read, in what their position is made of; of a timerfd: how
		 * often it was set */
		__u64 taken;
	};
	__u32 number; /* of a socket: its own, see sock_is_at(); 0: no descriptor leads to it yet */
	__u32 ports;  /* of one that accept() has not given out: its peer's and its own */
	__u32 filled; /* writes that it had no room for */
	__u32 first;  /* the place behind that of watcher 0's interest; 0: there is none */
	__u32 watchers; /* interests that it has had, see struct watcher_key */
	__u32 holes;    /* how many of them have ended */
	__u8 left;      /* an interest of it may be left unread */
	__u8 state;     /* as inet_sock_set_state told last; 0: it has not */
	__u8 spun;      /* its interests are to know when something is taken of it */
	__u8 used;      /* a file that is no socket was read */
	__u8 listens;   /* there is a struct backlog of it */
	__u8 walked;    /* of one that was accepted: struct keeper's walk that came by last */
	__u8 pad[2];
	union {
		struct { /* of a socket, see turn_is_ours() */
			__s32 ready_marks, error_marks;
		};
		struct { /* of an eventfd: reads, and how many of them are over */
			__u32 reads_begun;
			__u32 reads_ended;
		};
	};
	/* of a connection that was accepted: the process that did; the same until the peer has
	 * closed; and when that was, 0: not yet */
	__u32 keeper, peered;
	__u64 over;
};

/* A process that accepts connections of TCP, by its tgid: see keepers.bpf.h. */
struct keeper {
	__u64 task;     /* its first */
	__u64 accepted; /* when it accepted last; 0: before tracing began */
	__u64 newest;   /* of those that it closed, when a peer had closed before, at the latest */
	__u32 tid;      /* who accepted last */
	__u32 over;     /* connections whose peers have closed, ... */
	__u32 closed;   /* ... and of these those that were seen to be closed here */
	/* the walk that looks for the others, and what it has come by */
	__u32 walk;
	__u32 held;      /* open still */
	__u32 kept;      /* for long, and others were accepted meanwhile */
	__u32 overtaken; /* of these: one whose peer closed later has been closed */
	__u32 fd;        /* the one that has been so for the longest time, and when that began */
	__u64 since;
};

/* What a listener of TCP takes connections for. */
struct listener_key {
	__u64 net; /* the network namespace, which is there as long as the listener is */
	__u8 addr[16];
	__u16 port;
	__u16 family;
	__u32 pad;
};

/* The readiness that is being announced on this CPU right now. */
struct cpu_state {
	__u64 preempt_count; /* where this CPU keeps it, once known */
	__u64 stranger;      /* the task last found not to be the target's */
	__u64 follows;       /* as it was then */
	__u32 place;         /* of the task last found to be the target's */
	__u32 pad;
	__u64 ready;
	__u64 source; /* what is ready: a socket, or a file that is none */
	__u64 task;
	__u32 context;
	__u8 inside[N_TOLD];                   /* the first program of what sockets tell */
	__u64 marks[N_TOLD][N_WAKER_CONTEXTS]; /* for the second one: a socket */
	__u32 sigio; /* send_sigio() runs, for a descriptor, in a task and a context */
	__u64 sigio_task;
	__u32 sigio_context;
	__u32 sigio_fd;
};

/* A registration, as epoll_ctl() names it: the kernel, too, tells them apart by file and number. */
struct registration_key {
	__u64 epoll;
	__u64 file;
	__u64 fd;
};

/* The interests of a socket: index 0 .. sock_state.watchers - 1, with holes where one ended. */
struct watcher_key {
	__u64 sock;
	__u64 index;
};

struct watcher {
	__u32 place; /* of the interest */
	__u32 fd;    /* of the registration */
};

/* The interests that a task was told of and has yet to read empty: index 0 .. n_left - 1. */
struct left_key {
	__u64 task; /* its id */
	__u64 index;
};

/* What was written to a socket is held by Nagle's algorithm. */
struct held {
	__u64 since;
	__u32 tgid, fd;
};

struct signal_key {
	__u32 tgid;
	__u32 signal;
};

struct signal_state {
	__u64 generated; /* when the first of those outstanding was queued */
	__u32 outstanding;
	__u32 raised; /* in all */
};

#endif
