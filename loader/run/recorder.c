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

#include "calls.h"
#include "flight.h"
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
	__u64 start, last_event;       /* when: of the run, of the last of these */
	__u64 dropped;
	bool behind; /* the last moment was dropped */
	bool started, lacks_memory;
	struct flight_wish wish;
	struct flight *flight; /* NULL: all is written at once */
	/* where a block is printed that is kept */
	FILE *memory;
	char *block;
	size_t block_len;
	const char *why; /* what is kept is to be written; NULL: it is not */
};

static bool is_same_file(int a, int b)
{
	struct stat one, other;

	return !fstat(a, &one) && !fstat(b, &other) && S_ISREG(one.st_mode) &&
	       one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

static bool is_regular(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode);
}

/* Why nothing can be recorded there; NULL: it can. */
static const char *unfit(const struct recorder *r, const struct output *view)
{
	if (isatty(output_fd(r->out)))
		return "it is a terminal, and a recording is not text; give a file";
	if (is_same_file(output_fd(r->out), output_fd(view)))
		return "the output goes to the same file; give another one";
	if (r->wish.seconds > 0 && !is_regular(output_fd(r->out)))
		return "--flight requires a regular file; give one";
	return NULL;
}

/* What was printed to the memory goes to the file at once. */
static void pass_block(struct recorder *r)
{
	fflush(r->memory);
	fwrite(r->block, 1, r->block_len, output_file(r->out));
	rewind(r->memory);
}

/* Begins the recording; NULL: there is no memory. */
static struct writer *begin(struct recorder *r)
{
	struct writer *writer;

	if (!(r->wish.seconds > 0))
		return writer_new(output_file(r->out));
	r->flight = flight_new(r->wish.seconds * 1e9, r->wish.room);
	r->memory = open_memstream(&r->block, &r->block_len);
	writer = r->flight && r->memory ? writer_new(r->memory) : NULL;
	if (writer)
		pass_block(r);
	return writer;
}

struct recorder *recorder_open(const char *path, const struct flight_wish *flight,
			       const struct output *view)
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
	r->wish = *flight;
	output_then(r->out, THEN);
	why = unfit(r, view);
	r->writer = why ? NULL : begin(r);
	if (r->writer)
		return r;
	warnx("cannot record to %s: %s", path, why ? why : strerror(ENOMEM));
	recorder_close(r, 0);
	return NULL;
}

/* Gives how many seconds that are of which was kept. */
static double write_kept(struct recorder *r)
{
	return r->flight ? flight_print(r->flight, output_file(r->out)) / 1e9 : 0;
}

void recorder_flush(struct recorder *r)
{
	const char *why = output_pending(r->out) <= MOST_PENDING ? r->why : NULL;
	double seconds = why ? write_kept(r) : 0;

	output_flush(r->out); /* it says itself that it failed, and recorder_close() tells */
	if (!why)
		return;
	r->why = NULL;
	if (!output_failed(r->out))
		warnx("recorded the last %.1f s to %s: %s", seconds, r->path, why);
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

/* Ends the block, and keeps it in memory where that is wished. Returns 0, or -1 if there is none.
 */
static int end_block(struct recorder *r, enum section section, __u64 elapsed_ns)
{
	struct kept block = {.time = elapsed_ns, .moment = section == SECTION_MOMENT};

	if (writer_flush(r->writer))
		return -1;
	if (!r->flight)
		return 0;
	fflush(r->memory);
	block.data = r->block;
	block.len = r->block_len;
	block.names = writer_named(r->writer);
	rewind(r->memory);
	return flight_keep(r->flight, &block);
}

/* In a block of its own: it can be read as soon as it is there. */
static void add(struct recorder *r, enum section section, const void *data, __u64 elapsed_ns)
{
	if (is_over(r))
		return;
	writer_add(r->writer, section, data);
	if (end_block(r, section, elapsed_ns))
		lack_memory(r);
}

static void add_events(struct recorder *r)
{
	if (r->events.n_times)
		add(r, SECTION_EVENTS, &r->events, r->last_event - r->start);
	recorded_events_clear(&r->events);
}

/* Before it are the events that were told before it. */
static void add_at(struct recorder *r, enum section section, const void *data, __u64 elapsed_ns)
{
	add_events(r);
	add(r, section, data, elapsed_ns);
}

void recorder_add(struct recorder *r, enum section section, const void *data)
{
	add_at(r, section, data, 0);
}

void recorder_keep(struct recorder *r, const char *why)
{
	add_events(r);
	if (r->flight)
		r->why = why;
}

bool recorder_is_behind(const struct recorder *r)
{
	return !r->flight && output_pending(r->out) > MOST_PENDING;
}

void recorder_event(struct recorder *r, const struct event_head *head)
{
	struct recorded_events *e = &r->events;

	if (e->n_times == MOST_RECORDED_EVENTS ||
	    (e->n_times && head->time - e->times[0].since > EVENTS_SPAN))
		add_events(r);
	r->last_event = head->time;
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
	r->start = start;
	recorder_add(r, SECTION_HEAD, &head);
	write_kept(r);
}

void recorder_attached(struct recorder *r, const struct beginning *b, const struct snapshot *total)
{
	r->attached.beginning = *b;
	r->attached.total = *total;
	recorder_add(r, SECTION_ATTACHED, &r->attached);
	write_kept(r);
}

void recorder_moment(struct recorder *r, const struct snapshot *total, __u64 elapsed_ns, bool shown)
{
	r->behind = recorder_is_behind(r);
	r->dropped += r->behind;
	r->moment.elapsed_ns = elapsed_ns;
	r->moment.shown = shown;
	r->moment.total = *total;
	if (!r->behind)
		add_at(r, SECTION_MOMENT, &r->moment, elapsed_ns);
}

/* Whether what is kept is to be written when such a finding comes. */
static bool is_awaited(const struct recorder *r, const struct rule *rule)
{
	return r->wish.on ? name_in_list(r->wish.on, rule->id) : rule->weight == WRONG;
}

void recorder_stall(struct recorder *r, const struct stall_row *row, __u64 stalled_ns,
		    __u64 elapsed_ns)
{
	const struct recorded_stall stall = {
		.elapsed_ns = elapsed_ns, .stalled_ns = stalled_ns, .row = *row};

	add_at(r, SECTION_STALL, &stall, elapsed_ns);
	if (is_awaited(r, rule_find("stall")))
		recorder_keep(r, "stall");
}

void recorder_finding(struct recorder *r, const struct finding *finding, __u64 elapsed_ns)
{
	const struct recorded_finding found = {
		.elapsed_ns = elapsed_ns, .rule = finding->rule - rules, .finding = *finding};

	add_at(r, SECTION_FINDING, &found, elapsed_ns);
	if (is_awaited(r, finding->rule) && !finding->rule->warned)
		recorder_keep(r, finding->rule->id);
}

void recorder_summary(struct recorder *r, const struct snapshot *total, __u64 elapsed_ns,
		      const struct run_end *end)
{
	const struct recorded_summary summary = {
		.elapsed_ns = elapsed_ns, .self = total->self, .end = *end};

	if (r->behind) /* it is told of the last moment, which is needed */
		add_at(r, SECTION_MOMENT, &r->moment, elapsed_ns);
	add_at(r, SECTION_SUMMARY, &summary, elapsed_ns);
}

/* The end mark, and how much is missing. */
static void finish(struct recorder *r)
{
	const struct recorded_end end = {.dropped = r->dropped};

	add_at(r, SECTION_END, &end, r->moment.elapsed_ns);
	write_kept(r);
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
	if (r->memory)
		fclose(r->memory);
	free(r->block);
	flight_free(r->flight);
	output_close(r->out);
	free(r);
	return err;
}
