// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "proc_comm.h"

#include <stdio.h>

void read_comm(unsigned pid, unsigned tid, char *comm, size_t len)
{
	char path[64];
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%u/task/%u/comm", pid, tid);
	file = fopen(path, "re");
	if (!file)
		return;
	n = fread(comm, 1, len, file); /* a newline behind it, and maybe in it */
	if (n)
		comm[n - 1] = '\0';
	fclose(file);
}
