// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "finder.h"

#include <bpf/libbpf.h>
#include <err.h>
#include <string.h>

#include "finder.skel.h"
#include "iterate.h"
#include "loading.h"
#include "objects.h"
#include "types.h"

struct search {
	struct processes *found;
	struct search_result *result;
};

static void take_row(void *ctx, const void *at)
{
	const struct sought_row *row = at;
	const struct search *s = ctx;

	s->result->seen.globs |= row->is.globs;
	s->result->seen.ports |= row->is.ports;
	s->result->seen.groups |= row->is.groups;
	if (!processes_add_one(s->found, (pid_t)row->tgid))
		s->result->full = true;
}

static int search(const struct types *types, const struct sought *sought, struct search *s)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = types->path);
	struct finder *finder = object_open_finder(&opts);
	struct refusal why = {0};
	int err;

	if (!finder) {
		warn("cannot look for processes");
		return -1;
	}
	memcpy((void *)&finder->rodata->sought, sought, sizeof(*sought));
	err = load_object(finder->skeleton, types, &why);
	if (err)
		warnx("cannot look for processes: %s", *why.words ? why.words : strerror(-err));
	else
		err = iterate_rows(finder->progs.find_tasks, sizeof(struct sought_row), take_row,
				   s);
	s->result->net = finder->bss->finder_net;
	finder__destroy(finder);
	return err ? -1 : 0;
}

int finder_run(const struct sought *sought, struct processes *p, struct search_result *result)
{
	struct search s = {.found = p, .result = result};
	struct types types;
	int err;

	*result = (struct search_result){0};
	if (load_prepare() || types_open(&types)) {
		warn("cannot look for processes");
		return -1;
	}
	err = search(&types, sought, &s);
	types_close(&types);
	return err;
}
