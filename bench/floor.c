// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Attaches the programs of floor.bpf.c, says so, and takes them away when standard input ends. */
#include <err.h>
#include <stdio.h>
#include <unistd.h>

#include "floor.skel.h"

int main(void)
{
	struct floor *floor;
	char byte;

	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	floor = floor__open_and_load();
	if (!floor || floor__attach(floor))
		err(1, "cannot attach the empty programs");
	puts("attached");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	floor__destroy(floor);
	return 0;
}
