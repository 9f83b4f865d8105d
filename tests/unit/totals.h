/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Totals of a run that are made up, and what is found in them: for findings.c and its kin. */
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
#include "finding.h"

#define MS 1000000ull

static struct snapshot s;
static struct run_end end;
static struct finding findings[MAX_FINDINGS];
static char none[FINDING_TEXT];

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
	end.elapsed_ns = 1000 * MS;
	s.stall_ns = 50 * MS;
	s.time = 1000000 * MS;
	s.sees = ~0u;
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

/* The first finding with that id and cause ("": none); NULL: there is none. */
static inline const struct finding *found(const char *id, const char *cause)
{
	unsigned n = findings_find(&s, &end, findings, MAX_FINDINGS);

	for (unsigned i = 0; i < n; i++)
		if (!strcmp(findings[i].rule->id, id) && !strcmp(findings[i].rule->cause, cause))
			return &findings[i];
	return NULL;
}

static inline unsigned how_many(void)
{
	return findings_find(&s, &end, findings, MAX_FINDINGS);
}

/* That there is a finding with that id and cause, and what it says. */
static inline void assert_says(const char *id, const char *cause, const char *text)
{
	const struct finding *f = found(id, cause);

	assert_non_null(f);
	assert_string_equal(f->text, text);
}

/* The sentence that nothing was wrong; "": it is not said. */
static inline const char *nothing_wrong(void)
{
	return findings_none(&s, &end, how_many(), none, sizeof(none)) ? none : "";
}

/* Evidence about a descriptor of process 120, or about thread 123 of it. */
static inline struct evidence *add_evidence(enum evidence_of what, __u32 of, __u64 count)
{
	struct evidence_row *row = &s.now.evidence[s.now.n_evidence++];

	row->key = (struct evidence_key){.what = what, .tgid = 120, .of = of};
	row->evidence = (struct evidence){.count = count,
					  .tid = 123,
					  .fd = of,
					  .file = 0xf00,
					  .kind = FILE_TCP,
					  .family = AF_INET,
					  .port = 4711,
					  .comm = "server"};
	inet_pton(AF_INET, "127.0.0.1", row->evidence.addr);
	return &row->evidence;
}

#endif
