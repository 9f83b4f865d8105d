/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* --draw: nothing is shown while a run goes on; its events are kept, to be drawn when it has ended.
 */
#ifndef WAKELAB_SINK_DRAW_H
#define WAKELAB_SINK_DRAW_H

#include "drawing.h"
#include "sink.h"

extern const struct sink sink_draw;

/* What has been kept since it was asked last, finished, and the caller's to free; NULL: nothing, or
 * there was no memory for it, which was said. info gets what the run is. */
struct drawing *draw_take(struct run_info *info);

#endif
