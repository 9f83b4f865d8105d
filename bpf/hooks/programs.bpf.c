// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* All programs, as one object: bpftool of libbpf 1.1 links no two objects that call the same
 * function of the kernel. */
#include "adoption.bpf.c"
#include "sched.bpf.c"
#include "signals.bpf.c"
#include "sockets.bpf.c"
#include "syscalls.bpf.c"
#include "tasks.bpf.c"
#include "waitqueues.bpf.c"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
