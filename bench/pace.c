// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * pace CALLS SECONDS: makes so many calls a second, 0: as many as it can, for so long, and prints
 * how many those were: writes and reads of a byte, in turn, of a pipe. Each millisecond it makes
 * those that are due, and sleeps.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define AT_ONCE 100 /* calls between two looks at the clock */

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	const struct timespec step = {.tv_nsec = 1000000};
	double rate = argc > 2 ? atof(argv[1]) : 0, seconds = argc > 2 ? atof(argv[2]) : 0;
	double begin = now(), passed;
	unsigned long done = 0;
	char byte = 0;
	int ends[2];

	if (rate < 0 || seconds <= 0 || pipe(ends))
		errx(1, "usage: pace CALLS SECONDS");
	while ((passed = now() - begin) < seconds) {
		unsigned long due = rate > 0 ? passed * rate : done + AT_ONCE;

		for (; done < due; done += 2)
			if (write(ends[1], &byte, 1) != 1 || read(ends[0], &byte, 1) != 1)
				err(1, "a pipe");
		if (rate > 0)
			nanosleep(&step, NULL);
	}
	printf("%lu\n", done);
	return 0;
}
