/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What a lesson says about numbers: arithmetic over the NDJSON summaries of its runs.
 *
 *   lt.interests.rereports / lt.client.messages
 *   et.server.reads > lt.server.reads
 *   one.syscalls.read.calls
 *
 * A path leads through objects by name, and in an array to the row of that "name". A row that is
 * not there, and one of "errors", counts 0: calls that were not made have none. There are + - * and
 * /, no parentheses, and < <= > >= = between two sums, which is 1 or 0.
 */
#ifndef WAKELAB_EXPRESSION_H
#define WAKELAB_EXPRESSION_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#define EXPRESSION_ERROR 160 /* bytes of an error's text */

/*
 * The value over values, an object. NAN if it is not known: anything in it is null, or is divided
 * by 0. NAN also if the expression is wrong; error, empty otherwise, then says in which way.
 */
double expression_value(const char *text, struct json_object *values, char *error);

/*
 * Writes a sentence into to, with each {EXPRESSION} in it replaced by its value. A word that has to
 * agree with the value in number goes with it, in both forms: "{lt.waits|wait|waits}" is "1 wait"
 * or "2 waits". False: one of them is wrong, as error says.
 */
bool expression_fill(const char *sentence, struct json_object *values, char *to, size_t size,
		     char *error);

/* A value as people read it: "1 234", "0.99", "unknown"; in one of the buffers of format.h. */
const char *number_text(double value);

#endif
