// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "outside.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu_time.h"
#include "json.h"
#include "proc_stat.h"

#define RESTLESS_MS 20 /* of CPU time, by which it is plain that they do not rest */

static void find_processes(struct outside *o)
{
	o->processes.n = 0;
	if (o->above)
		descendants_find(&o->processes, o->above);
}

void outside_look(struct outside *o)
{
	find_processes(o);
	sockets_of(&o->processes, &o->now);
}

unsigned outside_port(struct outside *o, unsigned wanted)
{
	outside_look(o);
	return sockets_port(&o->now, o->udp, wanted);
}

static char state_of(const char *stat)
{
	char state = 0;

	return stat && sscanf(stat, " %c", &state) == 1 ? state : 0;
}

static bool is_zombie(pid_t pid)
{
	char buf[PROC_STAT_SIZE];

	return state_of(proc_stat(pid, buf)) == 'Z';
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

/* The second number is the time that it waited for a CPU, ns (Documentation/scheduler/
 * sched-stats.rst, Linux 6.18); 0: this kernel does not tell. */
static double waited_ms(const char *path)
{
	FILE *f = fopen(path, "re");
	unsigned long long waited = 0;

	if (f && fscanf(f, "%*u %llu", &waited) != 1)
		waited = 0;
	if (f)
		fclose(f);
	return (double)waited / 1e6;
}

/* The threads of a process; adds up what they did. */
static unsigned count_threads(pid_t pid, struct use *use)
{
	char path[320], buf[PROC_STAT_SIZE];
	struct dirent *entry;
	unsigned n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%s/status", pid, entry->d_name);
		add_switches(path, &use->switches);
		snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", pid, entry->d_name);
		use->waited_ms = fmax(use->waited_ms, waited_ms(path));
		use->running |= state_of(proc_stat(atoi(entry->d_name), buf)) == 'R';
		n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

static struct use look_at_use(struct outside *o)
{
	struct use use = {0};

	find_processes(o);
	o->threads = 0;
	for (unsigned i = 0; i < o->processes.n; i++) {
		use.cpu_ms += (double)cpu_time_of_process(o->processes.pids[i]) / 1e6;
		o->threads += count_threads(o->processes.pids[i], &use);
	}
	return use;
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
	o->before_rest = look_at_use(o);
}

/* What ends meanwhile takes its account along, and does nothing any more. */
bool outside_rested(struct outside *o)
{
	struct use now = look_at_use(o), *before = &o->before_rest;

	o->idle_cpu_ms = now.cpu_ms > before->cpu_ms ? now.cpu_ms - before->cpu_ms : 0;
	o->idle_switches = now.switches > before->switches ? now.switches - before->switches : 0;
	return !now.running || o->idle_cpu_ms >= RESTLESS_MS;
}

void outside_visited(struct outside *o)
{
	outside_look(o);
	o->before = o->now;
	o->before_visit = look_at_use(o);
}

void outside_starves(struct outside *o)
{
	struct use use = look_at_use(o), *before = &o->before_visit;

	o->used_ms = use.cpu_ms - before->cpu_ms;
	o->starved_ms = fmax(o->starved_ms, use.waited_ms - before->waited_ms - o->used_ms);
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
