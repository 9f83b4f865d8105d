// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "patience.h"

#include "clock.h"

#define NSEC_PER_MSEC 1000000ULL
#define NSEC_PER_SEC  1000000000ULL
#define LONGEST_STEP  (200 * NSEC_PER_MSEC) /* more has passed only for others */
#define WORTH_SAYING  (2 * NSEC_PER_SEC)

struct wait wait_begin(const struct patience *p, const char *what, unsigned ms)
{
	return (struct wait){.patience = p,
			     .what = what,
			     .limit = ms * p->times * NSEC_PER_MSEC,
			     .last = now_ns()};
}

bool wait_goes_on(struct wait *w)
{
	uint64_t now = now_ns(), step = now - w->last;

	w->last = now;
	w->spent += step < LONGEST_STEP ? step : LONGEST_STEP;
	if (w->spent >= WORTH_SAYING && w->limit > w->spent && !w->said && w->what &&
	    w->patience->say) {
		w->said = true;
		w->patience->say(w->patience->arg, w->what,
				 (w->limit - w->spent + NSEC_PER_SEC - 1) / NSEC_PER_SEC);
	}
	return w->spent < w->limit;
}
