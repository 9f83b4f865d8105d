/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Of the kernel's types, some hundred thousand, those that the programs need. */
#ifndef WAKELAB_EXTRACT_H
#define WAKELAB_EXTRACT_H

#include <bpf/btf.h>

/* An enumeration that the extract has: the numbers that are looked up by name, see
 * types_number(). */
#define EXTRACT_NUMBERS "wakelab_numbers"

/* The numbers among them that are none of a type. */
#define NUMBER_RDONLY_CAST    "bpf_rdonly_cast"
#define NUMBER_COUNT_DISTANCE "preempt_count_distance" /* as bpf/state/compat.bpf.h has it */

/*
 * Makes an extract of the running kernel's types, to be freed by btf__free(): the structures that
 * the programs read, with the members that they read, and the numbers of what they hook. Takes some
 * 50 ms. NULL with errno.
 */
struct btf *extract_make(void);

#endif
