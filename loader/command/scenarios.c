// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "scenarios.h"

#include <string.h>

#include "models.h"

/* The load goes on until Ctrl-C where there are no --messages: what is to be seen is a state. */
const struct scenario scenarios[] = {
	{.name = "level",
	 .args = {"epoll-lt", "--conns", "1", "--messages", "1000", "--read-size", "16"},
	 .what = "level-triggered: a message of 64 bytes is reported until all four reads are done",
	 .shows = "3 re-reports and 1 fresh report per message (line epoll reports)",
	 .finding = "rereports"},
	{.name = "edge",
	 .args = {"epoll-et", "--conns", "1", "--messages", "1000", "--read-size", "16"},
	 .what = "edge-triggered: each message is reported once, and read until EAGAIN",
	 .shows = "0 re-reports (line epoll reports), and one EAGAIN of read for each report of "
		  "data"},
	{.name = "et-no-drain",
	 .args = {"epoll-et", "--fault", "et-no-drain", "--conns", "1", "--messages", "1",
		  "--read-size", "16", "--timeout", "1"},
	 .what = "one read per edge: the rest of the message stays unread, and the client gives up",
	 .shows = "a line STALL with 48 bytes unread, and 1 stall (line stalls)",
	 .finding = "stall"},
	{.name = "et-accept-once",
	 .args = {"epoll-et", "--fault", "et-accept-once", "--conns", "500", "--messages", "1",
		  "--timeout", "1"},
	 .what = "one accept per edge: clients that arrive together stay in the backlog and give "
		 "up",
	 .shows = "a line STALL with connections that wait on the listening descriptor",
	 .finding = "stall"},
	{.name = "lt-always-out",
	 .args = {"epoll-lt", "--fault", "lt-always-out", "--conns", "1", "--mode", "open",
		  "--rate", "10", "--seconds", "2"},
	 .what = "EPOLLOUT always registered: a socket with room to write is always ready",
	 .shows = "100 % of the calls of epoll_wait at once, no useful wake, and EPOLLOUT in all "
		  "reports",
	 .finding = "spin"},
	{.name = "oneshot-no-rearm",
	 .args = {"epoll-oneshot", "--fault", "oneshot-no-rearm", "--conns", "4", "--messages", "2",
		  "--timeout", "1"},
	 .what = "never re-armed: a connection is reported once and stays silent from then on",
	 .shows = "one registration for each connection disarmed and not re-armed (line one-shot)",
	 .finding = "rearm-forgotten"},
	{.name = "oneshot-hand-off",
	 .args = {"epoll-oneshot", "--threads", "4", "--conns", "16", "--messages", "1000"},
	 .what = "EPOLLONESHOT: each report of a socket goes to one free thread, and no two "
		 "threads "
		 "serve the same socket at a time",
	 .shows = "as many registrations re-armed as disarmed, except closed ones (line one-shot), "
		  "and useful wakes in each thread (table threads woken)"},
	{.name = "herd",
	 .args = {"epoll-exclusive", "--fault", "herd", "--procs", "8", "--conns", "50",
		  "--messages", "1", "--one-by-one"},
	 .what = "no EPOLLEXCLUSIVE: each client wakes all processes that wait",
	 .shows = "several absorbed and wasted wakes for each connection (line wakes)",
	 .finding = "herd"},
	{.name = "exclusive",
	 .args = {"epoll-exclusive", "--procs", "8", "--conns", "50", "--messages", "1",
		  "--one-by-one"},
	 .what = "EPOLLEXCLUSIVE: each client wakes one process, or few",
	 .shows = "at most a tenth of the absorbed and wasted wakes that the scenario herd has "
		  "(line "
		  "wakes)"},
	{.name = "sigio-one-read",
	 .args = {"sigio", "--fault", "sigio-one-read", "--conns", "1", "--messages", "1000",
		  "--burst", "100", "--timeout", "1"},
	 .what = "one datagram per signal: signals are merged with a pending one, and datagrams "
		 "stay unread",
	 .shows = "coalesced signals (line I/O signals), and fewer datagrams read than arrived "
		  "(line "
		  "datagrams)",
	 .finding = "signals-merged"},
	{.name = "nonblock-exit",
	 .args = {"nonblocking", "--fault", "nonblock-exit", "--conns", "1", "--messages", "1000"},
	 .what = "treats the first EAGAIN, which only means \"not yet\", as a failure and exits",
	 .shows = "EAGAIN 1 (column errors), and the last output of the server",
	 .finding = "run-failed"},
	{.name = "no-nodelay",
	 .args = {"epoll-lt", "--fault", "no-nodelay", "--conns", "1", "--messages", "50"},
	 .what = "two small writes per answer: Nagle's algorithm holds the second until the first "
		 "is acknowledged",
	 .shows = "a round trip of 40 ms (line client), though the server itself is quick (line "
		  "service)",
	 .finding = "small-writes"},
	{.name = "urgent",
	 .args = {"epoll-lt", "--urgent", "--conns", "1", "--messages", "1000"},
	 .what = "an urgent byte before each message is reported by EPOLLPRI and read with MSG_OOB",
	 .shows = "1 000 reports with EPOLLPRI (line flags), and all three witnesses agree on the "
		  "urgent bytes"},
	{.name = "half-close",
	 .args = {"epoll-lt", "--conns", "20", "--messages", "10"},
	 .what = "clients close their half of the connection (EPOLLRDHUP), and the answer still "
		 "goes out",
	 .shows = "20 reports with EPOLLRDHUP (line flags), one per connection"},
	{.name = "reset",
	 .args = {"epoll-lt", "--reset", "--conns", "20", "--messages", "10"},
	 .what = "clients end with a RST: an error and a hang-up together",
	 .shows = "20 reports with EPOLLERR and EPOLLHUP (line flags), one per connection"},
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
	return &scenarios[name_nearest(&scenarios[0].name, n_scenarios, sizeof(scenarios[0]),
				       name)];
}
