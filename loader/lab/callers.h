/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Which functions of a program call a function of the C library: where a student has to look. */
#ifndef WAKELAB_CALLERS_H
#define WAKELAB_CALLERS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Names the functions that call "call" ("read") in the ELF file program, a path, by its symbols and
 * its code, for x86-64 and arm64: "serve(), read_all()" into text, size bytes long, in the order of
 * their addresses, at most three and then "...". A checked or wide form is the same call
 * (__read_chk, fcntl64), a jump as the last act of a function is one too, and parts that the
 * compiler has split off (serve.cold) are the function itself. Where the C library lies in the
 * file, its own functions are left out as far as their names are reserved (_IO_file_read).
 *
 * False, with text empty, if nobody is found: program is a script, or has no symbols, is none of
 * these machines', or calls through pointers only. Its bytes need not be valid in any way.
 */
bool callers_find(const char *program, const char *call, char *text, size_t size);

#endif
