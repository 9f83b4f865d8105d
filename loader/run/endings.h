/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* How a run comes to its end: by a signal, by a child, or because somebody has to stop. */
#ifndef WAKELAB_ENDINGS_H
#define WAKELAB_ENDINGS_H

#include "loop.h"

/* Says why the run failed, unless nothing is to be said. The first reason stays. */
__attribute__((format(printf, 2, 3))) void loop_complain(struct loop *l, const char *format, ...);

/* A timer, -1: there can be none; one of 0 seconds is not started. */
int loop_timer(double seconds, bool again);

/* Lets a timer, FD_END or another, ring after so many ns, and again after as many; 0: never. */
void loop_set_timer(struct loop *l, int which, __u64 ns, bool again);

/* Looks whether somebody else's program can run; not after its end. */
void loop_note_state(struct loop *l);

/* Tells everybody to end, the client first: the server ends when the client has. */
void loop_stop_all(struct loop *l, int signal);

/* The same; and whoever has not ended by the end of the grace is killed. */
void loop_end_within_grace(struct loop *l, int signal);

/* Kills those that are told to end, and a second later waits no more for them. */
void loop_end_now(struct loop *l);

/* The user, or a signal, asks for the end. */
void loop_asked_to_end(struct loop *l, int signal);

/* Takes a signal: one that ends the run, Ctrl-Z, or that a child ended, stopped or went on. */
void loop_on_signal(struct loop *l);

/* Takes what the target printed on its standard error. */
void loop_pass_stderr(struct loop *l);

/* The client has ended: looks whether the server has closed what the client has, and tells it to
 * end then, or once it closes no more. */
void loop_look_at_closing(struct loop *l);

/* Takes note that a process ended that is not our child. */
void loop_process_ended(struct loop *l);

#endif
