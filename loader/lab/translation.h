/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The texts of a lesson in another language: NAME.zh.json beside NAME.json. */
#ifndef WAKELAB_TRANSLATION_H
#define WAKELAB_TRANSLATION_H

#include <json-c/json.h>
#include <stdbool.h>

/*
 * Puts the texts of a translation, which is JSON, in the place of those of its original. It is
 * built as that is, an object within an object and as many in an array, and holds texts only: what
 * is run and measured cannot differ. A text that it does not have stays. False: error, FIELD_ERROR
 * bytes, says which part is wrong and why; some of the texts may have been replaced.
 */
bool translate(struct json_object *original, const char *json, char *error);

#endif
