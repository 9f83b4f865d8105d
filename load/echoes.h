/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What comes back, held against what was sent, byte by byte. */
#ifndef WAKELAB_ECHOES_H
#define WAKELAB_ECHOES_H

#include "load_state.h"

/* Compares n bytes of the stream, in l->buffer, with what was sent; several echoes may lie in them.
 */
void echo_check_stream(struct load *l, struct load_conn *c, size_t n, uint64_t now);
/* Finds the message that the datagram in l->buffer, of n bytes, echoes. */
void echo_check_datagram(struct load *l, struct load_conn *c, size_t n, uint64_t now);
/* n bytes came and no message is without its echo: the load fails. */
void echo_unasked(struct load *l, struct load_conn *c, size_t n);

#endif
