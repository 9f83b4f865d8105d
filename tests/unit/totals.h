/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Totals of a run that are made up, and what is said of them: for meaning.c and advice.c. */
#ifndef WAKELAB_TESTS_TOTALS_H
#define WAKELAB_TESTS_TOTALS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <cmocka.h>

#include "calls.h"
#include "meaning.h"

#define MS 1000000ull

static struct snapshot s;
static struct run_end end;
static char sentences[MEANING_SENTENCES][MEANING_SIZE];

static inline unsigned row_of(const char *call)
{
	unsigned i = 0;

	while (strcmp(calls[i].name, call))
		i++;
	return i;
}

/* Calls of a verdict, all of which returned. */
static inline void add_calls(const char *call, enum verdict verdict, __u64 n)
{
	s.calls[row_of(call)] += n;
	s.stats[row_of(call)].verdicts[verdict] += n;
}

static inline void add_times(struct hist *h, __u64 ns, unsigned n)
{
	while (n--)
		hist_add(h, ns);
}

/* A program that was traced: it read 100 times, and slept before. */
static inline void traced(void)
{
	memset(&s, 0, sizeof(s));
	memset(&end, 0, sizeof(end));
	end.completed = true;
	end.failure = "";
	s.sees = SEES_READY | SEES_RECEIVES;
	add_calls("read", VERDICT_READY, 100);
	add_calls("poll", VERDICT_SLEPT, 100);
	s.counters[COUNT_SLEEPS] = s.counters[COUNT_WAKES] = s.counters[COUNT_RETURNED] = 100;
	s.counters[COUNT_USEFUL] = 99;
	s.counters[COUNT_WORK_RETURNS] = 100;
}

/* The same of a server of ours, whose client got all that it asked for. */
static inline void served(void)
{
	traced();
	s.witnessed = true;
	s.client.sent = s.client.messages = 100;
}

/* How many sentences there are, and that the first is this one. */
static inline void assert_says(unsigned n, const char *first)
{
	assert_int_equal(meaning(&s, &end, sentences), n);
	assert_string_equal(sentences[0], first);
}

/* Whether any sentence has these words. */
static inline bool says(const char *words)
{
	unsigned n = meaning(&s, &end, sentences);

	for (unsigned i = 0; i < n; i++)
		if (strstr(sentences[i], words))
			return true;
	return false;
}

/* The stall that was seen to last longest; it has ended. */
static inline void stall(__u64 unread, enum unread unit)
{
	end.worst.stall = (struct stall){.since = 5,
					 .unread = unread,
					 .unit = unit,
					 .tid = 123,
					 .fd = 7,
					 .family = AF_INET,
					 .port = 4711};
	inet_pton(AF_INET, "127.0.0.1", end.worst.stall.addr);
	s.counters[COUNT_STALLS] = 1;
	s.stalled_ns = 1800 * MS;
	end.worst_ns = 1775 * MS;
}

#endif
