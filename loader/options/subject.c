// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "subject.h"

#include <stdio.h>
#include <string.h>

/* "herd" or "read-size=16" */
static void parse_variation(struct argp_state *state, struct subject *subject, char *part)
{
	static const char read_size[] = "read-size=";
	size_t len = strlen(read_size);

	if (!strncmp(part, read_size, len))
		option_take(state, option_row(&server_group, "read-size"), &subject->server,
			    part + len);
	else
		option_take(state, option_row(&server_group, "fault"), &subject->server, part);
}

void subject_parse(struct argp_state *state, struct subject *subject, const char *arg)
{
	char text[256], *save, *part;

	if (strlen(arg) >= sizeof(text) || !*arg || *arg == '+')
		argp_error(state,
			   "invalid subject \"%s\": must be MODEL[+FAULT...][+read-size=BYTES]",
			   arg);
	*subject = (struct subject){.name = arg};
	snprintf(text, sizeof(text), "%s", arg);
	part = strtok_r(text, "+", &save);
	subject->model = option_model(state, part);
	while ((part = strtok_r(NULL, "+", &save)))
		parse_variation(state, subject, part);
}

void subject_check(struct argp_state *state, struct subject *subject, const struct subject *first,
		   const struct server_options *common)
{
	size_t read_size = subject->server.read_size;
	unsigned subject_faults = subject->server.faults;

	transport_check(state, first->model, subject->model);
	subject->server = *common;
	subject->server.faults |= subject_faults;
	if (read_size)
		subject->server.read_size = read_size;
	server_options_check(state, subject->model, &subject->server);
}
