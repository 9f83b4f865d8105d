/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What happens when: connects in batches, the schedule of the open mode, the end by time, by signal
 * or for want of progress. One timer waits for whatever comes next.
 */
#ifndef WAKELAB_PACING_H
#define WAKELAB_PACING_H

#include "load_state.h"

/* Connects what may connect by now, and begins sending when that is due. */
void load_advance(struct load *l);
/* Tells LOAD_ENDS, once, if sending had begun. */
void load_ended(struct load *l);
/* A signal asks for the end: no new messages, and little patience for what is in flight. */
void load_signalled(struct load *l);
/* Once the last active connection is closed, the idle ones have no purpose. */
void load_close_idle(struct load *l);
/* Arms the timer if it would come too late; early is harmless, and spares most of the calls. */
void load_arm(struct load *l);
/* The timer expired: does what is due by now. */
void load_time(struct load *l);

#endif
