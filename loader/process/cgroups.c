// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "cgroups.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static const char *read_group(int fd, __u64 *number)
{
	struct statfs fs;
	struct stat st;

	if (fd < 0 || fstatfs(fd, &fs) || fstat(fd, &st))
		return strerror(errno);
	if (fs.f_type == CGROUP_SUPER_MAGIC)
		return "it is a control group of version 1";
	if (fs.f_type != CGROUP2_SUPER_MAGIC)
		return "it is not a control group";
	*number = st.st_ino;
	return NULL;
}

const char *cgroup_number(const char *directory, __u64 *number)
{
	int fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *why = read_group(fd, number);

	if (fd >= 0)
		close(fd);
	return why;
}

/* Where the hierarchy of version 2 is mounted; false: nowhere. */
static bool find_root(char *path, size_t size)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	const struct mntent *mount;
	bool found = false;

	while (mounts && !found && (mount = getmntent(mounts))) {
		found = !strcmp(mount->mnt_type, "cgroup2");
		if (found)
			snprintf(path, size, "%s", mount->mnt_dir);
	}
	if (mounts)
		endmntent(mounts);
	return found;
}

static bool has_ending(const char *name, const char *ending)
{
	size_t len = strlen(name), n = strlen(ending);

	return len > n && !strcmp(name + len - n, ending);
}

/* Before a name that could be that of a file of the kernel's, systemd puts an underscore. */
static bool is_named(const char *name, const char *unit)
{
	return !strcmp(name, unit) || (*name == '_' && !strcmp(name + 1, unit));
}

static bool is_populated(const char *path)
{
	char name[4096], line[64];
	bool populated = false;
	FILE *events;

	snprintf(name, sizeof(name), "%s/cgroup.events", path);
	events = fopen(name, "re");
	while (events && fgets(line, sizeof(line), events))
		populated |= !strcmp(line, "populated 1\n");
	if (events)
		fclose(events);
	return populated;
}

static bool search_slices(char *root, const char *unit, char *path, size_t size)
{
	char *const roots[] = {root, NULL};
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
	bool found = false;
	FTSENT *at;

	while (tree && !found && (at = fts_read(tree))) {
		if (at->fts_info != FTS_D || !at->fts_level)
			continue;
		found = is_named(at->fts_name, unit) && is_populated(at->fts_path);
		if (found)
			snprintf(path, size, "%s", at->fts_path);
		else if (!has_ending(at->fts_name, ".slice"))
			fts_set(tree, at, FTS_SKIP);
	}
	if (tree)
		fts_close(tree);
	return found;
}

bool cgroup_of_unit(const char *unit, char *path, size_t size)
{
	char root[4096], name[256];

	snprintf(name, sizeof(name), "%s%s", unit, strchr(unit, '.') ? "" : ".service");
	return find_root(root, sizeof(root)) && search_slices(root, name, path, size);
}
