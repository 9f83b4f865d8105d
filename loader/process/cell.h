/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A cell: a PID and a mount namespace, from which a program sees and signals no process but those
 * that it has started, and finds no terminal. It takes CAP_SYS_ADMIN to make one. */
#ifndef WAKELAB_CELL_H
#define WAKELAB_CELL_H

#include <sys/types.h>

/*
 * Forks a child that is the first process of a new cell: nothing in there can kill or stop it, and
 * with its end all of the cell ends. sealed is a folder or a file in which nothing can be changed
 * from there, or NULL. Gives what fork() gives; -1 also where a cell is not allowed, and then
 * nothing is as if it had been tried.
 */
pid_t cell_fork(const char *sealed);

#endif
