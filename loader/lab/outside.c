// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "outside.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "cpu_time.h"
#include "json.h"
#include "proc_stat.h"

void outside_look(struct outside *o)
{
	unsigned kept = 0;

	descendants_find(&o->processes, o->tracer);
	for (unsigned i = 0; i < o->processes.n; i++)
		if (proc_parent(o->processes.pids[i]) != o->tracer)
			o->processes.pids[kept++] = o->processes.pids[i];
	o->processes.n = kept;
	sockets_of(&o->processes, &o->now);
}

unsigned outside_port(struct outside *o)
{
	outside_look(o);
	return sockets_port(&o->now, o->udp);
}

static bool is_zombie(pid_t pid)
{
	char buf[PROC_STAT_SIZE], state = 0;
	const char *stat = proc_stat(pid, buf);

	return stat && sscanf(stat, " %c", &state) == 1 && state == 'Z';
}

/* Adds how often a thread was switched away from, of its own will or not. */
static void add_switches(const char *path, unsigned long long *sum)
{
	FILE *f = fopen(path, "re");
	unsigned long long n;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "voluntary_ctxt_switches: %llu", &n) == 1 ||
		    sscanf(line, "nonvoluntary_ctxt_switches: %llu", &n) == 1)
			*sum += n;
	if (f)
		fclose(f);
}

/* The threads of a process; adds up how often they were switched away from. */
static unsigned count_threads(pid_t pid, unsigned long long *switches)
{
	char path[320];
	struct dirent *entry;
	unsigned n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%s/status", pid, entry->d_name);
		add_switches(path, switches);
		n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

static void add_up(struct outside *o, double sign)
{
	unsigned long long switches = 0;
	double cpu_ns = 0;

	outside_look(o);
	o->threads = 0;
	for (unsigned i = 0; i < o->processes.n; i++) {
		cpu_ns += (double)cpu_time_of_process(o->processes.pids[i]);
		o->threads += count_threads(o->processes.pids[i], &switches);
	}
	o->idle_cpu_ms += sign * cpu_ns / 1e6;
	o->idle_switches += sign < 0 ? -switches : switches;
}

bool outside_settled(struct outside *o)
{
	outside_look(o);
	o->zombies = 0;
	for (unsigned i = 0; i < o->processes.n; i++)
		o->zombies += is_zombie(o->processes.pids[i]);
	o->left_open = sockets_more(&o->before, &o->now, &o->left_open_fd);
	return !o->zombies && !o->left_open;
}

void outside_rests(struct outside *o)
{
	o->idle_cpu_ms = 0;
	o->idle_switches = 0;
	add_up(o, -1);
}

void outside_rested(struct outside *o)
{
	add_up(o, 1);
}

void outside_put(const struct outside *o, bool known, struct json_object *object)
{
	put_known(object, "left_open", known, o->left_open);
	json_object_object_add(object, "left_open_fd",
			       known ? json_object_new_int(o->left_open_fd) : NULL);
	put_known(object, "zombies", known, o->zombies);
	put_known(object, "processes", known, o->processes.n - o->zombies);
	put_known(object, "threads", known, o->threads);
	json_object_object_add(object, "idle_cpu_ms",
			       known ? json_object_new_double(o->idle_cpu_ms) : NULL);
	put_known(object, "idle_switches", known, o->idle_switches);
}
