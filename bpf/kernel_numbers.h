/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What stands in the programs for numbers that each kernel has its own of, until they are loaded:
 * loader/kernel/extract.c says where they come from. */
#ifndef WAKELAB_KERNEL_NUMBERS_H
#define WAKELAB_KERNEL_NUMBERS_H

/*
 * A member that no structure of the kernel has: its offset is the number of the structure among the
 * kernel's types.
 */
#define NUMBER_OF_TYPE number_of_type

/* In the place of the number of the kernel's function bpf_rdonly_cast(): what no helper has. */
#define CALL_RDONLY_CAST 0x7ffffff0

#endif
