// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "targets.h"

#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups.h"
#include "exit_status.h"
#include "finder.h"
#include "globs.h"
#include "visible.h"

#define TOO_MANY "must not be given more than 8 times"

const char *targets_add_glob(struct targets *t, const char *pattern)
{
	struct sought *s = &t->sought;

	if (s->n_globs == MAX_SOUGHT)
		return TOO_MANY;
	t->globs[s->n_globs] = pattern;
	return glob_make(&s->globs[s->n_globs++], pattern);
}

const char *targets_add_port(struct targets *t, unsigned port)
{
	struct sought *s = &t->sought;

	if (s->n_ports == MAX_SOUGHT)
		return TOO_MANY;
	s->ports[s->n_ports++] = (__u16)port;
	return NULL;
}

const char *targets_add_group(struct targets *t, const char *directory)
{
	struct sought *s = &t->sought;

	if (s->n_groups == MAX_SOUGHT)
		return TOO_MANY;
	t->groups[s->n_groups++] = directory;
	return NULL;
}

const char *targets_add_unit(struct targets *t, const char *unit)
{
	struct sought *s = &t->sought;

	if (s->n_groups == MAX_SOUGHT)
		return TOO_MANY;
	t->units[s->n_groups++] = unit;
	return NULL;
}

static bool is_sought(const struct targets *t)
{
	return t->sought.n_globs || t->sought.n_ports || t->sought.n_groups;
}

bool targets_given(const struct targets *t)
{
	return t->processes.n || is_sought(t);
}

bool targets_arrive(const struct targets *t)
{
	return t->sought.n_groups || (t->later && is_sought(t));
}

static int find_group(struct targets *t, unsigned i)
{
	const char *given = t->units[i] ? t->units[i] : t->groups[i], *why;
	char seen[VISIBLE_SIZE(NAME_MAX + 1)], path[PATH_MAX];

	visible(given, seen, sizeof(seen));
	if (t->units[i] && !cgroup_of_unit(given, path, sizeof(path))) {
		warnx("cannot trace unit \"%s\": it is not running", seen);
		return EXIT_FAILED;
	}
	why = cgroup_number(t->units[i] ? path : given, &t->sought.groups[i]);
	if (!why)
		return EXIT_DONE;
	warnx("cannot trace cgroup \"%s\": %s", seen, why);
	return EXIT_FAILED;
}

/* Looks through all processes, and complains of those of which there are too many. */
static int search(struct targets *t, struct search_result *result)
{
	if (finder_run(&t->sought, &t->processes, result))
		return EXIT_UNABLE;
	if (!result->full)
		return EXIT_DONE;
	warnx("cannot trace that many processes: there are more than %u", MAX_PROCESSES);
	return EXIT_FAILED;
}

/* One line on what nobody was found for, if all has to be there now. */
static int complain(const struct targets *t, const struct sought_bits *seen)
{
	const struct sought *s = &t->sought;
	char name[VISIBLE_SIZE(NAME_MAX + 1)];

	for (unsigned i = 0; i < s->n_globs; i++)
		if (!(seen->globs & 1u << i)) {
			warnx("no process is named \"%s\"",
			      visible(t->globs[i], name, sizeof(name)));
			return EXIT_FAILED;
		}
	for (unsigned i = 0; i < s->n_ports; i++)
		if (!(seen->ports & 1u << i)) {
			warnx("no process listens at port %u", s->ports[i]);
			return EXIT_FAILED;
		}
	return EXIT_DONE;
}

/* Of names and ports only those that come later, too; of control groups all. */
static void note_arriving(struct targets *t, __u64 net)
{
	t->arriving = t->sought;
	t->arriving.self = (__u32)getpid();
	t->arriving.net = net;
	if (!t->later)
		t->arriving.n_globs = t->arriving.n_ports = 0;
}

static int find_sought(struct targets *t)
{
	struct search_result result;
	int status = EXIT_DONE;

	for (unsigned i = 0; !status && i < t->sought.n_groups; i++)
		status = find_group(t, i);
	if (!status)
		status = search(t, &result);
	if (!status && !t->later)
		status = complain(t, &result.seen);
	if (!status)
		note_arriving(t, result.net);
	return status;
}

int targets_find(struct targets *t)
{
	int status = is_sought(t) ? find_sought(t) : EXIT_DONE;

	if (status)
		return status;
	if (processes_open(&t->processes))
		return EXIT_FAILED;
	if (t->processes.alive || targets_arrive(t))
		return EXIT_DONE;
	warnx("the processes ended before they could be traced");
	return EXIT_FAILED;
}

int targets_find_more(struct targets *t)
{
	struct search_result result;

	return search(t, &result);
}

const char *targets_text(const struct targets *t, char *buf, size_t len)
{
	const char *more = t->processes.n ? " and later ones" : "later processes";
	size_t room = targets_arrive(t) ? strlen(more) : 0, at = 0;

	if (t->processes.n)
		at = strlen(processes_text(&t->processes, buf, len - room));
	if (room)
		snprintf(buf + at, len - at, "%s", more);
	return buf;
}
