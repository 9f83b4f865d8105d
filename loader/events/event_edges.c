// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "event_edges.h"

#include <string.h>

void edges_forget(struct edges *e)
{
	memset(e, 0, sizeof(*e));
}

static struct edge *place_of(struct edges *e, __u32 pid, __s32 epoll, __u64 data)
{
	__u64 mixed =
		(data ^ data >> 32 ^ (__u64)pid << 20 ^ (__u64)epoll << 40) * 0x9e3779b97f4a7c15ull;

	return &e->of[mixed >> 52 & (N_EDGES - 1)];
}

static bool is_of(const struct edge *of, __u32 pid, __s32 epoll, __u64 data)
{
	return of->used && of->pid == pid && of->epoll == epoll && of->data == data;
}

static struct edge fresh(__u32 pid, __s32 epoll, __u64 data, __s32 fd)
{
	return (struct edge){.pid = pid, .epoll = epoll, .data = data, .fd = fd, .used = true};
}

/* If it has become ready already, that was while it was registered, or there was another with the
 * same data. */
void edges_add(struct edges *e, __u32 pid, __s32 epoll, __u64 data, __s32 fd)
{
	struct edge *of = place_of(e, pid, epoll, data);
	bool known = is_of(of, pid, epoll, data);

	if (!known)
		*of = fresh(pid, epoll, data, fd);
	of->whole = !known;
}

void edges_ready(struct edges *e, __u32 pid, __s32 epoll, __u64 data, __s32 fd, __u64 time)
{
	struct edge *of = place_of(e, pid, epoll, data);

	if (!is_of(of, pid, epoll, data))
		*of = fresh(pid, epoll, data, fd);
	if (!of->n++)
		of->first = time;
}

struct edge edges_report(struct edges *e, __u32 pid, __s32 epoll, __u64 data, __s32 fd)
{
	struct edge *of = place_of(e, pid, epoll, data), had = {0};

	if (is_of(of, pid, epoll, data) && of->whole)
		had = *of;
	*of = fresh(pid, epoll, data, fd);
	of->whole = true;
	return had;
}

void edges_close(struct edges *e, __u32 pid, __s32 fd)
{
	for (unsigned i = 0; i < N_EDGES; i++)
		if (e->of[i].pid == pid && (e->of[i].fd == fd || e->of[i].epoll == fd))
			e->of[i] = (struct edge){0};
}
