/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A folder that gets files, all of them or none: what was written is removed if that fails, or if a
 * signal ends the program before it is done. There is one at a time.
 */
#ifndef WAKELAB_FOLDER_H
#define WAKELAB_FOLDER_H

#include <stdio.h>

#define FOLDER_FILES 128 /* at most */

/* Makes it, or takes one that is empty. Returns 0, or -1 after one line on stderr. */
int folder_open(const char *path);

/* A new file in it, of at most FOLDER_FILES; the name has to last. NULL after one line on stderr.
 */
FILE *folder_file(const char *name);

/* What is in it stays. */
void folder_keep(void);

/* Removes what is in it, and the folder if it was made. */
void folder_drop(void);

#endif
