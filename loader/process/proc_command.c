// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "proc_command.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Whether a byte belongs to the character of UTF-8 that began before it. */
static bool goes_on(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Cuts what does not fit, between two characters; line has room for size bytes. */
static size_t cut(char *line, size_t size)
{
	static const char more[] = "...";
	size_t len = size - sizeof(more);

	while (len && goes_on(line[len]))
		len--;
	memcpy(line + len, more, sizeof(more));
	return len + sizeof(more) - 1;
}

void proc_command(unsigned pid, char *line, size_t size)
{
	char path[64], whole[512];
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%u/cmdline", pid);
	file = fopen(path, "re");
	if (!file)
		return;
	n = fread(whole, 1, sizeof(whole), file);
	fclose(file);
	while (n && !whole[n - 1]) /* behind each argument; of some programs more of them */
		n--;
	if (!n)
		return;
	for (size_t i = 0; i < n && i < size; i++)
		line[i] = whole[i] ? whole[i] : ' ';
	if (n >= size)
		n = cut(line, size);
	line[n] = '\0';
}
