// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab schema: the JSON schemas of the lines of NDJSON. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "models.h"
#include "reading.h"
#include "schemas.h"

/* "any, start, attached, ..." */
static const char *types_text(char *buf, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < n_schemas && len < size; i++)
		len += snprintf(buf + len, size - len, "%s%s", i ? ", " : "", schemas[i].type);
	return buf;
}

static const struct schema *find(const char *type)
{
	for (size_t i = 0; i < n_schemas; i++)
		if (!strcmp(schemas[i].type, type))
			return &schemas[i];
	return NULL;
}

static const char *nearest(const char *type)
{
	return schemas[name_nearest(&schemas[0].type, n_schemas, sizeof(schemas[0]), type)].type;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const struct schema **schema = state->input;
	char hint[64], types[256];

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (*schema)
		argp_error(state, "unexpected argument \"%s\": give one type of lines", arg);
	*schema = find(arg);
	if (!*schema)
		argp_error(state, "unknown type of lines \"%s\"; %sthe types are %s", arg,
			   name_hint(nearest(arg), arg, hint, sizeof(hint)),
			   types_text(types, sizeof(types)));
	return 0;
}

int cmd_schema(int argc, char **argv)
{
	const struct schema *schema = NULL;

	options_read(&(struct reading){.command = "schema", .arguments = parse, .input = &schema},
		     argc, argv);
	fputs(schema ? schema->text : schemas[0].text, stdout);
	return EXIT_DONE;
}
