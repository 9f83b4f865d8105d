/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Where a signal comes from. */
#ifndef WAKELAB_SIGINFO_BPF_H
#define WAKELAB_SIGINFO_BPF_H

#include "compat.bpf.h"

/* include/uapi/asm-generic/siginfo.h */
#define SI_USER   0
#define SI_QUEUE  -1
#define SI_TKILL  -6
#define SI_KERNEL 0x80

/* In place of a siginfo the kernel may have a number, include/linux/sched/signal.h: SEND_SIG_NOINFO
 * is 0, SEND_SIG_PRIV 1. */
static __always_inline __s32 signal_code(__u64 info)
{
	if (info <= 1)
		return info ? SI_KERNEL : SI_USER;
	return READ((const struct kernel_siginfo *)info, si_code);
}

/* Whether no task sent it; else the running one did. */
#define SIGNAL_IS_UNSENT(code) ((code) != SI_USER && (code) != SI_QUEUE && (code) != SI_TKILL)

#endif
