// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "run_program.h"

#include <bpf/bpf.h>

int run_program(const struct bpf_program *prog, const __u64 *args, size_t size)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = size);

	return bpf_prog_test_run_opts(bpf_program__fd(prog), &opts) ? -1 : (int)opts.retval;
}
