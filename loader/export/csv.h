/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A recording as tables in files of comma-separated values (RFC 4180): the NDJSON of a replay, with
 * a file for each table that its schemas have.
 */
#ifndef WAKELAB_CSV_H
#define WAKELAB_CSV_H

#include "recording.h"

/*
 * Reads the recording to its end, and writes the files into a folder that it makes, or that is
 * empty. Returns an exit status, after one line on stderr where that is not EXIT_DONE. If they
 * cannot be written, nothing is left of them.
 */
int csv_write(const char *folder, struct recording *r);

#endif
