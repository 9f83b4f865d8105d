// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "visitors.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "hostile.h"
#include "json.h"

/* How long a load may take, and then its end, ms. */
#define WAIT_LOAD 10000
#define WAIT_END  2000
#define LOOK_MS   50

/* Under its name with underscores, by which expressions know it. */
static void put_client(struct json_object *o, const char *client, bool well)
{
	char name[32];

	snprintf(name, sizeof(name), "%s", client);
	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	put(o, name, well);
}

static void come_hostile(const struct visitors *v, struct json_object *hostile, int *kept)
{
	const struct sockaddr_in server = {.sin_family = AF_INET,
					   .sin_port = htons(v->port),
					   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	for (unsigned i = 0; v->load->clients[i]; i++) {
		const char *client = v->load->clients[i];

		put_client(hostile, client,
			   hostile_act(hostile_find(client), &server, v->patience, &kept[i]));
	}
}

static void leave(const struct visitors *v, const int *kept)
{
	for (unsigned i = 0; v->load->clients[i]; i++)
		if (kept[i] >= 0)
			close(kept[i]);
}

/* Runs the load client; output is where it prints. */
static void come_loading(const struct visitors *v, int output, int quiet)
{
	char port[16], timeout[16];
	char *argv[MAX_LOAD_ARGS + 9] = {"wakelab load", "--port",    port,   "--format",
					 "ndjson",       "--timeout", timeout};
	struct part_command command = {v->command, argv};
	struct wait wait;
	struct part load;
	int n = 7;

	snprintf(port, sizeof(port), "%u", v->port);
	snprintf(timeout, sizeof(timeout), "%u", v->patience->times);
	if (v->udp)
		argv[n++] = "--udp";
	for (unsigned i = 0; v->load->args[i]; i++)
		argv[n++] = (char *)v->load->args[i];
	if (part_start(&load, part_run_command, &command,
		       &(struct part_place){.in = -1, .out = output, .err = quiet}, v->before))
		return;
	wait = wait_begin(v->patience, "wakelab load", WAIT_LOAD);
	while (!part_ended(&load, LOOK_MS))
		if (!wait_goes_on(&wait)) {
			part_stop(&load, WAIT_END);
			break;
		}
}

/* What the load client found, or NULL. */
static struct json_object *load_result(const struct visitors *v)
{
	int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC), output = part_output();
	struct json_object *lines, *result = NULL;

	if (output >= 0) {
		come_loading(v, output, quiet);
		lines = part_lines(output);
		result = json_object_get(json_object_array_get_idx(lines, 0));
		json_object_put(lines);
		close(output);
	}
	if (quiet >= 0)
		close(quiet);
	return result;
}

void visitors_come(const struct visitors *v, struct json_object *facts)
{
	int kept[MAX_CLIENTS];

	for (unsigned i = 0; i < MAX_CLIENTS; i++)
		kept[i] = -1;
	come_hostile(v, put_object(facts, "hostile"), kept);
	json_object_object_add(facts, "client", load_result(v));
	leave(v, kept);
}
