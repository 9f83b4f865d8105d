/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_HANDOUT_H
#define WAKELAB_HANDOUT_H

#include <stdio.h>

#include "layout.h"

/*
 * Lays out a handout for people. Of Markdown it knows headings, paragraphs, items of lists ("- ",
 * "1. "), `code`, **bold** and fenced blocks, whose lines stay as they are; a comment is left out.
 */
void handout_show(FILE *handout, struct layout *l);

#endif
