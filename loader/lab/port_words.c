// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "port_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char placeholder[] = "{port}";

bool port_is_named(char **command)
{
	for (; *command; command++)
		if (strstr(*command, placeholder))
			return true;
	return false;
}

/* A word with the port in it, to be freed. */
static char *with_port(const char *word, unsigned port)
{
	size_t room = strlen(word) + 1, len = 0; /* a port is shorter than its place */
	char *text = malloc(room);
	const char *at;

	while (text && (at = strstr(word, placeholder))) {
		len += snprintf(text + len, room - len, "%.*s%u", (int)(at - word), word, port);
		word = at + strlen(placeholder);
	}
	if (text)
		snprintf(text + len, room - len, "%s", word);
	return text;
}

void command_free(char **command)
{
	for (char **word = command; command && *word; word++)
		free(*word);
	free(command);
}

static size_t count_words(char **command)
{
	size_t n = 0;

	while (command[n])
		n++;
	return n;
}

char **command_with_port(char **command, unsigned port)
{
	size_t n = count_words(command);
	char **words = calloc(n + 1, sizeof(*words));

	for (size_t i = 0; words && i < n; i++)
		words[i] = with_port(command[i], port);
	return words;
}
