/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Those who come to a student's server under one load. */
#ifndef WAKELAB_VISITORS_H
#define WAKELAB_VISITORS_H

#include "exercise.h"
#include "part.h"
#include "patience.h"

struct visitors {
	const struct exercise_load *load;
	bool udp;
	unsigned port;
	const struct patience *patience;
	command_function *command;         /* "wakelab load" */
	const struct part_signals *before; /* see part_start() */
};

/*
 * The hostile clients come one after the other, then the load client, and all leave again. Puts
 * "hostile" and "client" to the facts; the latter is null if nothing is known of it.
 */
void visitors_come(const struct visitors *v, struct json_object *facts);

#endif
