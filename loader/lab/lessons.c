// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "lessons.h"

#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "language.h"
#include "models.h"
#include "visible.h"

#define MAX_JSON 65536 /* bytes of a lesson.json */

static int is_lesson(const struct dirent *entry)
{
	const char *name = entry->d_name;
	size_t len = strlen(name);

	return len > 3 && len < LESSON_NAME && isdigit((unsigned char)name[0]) &&
	       isdigit((unsigned char)name[1]) && name[2] == '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

/* Whether there are lessons in that folder; errno says why not, if there is no such folder. */
static bool look_into(struct lessons *l)
{
	struct dirent **entries;
	int n = scandir(l->folder, &entries, is_lesson, alphasort);

	for (int i = 0; i < n; i++) {
		if (l->n < MAX_LESSONS)
			snprintf(l->names[l->n++], LESSON_NAME, "%.*s", LESSON_NAME - 1,
				 entries[i]->d_name);
		free(entries[i]);
	}
	if (n < 0)
		return false;
	free(entries);
	errno = ENOENT;
	return n;
}

/* The folder that this program lies in; false, with errno, if that is not to be seen. */
static bool own_folder(char *buf, size_t size)
{
	ssize_t len = readlink("/proc/self/exe", buf, size - 1);
	char *slash;

	if (len < 0)
		return false;
	buf[len] = '\0';
	slash = strrchr(buf, '/');
	if (slash)
		*slash = '\0';
	return true;
}

int lessons_find(struct lessons *l, const char *folder)
{
	static const char *const places[] = {"../labs", "../share/wakelab/labs"};
	char own[PATH_MAX - 64], seen[VISIBLE_SIZE(PATH_MAX)];

	l->n = 0;
	if (folder) {
		snprintf(l->folder, sizeof(l->folder), "%s", folder);
		if (look_into(l))
			return 0;
		warn(tr("cannot find lessons (directories 01-NAME to 99-NAME) in %s"),
		     visible(folder, seen, sizeof(seen)));
		return -1;
	}
	if (!own_folder(own, sizeof(own))) {
		warn("%s",
		     tr("cannot find the lessons, because /proc/self/exe cannot be read: mount "
			"procfs (mount -t proc proc /proc), or give their directory with "
			"--labs DIR"));
		return -1;
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(l->folder, sizeof(l->folder), "%s/%s", own, places[i]);
		if (look_into(l))
			return 0;
	}
	warnx(tr("cannot find the lessons: they are neither in %s nor in %s, relative to %s; "
		 "install the package wakelab-course (apt install ./wakelab-course_*.deb), or "
		 "give their directory with --labs DIR"),
	      places[0], places[1], visible(own, seen, sizeof(seen)));
	return -1;
}

static bool is_number(const char *asked)
{
	return *asked && !asked[strspn(asked, "0123456789")];
}

/* Whether a lesson is meant by what was asked for. */
static bool is_meant(const char *name, const char *asked)
{
	if (is_number(asked))
		return strtol(asked, NULL, 10) == strtol(name, NULL, 10);
	return !strcmp(name, asked) || !strcmp(name + 3, asked);
}

/* How far a name is from what was asked for: a part of it is near. */
static size_t distance(const char *name, const char *asked)
{
	if (is_number(asked))
		return labs(strtol(name, NULL, 10) - strtol(asked, NULL, 10));
	return *asked && strstr(name, asked) ? 0 : name_distance(name + 3, asked);
}

const char *lessons_name(const struct lessons *l, const char *asked)
{
	char seen[VISIBLE_SIZE(LESSON_NAME)], cut[LESSON_NAME];
	const char *nearest = l->names[0];

	for (unsigned i = 0; i < l->n; i++)
		if (is_meant(l->names[i], asked))
			return l->names[i];
	snprintf(cut, sizeof(cut), "%s", asked);
	for (unsigned i = 1; i < l->n; i++)
		if (distance(l->names[i], cut) < distance(nearest, cut))
			nearest = l->names[i];
	visible(cut, seen, sizeof(seen));
	if (!is_number(cut) && name_is_near(distance(nearest, cut), cut))
		warnx(tr("there is no lesson \"%s\"; did you mean %s? \"wakelab lab list\" lists "
			 "them"),
		      seen, nearest);
	else
		warnx(tr("there is no lesson \"%s\"; \"wakelab lab list\" lists them"), seen);
	return NULL;
}

/* With a tag, the file in that language: "handout.md" is "handout.zh.md". */
static void path_of(const struct lessons *l, const char *name, const char *file, const char *tag,
		    char *path)
{
	const char *ending = strchrnul(file, '.');

	if (snprintf(path, PATH_MAX, "%s/%s/%.*s%s%s%s", l->folder, name, (int)(ending - file),
		     file, tag ? "." : "", tag ? tag : "", ending) >= PATH_MAX)
		*path = '\0'; /* there is no such file */
}

void lessons_path(const struct lessons *l, const char *name, const char *file, char *path)
{
	path_of(l, name, file, NULL, path);
}

static FILE *open_in(const struct lessons *l, const char *name, const char *file, const char *tag)
{
	char path[PATH_MAX], seen[VISIBLE_SIZE(PATH_MAX)];
	FILE *f;

	path_of(l, name, file, tag, path);
	f = fopen(path, "re");
	if (!f)
		warn(tr("cannot read %s"), visible(path, seen, sizeof(seen)));
	return f;
}

static bool have_in(const struct lessons *l, const char *name, const char *file, const char *tag)
{
	char path[PATH_MAX];

	path_of(l, name, file, tag, path);
	return !access(path, F_OK);
}

bool lessons_have(const struct lessons *l, const char *name, const char *file)
{
	return have_in(l, name, file, NULL);
}

/* The tag of the language that was chosen, if that file is there in it; else NULL. */
static const char *tag_for(const struct lessons *l, const char *name, const char *file)
{
	const char *tag = language_tag();

	return tag && have_in(l, name, file, tag) ? tag : NULL;
}

FILE *lessons_open(const struct lessons *l, const char *name, const char *file)
{
	return open_in(l, name, file, tag_for(l, name, file));
}

/* Reads a whole file and parses it. Returns 0 or -1 after one line on stderr. */
static int read_file(const struct lessons *l, const char *name, const char *file, const char *tag,
		     bool (*parse)(void *into, const char *json, char *error), void *into)
{
	char path[PATH_MAX], seen[VISIBLE_SIZE(PATH_MAX)];
	char json[MAX_JSON + 1], error[FIELD_ERROR];
	FILE *f = open_in(l, name, file, tag);
	size_t len;

	if (!f)
		return -1;
	len = fread(json, 1, sizeof(json), f);
	fclose(f);
	if (len < sizeof(json)) {
		json[len] = '\0';
		if (parse(into, json, error))
			return 0;
	} else {
		snprintf(error, sizeof(error), "the file is longer than %d bytes", MAX_JSON);
	}
	path_of(l, name, file, tag, path);
	warnx("%s: %s", visible(path, seen, sizeof(seen)), error);
	return -1;
}

static bool parse_lesson(void *into, const char *json, char *error)
{
	return lesson_parse(into, json, error);
}

static bool translate_lesson(void *into, const char *json, char *error)
{
	return lesson_translate(into, json, error);
}

static bool parse_exercise(void *into, const char *json, char *error)
{
	return exercise_parse(into, json, error);
}

static bool translate_exercise(void *into, const char *json, char *error)
{
	return exercise_translate(into, json, error);
}

int lessons_read(const struct lessons *l, const char *name, struct lesson *lesson)
{
	static const char file[] = "lesson.json";
	const char *tag = tag_for(l, name, file);

	*lesson = (struct lesson){0};
	if (!read_file(l, name, file, NULL, parse_lesson, lesson) &&
	    (!tag || !read_file(l, name, file, tag, translate_lesson, lesson)))
		return 0;
	lesson_free(lesson);
	return -1;
}

int lessons_read_exercise(const struct lessons *l, const char *name, struct exercise *exercise)
{
	static const char file[] = "exercise.json";
	const char *tag = tag_for(l, name, file);

	*exercise = (struct exercise){0};
	if (!lessons_have(l, name, file))
		warnx(tr("lesson %s has no exercise to check; \"wakelab lab list\" shows which "
			 "lessons have one"),
		      name);
	else if (!read_file(l, name, file, NULL, parse_exercise, exercise) &&
		 (!tag || !read_file(l, name, file, tag, translate_exercise, exercise)))
		return 0;
	exercise_free(exercise);
	return -1;
}
