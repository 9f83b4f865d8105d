// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "subject.h"

#include <stdio.h>
#include <string.h>

#define READ_SIZE "read-size="

void subject_parse(struct argp_state *state, struct subject *subject, const char *arg)
{
	char text[256], *save, *part;

	if (strlen(arg) >= sizeof(text) || !*arg || *arg == '+')
		argp_error(state, "\"%s\" is no subject; give MODEL[+FAULT...][+read-size=N]", arg);
	*subject = (struct subject){.name = arg};
	snprintf(text, sizeof(text), "%s", arg);
	part = strtok_r(text, "+", &save);
	subject->model = option_model(state, part);
	while ((part = strtok_r(NULL, "+", &save))) {
		if (!strncmp(part, READ_SIZE, strlen(READ_SIZE)))
			subject->server.read_size = option_number(
				state, "read-size", part + strlen(READ_SIZE), 1, SERVER_READ_MAX);
		else
			subject->server.faults |= option_fault(state, arg, part);
	}
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
