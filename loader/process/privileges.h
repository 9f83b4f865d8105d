/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The capabilities that tracing needs, and giving up all others. */
#ifndef WAKELAB_PRIVILEGES_H
#define WAKELAB_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

/* Whether this process may load and attach programs: CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN. */
bool privileges_suffice(void);
/* "CAP_BPF yes, ...": which of these this process has; in buf. */
void privileges_text(char *buf, size_t len);
/* Whether these are of a user namespace of its own: there the kernel counts them for what belongs
 * to that namespace, and BPF belongs to none. */
bool privileges_of_namespace(void);
/* Whether a seccomp filter is in force, by which a system call may fail in the kernel's place. */
bool privileges_filtered(void);
/* What is yet to be done, besides reading the maps and ending the target: */
enum privileged {
	PRIVILEGED_NOTHING,
	PRIVILEGED_AGAIN,   /* opening sessions, starting servers as another user */
	PRIVILEGED_LOOKING, /* reading what processes that come later have registered */
};

/* Gives up every privilege that is not needed for that. Returns 0, or -1 after one line on stderr.
 */
int privileges_drop(enum privileged left);

#endif
