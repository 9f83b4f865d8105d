// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "scenarios.h"

#include <string.h>

#include "models.h"

/* The load goes on until Ctrl-C where there are no --messages: what is to be seen is a state. */
const struct scenario scenarios[] = {
	{"level",
	 {"epoll-lt", "--conns", "1", "--messages", "1000", "--read-size", "16"},
	 "level-triggered: a message of 64 bytes is reported until all four reads are done",
	 "epoll reports: 3 re-reports a message, 1 fresh"},
	{"edge",
	 {"epoll-et", "--conns", "1", "--messages", "1000", "--read-size", "16"},
	 "edge-triggered: each message is reported once, and read until EAGAIN",
	 "epoll reports: 0 re-reports; read: an EAGAIN for each report of data"},
	{"et-no-drain",
	 {"epoll-et", "--fault", "et-no-drain", "--conns", "1", "--messages", "1", "--read-size",
	  "16", "--timeout", "1"},
	 "one read an edge: the rest of the message stays behind, and the client gives up",
	 "the STALL line: 48 bytes unread; stalls: 1"},
	{"et-accept-once",
	 {"epoll-et", "--fault", "et-accept-once", "--conns", "500", "--messages", "1", "--timeout",
	  "1"},
	 "one accept an edge: clients that came together stay in the backlog and give up",
	 "the STALL line: connections waiting on the listening descriptor"},
	{"lt-always-out",
	 {"epoll-lt", "--fault", "lt-always-out", "--conns", "1", "--mode", "open", "--rate", "10",
	  "--seconds", "2"},
	 "EPOLLOUT registered for good: a socket with room to write is always ready",
	 "epoll_wait: 100 % at once; no useful wake; EPOLLOUT in all reports"},
	{"oneshot-no-rearm",
	 {"epoll-oneshot", "--fault", "oneshot-no-rearm", "--conns", "4", "--messages", "2",
	  "--timeout", "1"},
	 "never re-armed: a connection has one report and is silent from there on",
	 "one-shot: more disarmed than re-armed, by the number of connections"},
	{"oneshot-hand-off",
	 {"epoll-oneshot", "--threads", "4", "--conns", "16", "--messages", "1000"},
	 "EPOLLONESHOT: whichever thread is free serves a socket, never two at a time",
	 "one-shot: disarmed = re-armed but for closed ones; threads woken: all have useful wakes"},
	{"herd",
	 {"epoll-exclusive", "--fault", "herd", "--procs", "8", "--conns", "50", "--messages", "1",
	  "--one-by-one"},
	 "no EPOLLEXCLUSIVE: each client wakes all processes that wait",
	 "wakes: absorbed and wasted, several for each connection"},
	{"exclusive",
	 {"epoll-exclusive", "--procs", "8", "--conns", "50", "--messages", "1", "--one-by-one"},
	 "EPOLLEXCLUSIVE: each client wakes one process, or few",
	 "wakes: absorbed and wasted at most a tenth of what herd has"},
	{"sigio-one-read",
	 {"sigio", "--fault", "sigio-one-read", "--conns", "1", "--messages", "1000", "--burst",
	  "100", "--timeout", "1"},
	 "one datagram a signal: signals that were pending already are merged, datagrams stay",
	 "I/O signals: coalesced; datagrams: fewer read than arrived"},
	{"nonblock-exit",
	 {"nonblocking", "--fault", "nonblock-exit", "--conns", "1", "--messages", "1000"},
	 "takes the first EAGAIN, which only says \"not yet\", for a failure and exits",
	 "errors: EAGAIN 1, and the server's last words"},
	{"no-nodelay",
	 {"epoll-lt", "--fault", "no-nodelay", "--conns", "1", "--messages", "50"},
	 "two small writes an answer, and Nagle holds the second until the first is acknowledged",
	 "client: a round trip of 40 ms; the server itself is quick (service)"},
	{"urgent",
	 {"epoll-lt", "--urgent", "--conns", "1", "--messages", "1000"},
	 "an urgent byte before each message is told by EPOLLPRI and taken with MSG_OOB",
	 "epoll reports: EPOLLPRI 1 000; urgent bytes: the three witnesses agree"},
	{"half-close",
	 {"epoll-lt", "--conns", "20", "--messages", "10"},
	 "clients end their half of the connection: EPOLLRDHUP, and the answer still goes out",
	 "epoll reports: EPOLLRDHUP 20, one a connection"},
	{"reset",
	 {"epoll-lt", "--reset", "--conns", "20", "--messages", "10"},
	 "clients end with a RST: an error and a hang-up at once",
	 "epoll reports: EPOLLERR 20, one a connection, and EPOLLHUP with it"},
};
const size_t n_scenarios = sizeof(scenarios) / sizeof(scenarios[0]);

const struct scenario *scenario_find(const char *name)
{
	for (size_t i = 0; i < n_scenarios; i++)
		if (!strcmp(scenarios[i].name, name))
			return &scenarios[i];
	return NULL;
}

const struct scenario *scenario_nearest(const char *name)
{
	const struct scenario *nearest = &scenarios[0];

	for (size_t i = 1; i < n_scenarios; i++)
		if (name_distance(scenarios[i].name, name) < name_distance(nearest->name, name))
			nearest = &scenarios[i];
	return nearest;
}
