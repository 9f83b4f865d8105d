/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The live view: a screen that is drawn anew with each interval and each key, and in the end gives
 * way to the summary of the table. There is one terminal, so there is one of it. */
#ifndef WAKELAB_LIVE_H
#define WAKELAB_LIVE_H

#include "keys.h"
#include "sink.h"

#define LIVE_INTERVAL 0.25 /* seconds, where the user gives none */

extern const struct sink sink_live;

/* Whether there is a terminal for it, before anything is started: 0, or an exit status after one
 * line on stderr. */
int live_check(void);

/* The descriptor to be polled for keys; -1: it is not on. */
int live_keys(void);

/* Whether the terminal is gone, by what poll() tells of that descriptor: it has an end, and no
 * keys. */
bool live_is_gone(short revents);

/* Takes what was pressed, and draws. Gives what is for the caller to do: ANSWER_QUIT, or what moves
 * a replay; ANSWER_DRAW: nothing. */
enum answer live_press(FILE *out);

/* Draws what it is given meanwhile: the size may be another. */
void live_draw(FILE *out);

/* The terminal is as before for as long as the process is stopped. */
void live_leave(FILE *out);
void live_return(FILE *out);

/* All that there will be: the screen stays, for keys. end has to last. */
void live_over(FILE *out, const struct snapshot *total, __u64 elapsed_ns,
	       const struct run_end *end);

/* Of a replay: forgets what was shown, and draws nothing of what it is given until live_shows(). */
void live_rewind(void);
void live_shows(void);
/* Where in time it is, in the last line, which has to last; whether it plays. */
void live_position(const char *position);
/* A message in that place, until the next key. */
void live_say(const char *message);
bool live_plays(void);
void live_pause(bool paused);

#endif
