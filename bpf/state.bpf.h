/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The maps, and the state that the programs keep in them.
 *
 * Tasks are keyed by the address of their task_struct: it is at hand in every hook, survives exec,
 * needs no PID namespace, and cannot be re-used before sched_process_free, which takes the entry
 * out. A hash serves every kernel from 5.10 on; task storage would need 5.11.
 *
 * A per-CPU counter has one writer (cell_add() in atomic.bpf.h), or is added to atomically: an
 * interrupt may run another program between the load and the store of a plain increment.
 */
#ifndef WAKELAB_STATE_BPF_H
#define WAKELAB_STATE_BPF_H

#include "atomic.bpf.h"
#include "compat.bpf.h"
#include "wakelab.h"

#define MAX_TASKS     16384
#define MAX_SOCKETS   65536
#define MAX_INTERESTS 24576
#define MAX_EPOLLS    1024
#define MAX_THREADS   4096
#define MAX_WAKERS    1024

/* What the hooks in use show (loader/kernel/hooks.c); without them the same is derived or stays
 * unknown. */
extern const volatile bool sees_ready;       /* that a socket has something to read */
extern const volatile bool sees_callbacks;   /* whom an epoll instance is told of what */
extern const volatile bool receives_at_exit; /* no: receives show by themselves, and always */
extern const volatile bool steady;           /* steady programs are attached */
extern const volatile bool pairs;            /* so are second ones for what sockets tell */

/* What is registered makes it necessary to note: when a thread falls asleep and what a wait left
 * out; what had no room to write; what is read from an eventfd. */
extern bool compares_levels, compares_room, compares_counts;

/* How long data lies about until that is a stall. */
extern const volatile __u64 stall_ns;

/* The PID namespace of user space, and its level. Every pid and tid that is kept is one there. */
extern __u64 pid_namespace;
extern __u32 pid_level;

/* What ended a sleep, as far as it is known at the wake. */
enum cause { CAUSE_UNKNOWN, CAUSE_DATA, CAUSE_SIGNAL };

/* One wake, as the waker saw it. */
struct wake {
	__u64 ready;  /* t0, 0: not known */
	__u64 waking; /* t1 */
	__u32 cause;
	__u32 pad;
};

struct task_state {
	struct thread_stats stats; /* first: user space reads it from here */
	/* the call in flight; row 0: none */
	__u16 row;
	__u8 class;
	__u8 kind;
	__u8 waiting;  /* it is a wait call */
	__u8 asleep;   /* switched out in it, not back yet */
	__u8 woken;    /* the last sleep in it was ended by a wake */
	__u8 received; /* a receive of it was seen */
	__u8 told;     /* the steady program had the receive that the other one comes to next */
	__u8 added;    /* epoll_ctl: it made a registration that was not there */
	__u8 working;  /* a multiplexing wait or sleep returned, and the next has not begun */
	__u8 unjudged; /* the last returned wake has brought no I/O yet */
	__u8 handed;   /* since it, the thread woke another one of the target */
	__u8 tried;    /* since it, I/O of the thread failed */
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
	/* work since the last multiplexing wait or sleep returned */
	__u32 work_calls;
	__u32 work_eagain;
	__u64 work_bytes;
};

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
	__u32 filled;  /* writes that it had no room for */
	__u8 watchers; /* interests that it has had, see struct watcher_key */
	__u8 left;     /* an interest of it may be left unread */
	__u8 state;    /* as inet_sock_set_state told last; 0: it has not */
	__u8 pad;
	union {
		struct { /* of a socket, see turn_begins() */
			__s32 ready_marks, error_marks;
		};
		struct { /* of an eventfd: reads, and how many of them are over */
			__u32 reads_begun;
			__u32 reads_ended;
		};
	};
};

/* The readiness that is being announced on this CPU right now. */
struct cpu_state {
	__u64 preempt_count; /* where this CPU keeps it, once known */
	__u64 stranger;      /* the task last found not to be the target's */
	__u64 follows;       /* as it was then */
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
	struct interest_key interest;
	__u64 fd; /* of the registration */
};

/* The interests that a task was told of and has yet to read empty: index 0 .. n_left - 1. */
struct left_key {
	__u64 task;
	__u64 index;
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

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_TASKS);
	__type(key, __u64);
	__type(value, struct task_state);
} tasks SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_SOCKETS);
	__type(key, __u64);
	__type(value, struct sock_state);
} sockets SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu_state);
} cpus SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MAX_CALLS);
	__type(key, __u32);
	__type(value, struct call_stats);
} ledger SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct call_entries);
} entries SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, N_LATENCIES);
	__type(key, __u32);
	__type(value, struct hist);
} latencies SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counters);
} counters SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, N_SIGNALS);
	__type(key, __u32);
	__type(value, struct signal_stats);
} signals SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct signal_key);
	__type(value, struct signal_state);
} signals_out SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_SIGIO_SOURCES);
	__type(key, struct sigio_source);
	__type(value, __u64); /* signals generated */
} sigio_sources SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_INTERESTS);
	__type(key, struct interest_key);
	__type(value, struct interest);
} interests SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_INTERESTS);
	__type(key, struct registration_key);
	__type(value, __u64); /* its data */
} registrations SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_INTERESTS);
	__type(key, struct watcher_key);
	__type(value, struct watcher);
} watchers SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_INTERESTS);
	__type(key, struct left_key);
	__type(value, struct interest_key);
} lists SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_INTERESTS);
	__type(key, struct interest_key);
	__type(value, struct stall);
} stalls SEC(".maps") __weak;

/* How long data lay about, by enum waker_context of who ended that: so each has one writer. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, N_WAKER_CONTEXTS);
	__type(key, __u32);
	__type(value, struct hist);
} left_times SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct largest_left);
} largest_left SEC(".maps") __weak;

/* What was left behind last, by key 0. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct stall);
} last_left SEC(".maps") __weak;

/* Tells user space that there is a stall to be watched. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} alarms SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_EPOLLS);
	__type(key, __u64);   /* address of the struct eventpoll */
	__type(value, __u64); /* the id of the instance that lives there now */
} epoll_ids SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_EPOLLS);
	__type(key, __u64); /* id; 0: all instances that did not fit */
	__type(value, struct epoll_state);
} epolls SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_THREADS);
	__type(key, struct thread_key);
	__type(value, struct thread_stats);
} threads SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_WAKERS);
	__type(key, struct waker_key);
	__type(value, struct waker);
} wakers SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 128);
	__type(key, struct fcntl_key);
	__type(value, struct fcntl_stats);
} fcntls SEC(".maps") __weak;

static __always_inline struct cpu_state *cpu_current(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&cpus, &zero);
}

static __always_inline struct task_state *task_find(const void *task)
{
	__u64 key = (__u64)task;

	return bpf_map_lookup_elem(&tasks, &key);
}

/* The tid of a task where user space lives; 0 if it lives in no namespace that is seen from there.
 * Global, and with a scalar argument: verified once. */
__weak __noinline __u32 tid_of(__u64 task)
{
	__u64 ns;
	__u32 nr;

	if (!pid_level)
		return BPF_CORE_READ((const struct task_struct *)task, pid);
	nr = pid_at((const struct task_struct *)task, pid_level, &ns);
	return ns == pid_namespace ? nr : 0;
}

/* The same of its process. */
static __always_inline __u32 tgid_of(const struct task_struct *task)
{
	return tid_of((__u64)BPF_CORE_READ(task, group_leader));
}

/* How often a task was taken in. */
extern __u64 follows;

/* The running task's state, NULL if it is not the target's. That answer is most hooks' whole work
 * on a busy machine, so each CPU remembers it for the last stranger, until another task is taken
 * in. */
static __always_inline struct task_state *task_current(void)
{
	struct cpu_state *cpu = cpu_current();
	__u64 key = bpf_get_current_task(), now = follows;
	struct task_state *t;

	if (!cpu || (cpu->stranger == key && cpu->follows == now))
		return NULL;
	t = bpf_map_lookup_elem(&tasks, &key);
	if (!t) {
		cpu->stranger = key;
		cpu->follows = now;
	}
	return t;
}

/*
 * The interrupt nesting of the running code. Equal values on one CPU, with no context switch
 * between, are one context. On x86 the address is the CPU's own and is kept; on arm64 it is the
 * task's.
 */
static __always_inline __u32 context(struct cpu_state *cpu)
{
	__u32 value = 0;

#if defined(__TARGET_ARCH_x86)
	if (!cpu->preempt_count)
#endif
		cpu->preempt_count = preempt_count_address((const void *)bpf_get_current_task());
	bpf_probe_read_kernel(&value, sizeof(value), (const void *)cpu->preempt_count);
	return value & CONTEXT_BITS;
}

/*
 * The kernel skips a program for an event while the same program runs on that CPU already
 * (kernel/trace/bpf_trace.c, __bpf_trace_run()). Where programs can be preempted that happens each
 * time a task is switched out in one: the next task's event finds the door shut. So there a hook
 * has two programs, one behind the other, and the second handles what the first was kept from. What
 * a socket tells has two on any kernel that can have them: while a system call makes it tell of
 * something, a softirq may come in between with what the network brings for another socket.
 *
 * Two are enough where it is rare that a task is switched out in one. For what happens at every
 * system call the first is a steady one: perf runs it, with preemption off, and skips it only while
 * a task is switched out in the middle of reading or writing a map by bpf(2), or in an interrupt.
 */
enum turn { TURN_FIRST, TURN_AGAIN };

/* The turn of a program that comes second where there is a steady one, and is alone elsewhere. */
static __always_inline enum turn turn_behind_steady(void)
{
	return steady ? TURN_AGAIN : TURN_FIRST;
}

/* Adds n to a counter, from any context. */
static __always_inline void count(enum counter which, __u64 n)
{
	__u32 zero = 0;
	struct counters *c = bpf_map_lookup_elem(&counters, &zero);

	if (c)
		__sync_fetch_and_add(&c->v[which], n);
}

/* Something became ready right now: what wakes come of it in this context is known by key, the
 * address of the socket, or of a file that is none. */
static __always_inline void announce(struct cpu_state *cpu, __u64 key, __u64 now)
{
	cpu->ready = 0;
	cpu->source = key;
	cpu->task = bpf_get_current_task();
	cpu->context = context(cpu);
	cpu->ready = now;
}

/* The same for one of a thread's own counts; only a thread's waker meets it from another CPU. */
static __always_inline void thread_count(struct task_state *t, enum counter which, __u64 n)
{
	__sync_fetch_and_add(&t->stats.v[which], n);
	count(which, n);
}

/* hist_slot() as a global function: the verifier walks through its branches once, not at each use.
 */
__weak __noinline __u32 slot_of_value(__u64 v)
{
	return hist_slot(v);
}

/* Adds a value to a histogram of this CPU. */
static __always_inline void hist_add(struct hist *h, __u64 v)
{
	__u32 slot = slot_of_value(v);

	if (slot >= HIST_SLOTS) /* never: said for the verifier */
		return;
	cell_raise(&h->low, ~v);
	cell_raise(&h->max, v);
	cell_add(&h->count, 1);
	cell_add(&h->sum, v);
	cell_add(&h->slots[slot], 1);
}

static __always_inline enum waker_context waker_context(struct cpu_state *cpu)
{
	__u32 nesting = cpu ? context(cpu) : 0;

	if (!cpu || !cpu->preempt_count)
		return WAKER_UNKNOWN;
	if (nesting & HARDIRQ_BITS)
		return WAKER_HARDIRQ;
	return nesting & SOFTIRQ_BIT ? WAKER_SOFTIRQ : WAKER_TASK;
}

/*
 * What sockets tell has two programs wherever the kernel can skip one, and nothing that the first
 * leaves behind tells the second that it handled an event. So it leaves a mark, which the second
 * takes away; without one the first was kept from the event. What the second handles is counted,
 * since the kernel counts what it keeps from the first.
 *
 * On one CPU and in one context of it events come one after the other, and the mark is there. Where
 * programs can be preempted that is not so, and the mark is the socket's: how many there are.
 */

/* Whether this program comes second, and finds the CPU's mark. */
static __always_inline bool turn_is_had(struct cpu_state *cpu, enum told what,
					const struct sock *sk, enum turn turn)
{
	__u64 *mark;
	bool had;

	if (turn == TURN_FIRST || preemptible)
		return false;
	mark = &cpu->marks[what][waker_context(cpu)];
	had = *mark == address_of(sk) && !cpu->inside[what];
	*mark = 0;
	return had;
}

/* Whether the event is this program's to handle: the socket's mark; and leaves one. */
static __always_inline bool turn_begins(struct cpu_state *cpu, enum told what,
					const struct sock *sk, __s32 *marks, enum turn turn)
{
	bool had = turn == TURN_AGAIN && preemptible && *(volatile __s32 *)marks > 0;

	if (turn == TURN_AGAIN && !had)
		count(COUNT_CAUGHT + what, 1);
	else if (preemptible)
		__sync_fetch_and_add(marks, had ? -1 : 1);
	if (turn == TURN_FIRST && pairs) {
		cpu->marks[what][waker_context(cpu)] = address_of(sk);
		*(volatile __u8 *)&cpu->inside[what] = 1;
	}
	return !had;
}

static __always_inline void turn_ends(struct cpu_state *cpu, enum told what, enum turn turn)
{
	if (turn == TURN_FIRST && pairs)
		*(volatile __u8 *)&cpu->inside[what] = 0;
}

/* Adds a value to a latency; every latency has one program that does. */
static __always_inline void latency_add(enum latency which, __u64 from, __u64 to)
{
	__u32 key = which;
	struct hist *h = bpf_map_lookup_elem(&latencies, &key);

	if (h)
		hist_add(h, to - from);
}

/* Takes a task in; one that was there already starts anew. */
static __always_inline bool task_follow(const struct task_struct *task)
{
	struct task_state fresh = {
		.stats = {.key = {.start = BPF_CORE_READ(task, start_time),
				  .tid = tid_of(address_of(task))},
			  .tgid = tgid_of(task)},
	};
	__u64 key = (__u64)task;

	if (!bpf_map_update_elem(&tasks, &key, &fresh, BPF_ANY)) {
		__sync_fetch_and_add(&follows, 1);
		return true;
	}
	count(COUNT_LOST_TASKS, 1);
	return false;
}

#endif
