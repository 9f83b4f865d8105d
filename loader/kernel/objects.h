/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The BPF objects that are built into this program: one for each age of kernels, with the same maps
 * and programs, see bpf/state/atomic.bpf.h and READ() in bpf/state/compat.bpf.h; the probe; and the
 * finder. */
#ifndef WAKELAB_OBJECTS_H
#define WAKELAB_OBJECTS_H

#include <bpf/libbpf.h>
#include <stddef.h>

enum object {
	OBJECT_NEW,
	OBJECT_MID,
	OBJECT_OLD,
	/* the same, and they tell events */
	OBJECT_NEW_EVENTS,
	OBJECT_MID_EVENTS,
	OBJECT_OLD_EVENTS,
	OBJECT_PROBE,
	OBJECT_FINDER,
	N_OBJECTS,
};

/* The kernels that it is for, as text: "6.2 and newer"; NULL from the fourth on. */
const char *object_kernels(enum object which);

/* Its ELF file, of *len bytes. */
const void *object_bytes(enum object which, size_t *len);

struct wakelab;
struct probe;
struct finder;

/* One of those before the probe; NULL with errno. */
struct wakelab *object_open(enum object which, const struct bpf_object_open_opts *opts);
struct probe *object_open_probe(const struct bpf_object_open_opts *opts);
struct finder *object_open_finder(const struct bpf_object_open_opts *opts);

#endif
