/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef WAKELAB_FACTS_H
#define WAKELAB_FACTS_H

#include <json-c/json.h>
#include <stdbool.h>

/* Whether all that happened was seen, in all of the summaries {name: summary}. */
bool facts_are_whole(struct json_object *summaries);

#endif
