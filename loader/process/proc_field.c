// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "proc_field.h"

#include <stdio.h>
#include <string.h>

__u64 proc_field(const char *path, const char *field)
{
	FILE *file = fopen(path, "re");
	unsigned long long value = PROC_FIELD_UNKNOWN;
	size_t len = strlen(field);
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, field, len) && line[len] == ':') {
			if (sscanf(line + len + 1, "%llu", &value) != 1)
				value = PROC_FIELD_UNKNOWN;
			break;
		}
	if (file)
		fclose(file);
	return value;
}
