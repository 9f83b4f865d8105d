/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The user that a process becomes before it runs what is not ours to run as root. */
#ifndef WAKELAB_USER_H
#define WAKELAB_USER_H

#include <stdbool.h>
#include <sys/types.h>

struct user {
	uid_t uid;
	gid_t gid;
	char name[64];
	char home[256]; /* "": not known */
};

/*
 * Finds a user by name or by number. /etc/passwd is read as a file: getpwnam() would load libraries
 * for it, which a static binary cannot. So who called sudo is known besides, whom another service
 * may have. Returns 0, or -1 if it is neither.
 */
int user_find(struct user *user, const char *name);

/* Whether we are root because this user called sudo. */
bool user_of_sudo(struct user *user);

/* Becomes the user for good, with the groups that /etc/group has for it. Returns 0 or -1 after one
 * line on stderr. */
int user_become(const struct user *user);

/* Sets HOME, USER and LOGNAME to the user's, as sudo does. */
void user_environment(const struct user *user);

#endif
