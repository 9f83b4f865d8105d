/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What --explain adds, as lines for people say it. */
#ifndef WAKELAB_EVENT_EXPLAIN_TEXT_H
#define WAKELAB_EVENT_EXPLAIN_TEXT_H

#include "event_records.h"
#include "line.h"

/* "the wake 20us ago was useful" */
void event_proved_text(struct line *out, const struct event_proved *e);

/* "fd 6 tcp 127.0.0.1:4711 ready -> 2.0us woken -> 8.0us reported by epoll 5 -> 9.0us read = 64" */
void event_led_text(struct line *out, const struct event_led *e);

#endif
