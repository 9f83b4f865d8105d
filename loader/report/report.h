/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A page of one recording, or of several side by side, for a browser. */
#ifndef WAKELAB_REPORT_H
#define WAKELAB_REPORT_H

#include <stdio.h>

#define MOST_REPORTED 8 /* recordings */

/*
 * Writes the page to a file; NULL: to standard output. The paths are read more than once: they have
 * to be files. Nothing is written before all of them have been read, and a file that cannot be
 * written whole is removed. Returns an exit status, after one line on stderr unless it is
 * EXIT_DONE; EXIT_FAILED with a page: a recording has no end.
 */
int report_write(char *const paths[], unsigned n, const char *to);

#endif
