// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "objects.h"

#include <stdlib.h>

#include "event_records.h"
#include "events.h"
#include "sought.h"

#include "finder.skel.h"
#include "probe.skel.h"
#include "wakelab.h"
#include "wakelab.skel.h"
#include "wakelab_events.skel.h"
#include "wakelab_mid.skel.h"
#include "wakelab_mid_events.skel.h"
#include "wakelab_old.skel.h"
#include "wakelab_old_events.skel.h"

static const void *(*const bytes_of[N_OBJECTS])(size_t *len) = {
	[OBJECT_NEW] = wakelab__elf_bytes,
	[OBJECT_MID] = wakelab_mid__elf_bytes,
	[OBJECT_OLD] = wakelab_old__elf_bytes,
	[OBJECT_NEW_EVENTS] = wakelab_events__elf_bytes,
	[OBJECT_MID_EVENTS] = wakelab_mid_events__elf_bytes,
	[OBJECT_OLD_EVENTS] = wakelab_old_events__elf_bytes,
	[OBJECT_PROBE] = probe__elf_bytes,
	[OBJECT_FINDER] = finder__elf_bytes,
};

static const char *const kernels_of[N_OBJECTS] = {
	[OBJECT_NEW] = "6.2 and newer",
	[OBJECT_MID] = "5.12 to 6.1",
	[OBJECT_OLD] = "5.10 and 5.11",
};

const char *object_kernels(enum object which)
{
	return kernels_of[which];
}

const void *object_bytes(enum object which, size_t *len)
{
	return bytes_of[which](len);
}

struct wakelab *object_open(enum object which, const struct bpf_object_open_opts *opts)
{
	struct wakelab *skel = calloc(1, sizeof(*skel));

	if (!skel || wakelab__create_skeleton(skel)) {
		free(skel);
		return NULL;
	}
	skel->skeleton->data = (void *)object_bytes(which, &skel->skeleton->data_sz);
	if (bpf_object__open_skeleton(skel->skeleton, opts)) {
		wakelab__destroy(skel);
		return NULL;
	}
	return skel;
}

struct probe *object_open_probe(const struct bpf_object_open_opts *opts)
{
	return probe__open_opts(opts);
}

struct finder *object_open_finder(const struct bpf_object_open_opts *opts)
{
	return finder__open_opts(opts);
}
