/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Events of what is registered with epoll, and of what is left unread there; like those of calls.
 */
#ifndef WAKELAB_EVENT_REGISTERED_BPF_H
#define WAKELAB_EVENT_REGISTERED_BPF_H

#include "event_files.bpf.h"

#ifdef EVENTS
/* Of what happens to a registration, by no thread: whose epoll instance that is, and where. */
static __always_inline void event_epoll(struct event_head *head, __s32 *fd, __u64 epoll)
{
	const struct epoll_state *e = epoll_own(epoll);

	head->pid = e ? e->tgid : 0;
	head->tid = 0;
	__builtin_memset(head->comm, 0, sizeof(head->comm));
	*fd = e ? (__s32)e->fd : NO_FD;
}

/* Room for a record of that, where such events are asked for, and what it is of. */
static __always_inline void *event_of_interest(struct event_file *f, enum event_kind kind,
					       __u64 size, __u64 epoll, __u64 data)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	const struct interest *i = interest_find(&key);

	if (!i || event_wish.tid || event_wish.comm[0] || !event_interest_fill(f, i))
		return NULL;
	return event_open(kind, size);
}

/* A registration: its descriptor became ready. */
__weak __noinline int event_ready(__u64 epoll, __u64 data)
{
	struct event_file file;
	struct event_ready *e = event_of_interest(&file, EVENT_READY, sizeof(*e), epoll, data);
	struct interest_key key = {.epoll = epoll, .data = data};
	const struct interest *i = interest_find(&key);

	if (!e)
		return 0;
	event_epoll(&e->head, &e->epoll, epoll);
	e->data = data;
	e->unread = i ? event_unread((const void *)i->sock, file.kind) : 0;
	e->file = file;
	event_close(e);
	return 0;
}

/* It was told of for once. */
__weak __noinline int event_disarm(__u64 epoll, __u64 data)
{
	struct event_file file;
	struct event_disarm *e = event_of_interest(&file, EVENT_DISARM, sizeof(*e), epoll, data);

	if (!e)
		return 0;
	event_epoll(&e->head, &e->epoll, epoll);
	e->data = data;
	e->file = file;
	event_close(e);
	return 0;
}

/* So many reports of it were of the same again. */
__weak __noinline int event_decide(__u64 epoll, __u64 data, __u32 reports)
{
	struct event_file file;
	struct event_decide *e = event_of_interest(&file, EVENT_DECIDE, sizeof(*e), epoll, data);

	if (!e)
		return 0;
	event_epoll(&e->head, &e->epoll, epoll);
	e->data = data;
	e->file = file;
	e->reports = reports;
	event_close(e);
	return 0;
}

static __always_inline __u8 event_why_late(__u32 why)
{
	return why == EVIDENCE_ASLEEP    ? WORD_WHY_LATE_ASLEEP
	       : why == EVIDENCE_NOT_RUN ? WORD_WHY_LATE_NOT_RUN
					 : WORD_WHY_LATE_COMPUTED;
}

/* What it told of waited so long for the running thread, for that reason. */
__weak __noinline int event_late(__u64 epoll, __u64 data, __u64 ns, __u32 why)
{
	struct interest_key key = {.epoll = epoll, .data = data};
	const struct interest *i = interest_find(&key);
	struct task_state *t = task_current();
	struct event_late *e;
	struct event_file file;

	if (!i || !t || !event_is_of(t, (const void *)bpf_get_current_task()) ||
	    !event_interest_fill(&file, i))
		return 0;
	e = event_open(EVENT_LATE, sizeof(*e));
	if (!e)
		return 0;
	event_thread(&e->head, t, (const void *)bpf_get_current_task());
	e->late_ns = ns;
	e->file = file;
	e->why = event_why_late(why);
	event_close(e);
	return 0;
}

/* Whether events of what a thread left unread are to be told, and of what that is. */
static __always_inline bool event_stall_fill(struct event_file *f, const struct stall *s)
{
	*f = (struct event_file){
		.fd = s->fd, .kind = s->kind, .family = s->family, .port = s->port};
	__builtin_memcpy(f->addr, s->addr, sizeof(f->addr));
	return (!event_wish.tid || event_wish.tid == s->tid) && event_comm_is(s->comm) &&
	       (event_wish.fd < 0 || event_wish.fd == f->fd) && event_is_of_socket(f, NULL);
}

static __always_inline void event_stall_head(struct event_head *head, const struct stall *s)
{
	head->tid = s->tid;
	head->pid = s->tgid;
	__builtin_memcpy(head->comm, s->comm, sizeof(head->comm));
}

/* A thread fell asleep over what it left unread. */
static __noinline void event_left(const struct stall *s)
{
	struct event_left *e;
	struct event_file file;

	if (!event_stall_fill(&file, s))
		return;
	e = event_open(EVENT_LEFT, sizeof(*e));
	if (!e)
		return;
	event_stall_head(&e->head, s);
	e->amount = s->unread;
	e->file = file;
	e->unit = s->unit;
	event_close(e);
}

/* That goes on, after so many ns. */
static __noinline void event_goes_on(const struct stall *s, __u64 ns)
{
	struct event_goes_on *e;
	struct event_file file;

	if (!event_stall_fill(&file, s))
		return;
	e = event_open(EVENT_GOES_ON, sizeof(*e));
	if (!e)
		return;
	event_stall_head(&e->head, s);
	e->left_ns = ns;
	e->amount = s->unread;
	e->file = file;
	e->unit = s->unit;
	event_close(e);
}
#endif

#endif
