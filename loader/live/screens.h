/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The screens, a row each. */
#ifndef WAKELAB_SCREENS_H
#define WAKELAB_SCREENS_H

#include "see.h"

struct screen {
	const char *name;
	const char *about; /* in the help */
	const char *keys;  /* that do something here, in the last line */
	void (*draw)(struct area body, const struct model *m, struct look *look);
	/* the list that is there at the depth at which the user is; NULL: none */
	struct rows (*rows)(const struct model *m, const struct look *look);
	unsigned depths; /* how deep Enter goes */
};

extern const struct screen screens[N_SCREENS];

#endif
