/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_RUN_PROGRAM_H
#define WAKELAB_RUN_PROGRAM_H

#include <bpf/libbpf.h>

/* Runs a program once, of those that user space runs: its arguments are as many __u64 as fill size
 * bytes. Gives what it returns, which is not negative, or -1 with errno. */
int run_program(const struct bpf_program *prog, const __u64 *args, size_t size);

#endif
