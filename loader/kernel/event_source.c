// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "event_source.h"

#include <bpf/bpf.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel_clock.h"

/* The kernel's layout of a ring (kernel/bpf/ringbuf.c): a page that we write, one that it writes,
 * and the records, twice in a row. Each begins with its length and two flags. */
struct record_head {
	__u32 len;
	__u32 page;
};
#define RECORD_BUSY    (1u << 31)
#define RECORD_DROPPED (1u << 30)
#define RECORD_FLAGS   (RECORD_BUSY | RECORD_DROPPED)

struct event_source {
	int fd; /* an epoll instance that the ring is registered with */
	int tallies;
	int n_cpus;
	size_t page, size;
	__u64 *consumed;
	const __u64 *produced;
	const char *records;
	__u32 *rung; /* see event_close() */
};

static struct bpf_map *map_of(struct bpf_object *object, const char *name)
{
	return bpf_object__find_map_by_name(object, name);
}

void event_source_wish(struct bpf_object *object, const struct event_wish *wish, unsigned mib)
{
	unsigned bytes = 1 << 20;
	size_t size;
	struct event_wish *at =
		(void *)bpf_map__initial_value(map_of(object, ".rodata.events"), &size);

	*at = *wish;
	while (bytes >> 20 < mib)
		bytes *= 2;
	bpf_map__set_max_entries(map_of(object, "event_ring"), bytes);
}

static void *map_memory(const struct bpf_map *map, size_t len, int access, off_t at)
{
	void *memory = mmap(NULL, len, access, MAP_SHARED, bpf_map__fd(map), at);

	return memory == MAP_FAILED ? NULL : memory;
}

static int open_ring(struct event_source *s, struct bpf_object *object)
{
	const struct bpf_map *ring = map_of(object, "event_ring");
	struct epoll_event event = {.events = EPOLLIN};
	const char *behind;

	s->page = sysconf(_SC_PAGESIZE);
	s->size = bpf_map__max_entries(ring);
	s->consumed = map_memory(ring, s->page, PROT_READ | PROT_WRITE, 0);
	behind = map_memory(ring, s->page + 2 * s->size, PROT_READ, s->page);
	s->rung = map_memory(map_of(object, ".data.events"), s->page, PROT_READ | PROT_WRITE, 0);
	s->tallies = bpf_map__fd(map_of(object, "event_tallies"));
	s->produced = (const void *)behind;
	s->records = behind ? behind + s->page : NULL;
	s->fd = epoll_create1(EPOLL_CLOEXEC);
	if (!s->consumed || !behind || !s->rung || s->fd < 0)
		return -1;
	return epoll_ctl(s->fd, EPOLL_CTL_ADD, bpf_map__fd(ring), &event);
}

struct event_source *event_source_open(struct bpf_object *object, int n_cpus)
{
	struct event_source *s = calloc(1, sizeof(*s));

	if (s)
		*s = (struct event_source){.fd = -1, .n_cpus = n_cpus};
	if (s && !open_ring(s, object))
		return s;
	warn("cannot read events");
	event_source_close(s);
	return NULL;
}

void event_source_close(struct event_source *s)
{
	if (!s)
		return;
	if (s->consumed)
		munmap(s->consumed, s->page);
	if (s->produced)
		munmap((void *)s->produced, s->page + 2 * s->size);
	if (s->rung)
		munmap(s->rung, s->page);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

int event_source_fd(const struct event_source *s)
{
	return s->fd;
}

void event_source_rung(struct event_source *s)
{
	struct epoll_event event;

	epoll_wait(s->fd, &event, 1, 0);
}

/* The length of a record that is written; false: a program is at work on it. */
static bool is_written(const struct event_source *s, __u64 at, __u32 *len)
{
	const struct record_head *head = (const void *)(s->records + (at & (s->size - 1)));

	*len = __atomic_load_n(&head->len, __ATOMIC_ACQUIRE);
	return !(*len & RECORD_BUSY);
}

__s64 event_source_take(struct event_source *s, event_record_function *take, void *ctx)
{
	__s64 horizon = kernel_now();
	__u64 end = __atomic_load_n(s->produced, __ATOMIC_ACQUIRE), at = *s->consumed;
	int failed = 0;
	__u32 len;

	for (; at < end && !failed;
	     at += (sizeof(struct record_head) + (len & ~RECORD_FLAGS) + 7) & ~7ull) {
		if (!is_written(s, at, &len))
			break;
		if (!(len & RECORD_DROPPED))
			failed = take(
				ctx, s->records + (at & (s->size - 1)) + sizeof(struct record_head),
				len);
	}
	__atomic_store_n(s->consumed, at, __ATOMIC_RELEASE);
	if (failed)
		return -1;
	return at < end ? 0 : horizon;
}

bool event_source_rests(struct event_source *s)
{
	__atomic_store_n(s->rung, 0, __ATOMIC_SEQ_CST);
	return __atomic_load_n(s->produced, __ATOMIC_SEQ_CST) == *s->consumed;
}

int event_source_tally(const struct event_source *s, struct event_tally *sum)
{
	struct event_tally *of_cpus = calloc(s->n_cpus, sizeof(*of_cpus));
	__u32 zero = 0;
	int err = of_cpus ? bpf_map_lookup_elem(s->tallies, &zero, of_cpus) : -1;

	memset(sum, 0, sizeof(*sum));
	for (int cpu = 0; !err && cpu < s->n_cpus; cpu++) {
		for (unsigned kind = 0; kind < N_EVENTS; kind++) {
			sum->happened[kind] += of_cpus[cpu].happened[kind];
			sum->dropped[kind] += of_cpus[cpu].dropped[kind];
		}
		sum->lost += of_cpus[cpu].lost;
	}
	free(of_cpus);
	return err;
}
