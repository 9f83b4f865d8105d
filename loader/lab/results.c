// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "results.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "build_version.h"
#include "json.h"
#include "user.h"
#include "visible.h"

static int complain(const struct results *r, const char *what)
{
	char seen[VISIBLE_SIZE(PATH_MAX)];

	warn("cannot %s the results: %s", what, visible(r->path, seen, sizeof(seen)));
	return -1;
}

int results_begin(struct results *r, const char *path)
{
	*r = (struct results){.path = path, .fd = -1};
	if (path) {
		r->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
		if (r->fd < 0)
			return complain(r, "open a file for");
	}
	r->out = open_memstream(&r->text, &r->size);
	if (r->out)
		return 0;
	warn("cannot allocate memory for the results");
	if (r->fd >= 0)
		close(r->fd);
	return -1;
}

static void put_user(struct json_object *o)
{
	struct user user;
	char number[16];

	snprintf(number, sizeof(number), "%u", getuid());
	if (user_of_sudo(&user) || !user_find(&user, number))
		put_string(o, "user", user.name);
	else
		put_string(o, "user", number);
}

static void put_where_and_when(struct json_object *o)
{
	time_t now = time(NULL);
	struct utsname system;
	struct tm utc;
	char text[32];

	put_string(o, "version", WAKELAB_VERSION);
	uname(&system);
	put_string(o, "kernel", system.release);
	gmtime_r(&now, &utc);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
	put_string(o, "time", text);
}

static void put_command(struct json_object *o, char **command)
{
	struct json_object *words = put_array(o, "server");
	char seen[VISIBLE_SIZE(PATH_MAX)];

	for (; *command; command++)
		json_object_array_add(
			words, json_object_new_string(visible(*command, seen, sizeof(seen))));
}

int results_put_score(struct results *r, const struct judgement *j, char **command)
{
	char digest[SHA256_DIGEST_STRING_LENGTH];
	struct json_object *o;

	if (fflush(r->out) || !SHA256Data((const uint8_t *)r->text, r->size, digest)) {
		warn("cannot allocate memory for the results");
		return -1;
	}
	o = new_line("score");
	put_string(o, "lesson", j->name);
	put(o, "points", j->points);
	put(o, "of", j->of);
	put(o, "unknown", j->unknown);
	put_bool(o, "whole", j->whole);
	put_command(o, command);
	put_user(o);
	put_where_and_when(o);
	put_string(o, "sha256", digest);
	put_line(r->out, o);
	r->complete = !fflush(r->out);
	return r->complete ? 0 : -1;
}

/* Whether a path leads through a folder. */
static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return !strncmp(path, folder, len) &&
	       (!path[len] || path[len] == '/' || folder[len - 1] == '/');
}

bool results_seal(const struct results *r, char *path)
{
	char folder[PATH_MAX], here[PATH_MAX];
	struct stat st;

	if (r->fd < 0 || fstat(r->fd, &st) || !S_ISREG(st.st_mode) || !realpath(r->path, path))
		return false;
	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path, '/') - path), path);
	if (*folder && getcwd(here, sizeof(here)) && !is_below(here, folder) &&
	    !stat(folder, &st) && !(st.st_mode & S_ISVTX))
		path[strlen(folder)] = '\0';
	return true;
}

void results_print(struct results *r, FILE *to)
{
	fwrite(r->text, 1, r->size, to);
}

static int write_file(const struct results *r)
{
	struct stat st;
	ssize_t n;

	if (fstat(r->fd, &st) || (S_ISREG(st.st_mode) && ftruncate(r->fd, 0)))
		return -1;
	for (size_t at = 0; at < r->size; at += n) {
		n = write(r->fd, r->text + at, r->size - at);
		if (n < 0)
			return -1;
	}
	return 0;
}

int results_end(struct results *r)
{
	int failed;

	fclose(r->out);
	failed = r->fd >= 0 && r->complete && write_file(r);
	if (r->fd >= 0 && close(r->fd))
		failed = 1;
	free(r->text);
	return failed ? complain(r, "write") : 0;
}
