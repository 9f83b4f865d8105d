/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What this program was built from. */
#ifndef WAKELAB_VERSION_H
#define WAKELAB_VERSION_H

/* Prints the version, and the facts of the build, a line each. None is a time: builds of the same
 * sources are the same. */
void version_print(void);

#endif
