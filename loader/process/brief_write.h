/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Writing for somebody who has signals and children to look after: what cannot be written now is
 * not waited for. O_NONBLOCK is no help, since it would hold for all who share the descriptor: the
 * shell, the command that is traced. So a write that does not end by itself is interrupted.
 */
#ifndef WAKELAB_BRIEF_WRITE_H
#define WAKELAB_BRIEF_WRITE_H

#include <signal.h>
#include <stddef.h>
#include <sys/types.h>

/* The signal that interrupts. Nobody notices that it is caught: by default it is ignored. */
#define BRIEF_SIGNAL SIGURG

/* Catches it, and blocks it but for the time of a write. before gets how the caller had it. Needed
 * once before write_briefly(). */
void brief_signal(struct sigaction *before);

/* How many bytes can be given to write_briefly() at once: a pipe or a terminal that can be written
 * to has room for so many, and whatever else there is does not wait for a reader. */
size_t brief_most(int fd);

/*
 * Writes no more than that. Gives how many bytes; or -1 with errno, which is EAGAIN if nothing can
 * be written now.
 */
ssize_t write_briefly(int fd, const char *buf, size_t len);

/* From here on what is printed on stderr, a line at a time, is shown so that a terminal does not
 * obey it: see visible_message(). */
void stderr_shows(void);

/*
 * After stderr_shows(): what is printed there waits for at most a second for its reader, and is
 * dropped then; what follows does not wait, until something was read. stderr_waits() makes it as
 * before.
 */
void stderr_drops(void);
void stderr_waits(void);

/*
 * What is printed there is kept, for a screen is shown; stderr_tells() prints it. Gives the last
 * line that was kept since it was asked for, NULL: none was.
 */
void stderr_holds(void);
const char *stderr_held(void);
void stderr_tells(void);

#endif
