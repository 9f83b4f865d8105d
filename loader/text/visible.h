/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Text from outside (names of threads, command lines, what a program says), made fit to be shown.
 */
#ifndef WAKELAB_VISIBLE_H
#define WAKELAB_VISIBLE_H

#include <stddef.h>

/* Room that the visible form of any string of size bytes, its NUL included, fits in. */
#define VISIBLE_SIZE(size) (4 * (size))

/*
 * Writes text into to, size bytes long, and gives to: valid UTF-8 without a control character,
 * whatever text is. A newline, a tab and a carriage return become \n, \t and \r, and a backslash
 * two; each byte of another control character (below 32, 127, U+0080 to U+009F) and of what is no
 * UTF-8 becomes \xNN. What does not fit is left out, and nothing is cut in the middle.
 */
const char *visible(const char *text, char *to, size_t size);

/*
 * The same of a message of len bytes, in which backslashes and newlines are the message's own and
 * stay. Writes at most VISIBLE_SIZE(len) bytes, without a NUL, and gives their number.
 */
size_t visible_message(const char *message, size_t len, char *to);

#endif
