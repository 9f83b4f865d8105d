/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The characters of a text in UTF-8, as they stand on a terminal. */
#ifndef WAKELAB_CHARACTERS_H
#define WAKELAB_CHARACTERS_H

#include <stdbool.h>
#include <stddef.h>

/* The character that text begins with: its bytes, and its columns. A colour is one of none. */
size_t character(const char *text, unsigned *columns);

/* How many columns a text takes; the first len bytes of it. */
unsigned columns_of(const char *text);
unsigned columns_in(const char *text, size_t len);

/* Whether a line may end between two characters that no space parts: if one of them is wide, as
 * Chinese is written without spaces; but not behind what opens something nor before what ends it.
 */
bool may_part(const char *text, const char *next);

#endif
