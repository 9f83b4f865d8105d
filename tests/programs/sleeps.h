/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Whether another thread of a test's program sleeps, by the kernel's own word. */
#ifndef SLEEPS_H
#define SLEEPS_H

#include <stdbool.h>
#include <stdio.h>

/* Whether it has been switched out in a call, too: the kernel waits for that before it answers. */
static bool sleeps(int tid)
{
	char path[64], line[16] = "running";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", tid);
	file = fopen(path, "r");
	if (file && !fgets(line, sizeof(line), file))
		line[0] = 'r';
	if (file)
		fclose(file);
	return line[0] != 'r';
}

#endif
