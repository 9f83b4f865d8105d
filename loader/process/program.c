// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "program.h"

#include <err.h>
#include <errno.h>
#include <paths.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "visible.h"

/* 0, or the error that executing it would give. */
static int try_path(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return errno;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	return access(path, X_OK) ? errno : 0;
}

/* The first program of that name along the list of folders; "" among them is the current one. */
static int search(struct program *p, const char *name, const char *folders)
{
	int error = ENOENT, one;

	for (const char *at = folders; at; at = strchr(at, ':')) {
		size_t len;

		at += at != folders; /* the colon */
		len = strcspn(at, ":");
		if (snprintf(p->path, sizeof(p->path), "%.*s%s%s", (int)len, at, len ? "/" : "",
			     name) >= (int)sizeof(p->path))
			continue;
		one = try_path(p->path);
		if (!one)
			return 0;
		if (one == EACCES)
			error = one;
	}
	return error;
}

/* 0, or the error that executing the program of that name would give. */
static int find(struct program *p, const char *name)
{
	const char *folders = getenv("PATH");

	if (!strchr(name, '/'))
		return *name ? search(p, name, folders ? folders : _PATH_DEFPATH) : ENOENT;
	snprintf(p->path, sizeof(p->path), "%s", name);
	return strlen(name) < sizeof(p->path) ? try_path(p->path) : ENAMETOOLONG;
}

int program_find(struct program *p, char **argv)
{
	int error = find(p, argv[0]);

	p->argv = argv;
	return error ? program_failed(p, error) : 0;
}

bool program_exists(const char *name)
{
	struct program p;

	return !find(&p, name);
}

void program_execute(const struct program *p)
{
	size_t n = 0;
	char **argv;

	execv(p->path, p->argv);
	while (p->argv[n])
		n++;
	argv = errno == ENOEXEC ? calloc(n + 2, sizeof(*argv)) : NULL;
	if (!argv)
		return;
	argv[0] = (char *)"sh";
	argv[1] = (char *)p->path;
	memcpy(argv + 2, p->argv + 1, n * sizeof(*argv)); /* the NULL with them */
	execv(_PATH_BSHELL, argv);
	free(argv);
}

int program_failed(const struct program *p, int error)
{
	char name[VISIBLE_SIZE(PATH_MAX)];

	visible(p->argv[0], name, sizeof(name));
	if (error == ENOENT && !try_path(p->path)) {
		warnx("cannot run \"%s\": the interpreter that its first line names after #!, or "
		      "its dynamic linker does not exist",
		      name);
	} else {
		errno = error;
		warn("cannot run \"%s\"", name);
	}
	return error == ENOENT ? 127 : 126; /* as shells say it */
}
