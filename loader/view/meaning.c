// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Which sentences a run's totals allow: a table of rules, the most important first. */
#include "meaning.h"

#include <errno.h>
#include <string.h>

#include "calls.h"
#include "meaning_facts.h"
#include "percentile.h"

#define ALWAYS     100      /* a share in percent: all of it, or as many times as the whole */
#define ACK_DELAY  35000000 /* ns; the kernel holds an ACK back for 40 ms, TCP_DELACK_MIN */
#define ACK_LATEST 60000000

enum weight {
	WRONG,  /* something is to be mended */
	NOTE,   /* worth knowing in any case */
	PRAISE, /* the same, but only where nothing is wrong */
};

/*
 * A rule holds where its part is at least so many, and at least so many percent of the whole (200:
 * twice as many).
 */
struct rule {
	bool (*holds)(const struct facts *f, const struct rule *r);
	say_fn *say;
	__u64 least;
	unsigned percent;
	enum weight weight;
};

static bool enough(const struct rule *r, __u64 part, __u64 whole)
{
	return part && part >= r->least && part * 100.0 >= whole * (double)r->percent;
}

static bool was_lost(const struct facts *f, const struct rule *r)
{
	return enough(r, snapshot_lost(f->s), 0);
}

static bool differ(const struct facts *f, const struct rule *r)
{
	(void)r;
	return f->differs;
}

/* A stall that was under way before is seen by what is there, without a call. */
static bool nothing_seen(const struct facts *f, const struct rule *r)
{
	(void)r;
	return !f->watched && !f->c[COUNT_STALLS];
}

static bool stalled(const struct facts *f, const struct rule *r)
{
	return enough(r, f->end->worst_ns, 0);
}

/* None was under way when it was looked for. */
static bool stalled_unseen(const struct facts *f, const struct rule *r)
{
	return !f->end->worst_ns && enough(r, f->c[COUNT_STALLS], 0);
}

static bool left_shortly(const struct facts *f, const struct rule *r)
{
	return !f->c[COUNT_STALLS] && enough(r, f->s->left.count, 0);
}

/* Its last words hold the error's text; a failure of the client's begins with that. */
static bool gave_up(const struct facts *f, const struct rule *r)
{
	const char *clients = f->s->client.error;

	(void)r;
	return (!*clients || strncmp(f->end->failure, clients, strlen(clients))) &&
	       strstr(f->end->failure, strerror(EAGAIN));
}

/* Some are never re-armed by rights, at their end: only what is missed for it makes it a fault. */
static bool not_rearmed(const struct facts *f, const struct rule *r)
{
	__u64 disarmed = f->c[COUNT_DISARMED], rearmed = f->c[COUNT_REARMED];

	if (f->s->witnessed)
		return f->s->client.unanswered && disarmed > rearmed;
	return f->silent && enough(r, disarmed, rearmed);
}

/* A few may be read next, but for those that a client gave up for. */
static bool datagrams_left(const struct facts *f, const struct rule *r)
{
	__u64 arrived = f->c[COUNT_DATAGRAMS_ARRIVED];
	__u64 left = remainder_of(arrived, f->c[COUNT_DATAGRAMS_READ]);

	if (!sees(f->s, SEES_READY) || !f->sigio.results[SIGNAL_COALESCED])
		return false;
	return (left && f->s->client.unanswered) || enough(r, left, arrived);
}

static bool overflowed(const struct facts *f, const struct rule *r)
{
	return enough(r, f->sigio.results[SIGNAL_OVERFLOW], 0);
}

/* Reports of room to write alone, from waits that did not sleep. */
static bool always_out(const struct facts *f, const struct rule *r)
{
	__u64 alone = remainder_of(f->c[COUNT_REPORT_OUT], f->c[COUNT_REPORT_IN]);

	return enough(r, alone, f->c[COUNT_REPORTS]) && enough(r, f->at_once, f->waits);
}

static bool is_ignored(const struct facts *f, const struct rule *r)
{
	return enough(r, f->c[COUNT_REREPORTS], f->taken + f->written) &&
	       f->c[COUNT_REPORT_IN] >= f->c[COUNT_REPORT_OUT];
}

static bool unanswered(const struct facts *f, const struct rule *r)
{
	return *f->end->failure && enough(r, f->s->client.unanswered, 0);
}

static bool failed(const struct facts *f, const struct rule *r)
{
	bool clients = !strcmp(f->end->failure, f->s->client.error);

	return *f->end->failure && !gave_up(f, r) && !(clients && f->s->client.unanswered);
}

static bool herd(const struct facts *f, const struct rule *r)
{
	return f->idlers > 1 && f->instances != 1 && enough(r, f->idle, f->c[COUNT_WAKES]);
}

static bool shared(const struct facts *f, const struct rule *r)
{
	return f->idlers > 1 && f->instances == 1 && enough(r, f->idle, f->c[COUNT_WAKES]);
}

static bool idle(const struct facts *f, const struct rule *r)
{
	return f->idlers == 1 && enough(r, f->idle, f->c[COUNT_WAKES]);
}

static bool busy_calls(const struct facts *f, const struct rule *r)
{
	return enough(r, f->refused, f->taken + f->waits);
}

static bool busy_waits(const struct facts *f, const struct rule *r)
{
	return enough(r, f->empty, f->waits);
}

/* Several writes an answer, and a round trip as long as an ACK is held back, with a quick server.
 */
static bool small_writes(const struct facts *f, const struct rule *r)
{
	uint64_t trip, service;

	return f->c[COUNT_ESTABLISHED] && enough(r, f->written, f->s->client.messages) &&
	       hist_percentile(&f->s->client.latency, 0.5, &trip) &&
	       hist_percentile(&f->s->latencies[LATENCY_READY_TO_READ], 0.5, &service) &&
	       trip >= ACK_DELAY && trip <= ACK_LATEST && service < trip / 10;
}

/* Re-reports that reads answered, if only a part at a time. */
static bool rereported(const struct facts *f, const struct rule *r)
{
	return enough(r, f->c[COUNT_REREPORTS], f->c[COUNT_REPORTS]) &&
	       f->taken >= f->c[COUNT_REREPORTS] && f->c[COUNT_REPORT_IN] >= f->c[COUNT_REPORT_OUT];
}

static bool coalesced(const struct facts *f, const struct rule *r)
{
	return enough(r, f->sigio.results[SIGNAL_COALESCED], signals_generated(&f->sigio)) &&
	       sees(f->s, SEES_READY) && f->c[COUNT_DATAGRAMS_ARRIVED] &&
	       f->c[COUNT_DATAGRAMS_ARRIVED] == f->c[COUNT_DATAGRAMS_READ];
}

static bool errors(const struct facts *f, const struct rule *r)
{
	return enough(r, f->c[COUNT_REPORT_ERR], 0);
}

/* There has to be something that could have been wrong. */
static bool fine(const struct facts *f, const struct rule *r)
{
	(void)r;
	if (f->s->witnessed)
		return f->s->client.messages;
	return f->c[COUNT_RETURNED] || f->c[COUNT_REPORTS];
}

static bool never_slept(const struct facts *f, const struct rule *r)
{
	return !f->s->witnessed && !f->c[COUNT_SLEEPS] && enough(r, f->watched, 0);
}

static bool waited(const struct facts *f, const struct rule *r)
{
	return f->s->client.messages && enough(r, f->waits, 0);
}

static bool slow_stage(const struct facts *f, const struct rule *r)
{
	enum latency stage;
	__u64 ns, sum;

	return f->s->latencies[LATENCY_WAKING_TO_ONCPU].count >= r->least &&
	       largest_stage(f, &stage, &ns, &sum) && enough(r, ns, sum);
}

/* The most important first; what is wrong stands before what is not. docs/output.md has them. */
static const struct rule rules[] = {
	{.holds = was_lost, .say = say_lost, .least = 1, .weight = WRONG},
	{.holds = differ, .say = say_differ, .weight = WRONG},
	{.holds = nothing_seen, .say = say_nothing_seen, .weight = WRONG},
	{.holds = stalled, .say = say_stall, .least = 1, .weight = WRONG},
	{.holds = stalled_unseen, .say = say_stalls_unseen, .least = 1, .weight = WRONG},
	{.holds = gave_up, .say = say_gave_up, .weight = WRONG},
	{.holds = not_rearmed,
	 .say = say_not_rearmed,
	 .least = 3,
	 .percent = 2 * ALWAYS,
	 .weight = WRONG},
	{.holds = datagrams_left,
	 .say = say_datagrams_left,
	 .least = 10,
	 .percent = 1,
	 .weight = WRONG},
	{.holds = overflowed, .say = say_overflow, .least = 1, .weight = WRONG},
	{.holds = always_out, .say = say_always_out, .least = 100, .percent = 50, .weight = WRONG},
	{.holds = is_ignored,
	 .say = say_ignored,
	 .least = 1000,
	 .percent = 10 * ALWAYS,
	 .weight = WRONG},
	{.holds = failed, .say = say_failed, .weight = WRONG},
	{.holds = unanswered, .say = say_unanswered, .least = 1, .weight = WRONG},
	{.holds = herd, .say = say_herd, .least = 20, .percent = 25, .weight = WRONG},
	{.holds = busy_calls,
	 .say = say_busy_calls,
	 .least = 100,
	 .percent = 2 * ALWAYS,
	 .weight = WRONG},
	{.holds = busy_waits, .say = say_busy_waits, .least = 100, .percent = 50, .weight = WRONG},
	{.holds = small_writes,
	 .say = say_small_writes,
	 .least = 10,
	 .percent = 3 * ALWAYS / 2,
	 .weight = WRONG},
	{.holds = rereported, .say = say_rereports, .least = 10, .percent = 25, .weight = NOTE},
	{.holds = coalesced, .say = say_coalesced, .least = 10, .percent = 1, .weight = PRAISE},
	{.holds = errors, .say = say_errors, .least = 1, .weight = PRAISE},
	{.holds = fine, .say = say_fine, .weight = PRAISE},
	{.holds = shared, .say = say_shared, .least = 20, .percent = 25, .weight = NOTE},
	{.holds = never_slept, .say = say_never_slept, .least = 1, .weight = NOTE},
	{.holds = idle, .say = say_idle, .least = 20, .percent = 25, .weight = NOTE},
	{.holds = left_shortly, .say = say_left, .least = 1, .weight = NOTE},
	{.holds = waited, .say = say_waits, .least = 1, .weight = NOTE},
	{.holds = slow_stage, .say = say_latency, .least = 100, .percent = 50, .weight = PRAISE},
};

unsigned meaning(const struct snapshot *total, const struct run_end *end,
		 char sentences[MEANING_SENTENCES][MEANING_SIZE])
{
	struct facts f = facts_find(total, end);
	bool wrong = false;
	unsigned n = 0;

	for (unsigned i = 0; i < sizeof(rules) / sizeof(rules[0]) && n < MEANING_SENTENCES; i++) {
		const struct rule *r = &rules[i];

		if ((r->weight == PRAISE && wrong) || !r->holds(&f, r))
			continue;
		r->say(&f, sentences[n++], MEANING_SIZE);
		wrong |= r->weight == WRONG;
	}
	return n;
}
