/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The records of events, as the programs write them and user space reads them: struct event_wait
 * and its kin, made of metrics/events.def. Each begins with a struct event_head.
 */
#ifndef WAKELAB_EVENT_RECORDS_H
#define WAKELAB_EVENT_RECORDS_H

#include "wakelab.h"

enum event_kind {
#define EVENT(id, ...) EVENT_##id,
#include "events.def"
	N_EVENTS,
};

enum event_word {
#define EVENT_WORD(group, id, ...) WORD_##group##_##id,
#include "events.def"
	N_EVENT_WORDS,
};

/* The parts of --events, and what --explain adds. */
enum event_part {
	PART_WAITS = 1,
	PART_WAKES = 2,
	PART_REPORTS = 4,
	PART_IO = 8,
	PART_SIGNALS = 16,
	PART_REGISTRATIONS = 32,
	PART_FINDINGS = 64,
	PART_ALL = 127,
	PART_EXPLAIN = 128,
};

struct event_head {
	__u64 time; /* CLOCK_MONOTONIC, ns: read once there was room for it */
	__u32 lost; /* events of this CPU for which there was none, up to here */
	__u16 cpu;
	__u16 kind; /* enum event_kind */
	__u32 tid;  /* of the thread that it happened to */
	__u32 pid;
	char comm[COMM_LEN];
};

/* A descriptor; fd -1: there is none. */
struct event_file {
	__s32 fd;
	__u8 kind;     /* enum file_kind, or FILE_NOT_OPEN */
	__u8 family;   /* of the peer; AF_UNSPEC: none */
	__u16 port;    /* of the peer, in host order */
	__u8 addr[16]; /* of the peer, in network order */
};

#define N_EVENT_ARGS  4
#define NO_TIMEOUT    (-1) /* the call has none: it waits for as long as it takes */
#define TIMEOUT_UNSET (-2) /* it is not seen */

/* The types of members, see events.def. */
typedef __u16 event_CALL;
typedef __u8 event_VERDICT;
typedef __s64 event_RESULT;
typedef __u64 event_ARGS[N_EVENT_ARGS];
typedef struct event_file event_FILE;
typedef __s32 event_FD;
typedef __u64 event_NS;
typedef __s64 event_TIMEOUT;
typedef __u64 event_AMOUNT;
typedef __u64 event_UNREAD; /* and one more; 0: it is not seen */
typedef __u32 event_NUMBER;
typedef __u32 event_EVENTS;
typedef __u32 event_TOLD;
typedef __u32 event_POLLED;
typedef __u64 event_DATA;
typedef __u8 event_WAKER; /* enum waker_context; N_WAKER_CONTEXTS: nobody */
typedef __u8 event_SIGNAL;
typedef __u8 event_RAISED; /* enum signal_result */
typedef __s32 event_CODE;
typedef __u32 event_TID;
typedef char event_COMM[COMM_LEN];
typedef __u8 event_UNIT; /* enum unread */
typedef __u8 event_JUDGED;
typedef __u8 event_CAUSE;
typedef __u8 event_OPERATION;
typedef __u8 event_TAKEN;
typedef __u8 event_WHY_LATE;
typedef __u8 event_PROVED;
typedef __u8 event_LED;

#define EVENT(id, name, ...)                                                                       \
	struct event_##name {                                                                      \
		struct event_head head;
#define EVENT_FIELD(name, member, type, ...) event_##type member;
#define EVENT_END(name)                                                                            \
	}                                                                                          \
	;
#include "events.def"

/* Nothing lies between the members: so many bytes there are ... */
enum event_size {
#define EVENT(id, name, ...)           SIZE_OF_##name = sizeof(struct event_head)
#define EVENT_FIELD(name, member, ...) +sizeof(((struct event_##name *)0)->member)
#define EVENT_END(name)                ,
#include "events.def"
};

/* ... and what is there to the next whole word. */
#define EVENT_END(name)                                                                            \
	_Static_assert(sizeof(struct event_##name) == (SIZE_OF_##name + 7) / 8 * 8,                \
		       "event layout: " #name);
#include "events.def"

/* How a call tells its timeout. */
enum timeout_form {
	TIMEOUT_NONE,
	TIMEOUT_MS,       /* milliseconds; below 0: none */
	TIMEOUT_TIMESPEC, /* where a struct timespec is; NULL: none */
	TIMEOUT_TIMEVAL,  /* the same of a struct timeval */
};

struct event_timeout {
	__u8 form;
	__u8 arg; /* which argument, from 0 on */
};

/* What is to be told: set before the programs are loaded. */
struct event_wish {
	__u64 kinds;     /* bits, by enum event_kind; 0: nothing */
	__u64 min_ns;    /* calls that took no less */
	__u32 verdicts;  /* bits, by enum verdict; 0: any */
	__u32 tid;       /* 0: any */
	__s32 fd;        /* -1: any */
	__u32 port;      /* 0: any; of the peer, or our own */
	__u32 peer_port; /* 0: any */
	__u32 family;    /* of the peer; AF_UNSPEC: any */
	__u8 addr[16];
	char comm[COMM_LEN]; /* "": any */
	struct event_timeout timeouts[MAX_CALLS];
};

/* How often each kind has happened and was to be told, and for how many there was no room. */
struct event_tally {
	__u64 happened[N_EVENTS];
	__u64 dropped[N_EVENTS];
	__u64 lost; /* the sum of what was dropped */
};

#endif
