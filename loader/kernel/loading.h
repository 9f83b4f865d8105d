/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Loading: libbpf makes the maps of an object and its programs ready, and the programs are given to
 * the kernel side by side. It follows every path of each, which takes most of the time.
 */
#ifndef WAKELAB_LOADING_H
#define WAKELAB_LOADING_H

#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "types.h"

#define REASON_LEN 200

/* Why a program was not loaded. */
struct refusal {
	char program[64];
	char words[REASON_LEN]; /* the kernel's */
};

/* Has libbpf know our sections from here on: to be called before an object is opened. Returns 0 or
 * -1 with errno. */
int load_prepare(void);

/*
 * Loads an object that was opened with t->path for its btf_custom_path: the programs that are
 * chosen, and all maps. Returns 0; or -errno, with the first program that the kernel refused in
 * why, if it was one.
 */
int load_object(struct bpf_object_skeleton *skeleton, const struct types *t, struct refusal *why);

/* The type that a program is loaded as. */
enum bpf_prog_type load_type(const struct bpf_program *program);

#endif
