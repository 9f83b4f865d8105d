// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What is recorded of each struct that a snapshot consists of. */
#include "shapes.h"

#include "name_tables.h"
#include "snapshot.h"

static const struct field hist_fields[] = {
	NUMBER(struct hist, count), NUMBER(struct hist, sum),          NUMBER(struct hist, low),
	NUMBER(struct hist, max),   NUMBERS(struct hist, slots, NULL),
};
const struct shape shape_hist = SHAPE("histogram", struct hist, hist_fields);

static const struct field stats_fields[] = {
	NUMBERS(struct call_stats, verdicts, &names_of_verdicts),
	NUMBER(struct call_stats, bytes),
	NUMBER(struct call_stats, zero),
	NUMBER(struct call_stats, sleeps),
	NUMBERS(struct call_stats, errors, &names_of_errors),
	PART(struct call_stats, duration, &shape_hist),
};
const struct shape shape_stats = SHAPE("calls", struct call_stats, stats_fields);

static const struct field signal_fields[] = {
	NUMBERS(struct signal_stats, results, &names_of_results),
	NUMBER(struct signal_stats, delivered),
	NUMBER(struct signal_stats, consumed),
	NUMBER(struct signal_stats, ended),
	NUMBER(struct signal_stats, io),
	NUMBER(struct signal_stats, code),
	NUMBER(struct signal_stats, sender),
	TEXT(struct signal_stats, comm),
};
const struct shape shape_signal = SHAPE("signal", struct signal_stats, signal_fields);

static const struct field fcntl_fields[] = {
	NUMBER(struct fcntl_row, key.cmd),
	NUMBER(struct fcntl_row, key.is_ioctl),
	NUMBER(struct fcntl_row, stats.calls),
	NUMBER(struct fcntl_row, stats.failed),
	NUMBER(struct fcntl_row, stats.last_arg),
	NUMBERS(struct fcntl_row, stats.on, &names_of_flags),
	NUMBERS(struct fcntl_row, stats.off, &names_of_flags),
};
const struct shape shape_fcntl = SHAPE("fcntl", struct fcntl_row, fcntl_fields);

static const struct field stall_fields[] = {
	NUMBER(struct stall, since),
	NUMBER(struct stall, unread),
	NUMBER(struct stall, tid),
	NUMBER(struct stall, tgid),
	NUMBER(struct stall, fd),
	NUMBER(struct stall, port),
	NUMBER(struct stall, family),
	CHOICE_BEHIND(struct stall, family, "unit", 0, 4, &names_of_units),
	BITS_BEHIND(struct stall, family, "before", 4, 4),
	BYTES(struct stall, addr),
	TEXT(struct stall, comm),
	CHOICE(struct stall, kind, &names_of_kinds),
	NUMBER(struct stall, part),
};
const struct shape shape_stall = SHAPE("unread", struct stall, stall_fields);

static const struct field stall_row_fields[] = {
	NUMBER(struct stall_row, key.epoll),
	NUMBER(struct stall_row, key.data),
	PART(struct stall_row, stall, &shape_stall),
};
const struct shape shape_stall_row = SHAPE("stall", struct stall_row, stall_row_fields);

static const struct field thread_fields[] = {
	NUMBER(struct thread_stats, key.start),
	NUMBER(struct thread_stats, key.tid),
	NUMBER(struct thread_stats, tgid),
	TEXT(struct thread_stats, comm),
	NUMBERS(struct thread_stats, v, &names_of_threads),
};
const struct shape shape_thread = SHAPE("thread", struct thread_stats, thread_fields);

static const struct field waker_fields[] = {
	NUMBER(struct waker_row, key.tid),
	CHOICE(struct waker_row, key.context, &names_of_wakers),
	NUMBER(struct waker_row, waker.wakes),
	TEXT(struct waker_row, waker.comm),
};
const struct shape shape_waker = SHAPE("waker", struct waker_row, waker_fields);

static const struct field epoll_fields[] = {
	NUMBER(struct epoll_row, id),
	NUMBER(struct epoll_row, state.tgid),
	NUMBER(struct epoll_row, state.fd),
	NUMBER(struct epoll_row, state.hidden),
	NUMBER(struct epoll_row, state.waiter),
	NUMBER(struct epoll_row, state.shared),
	NUMBERS(struct epoll_row, state.v, &names_of_interests),
	NUMBER(struct epoll_row, interests),
};
const struct shape shape_epoll = SHAPE("epoll instance", struct epoll_row, epoll_fields);

/* What is noted of it in the kernel for judging the next report, is not. */
static const struct field interest_fields[] = {
	NUMBER(struct interest, key.epoll), NUMBER(struct interest, key.data),
	ALIAS(struct interest, sock),       ALIAS(struct interest, file),
	NUMBER(struct interest, pending),   NUMBER(struct interest, shared),
	NUMBER(struct interest, events),    NUMBER(struct interest, fd),
	NUMBER(struct interest, quiet),     NUMBER(struct interest, left),
	NUMBER(struct interest, stalled),   CHOICE(struct interest, kind, &names_of_kinds),
	NUMBER(struct interest, untaken),   NUMBER(struct interest, waiting),
	NUMBER(struct interest, waits),     NUMBERS(struct interest, v, &names_of_interests),
};
const struct shape shape_interest = SHAPE("interest", struct interest, interest_fields);

static const struct field source_fields[] = {
	NUMBER(struct source_row, key.tgid),
	NUMBER(struct source_row, key.fd),
	NUMBER(struct source_row, generated),
};
const struct shape shape_source = SHAPE("source", struct source_row, source_fields);

static const struct field evidence_fields[] = {
	CHOICE(struct evidence_row, key.what, &names_of_evidence),
	NUMBER(struct evidence_row, key.tgid),
	NUMBER(struct evidence_row, key.of),
	NUMBER(struct evidence_row, evidence.count),
	NUMBER(struct evidence_row, evidence.since),
	NUMBER(struct evidence_row, evidence.ns),
	NUMBER(struct evidence_row, evidence.amount),
	NUMBER(struct evidence_row, evidence.limit),
	ALIAS(struct evidence_row, evidence.file),
	NUMBER(struct evidence_row, evidence.tid),
	NUMBER(struct evidence_row, evidence.fd),
	NUMBER(struct evidence_row, evidence.events),
	CHOICE(struct evidence_row, evidence.row, &names_of_calls),
	NUMBER(struct evidence_row, evidence.err),
	NUMBER(struct evidence_row, evidence.port),
	NUMBER(struct evidence_row, evidence.family),
	CHOICE(struct evidence_row, evidence.unit, &names_of_units),
	CHOICE(struct evidence_row, evidence.kind, &names_of_kinds),
	NUMBER(struct evidence_row, evidence.part),
	NUMBER(struct evidence_row, evidence.own_port),
	BYTES(struct evidence_row, evidence.addr),
	TEXT(struct evidence_row, evidence.comm),
};
const struct shape shape_evidence = SHAPE("evidence", struct evidence_row, evidence_fields);

static const struct field listener_fields[] = {
	NUMBER(struct listener_row, backlog.since),
	NUMBER(struct listener_row, backlog.late),
	NUMBER(struct listener_row, backlog.ended),
	NUMBER(struct listener_row, backlog.tgid),
	NUMBER(struct listener_row, backlog.fd),
	NUMBER(struct listener_row, backlog.accepter),
	NUMBER(struct listener_row, backlog.accepter_tgid),
	NUMBER(struct listener_row, backlog.accepted),
	NUMBER(struct listener_row, backlog.told),
	NUMBER(struct listener_row, backlog.taken),
	NUMBER(struct listener_row, backlog.waiting),
	NUMBER(struct listener_row, backlog.limit),
	NUMBER(struct listener_row, backlog.dropped),
	NUMBER(struct listener_row, backlog.drops),
	NUMBER(struct listener_row, backlog.port),
	NUMBER(struct listener_row, backlog.family),
	NUMBER(struct listener_row, backlog.full),
	BYTES(struct listener_row, backlog.addr),
	TEXT(struct listener_row, backlog.comm),
	NUMBER(struct listener_row, tid),
	CHOICE(struct listener_row, row, &names_of_calls),
	NUMBER(struct listener_row, before),
	NUMBER(struct listener_row, busy),
};
const struct shape shape_listener = SHAPE("listener", struct listener_row, listener_fields);

static const struct field command_fields[] = {
	NUMBER(struct command_line, pid),
	TEXT(struct command_line, comm),
	TEXT(struct command_line, line),
};
const struct shape shape_command = SHAPE("command", struct command_line, command_fields);

static const struct field tally_fields[] = {
	NUMBER(struct tally, accepts),  NUMBER(struct tally, refused),
	NUMBER(struct tally, closes),   NUMBER(struct tally, reads),
	NUMBER(struct tally, bytes_in), NUMBER(struct tally, bytes_out),
	NUMBER(struct tally, urgent),   NUMBER(struct tally, waits),
	NUMBER(struct tally, eagain),
};
const struct shape shape_tally = SHAPE("server", struct tally, tally_fields);

static const struct field client_fields[] = {
	NUMBER(struct load_result, connections), NUMBER(struct load_result, sent),
	NUMBER(struct load_result, messages),    NUMBER(struct load_result, bytes),
	NUMBER(struct load_result, urgent),      NUMBER(struct load_result, mismatches),
	NUMBER(struct load_result, unanswered),  NUMBER(struct load_result, overdue),
	NUMBER(struct load_result, elapsed_ns),  PART(struct load_result, latency, &shape_hist),
	TEXT(struct load_result, error),
};
const struct shape shape_client = SHAPE("client", struct load_result, client_fields);

/* All but what tracing itself took, which is known at the end. */
static const struct field snapshot_fields[] = {
	NUMBER(struct snapshot, time),
	NUMBER(struct snapshot, sees),
	NUMBERS(struct snapshot, calls, &names_of_calls),
	NUMBERS(struct snapshot, others, NULL),
	PARTS(struct snapshot, stats, &names_of_calls, &shape_stats),
	PARTS(struct snapshot, latencies, &names_of_latencies, &shape_hist),
	NUMBERS(struct snapshot, counters, &names_of_counters),
	PARTS(struct snapshot, signals, NULL, &shape_signal),
	ROWS(struct snapshot, fcntls, n_fcntls, &shape_fcntl),
	NUMBERS(struct snapshot, lost, &names_of_lost),
	NUMBER(struct snapshot, stall_ns),
	PART(struct snapshot, left, &shape_hist),
	NUMBERS(struct snapshot, left_largest, &names_of_units),
	PART(struct snapshot, left_last, &shape_stall),
	NUMBER(struct snapshot, stalled_ns),
	NUMBERS(struct snapshot, stalled_left, &names_of_units),
	SOME_ROWS(struct snapshot, now.threads, now.n_threads, &shape_thread),
	NUMBER(struct snapshot, now.n_threads),
	SOME_ROWS(struct snapshot, now.wakers, now.n_wakers, &shape_waker),
	NUMBER(struct snapshot, now.n_wakers),
	SOME_ROWS(struct snapshot, now.epolls, now.n_epolls, &shape_epoll),
	NUMBER(struct snapshot, now.n_epolls),
	SOME_ROWS(struct snapshot, now.interests, now.n_interests, &shape_interest),
	NUMBER(struct snapshot, now.n_interests),
	SOME_ROWS(struct snapshot, now.stalls, now.n_stalls, &shape_stall_row),
	NUMBER(struct snapshot, now.n_stalls),
	SOME_ROWS(struct snapshot, now.sources, now.n_sources, &shape_source),
	NUMBER(struct snapshot, now.n_sources),
	SOME_ROWS(struct snapshot, now.evidence, now.n_evidence, &shape_evidence),
	NUMBER(struct snapshot, now.n_evidence),
	SOME_ROWS(struct snapshot, now.listeners, now.n_listeners, &shape_listener),
	NUMBER(struct snapshot, now.n_listeners),
	ROWS(struct snapshot, now.commands.rows, now.commands.n, &shape_command),
	NUMBER(struct snapshot, witnessed),
	NUMBER(struct snapshot, message_size),
	PART(struct snapshot, server, &shape_tally),
	PART(struct snapshot, client, &shape_client),
};
const struct shape shape_snapshot = SHAPE("snapshot", struct snapshot, snapshot_fields);
