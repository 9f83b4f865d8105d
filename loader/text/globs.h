/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A shell's patterns for the names of processes, in the form in which BPF compares them. */
#ifndef WAKELAB_GLOBS_H
#define WAKELAB_GLOBS_H

#include "sought.h"

/*
 * Makes one of a pattern: * takes any characters, ? one, [a-z] one of a set, [!a-z] one that is not
 * in it, and a backslash takes the meaning from what follows. A [ without its ] is a plain
 * character. Characters are bytes. Gives NULL, or what the pattern must be, in words.
 */
const char *glob_make(struct name_glob *glob, const char *pattern);

#endif
