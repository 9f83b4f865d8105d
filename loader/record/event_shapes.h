/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What is recorded of events: made of metrics/events.def. */
#ifndef WAKELAB_EVENT_SHAPES_H
#define WAKELAB_EVENT_SHAPES_H

#include "shape.h"

extern const struct shape shape_events;

#endif
