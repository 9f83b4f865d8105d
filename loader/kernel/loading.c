// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "loading.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "extract.h"
#include "kernel_numbers.h"
#include "sections.h"

#define MAX_JOBS    128
#define MAX_MAPS    32
#define MAX_WORKERS 8
#define LARGE_MAP   4096 /* entries */

/* A program that is ready. */
struct job {
	struct bpf_program *program;
	struct bpf_prog_load_opts opts;
	struct bpf_insn *insns;
	size_t n_insns;
	int fd; /* or -errno */
};

static struct batch {
	const struct types *types;
	struct job jobs[MAX_JOBS];
	unsigned n_jobs;
	unsigned order[MAX_JOBS]; /* the longest first */
	struct bpf_map *maps[MAX_MAPS];
	int map_fds[MAX_MAPS]; /* or -errno */
	/* what the workers do */
	void (*task)(unsigned i);
	unsigned n;
	atomic_uint taken;
} batch;

enum bpf_prog_type load_type(const struct bpf_program *program)
{
	return section_kind_of(bpf_program__section_name(program))->type;
}

/* The number of what the program hooks, if that is a type. */
static int find_target(const struct bpf_program *program, struct bpf_prog_load_opts *opts)
{
	const char *section = bpf_program__section_name(program);
	char name[128];
	__s64 number;

	if (load_type(program) != BPF_PROG_TYPE_TRACING)
		return 0;
	if (!types_number(batch.types, section_type(section, name, sizeof(name)), &number))
		return -ESRCH;
	opts->attach_btf_id = number;
	return 0;
}

/* Puts in the number of the kernel's function where it is called. */
static int find_function(struct bpf_insn *insns, size_t n)
{
	__s64 number = 0;
	bool known = types_number(batch.types, NUMBER_RDONLY_CAST, &number);

	for (size_t i = 0; i < n; i++) {
		if (insns[i].code != (BPF_JMP | BPF_CALL) || insns[i].src_reg ||
		    insns[i].imm != CALL_RDONLY_CAST)
			continue;
		if (!known)
			return -ESRCH;
		insns[i].src_reg = BPF_PSEUDO_KFUNC_CALL;
		insns[i].imm = number;
	}
	return 0;
}

/*
 * libbpf calls this for each program when all is ready but its loading. libbpf 1.1 cannot be kept
 * from loading it: it gets one that does nothing, in the place of which put_in_place() puts the
 * real one.
 */
static int take_job(struct bpf_program *program, struct bpf_prog_load_opts *opts, long cookie)
{
	static struct bpf_insn nothing[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	struct job *job = &batch.jobs[batch.n_jobs];
	size_t n = bpf_program__insn_cnt(program);
	int err;

	(void)cookie;
	if (batch.n_jobs == MAX_JOBS)
		return -E2BIG;
	*job = (struct job){.program = program,
			    .insns = calloc(n, sizeof(*job->insns)),
			    .n_insns = n,
			    .fd = -1};
	/* of another libbpf than the one that we were built with, they can be more or less */
	memcpy(&job->opts, opts, opts->sz < sizeof(job->opts) ? opts->sz : sizeof(job->opts));
	job->opts.sz = sizeof(job->opts);
	if (!job->insns)
		return -ENOMEM;
	batch.n_jobs++;
	memcpy(job->insns, bpf_program__insns(program), n * sizeof(*job->insns));
	err = find_target(program, &job->opts);
	if (!err)
		err = find_function(job->insns, n);
	if (!err)
		err = bpf_program__set_insns(program, nothing, 2);
	opts->expected_attach_type = 0;
	opts->func_info_cnt = opts->line_info_cnt = 0;
	return err;
}

static int attach_traced(const struct bpf_program *program, long cookie, struct bpf_link **link)
{
	(void)cookie;
	*link = bpf_program__attach_trace(program);
	return *link ? 0 : -errno;
}

int load_prepare(void)
{
	static bool done;
	char prefix[32];

	for (unsigned i = 0; !done && i < n_section_kinds; i++) {
		const struct section_kind *kind = &section_kinds[i];
		LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .prog_prepare_load_fn = take_job,
			    .prog_attach_fn =
				    kind->type == BPF_PROG_TYPE_TRACING ? attach_traced : NULL);
		int err;

		snprintf(prefix, sizeof(prefix), "%s+", kind->prefix);
		err = libbpf_register_prog_handler(prefix, BPF_PROG_TYPE_RAW_TRACEPOINT,
						   kind->attach, &opts);
		if (err < 0)
			return -1;
	}
	done = true;
	return 0;
}

static int load_job(const struct job *job, struct bpf_prog_load_opts *opts)
{
	int fd = bpf_prog_load(load_type(job->program), bpf_program__name(job->program),
			       "Dual BSD/GPL", job->insns, job->n_insns, opts);

	return fd < 0 ? -errno : fd;
}

static void load_nth(unsigned i)
{
	struct job *job = &batch.jobs[batch.order[i]];

	job->fd = load_job(job, &job->opts);
}

static void make_nth(unsigned i)
{
	const struct bpf_map *map = batch.maps[i];
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = bpf_map__map_flags(map));

	batch.map_fds[i] =
		bpf_map_create(bpf_map__type(map), bpf_map__name(map), bpf_map__key_size(map),
			       bpf_map__value_size(map), bpf_map__max_entries(map), &opts);
}

static void *work(void *unused)
{
	unsigned i;

	while ((i = atomic_fetch_add(&batch.taken, 1)) < batch.n)
		batch.task(i);
	return unused;
}

/* Does n tasks of a kind, the first first. One worker for each processor; where no thread is to be
 * had, this one alone. */
static void work_side_by_side(void (*task)(unsigned i), unsigned n)
{
	pthread_t workers[MAX_WORKERS];
	unsigned started = 0, n_cpus = 1;
	cpu_set_t cpus;

	if (!sched_getaffinity(0, sizeof(cpus), &cpus))
		n_cpus = CPU_COUNT(&cpus);
	batch.task = task;
	batch.n = n;
	batch.taken = 0;
	while (started + 1 < n_cpus && started + 1 < n && started < MAX_WORKERS &&
	       !pthread_create(&workers[started], NULL, work, NULL))
		started++;
	work(NULL);
	while (started)
		pthread_join(workers[--started], NULL);
}

static int longest_first(const void *a, const void *b)
{
	size_t left = batch.jobs[*(const unsigned *)a].n_insns;
	size_t right = batch.jobs[*(const unsigned *)b].n_insns;

	return (left < right) - (left > right);
}

static void load_jobs(void)
{
	for (unsigned i = 0; i < batch.n_jobs; i++)
		batch.order[i] = i;
	qsort(batch.order, batch.n_jobs, sizeof(batch.order[0]), longest_first);
	work_side_by_side(load_nth, batch.n_jobs);
}

/* The large maps: to have room in them is to have all of it zeroed. What cannot be made here is
 * left to libbpf, which says why it cannot be. */
static void make_maps(const struct bpf_object *object)
{
	unsigned n = 0;
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
	{
		if (n < MAX_MAPS && bpf_map__max_entries(map) >= LARGE_MAP &&
		    bpf_map__type(map) != BPF_MAP_TYPE_RINGBUF)
			batch.maps[n++] = map;
	}
	work_side_by_side(make_nth, n);
	for (unsigned i = 0; i < n; i++)
		if (batch.map_fds[i] >= 0) {
			bpf_map__reuse_fd(batch.maps[i], batch.map_fds[i]);
			close(batch.map_fds[i]);
		}
}

/* The verifier's last line of text: what follows it are its statistics. It knows what CO-RE did not
 * find as a function that is none, and says before which line of the source that was. */
static void keep_verdict(char *log, struct refusal *why)
{
	char *save, *line, *source = "";

	for (line = strtok_r(log, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (!strncmp(line, "processed ", 10))
			return;
		if (*line == ';')
			source = line + 1 + strspn(line + 1, " ");
		else if (strstr(line, "unknown#195896080"))
			snprintf(why->words, sizeof(why->words),
				 "this kernel's types lack what this line reads: %s", source);
		else if (*line && line[strspn(line, "0123456789")] != ':')
			snprintf(why->words, sizeof(why->words), "%s", line);
	}
}

/* Whether it was for the want of something, and for nothing that the verifier read in the program.
 */
static bool is_scarcity(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM || error == EAGAIN;
}

/* Has the kernel say what it has against a program that it refused so. */
static void explain(struct job *job, int error, struct refusal *why)
{
	const size_t size = UINT32_MAX >> 8; /* as much as it takes before 5.2; only what it writes
						is real memory */
	char *log = NULL;
	int fd;

	snprintf(why->program, sizeof(why->program), "%s", bpf_program__name(job->program));
	snprintf(why->words, sizeof(why->words), "%s", strerror(error));
	if (!is_scarcity(error))
		log = calloc(1, size);
	job->opts.log_buf = log;
	job->opts.log_size = size;
	job->opts.log_level = 1;
	fd = log ? load_job(job, &job->opts) : -1;
	if (fd >= 0)
		close(fd);
	else if (log)
		keep_verdict(log, why);
	free(log);
}

static int put_in_place(struct job *job)
{
	int fd = dup3(job->fd, bpf_program__fd(job->program), O_CLOEXEC);

	return fd < 0 ? -errno : 0;
}

static int finish_jobs(struct refusal *why)
{
	int err = 0;

	load_jobs();
	for (unsigned i = 0; !err && i < batch.n_jobs; i++) {
		err = batch.jobs[i].fd < 0 ? batch.jobs[i].fd : put_in_place(&batch.jobs[i]);
		if (err)
			explain(&batch.jobs[i], -err, why);
	}
	for (unsigned i = 0; i < batch.n_jobs; i++)
		if (batch.jobs[i].fd >= 0)
			close(batch.jobs[i].fd);
	return err;
}

int load_object(struct bpf_object_skeleton *skeleton, const struct types *t, struct refusal *why)
{
	int err;

	batch.types = t;
	batch.n_jobs = 0;
	make_maps(*skeleton->obj);
	err = bpf_object__load_skeleton(skeleton);
	if (!err)
		err = finish_jobs(why);
	for (unsigned i = 0; i < batch.n_jobs; i++)
		free(batch.jobs[i].insns);
	batch.n_jobs = 0;
	return err;
}
