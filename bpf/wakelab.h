/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What BPF and user space share: the shapes of the map values and the numbers in them. Times are
 * CLOCK_MONOTONIC nanoseconds. metrics/counts.def has every count.
 */
#ifndef WAKELAB_H
#define WAKELAB_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#include "backlog.h"
#include "evidence.h"
#include "hist.h"
#include "sought.h"
#include "stall.h"

/* How a call is judged; docs/metrics.md, "Wait verdicts". */
enum call_class {
	CLASS_OTHER, /* never a wait call */
	CLASS_MUX,   /* multiplexing wait: > 0 is an answer */
	CLASS_SLEEP, /* sleep call: 0 is its time-out, signals end it; a poll() that goes on may
			have an answer */
	CLASS_IO,    /* blocking I/O: >= 0 is an answer */
	CLASS_URING, /* io_uring_enter: a wait when min_complete > 0 */
	CLASS_VOID,  /* the return value is nobody's result (rt_sigreturn) */
};

/* What else a call is watched for. */
enum call_kind {
	KIND_NONE,
	KIND_ACCEPT,
	KIND_READ,     /* gives bytes in */
	KIND_RECV,     /* the same, with flags as the fourth argument */
	KIND_RECVMSG,  /* as the third */
	KIND_RECVMMSG, /* gives messages */
	KIND_READV,    /* the same as a read, into a vector */
	KIND_WRITE,    /* takes bytes out; the third argument says how many it should */
	KIND_WRITEV,   /* the same, and what it should take stands elsewhere */
	KIND_SPLICE,   /* the same, into the descriptor that is the third argument */
	KIND_SENDMMSG, /* takes messages; the third argument says how many it should */
	KIND_SOCKET,
	KIND_SOCKETPAIR,
	KIND_LISTEN,
	KIND_FCNTL,
	KIND_IOCTL,
	KIND_SIGWAIT,
	KIND_EPOLL_CTL,
	KIND_EPOLL_WAIT,
	KIND_EPOLL_CREATE,
	KIND_CLOSE,
	KIND_POLL,
	KIND_SELECT,
	KIND_TIMERFD, /* sets a timer */
};

static inline int kind_gives_bytes(enum call_kind kind)
{
	return kind == KIND_READ || kind == KIND_READV || kind == KIND_RECV || kind == KIND_RECVMSG;
}

static inline int kind_takes_bytes(enum call_kind kind)
{
	return kind == KIND_WRITE || kind == KIND_WRITEV || kind == KIND_SPLICE;
}

/* What kind of file a registration with epoll is of. */
enum file_kind {
	FILE_OTHER,
	FILE_UNREGISTERED, /* a report of which no registration is known */
	FILE_TCP,
	FILE_LISTENER,  /* of TCP */
	FILE_DATAGRAMS, /* of UDP and its kin */
	FILE_UNIX_STREAM,
	FILE_UNIX_PACKETS, /* datagrams, or a sequence of packets */
	FILE_OTHER_SOCKET,
	/* from here on those that user space shows a sample of */
	FILE_PIPE,
	FILE_EVENTFD,
	FILE_TIMERFD,
	FILE_SIGNALFD,
	FILE_EPOLL,
	FILE_INOTIFY,
	FILE_FANOTIFY,
	FILE_PTY, /* the master's side of a terminal */
	FILE_TTY,
	FILE_MQUEUE,
	N_FILE_KINDS,
	FILE_NOT_OPEN = N_FILE_KINDS, /* of events alone: the descriptor is none */
	N_FILE_NAMES,
};
#define FIRST_LEARNED_FILE FILE_PIPE

enum verdict {
#define VERDICT(id, ...) VERDICT_##id,
#include "counts.def"
	N_VERDICTS,
};

/* The two system-call tables of a machine: the native one and that of 32-bit tasks. */
#define N_ABIS     2
#define MAX_NR     1024
#define MAX_CALLS  80 /* rows of the syscall ledger */
#define OTHER_CALL 1  /* the row of every call without one of its own; 0 is "no call" */

struct call_row {
	__u8 class;
	__u8 kind;
};

/*
 * Errors by number: errno values below N_ERRNOS have a counter each, the four restart codes follow
 * (include/linux/errno.h: ERESTARTSYS 512, ERESTARTNOINTR 513, ERESTARTNOHAND 514,
 * ERESTART_RESTARTBLOCK 516), and the last counts all others.
 */
#define N_ERRNOS      134
#define RESTART_MIN   512
#define RESTART_MAX   516
#define ERRNO_OTHER   (N_ERRNOS + RESTART_MAX - RESTART_MIN + 1)
#define N_ERRNO_CELLS (ERRNO_OTHER + 1)

/* One row of the syscall ledger: what calls that returned came to. */
struct call_stats {
	__u64 verdicts[N_VERDICTS];
	__u64 bytes; /* moved by the kinds that give or take bytes */
	__u64 zero;  /* successful returns of 0: a time-out of a wait, end of file of a read */
	__u64 sleeps;
	__u64 errors[N_ERRNO_CELLS];
	struct hist duration;
};

/* Calls entered, by row. Read it after the ledger, so that no return is seen without its entry. */
struct call_entries {
	__u64 calls[MAX_CALLS];
};

enum latency {
#define LATENCY(id, ...) LATENCY_##id,
#include "latencies.def"
	N_LATENCIES,
};

/* What sockets tell, in hooks that have a second program. */
enum told { TOLD_READY, TOLD_ERROR, TOLD_STATE, N_TOLD };

enum counter {
#define THREAD_COUNT(id, ...)     COUNT_##id,
#define RUN_COUNT(id, ...)        COUNT_##id,
#define RUN_COUNTS(id, size, ...) COUNT_##id, COUNT_##id##_LAST = COUNT_##id + (size)-1,
#define INTEREST_COUNT(id, ...)   COUNT_##id,
#define LOST_COUNT(id, ...)       COUNT_LOST_##id,
#include "counts.def"
	N_COUNTERS,
};

/* The first ones are kept for each thread besides. */
enum thread_counter {
#define THREAD_COUNT(id, ...) THREAD_COUNT_##id,
#include "counts.def"
	N_THREAD_COUNTS,
};

/* From COUNT_EDGES on they are kept for each interest and each epoll instance besides. */
enum interest_counter {
#define INTEREST_COUNT(id, ...) INTEREST_COUNT_##id,
#include "counts.def"
	N_INTEREST_COUNTS,
};

#define COMM_LEN 16

struct counters {
	__u64 v[N_COUNTERS];
};

/* One thread's wakes. The threads that ended are in a map of their own, by start and tid; what did
 * not fit there is summed up under tid 0. */
struct thread_key {
	__u64 start; /* CLOCK_MONOTONIC ns; tells apart threads that had the same tid */
	__u32 tid;
	__u32 pad;
};

struct thread_stats {
	struct thread_key key;
	__u32 tgid;
	__u32 pad;
	char comm[COMM_LEN]; /* of a thread that ended */
	__u64 v[N_THREAD_COUNTS];
};

/* A task of the target that lives, in its place: user space maps these. Of a place that nobody has,
 * task is 0. One whose tid is 0 ended, and its row is in threads. */
struct task_row {
	__u64 task; /* its address in the kernel */
	struct thread_stats stats;
};

/* Who woke the target's threads. An interrupt is charged to itself (tid 0), not to the task that
 * happened to be on the CPU. */
enum waker_context { WAKER_TASK, WAKER_SOFTIRQ, WAKER_HARDIRQ, WAKER_UNKNOWN, N_WAKER_CONTEXTS };

struct waker_key {
	__u32 tid; /* 0 of WAKER_TASK: all those that did not fit the map */
	__u32 context;
};

struct waker {
	__u64 wakes;
	char comm[COMM_LEN];
};

/* An interest of an epoll instance, as its reports name it. */
struct interest_key {
	__u64 epoll; /* the instance's id */
	__u64 data;
};

/* Not reported yet, since it was registered, re-armed, or taken in when tracing began. */
enum quiet { QUIET_NOT, QUIET_NEW, QUIET_REARMED, QUIET_ADOPTED };

/* Who has counted the first edge of a listener: whoever found it ready, or its notification. */
enum first { FIRST_NOTIFIED, FIRST_FOUND, FIRST_NOBODY };

struct interest {
	struct interest_key key; /* epoll 0: nobody has this place */
	__u64 sock;              /* 0: no socket, so its edges cannot be seen */
	__u64 file;              /* of the registration */
	__u64 pending;           /* edges since the last report */
	__u64 holder; /* the id of the task that was told of data for once, or read a part of it,
			 last */
	__u32 shared; /* registrations beyond the first with the same data */
	__u32 events; /* as epoll_ctl() set them; without the conditions once it is disarmed */
	__u32 fd;
	__u8 quiet;      /* enum quiet */
	__u8 left;       /* edge-triggered, reported, and not read empty since */
	__u8 listed;     /* it stands in its holder's list */
	__u8 stalled;    /* there is a struct stall of it */
	__u8 twin;       /* a second notification of what was counted may make a report, too */
	__u8 kind;       /* enum file_kind */
	__u8 moving;     /* its file was read when position was noted, or when it could not be */
	__u8 closed : 1; /* its descriptor was closed, and the file lives on */
	__u8 used : 1;   /* the target has read its file; of one that is no socket */
	__u8 part : 1;   /* its holder has taken a part of what it was told of */
	__u8 unit : 4;   /* of waits: enum unread */
	__u32 arrived;   /* of TCP: what had arrived at the edge that was counted last */
	__u32 first;     /* of a listener: enum first */
	__u32 spare;     /* edges that the last report took beyond its own */
	__u32 handed;    /* wakes of its holder whose verdict waits for who reads */
	/* of a level-triggered one: reports in a row, by waits that did not sleep, and nothing was
	 * taken; how far the thread had come at the last, see spins.bpf.h */
	__u32 untaken;
	__u32 moves;
	/* of a level-triggered one whose notifications are not seen, at its last report */
	__u32 told;      /* the events that it told */
	__u32 filled;    /* how often its file was full */
	__u32 undecided; /* reports since that are unknown until its file is not read any more */
	__u64 reported;  /* when */
	__u64 waiting;   /* disarmed, and something to read since; 0: not */
	__u64 waits;     /* how much that was */
	__u64 touched;   /* when somebody read a part of it then, or wrote */
	__u64 position;  /* of its file; exclusive, and a socket: notifications since */
	__u64 v[N_INTEREST_COUNTS];
};

/* An epoll instance: by id, which no other instance of the run has. */
struct epoll_state {
	__u32 tgid; /* who made it or was first seen to use it, and as which descriptor */
	__u32 fd;
	/* at some moment between these two whatever was ready would have been reported; they belong
	 * together, see epoll_sweep() */
	__u64 swept_from, swept_to;
	__u32 sweeping;
	__u32 hidden; /* it has an interest whose edges are not all seen */
	__u32 waiter; /* the tid of whom it told something first */
	__u32 shared; /* it told others, too */
	/* that it had when tracing began, and of which it is not known who waits for them */
	__u32 listeners;
	__u32 pad;
	__u64 told; /* edges of its interests, while they are compared (compares_nested) */
	__u64 v[N_INTEREST_COUNTS]; /* of interests that are gone, and of reports that have none */
};

/* include/trace/events/signal.h: TRACE_SIGNAL_DELIVERED .. TRACE_SIGNAL_LOSE_INFO */
enum signal_result {
#define SIGNAL_RESULT(id, ...) SIGNAL_##id,
#include "counts.def"
	N_SIGNAL_RESULTS,
};

#define N_SIGNALS 65 /* 1 .. 64 */

/* The descriptor that a SIGIO, or a signal chosen in its place, was raised for. */
#define MAX_SIGIO_SOURCES 1024
struct sigio_source {
	__u32 tgid;
	__u32 fd;
};

struct signal_stats {
	__u64 results[N_SIGNAL_RESULTS];
	__u64 delivered; /* to a handler or to the default action */
	__u64 consumed;  /* by rt_sigtimedwait or from a signalfd */
	__u64 ended;     /* with their process: it ended by them, or before it took them */
	__u64 io;        /* 1: SIGIO, or chosen with F_SETSIG */
	/* of the last one generated */
	__s32 code;          /* SI_USER, ...: sigaction(2) */
	__u32 sender;        /* of one that a task sent: its tid; 0: none that is seen from here */
	char comm[COMM_LEN]; /* of that */
};

/* fcntl commands and the ioctls that set the same things, told apart by is_ioctl. */
struct fcntl_key {
	__u32 cmd;
	__u32 is_ioctl;
};

#define N_FLAG_BITS 32

struct fcntl_stats {
	__u64 calls;
	__u64 failed;
	__s64 last_arg;         /* of the last success: owner, signal, descriptor, flags */
	__u64 on[N_FLAG_BITS];  /* F_SETFL: times that flag 1 << i was turned on */
	__u64 off[N_FLAG_BITS]; /* and off */
};

_Static_assert(sizeof(struct hist) == 32 + 8 * HIST_SLOTS, "histogram layout");
_Static_assert(sizeof(struct call_stats) ==
		       8 * (N_VERDICTS + 3 + N_ERRNO_CELLS) + sizeof(struct hist),
	       "ledger layout");
_Static_assert(sizeof(struct interest) == 8 * (18 + N_INTEREST_COUNTS), "interest layout");
_Static_assert(sizeof(struct thread_stats) == 8 * (5 + N_THREAD_COUNTS), "thread layout");
_Static_assert(sizeof(struct fcntl_key) == 8, "fcntl key layout");
_Static_assert(sizeof(struct signal_stats) == 96, "signal layout");

#endif
