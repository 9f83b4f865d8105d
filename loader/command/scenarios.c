// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "scenarios.h"

#include <string.h>

#include "models.h"

/* The load goes on until Ctrl-C where there are no --messages: what is to be seen is a state. */
const struct scenario scenarios[] = {
	{.name = "level",
	 .args = {"epoll-lt", "--conns", "1", "--messages", "1000", "--read-size", "16"},
	 .what = "level-triggered: a message of 64 bytes is reported until all four reads are done",
	 .shows = "epoll reports: 3 re-reports and 1 fresh report per message",
	 .finding = "rereports"},
	{.name = "edge",
	 .args = {"epoll-et", "--conns", "1", "--messages", "1000", "--read-size", "16"},
	 .what = "edge-triggered: each message is reported once, and read until EAGAIN",
	 .shows = "epoll reports: 0 re-reports; read: an EAGAIN for each report of data"},
	{.name = "et-no-drain",
	 .args = {"epoll-et", "--fault", "et-no-drain", "--conns", "1", "--messages", "1",
		  "--read-size", "16", "--timeout", "1"},
	 .what = "one read per edge: the rest of the message stays unread, and the client gives up",
	 .shows = "the STALL line: 48 bytes unread; stalls: 1",
	 .finding = "stall"},
	{.name = "et-accept-once",
	 .args = {"epoll-et", "--fault", "et-accept-once", "--conns", "500", "--messages", "1",
		  "--timeout", "1"},
	 .what = "one accept per edge: clients that arrive together stay in the backlog and give "
		 "up",
	 .shows = "the STALL line: connections waiting on the listening descriptor",
	 .finding = "stall"},
	{.name = "lt-always-out",
	 .args = {"epoll-lt", "--fault", "lt-always-out", "--conns", "1", "--mode", "open",
		  "--rate", "10", "--seconds", "2"},
	 .what = "EPOLLOUT always registered: a socket with room to write is always ready",
	 .shows = "epoll_wait: 100 % at once; no useful wake; EPOLLOUT in all reports",
	 .finding = "spin"},
	{.name = "oneshot-no-rearm",
	 .args = {"epoll-oneshot", "--fault", "oneshot-no-rearm", "--conns", "4", "--messages", "2",
		  "--timeout", "1"},
	 .what = "never re-armed: a connection is reported once and stays silent from then on",
	 .shows = "one-shot: more disarmed than re-armed, by the number of connections",
	 .finding = "rearm-forgotten"},
	{.name = "oneshot-hand-off",
	 .args = {"epoll-oneshot", "--threads", "4", "--conns", "16", "--messages", "1000"},
	 .what = "EPOLLONESHOT: any free thread serves a socket, never two threads at a time",
	 .shows = "one-shot: all disarmed are re-armed, except closed ones; threads woken: all "
		  "have useful wakes"},
	{.name = "herd",
	 .args = {"epoll-exclusive", "--fault", "herd", "--procs", "8", "--conns", "50",
		  "--messages", "1", "--one-by-one"},
	 .what = "no EPOLLEXCLUSIVE: each client wakes all processes that wait",
	 .shows = "wakes: absorbed and wasted, several for each connection",
	 .finding = "herd"},
	{.name = "exclusive",
	 .args = {"epoll-exclusive", "--procs", "8", "--conns", "50", "--messages", "1",
		  "--one-by-one"},
	 .what = "EPOLLEXCLUSIVE: each client wakes one process, or few",
	 .shows = "wakes: absorbed and wasted at most a tenth of what herd has"},
	{.name = "sigio-one-read",
	 .args = {"sigio", "--fault", "sigio-one-read", "--conns", "1", "--messages", "1000",
		  "--burst", "100", "--timeout", "1"},
	 .what = "one datagram per signal: signals are merged with a pending one, and datagrams "
		 "stay unread",
	 .shows = "I/O signals: coalesced; datagrams: fewer read than arrived",
	 .finding = "signals-merged"},
	{.name = "nonblock-exit",
	 .args = {"nonblocking", "--fault", "nonblock-exit", "--conns", "1", "--messages", "1000"},
	 .what = "treats the first EAGAIN, which only means \"not yet\", as a failure and exits",
	 .shows = "errors: EAGAIN 1, and the last output of the server",
	 .finding = "run-failed"},
	{.name = "no-nodelay",
	 .args = {"epoll-lt", "--fault", "no-nodelay", "--conns", "1", "--messages", "50"},
	 .what = "two small writes per answer: Nagle's algorithm holds the second until the first "
		 "is acknowledged",
	 .shows = "client: a round trip of 40 ms; the server itself is quick (service)",
	 .finding = "small-writes"},
	{.name = "urgent",
	 .args = {"epoll-lt", "--urgent", "--conns", "1", "--messages", "1000"},
	 .what = "an urgent byte before each message is reported by EPOLLPRI and read with MSG_OOB",
	 .shows = "epoll reports: EPOLLPRI 1 000; urgent bytes: the three witnesses agree"},
	{.name = "half-close",
	 .args = {"epoll-lt", "--conns", "20", "--messages", "10"},
	 .what = "clients close their half of the connection (EPOLLRDHUP), and the answer still "
		 "goes out",
	 .shows = "epoll reports: EPOLLRDHUP 20, one per connection"},
	{.name = "reset",
	 .args = {"epoll-lt", "--reset", "--conns", "20", "--messages", "10"},
	 .what = "clients end with a RST: an error and a hang-up at once",
	 .shows = "epoll reports: EPOLLERR 20, one per connection, and EPOLLHUP with it"},
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
