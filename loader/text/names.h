/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the programs count by number, in words: errnos, commands, flags, signals, files, peers. */
#ifndef WAKELAB_NAMES_H
#define WAKELAB_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "wakelab.h"

/* "tcp", "eventfd", ... */
extern const char *const file_kinds[N_FILE_NAMES];

/* "EAGAIN", "ERESTARTSYS", ...; buf is used for numbers without a name. */
const char *errno_cell_name(unsigned cell, char *buf, size_t len);
/* "F_SETFL", "FIONBIO", ... */
const char *fcntl_name(const struct fcntl_key *key, char *buf, size_t len);
/* "O_NONBLOCK", ... of bit 1 << i; NULL for a bit that F_SETFL cannot change. */
const char *flag_name(unsigned bit);
/* "EPOLLIN EPOLLET", ... as epoll_ctl() was asked for; in buf. */
const char *epoll_events_text(__u32 events, char *buf, size_t len);
/* The same of what is registered, without EPOLLERR and EPOLLHUP, which the kernel adds to each
 * (fs/eventpoll.c, do_epoll_ctl()). */
const char *interest_events_text(__u32 events, char *buf, size_t len);
/* "48 bytes unread", "3 connections waiting" of a stall; its peer, "127.0.0.1:4711", "" for none;
 * in buf. */
const char *unread_text(const struct stall *s, char *buf, size_t len);
/* The same of an amount in that unit (enum unread). */
const char *amount_text(unsigned unit, __u64 amount, char *buf, size_t len);
const char *peer_text(const struct stall *s, char *buf, size_t len);
/* The same of an address and port as evidence has them; family AF_UNSPEC: "". */
const char *address_text(int family, const __u8 *addr, unsigned port, char *buf, size_t len);
/* "failed", ... */
extern const char *const evidence_names[N_EVIDENCE];
/* "EPOLLIN EPOLLHUP", ... as a wait told; in buf. */
const char *told_events_text(__u32 events, char *buf, size_t len);
/* The same in the words of the call that told, of that kind: "POLLIN", or "readable" of select. */
const char *call_events_text(unsigned kind, __u32 events, char *buf, size_t len);
/* "SIGIO", "SIGRTMIN+1", ... */
const char *signal_name(int signal, char *buf, size_t len);
/* "SI_USER", "CLD_EXITED", ... of that signal; buf is used for codes without a name. */
const char *signal_code_name(int signal, int code, char *buf, size_t len);
/* Whether a task sent what has that code, see sigaction(2). */
bool signal_has_sender(int code);
/* Where the last one came from: "sent by thread 4711 (server)", "from a timer (...)", ...; in buf.
 */
const char *signal_origin(int signal, const struct signal_stats *s, char *buf, size_t len);

#endif
