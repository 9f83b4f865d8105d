// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "version.h"

#include <stdio.h>

#include <bpf/libbpf.h>

#include "build_commit.h"
#include "build_version.h"
#include "objects.h"

void version_print(void)
{
	printf("wakelab %s\n", WAKELAB_VERSION);
	printf("commit:        %s\n", *BUILD_COMMIT ? BUILD_COMMIT : "not known to the build");
	printf("libbpf:        %u.%u, built with %d.%d\n", libbpf_major_version(),
	       libbpf_minor_version(), LIBBPF_MAJOR_VERSION, LIBBPF_MINOR_VERSION);
	printf("BPF programs:  %s, for Linux", BUILD_ARCH);
	for (enum object o = 0; object_kernels(o); o++)
		printf("%s %s", o ? "," : "", object_kernels(o));
	putchar('\n');
}
