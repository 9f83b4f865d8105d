/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The tables of the models and of their faults, and how to find a row by its name. */
#ifndef WAKELAB_MODELS_H
#define WAKELAB_MODELS_H

#include "model.h"

extern const struct io_model models[];
extern const size_t n_models;
extern const struct fault_name faults[];
extern const size_t n_faults;

/* The model of that name, or NULL. */
const struct io_model *model_find(const char *name);
/* The model whose name is nearest to what was asked for (edit distance); never NULL. */
const struct io_model *model_nearest(const char *name);
/* Levenshtein's edit distance of two names; of b only the first 31 characters count. */
size_t name_distance(const char *a, const char *b);
/* Of n names, each a member of one of n structs of that size in a row, first being that of the
 * first: the place of the one nearest to what was asked for, in that distance. n is not 0. */
size_t name_nearest(const char *const *first, size_t n, size_t size, const char *asked);
/* Whether a name at that distance is near to what was asked for: at least half of that is right. */
bool name_is_near(size_t distance, const char *asked);
/* "did you mean NAME? ", where that is near to what was asked for; else "". In buf. */
const char *name_hint(const char *name, const char *asked, char *buf, size_t size);
/* The fault of that name, or NULL. */
const struct fault_name *fault_find(const char *name);

#endif
