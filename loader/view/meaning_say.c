// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The sentences at the end of a run: what happened, by its numbers, why, and what to change. */
#include <string.h>

#include "format.h"
#include "meaning_facts.h"
#include "names.h"
#include "percentile.h"

static const char *s_of(__u64 n)
{
	return n == 1 ? "" : "s";
}

void say_lost(const struct facts *f, char *buf, size_t size)
{
	int len = snprintf(buf, size, "The numbers are not whole: tracing lost");
	const struct count_row *rows[MAX_FIELDS];
	unsigned n = count_fields("lost", rows);

	for (unsigned i = 0; i < n; i++)
		if (f->s->lost[rows[i]->at])
			len += snprintf(buf + len, size - len, " %s (%s)",
					format_count(f->s->lost[rows[i]->at]), rows[i]->name);
	snprintf(buf + len, size - len, ", so that counts may be too low.%s",
		 f->s->lost[LOST_INTERESTS] || f->s->lost[LOST_SOCKETS]
			 ? " If there was no room for it, --room makes more."
			 : "");
}

void say_differ(const struct facts *f, char *buf, size_t size)
{
	static const char *const names[N_WITNESSES] = {"the server", "the client", "the kernel"};
	int len = snprintf(buf, size, "The numbers are not certain: of %s", f->differs->what);

	for (unsigned w = 0; w < N_WITNESSES; w++)
		if (f->differs->seen[w])
			len += snprintf(buf + len, size - len, "%s %s counted %s",
					strstr(buf, "counted") ? "," : "", names[w],
					format_count(f->differs->count[w]));
	snprintf(buf + len, size - len, ".");
}

void say_nothing_seen(const struct facts *f, char *buf, size_t size)
{
	__u64 others = 0;

	for (unsigned i = 0; i < MAX_CALLS; i++)
		others += f->s->calls[i];
	snprintf(buf, size,
		 "Nothing was there to be measured: the program began no wait, no read and no "
		 "write while it was traced, and %s other system call%s. %s%s.",
		 others ? format_count(others) : "no", s_of(others),
		 f->end->state ? "When it was looked at last, it was "
			       : "It slept all the time in a call from before, or it only computes",
		 f->end->state ? f->end->state : "");
}

/* How long the worst stall lasted: exactly, if all of it was seen; else at least so long. */
static void stall_time(const struct facts *f, bool goes_on, char *buf, size_t size)
{
	bool before = f->end->worst.stall.before;

	if (goes_on)
		snprintf(buf, size, "%s%s until now", format_ns(f->end->worst_ns),
			 before ? " or more" : "");
	else if (f->c[COUNT_STALLS] == 1 && !before)
		snprintf(buf, size, "%s", format_ns(f->s->stalled_ns));
	else
		snprintf(buf, size, "%s or more", format_ns(f->end->worst_ns));
}

void say_stall(const struct facts *f, char *buf, size_t size)
{
	const struct stall *worst = &f->end->worst.stall, *now = &f->s->now.stalls[0].stall;
	bool goes_on = f->s->now.n_stalls && now->since == worst->since && now->fd == worst->fd;
	bool clients = worst->unit == UNREAD_CONNECTIONS;
	char unread[48], peer[80], time[64], many[64] = "";

	peer_text(worst, peer, sizeof(peer));
	stall_time(f, goes_on, time, sizeof(time));
	if (f->c[COUNT_STALLS] > 1)
		snprintf(many, sizeof(many), ", the longest of %s stalls",
			 format_count(f->c[COUNT_STALLS]));
	snprintf(buf, size,
		 "Descriptor %u%s%s%s %s with %s for %s%s: thread %u was told of it once "
		 "(EPOLLET) and went to sleep without %s until EAGAIN%s, and nothing tells of it "
		 "again. %s until EAGAIN, or leave EPOLLET out.",
		 worst->fd, *peer ? " (peer " : "", peer, *peer ? ")" : "",
		 goes_on ? "lies" : "lay", unread_text(worst, unread, sizeof(unread)), time, many,
		 worst->tid, clients ? "accepting" : "reading",
		 worst->before ? " before tracing began" : "", clients ? "Accept" : "Read");
}

void say_stalls_unseen(const struct facts *f, char *buf, size_t size)
{
	__u64 n = f->c[COUNT_STALLS];

	snprintf(buf, size,
		 "%s time%s a thread went to sleep and left something unread that EPOLLET tells "
		 "of only once; it lay there for %s in all, until it was read or more came.",
		 format_count(n), s_of(n), format_ns(f->s->stalled_ns));
}

void say_left(const struct facts *f, char *buf, size_t size)
{
	__u64 n = f->s->left.count;

	snprintf(buf, size,
		 "%s time%s a thread went to sleep over something unread that EPOLLET tells of "
		 "only once; it was read, or more came, within %s: so it is where another thread "
		 "is handed the socket.",
		 format_count(n), s_of(n), format_ns(f->s->left.max));
}

void say_gave_up(const struct facts *f, char *buf, size_t size)
{
	snprintf(
		buf, size,
		"The run failed: %s. That is the text of EAGAIN, which is no failure and only says "
		"\"not yet\": wait until the descriptor is ready, and try again.",
		f->end->failure);
}

void say_not_rearmed(const struct facts *f, char *buf, size_t size)
{
	__u64 disarmed = f->c[COUNT_DISARMED];

	snprintf(buf, size,
		 "%s report%s disarmed the descriptor (EPOLLONESHOT), and %s time%s one was "
		 "re-armed (EPOLL_CTL_MOD): a descriptor that is not re-armed tells of nothing any "
		 "more. Re-arm it after each report, once it is read.",
		 format_count(disarmed), s_of(disarmed), format_count(f->c[COUNT_REARMED]),
		 s_of(f->c[COUNT_REARMED]));
}

void say_datagrams_left(const struct facts *f, char *buf, size_t size)
{
	__u64 arrived = f->c[COUNT_DATAGRAMS_ARRIVED], read = f->c[COUNT_DATAGRAMS_READ];

	snprintf(buf, size,
		 "%s of %s datagrams were not read: %s of %s I/O signals were merged into one that "
		 "was pending already, so that one signal stands for several datagrams. Read until "
		 "EAGAIN at each signal, or have each of them queued (F_SETSIG with a real-time "
		 "signal).",
		 format_count(arrived - read), format_count(arrived),
		 format_count(f->sigio.results[SIGNAL_COALESCED]),
		 format_count(signals_generated(&f->sigio)));
}

void say_overflow(const struct facts *f, char *buf, size_t size)
{
	snprintf(buf, size,
		 "The queue of real-time signals was full %s time%s: those signals are gone, and "
		 "SIGIO came instead, which does not say which descriptor. At a SIGIO read all of "
		 "them until EAGAIN, or raise the limit (ulimit -i).",
		 format_count(f->sigio.results[SIGNAL_OVERFLOW]),
		 s_of(f->sigio.results[SIGNAL_OVERFLOW]));
}

void say_always_out(const struct facts *f, char *buf, size_t size)
{
	snprintf(buf, size,
		 "%s of %s reports told of room to write (EPOLLOUT), and %s of %s waits did not "
		 "sleep: a socket with room to write is always ready. Register EPOLLOUT only while "
		 "something is left to be written.",
		 format_count(f->c[COUNT_REPORT_OUT]), format_count(f->c[COUNT_REPORTS]),
		 format_count(f->at_once), format_count(f->waits));
}

void say_ignored(const struct facts *f, char *buf, size_t size)
{
	snprintf(buf, size,
		 "%s of %s reports told again of what had been told before, and only %s reads, "
		 "writes and accepts succeeded: something is reported all the time that nobody "
		 "takes. Read it, or take the descriptor out (EPOLL_CTL_DEL).",
		 format_count(f->c[COUNT_REREPORTS]), format_count(f->c[COUNT_REPORTS]),
		 format_count(f->taken + f->written));
}

void say_failed(const struct facts *f, char *buf, size_t size)
{
	snprintf(buf, size, "The run failed, so that the numbers end there: %s.", f->end->failure);
}

void say_unanswered(const struct facts *f, char *buf, size_t size)
{
	const struct load_result *c = &f->s->client;
	/* a message that was sent in part is not among the sent */
	__u64 all = c->messages + c->mismatches + c->unanswered;

	snprintf(buf, size, "The client never had the answer to %s of %s message%s%s%s.",
		 format_count(c->unanswered), format_count(all), s_of(all), *c->error ? ": " : "",
		 c->error);
}

static void say_for_nothing(const struct facts *f, const char *why, char *buf, size_t size)
{
	snprintf(buf, size, "%s of %s wakes (%s) led to nothing%s.", format_count(f->idle),
		 format_count(f->c[COUNT_WAKES]), format_share(f->idle, f->c[COUNT_WAKES]), why);
}

void say_herd(const struct facts *f, char *buf, size_t size)
{
	say_for_nothing(f,
			", as when several threads wait for the same descriptor: all are woken, "
			"and one gets it. EPOLLEXCLUSIVE wakes one of them, or few",
			buf, size);
}

void say_shared(const struct facts *f, char *buf, size_t size)
{
	say_for_nothing(f,
			", as when several threads wait for one epoll instance and another one is "
			"quicker: fewer threads have fewer of them",
			buf, size);
}

void say_idle(const struct facts *f, char *buf, size_t size)
{
	say_for_nothing(f, ": no read, write or accept succeeded after them", buf, size);
}

void say_busy_calls(const struct facts *f, char *buf, size_t size)
{
	snprintf(
		buf, size,
		"Non-blocking calls found nothing %s times (EAGAIN), and only %s reads and accepts "
		"succeeded: the program asks again and again, and uses the CPU for it. Wait for "
		"what comes (poll, epoll_wait): that sleeps.",
		format_count(f->refused), format_count(f->taken));
}

void say_busy_waits(const struct facts *f, char *buf, size_t size)
{
	snprintf(buf, size,
		 "%s of %s waits came back at once with nothing: a time-out of 0 asks and does not "
		 "wait, and uses the CPU for it. Let them wait until something comes.",
		 format_count(f->empty), format_count(f->waits));
}

void say_small_writes(const struct facts *f, char *buf, size_t size)
{
	snprintf(
		buf, size,
		"A round trip took %s, though data was read after %s (both p50): that is about how "
		"long a kernel holds an ACK back, for which a small write waits if another is "
		"under way (%s writes an answer). Set TCP_NODELAY, or write an answer at once.",
		format_percentile(&f->s->client.latency, 0.5),
		format_percentile(&f->s->latencies[LATENCY_READY_TO_READ], 0.5),
		format_ratio(f->written, f->s->client.messages));
}

void say_rereports(const struct facts *f, char *buf, size_t size)
{
	__u64 reads = f->c[COUNT_SOCKET_READS];
	char took[96] = "";

	if (reads)
		snprintf(took, sizeof(took), " after a read, which took %s bytes on average",
			 format_ratio(f->c[COUNT_SOCKET_BYTES], reads));
	snprintf(buf, size,
		 "%s of %s reports told again of what had been told before (level-triggered): it "
		 "was still there%s. Larger reads, or EPOLLET and reading until EAGAIN, would save "
		 "up to %s reports.",
		 format_count(f->c[COUNT_REREPORTS]), format_count(f->c[COUNT_REPORTS]), took,
		 format_count(f->c[COUNT_REREPORTS]));
}

void say_coalesced(const struct facts *f, char *buf, size_t size)
{
	snprintf(buf, size,
		 "%s of %s I/O signals were merged into one that was pending already, and did no "
		 "harm: all %s datagrams were read, since a signal is taken as a hint to read all "
		 "there is.",
		 format_count(f->sigio.results[SIGNAL_COALESCED]),
		 format_count(signals_generated(&f->sigio)),
		 format_count(f->c[COUNT_DATAGRAMS_READ]));
}

void say_errors(const struct facts *f, char *buf, size_t size)
{
	__u64 n = f->c[COUNT_REPORT_ERR];

	snprintf(buf, size,
		 "%s report%s told of an error on a descriptor (EPOLLERR), such as a connection "
		 "that its peer reset: the next read or write of it fails, and then it is to be "
		 "closed.",
		 format_count(n), s_of(n));
}

static void fine_messages(const struct facts *f, char *buf, size_t size)
{
	const struct load_result *c = &f->s->client;

	snprintf(buf, size, "%s%s message%s came back whole", f->end->completed ? "all " : "",
		 format_count(c->messages), s_of(c->messages));
}

/* A time-out finds no work by rights. */
static void fine_wakes(const struct facts *f, char *buf, size_t size)
{
	__u64 timed = f->c[COUNT_TIMED], rest = remainder_of(f->c[COUNT_WAKES], timed);
	int len = 0;

	if (rest)
		len = snprintf(buf, size, ", %s of %s wake%s found work",
			       format_count(f->c[COUNT_USEFUL] + f->c[COUNT_HANDED]),
			       format_count(rest), s_of(rest));
	if (timed)
		snprintf(buf + len, size - len, ", %s time-out%s", format_count(timed),
			 s_of(timed));
}

/* Only what was looked at is said to be well. */
void say_fine(const struct facts *f, char *buf, size_t size)
{
	bool reported = sees(f->s, SEES_READY) && f->c[COUNT_REPORTS] && !f->c[COUNT_LEFT];
	char messages[64] = "", wakes[96] = "", all[256];

	if (f->s->witnessed)
		fine_messages(f, messages, sizeof(messages));
	if (f->c[COUNT_RETURNED])
		fine_wakes(f, wakes, sizeof(wakes));
	snprintf(all, sizeof(all), "%s%s%s", messages,
		 reported ? ", no thread slept over unread data" : "", wakes);
	snprintf(buf, size, "Nothing %s wrong: %s, and every count is complete.",
		 f->s->witnessed ? "was" : "that is looked for was", all + strspn(all, ", "));
}

void say_never_slept(const struct facts *f, char *buf, size_t size)
{
	char others[96] = "";

	if (f->slept_elsewhere)
		snprintf(others, sizeof(others),
			 " Calls of other kinds slept, %s time%s: most of them %s.",
			 format_count(f->slept_elsewhere), s_of(f->slept_elsewhere), f->sleeper);
	snprintf(buf, size,
		 "No thread slept%s: of %s call%s that might have waited (waits, reads, writes and "
		 "the like) all came back at once.%s",
		 *others ? " for I/O" : "", format_count(f->watched), s_of(f->watched), others);
}

void say_waits(const struct facts *f, char *buf, size_t size)
{
	__u64 messages = f->s->client.messages;
	bool many = f->waits / messages >= 100;

	snprintf(buf, size, "The server waited %s time%s for %s message%s: %s a message.",
		 format_count(f->waits), s_of(f->waits), format_count(messages), s_of(messages),
		 many ? format_count(f->waits / messages) : format_ratio(f->waits, messages));
}

void say_latency(const struct facts *f, char *buf, size_t size)
{
	static const char *const where[] = {
		[LATENCY_READY_TO_WAKING] = "to notifying the thread that waits, through the "
					    "queues of all that do",
		[LATENCY_WAKING_TO_ONCPU] = "to the scheduler, until the thread ran: an idle CPU "
					    "wakes up, or others run first",
		[LATENCY_ONCPU_TO_RETURN] = "to the return of the call: the answer is collected "
					    "and copied",
	};
	enum latency stage;
	__u64 ns, sum;

	if (largest_stage(f, &stage, &ns, &sum))
		snprintf(buf, size, "Of the time of a wakeup the most, %s of %s (p50), went %s.",
			 format_ns(ns), format_ns(sum), where[stage]);
}
