// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "recorder.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "proc_command.h"
#include "recorded_events.h"
#include "writer.h"

#define MOST_PENDING (16u << 20) /* bytes that wait for the file; more is not added to them */
#define EVENTS_SPAN  1000000000  /* ns of events in a block: what a crash costs */
#define THEN         "; what was recorded until then can be read, and the run goes on"

struct recorder {
	const char *path;
	struct output *out;
	struct writer *writer;
	struct recorded_moment moment;
	struct recorded_attached attached;
	struct recorded_events events; /* that wait for more of them */
	__u64 dropped;
	bool behind; /* the last moment was dropped */
	bool started, lacks_memory;
};

static bool is_same_file(int a, int b)
{
	struct stat one, other;

	return !fstat(a, &one) && !fstat(b, &other) && S_ISREG(one.st_mode) &&
	       one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* Why nothing can be recorded there; NULL: it can. */
static const char *unfit(const struct recorder *r, const struct output *view)
{
	if (isatty(output_fd(r->out)))
		return "it is a terminal, and a recording is not text; give a file";
	if (is_same_file(output_fd(r->out), output_fd(view)))
		return "the output goes to the same file; give another one";
	return NULL;
}

struct recorder *recorder_open(const char *path, const struct output *view)
{
	struct recorder *r = calloc(1, sizeof(*r));
	const char *why;

	if (r)
		r->out = output_open(path);
	if (!r)
		warn("cannot record to %s", path);
	if (!r || !r->out) {
		free(r);
		return NULL;
	}
	r->path = path;
	output_then(r->out, THEN);
	why = unfit(r, view);
	r->writer = why ? NULL : writer_new(output_file(r->out));
	if (r->writer)
		return r;
	warnx("cannot record to %s: %s", path, why ? why : strerror(ENOMEM));
	recorder_close(r, 0);
	return NULL;
}

void recorder_flush(struct recorder *r)
{
	output_flush(r->out); /* it says itself that it failed, and recorder_close() tells */
}

int recorder_waits(const struct recorder *r)
{
	return output_waits(r->out);
}

/* Nothing more is recorded. */
static bool is_over(const struct recorder *r)
{
	return output_failed(r->out) || r->lacks_memory;
}

static void lack_memory(struct recorder *r)
{
	warnx("cannot record to %s: %s" THEN, r->path, strerror(ENOMEM));
	r->lacks_memory = true;
}

/* A block of its own: it can be read as soon as it is there. */
static void end_block(struct recorder *r)
{
	if (writer_flush(r->writer))
		lack_memory(r);
}

static void add(struct recorder *r, enum section section, const void *data)
{
	if (is_over(r))
		return;
	writer_add(r->writer, section, data);
	end_block(r);
}

static void add_events(struct recorder *r)
{
	if (r->events.n_times)
		add(r, SECTION_EVENTS, &r->events);
	recorded_events_clear(&r->events);
}

/* Before it are the events that were told before it. */
void recorder_add(struct recorder *r, enum section section, const void *data)
{
	add_events(r);
	add(r, section, data);
}

bool recorder_is_behind(const struct recorder *r)
{
	return output_pending(r->out) > MOST_PENDING;
}

void recorder_event(struct recorder *r, const struct event_head *head)
{
	struct recorded_events *e = &r->events;

	if (e->n_times == MOST_RECORDED_EVENTS ||
	    (e->n_times && head->time - e->times[0].since > EVENTS_SPAN))
		add_events(r);
	if (is_over(r) || !recorded_events_add(e, head))
		return;
	lack_memory(r);
}

void recorder_start(struct recorder *r, const struct run_info *info, __u64 start)
{
	struct recorded_head head = {
		.start = start, .cpus = sysconf(_SC_NPROCESSORS_ONLN), .info = *info};
	struct utsname machine;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	head.began = now.tv_sec * 1000000000ull + now.tv_nsec;
	uname(&machine);
	memcpy(head.host, machine.nodename, sizeof(head.host));
	memcpy(head.machine, machine.machine, sizeof(head.machine));
	proc_command(getpid(), head.arguments, sizeof(head.arguments));
	for (; info->hooks && info->hooks[head.n_hooks] && head.n_hooks < MAX_WORDS; head.n_hooks++)
		head.hooks[head.n_hooks] = info->hooks[head.n_hooks];
	output_empty(r->out);
	r->started = true;
	recorder_add(r, SECTION_HEAD, &head);
}

void recorder_attached(struct recorder *r, const struct beginning *b, const struct snapshot *total)
{
	r->attached.beginning = *b;
	r->attached.total = *total;
	recorder_add(r, SECTION_ATTACHED, &r->attached);
}

void recorder_moment(struct recorder *r, const struct snapshot *total, __u64 elapsed_ns, bool shown)
{
	r->behind = recorder_is_behind(r);
	r->dropped += r->behind;
	r->moment.elapsed_ns = elapsed_ns;
	r->moment.shown = shown;
	r->moment.total = *total;
	if (!r->behind)
		recorder_add(r, SECTION_MOMENT, &r->moment);
}

void recorder_stall(struct recorder *r, const struct stall_row *row, __u64 stalled_ns,
		    __u64 elapsed_ns)
{
	const struct recorded_stall stall = {
		.elapsed_ns = elapsed_ns, .stalled_ns = stalled_ns, .row = *row};

	recorder_add(r, SECTION_STALL, &stall);
}

void recorder_finding(struct recorder *r, const struct finding *finding, __u64 elapsed_ns)
{
	const struct recorded_finding found = {
		.elapsed_ns = elapsed_ns, .rule = finding->rule - rules, .finding = *finding};

	recorder_add(r, SECTION_FINDING, &found);
}

void recorder_summary(struct recorder *r, const struct snapshot *total, __u64 elapsed_ns,
		      const struct run_end *end)
{
	const struct recorded_summary summary = {
		.elapsed_ns = elapsed_ns, .self = total->self, .end = *end};

	if (r->behind) /* it is told of the last moment, which is needed */
		recorder_add(r, SECTION_MOMENT, &r->moment);
	recorder_add(r, SECTION_SUMMARY, &summary);
}

/* The end mark, and how much is missing. */
static void finish(struct recorder *r)
{
	const struct recorded_end end = {.dropped = r->dropped};

	recorder_add(r, SECTION_END, &end);
	if (r->dropped)
		warnx("cannot record every interval to %s: it did not take the data in time; "
		      "joined to the following ones: %llu",
		      r->path, (unsigned long long)r->dropped);
}

int recorder_close(struct recorder *r, __u64 told)
{
	int err = 0;

	if (!r)
		return 0;
	if (r->started) {
		finish(r);
		err = output_drain(r->out, told) || r->lacks_memory ? -1 : 0;
	}
	recorded_events_free(&r->events);
	writer_free(r->writer);
	output_close(r->out);
	free(r);
	return err;
}
