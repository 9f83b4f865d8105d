/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* How far a comparison has come. */
#ifndef WAKELAB_TURN_H
#define WAKELAB_TURN_H

/* A round begins; all subjects have been through it; no more of them; no more steps. */
enum turn { TURN_BEGIN, TURN_ROUND, TURN_DONE, TURN_END, N_TURNS };

#endif
