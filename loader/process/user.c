// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "user.h"

#include <err.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exit_status.h"

#define MAX_GROUPS 1024

static bool is_named(const char *own, uid_t uid, const char *name)
{
	char *end;
	unsigned long number = strtoul(name, &end, 10);

	return !strcmp(own, name) || (*name >= '0' && *name <= '9' && !*end && number == uid);
}

static int find_entry(struct user *user, const char *name)
{
	FILE *file = fopen("/etc/passwd", "re");
	struct passwd *entry = NULL;

	while (file && (entry = fgetpwent(file)) && !is_named(entry->pw_name, entry->pw_uid, name))
		;
	if (entry) {
		*user = (struct user){.uid = entry->pw_uid, .gid = entry->pw_gid};
		snprintf(user->name, sizeof(user->name), "%s", entry->pw_name);
		snprintf(user->home, sizeof(user->home), "%s", entry->pw_dir);
	}
	if (file)
		fclose(file);
	return entry ? 0 : -1;
}

/* A number that sudo has left in the environment; anything else ends the program: it is not ours to
 * guess whose program is to be run. */
static unsigned number_of_sudo(const char *name, const char *text)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || n > UINT_MAX - 1u)
		errx(EXIT_USAGE,
		     "cannot become the user who called sudo: %s is \"%s\", which is not a user or "
		     "group ID; unset it, or name the user with -u",
		     name, text);
	return n;
}

bool user_of_sudo(struct user *user)
{
	const char *uid = getenv("SUDO_UID"), *gid = getenv("SUDO_GID"),
		   *name = getenv("SUDO_USER");
	struct user entry;

	if (geteuid() || !uid || !gid)
		return false;
	*user = (struct user){.uid = number_of_sudo("SUDO_UID", uid),
			      .gid = number_of_sudo("SUDO_GID", gid)};
	snprintf(user->name, sizeof(user->name), "%s", name ? name : uid);
	if (!find_entry(&entry, uid))
		memcpy(user->home, entry.home, sizeof(user->home));
	return true;
}

int user_find(struct user *user, const char *name)
{
	struct user caller;

	if (!find_entry(user, name))
		return 0;
	if (!user_of_sudo(&caller) || !is_named(caller.name, caller.uid, name))
		return -1;
	*user = caller;
	return 0;
}

static bool is_member(const struct group *group, const char *user)
{
	for (char **name = group->gr_mem; *name; name++)
		if (!strcmp(*name, user))
			return true;
	return false;
}

/* A file, too: see user_find(). */
static int become_groups(const struct user *user)
{
	FILE *file = fopen("/etc/group", "re");
	gid_t groups[MAX_GROUPS] = {user->gid};
	struct group *group;
	size_t n = 1;

	while (file && n < MAX_GROUPS && (group = fgetgrent(file)))
		if (is_member(group, user->name))
			groups[n++] = group->gr_gid;
	if (file)
		fclose(file);
	return setgroups(n, groups);
}

int user_become(const struct user *user)
{
	if (!become_groups(user) && !setgid(user->gid) && !setuid(user->uid))
		return 0;
	warn("cannot become user %s", user->name);
	return -1;
}

void user_environment(const struct user *user)
{
	setenv("USER", user->name, 1);
	setenv("LOGNAME", user->name, 1);
	if (*user->home)
		setenv("HOME", user->home, 1);
}
