// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "event_names.h"

#include "calls.h"
#include "counts.h"
#include "names.h"

static const char *count_name(unsigned keepers, unsigned at)
{
	const struct count_row *row = count_row(keepers, at);

	return row ? row->name : NULL;
}

const char *event_call(unsigned row)
{
	return row < n_calls ? calls[row].name : "?";
}

const char *event_verdict(unsigned verdict)
{
	static const char *names[N_VERDICTS];

	if (verdict >= N_VERDICTS)
		return "?";
	if (!names[verdict]) /* there are many to be named */
		names[verdict] = count_name(KEPT_BY_CALL, verdict);
	return names[verdict];
}

const char *event_waker(unsigned context)
{
	static const char *names[N_WAKER_CONTEXTS];

	if (context >= N_WAKER_CONTEXTS)
		return NULL;
	if (!names[context])
		names[context] = count_name(KEPT_BY_RUN, COUNT_FROM_TASK + context);
	return names[context];
}

const char *event_raised(unsigned result)
{
	return result < N_SIGNAL_RESULTS ? count_name(KEPT_BY_SIGNAL, result) : "?";
}

const char *event_unit(unsigned unit)
{
	return unit < N_UNREAD ? count_name(KEPT_AS_LARGEST, unit) : "?";
}

const char *event_kind_of_file(const struct event_file *f)
{
	return f->kind < N_FILE_NAMES ? file_kinds[f->kind] : "?";
}

const char *event_error(__s64 ret)
{
	static char buf[24];

	if (ret >= 0)
		return NULL;
	if (-ret < N_ERRNOS)
		return errno_cell_name(-ret, buf, sizeof(buf));
	if (-ret >= RESTART_MIN && -ret <= RESTART_MAX)
		return errno_cell_name(N_ERRNOS + -ret - RESTART_MIN, buf, sizeof(buf));
	return errno_cell_name(ERRNO_OTHER, buf, sizeof(buf));
}
