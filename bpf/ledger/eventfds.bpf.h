/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the target reads from eventfds, of which a part of their position is made. While a read is
 * under way it cannot be told whether it took something already, so what is reported meanwhile is
 * undecided until no read is.
 */
#ifndef WAKELAB_EVENTFDS_BPF_H
#define WAKELAB_EVENTFDS_BPF_H

#include "reports.bpf.h"
#include "watchers.bpf.h"

#define EVENTFD_SIZE 8

/* The file behind a descriptor of the running task if it is an eventfd, else NULL. */
static __always_inline const struct file *eventfd_of(__u32 fd)
{
	return file_of_kind((const void *)bpf_get_current_task(), fd, FILE_EVENTFD);
}

/* A read begins; gives the eventfd that it is from, 0 if it is from anything else. */
__weak __noinline __u64 eventfd_enter(__u32 fd)
{
	const struct file *file = eventfd_of(fd);
	struct sock_state *s = file ? object_find(address_of(file)) : NULL;

	if (!s)
		return 0;
	__sync_fetch_and_add(&s->reads_begun, 1);
	return (__u64)file;
}

/* A read of a value succeeded: what it took. */
__weak __noinline int eventfd_take(__u32 fd, __u64 value)
{
	const struct file *file = eventfd_of(fd);
	struct sock_state *s = file ? object_find(address_of(file)) : NULL;
	__u64 taken;

	if (s && !bpf_probe_read_user(&taken, sizeof(taken), (const void *)value))
		__sync_fetch_and_add(&s->taken, taken);
	return 0;
}

/* The same into a vector, of which the first part has room for all. */
__weak __noinline int eventfd_take_vector(__u32 fd, __u64 vector)
{
	__u64 value;

	if (!bpf_probe_read_user(&value, sizeof(value), (const void *)vector))
		eventfd_take(fd, value);
	return 0;
}

/* No read is under way, and the file is where position says: if it was there at the last report
 * that was judged, those since told the same again. If not, it cannot be told what they, and the
 * next one, had to tell of. */
__weak __noinline int eventfd_settle_one(__u64 file, __u64 index, __u64 position)
{
	struct watcher *w = watcher_find(file, index);
	struct interest *i = w ? interest_in(file, w->place) : NULL;

	if (!i || !i->moving)
		return 0;
	i->moving = 0;
	if (i->position == position)
		reports_decide(i);
	else
		i->position = NO_POSITION;
	i->undecided = 0;
	return 0;
}

__weak __noinline int eventfd_settle_part(__u64 file, __u32 from, __u32 n, __u64 position)
{
	for (__u32 i = 0; i < WATCHERS_PART && from + i < n; i++)
		eventfd_settle_one(file, from + i, position);
	return 0;
}

/* A read returned, as one does also where a signal ends its thread. */
__weak __noinline int eventfd_exit(__u64 file)
{
	struct sock_state *s = object_find(file);
	__u64 position;
	__u32 ended;

	if (!s)
		return 0;
	__sync_fetch_and_add(&s->reads_ended, 1);
	ended = *(volatile __u32 *)&s->reads_ended;
	position = eventfd_position(file);
	if (ended != *(volatile __u32 *)&s->reads_begun)
		return 0;
	FOR_EACH_PART(eventfd_settle_part, file, s, 0, position);
	return 0;
}

#endif
