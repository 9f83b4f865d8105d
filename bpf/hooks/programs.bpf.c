// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* All programs, as one object. */
#include "adoption.bpf.c"
#include "arrivals.bpf.c"
#include "sched.bpf.c"
#include "signals.bpf.c"
#include "sockets.bpf.c"
#include "syscalls.bpf.c"
#include "tasks.bpf.c"
#include "waitqueues.bpf.c"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
