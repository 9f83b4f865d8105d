// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "folder.h"

#include <assert.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "signals.h"

static struct {
	const char *path;
	int fd;
	bool made;
	const char *names[FOLDER_FILES];
	volatile unsigned n;
} folder;

void folder_drop(void)
{
	while (folder.n > 0)
		unlinkat(folder.fd, folder.names[--folder.n], 0);
	if (folder.made)
		rmdir(folder.path);
	folder_keep();
}

/* All that this does may be done in a handler. */
static void end(int signal)
{
	folder_drop();
	raise(signal);
}

/* Of each signal that ends a run, and is not ignored. */
static void handle_ends(void (*handler)(int signal))
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = (int)SA_RESETHAND}, before;
	sigset_t ends;

	signals_that_end(&ends);
	for (int i = 1; i < NSIG; i++)
		if (sigismember(&ends, i) == 1 && !sigaction(i, NULL, &before) &&
		    before.sa_handler != SIG_IGN)
			sigaction(i, &action, NULL);
}

void folder_keep(void)
{
	handle_ends(SIG_DFL);
	close(folder.fd);
	folder.n = 0;
	folder.made = false;
}

static bool is_empty(int fd)
{
	DIR *dir = fdopendir(dup(fd));
	const struct dirent *entry;
	bool empty = true;

	while (dir && (entry = readdir(dir)))
		empty &= !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
	if (dir)
		closedir(dir);
	return empty;
}

int folder_open(const char *path)
{
	folder.path = path;
	folder.fd = -1;
	handle_ends(end);
	folder.made = !mkdir(path, 0777);
	folder.fd = folder.made || errno == EEXIST ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
						   : -1;
	if (folder.fd >= 0 && is_empty(folder.fd))
		return 0;
	if (folder.fd < 0)
		warn("cannot write to %s", path);
	else
		warnx("cannot write to %s: it is not empty; give a new folder", path);
	folder_drop();
	return -1;
}

FILE *folder_file(const char *name)
{
	FILE *file;
	int fd;

	assert(folder.n < FOLDER_FILES);
	folder.names[folder.n++] = name;
	fd = openat(folder.fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file)
		warn("cannot write to %s/%s", folder.path, name);
	if (fd < 0)
		folder.n--; /* somebody else may have one of that name */
	else if (!file)
		close(fd);
	return file;
}
