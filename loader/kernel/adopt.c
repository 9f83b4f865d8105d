// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "adopt.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "adopt_files.h"
#include "adopt_interests.h"
#include "exit_status.h"
#include "iterate.h"
#include "members.h"
#include "signals.h"
#include "sleepers.h"

int adopted_living(const struct wakelab *skel, struct processes *p)
{
	unsigned n;
	struct member *members = list_members(skel, &n);

	for (unsigned i = 0; members && i < n; i++)
		processes_add_one(p, members[i].pid);
	free(members);
	if (!members)
		warn("cannot list the tasks of the target");
	return members ? 0 : -1;
}

static int not_found(pid_t pid)
{
	if (kill(pid, 0) && errno == ESRCH) {
		warnx("process %d ended before it could be traced", pid);
		return EXIT_FAILED;
	}
	warnx("cannot trace process %d: it is running, but the look at all tasks (iter/task) does "
	      "not show it to BPF programs; trace it from its start (wakelab trace -- COMMAND), "
	      "which needs no such look",
	      pid);
	return EXIT_UNABLE;
}

/* A process with its threads, and the children of all that is followed already. */
static int adopt_tasks(struct wakelab *skel, pid_t pid)
{
	__u64 before;

	skel->bss->adopt_tgid = pid;
	do { /* a thread may start a thread while the iterator is past it */
		before = skel->bss->adopted;
		skel->bss->adopt_found = 0;
		if (iterate(skel->progs.adopt_tasks))
			return -1;
	} while (skel->bss->adopted != before && !signals_ask_for_end());
	return 0;
}

/* The same of all. One that was not named may have ended by now. */
static int adopt_all_tasks(struct wakelab *skel, const struct processes *p)
{
	for (unsigned i = 0; i < p->n; i++) {
		if (adopt_tasks(skel, p->pids[i]))
			return EXIT_FAILED;
		if (!skel->bss->adopt_found && i < p->named)
			return not_found(p->pids[i]);
	}
	return EXIT_DONE;
}

/* What the processes have that are followed; of all, if only is NULL. What was so already when that
 * was read is in b. Returns 0, or -1 after one line on stderr. */
static int adopt_belongings(struct wakelab *skel, const struct processes *only, unsigned *unread,
			    struct beginning *b)
{
	bool interests = skel->rodata->watches_interests;
	struct open_files files = {0};
	int err = adopt_files(skel, only, &files) ||
		  (interests && adopt_interests(skel, &files, unread));

	b->unread = files.unread;
	b->n_unread = files.n_unread;
	free(files.epolls);
	err = err || find_sleepers(skel, only, b) || (interests && adopt_stalls(skel, b));
	b->cut |= files.cut;
	return err ? -1 : 0;
}

int adopt_processes(struct wakelab *skel, const struct processes *p, bool children,
		    unsigned *unread, struct beginning *b)
{
	int status;

	skel->bss->adopt_children = children;
	status = adopt_all_tasks(skel, p);
	if (status)
		return status;
	if (learn_files(skel) || adopt_belongings(skel, NULL, unread, b))
		return EXIT_FAILED;
	return EXIT_DONE;
}

#define NOBODY (-1) /* no process has this number */

int adopt_begin(struct wakelab *skel)
{
	return adopt_tasks(skel, NOBODY);
}

/* Takes what the programs have noted, as far as there is room. */
static void take_arrivals(const struct wakelab *skel, struct processes *p)
{
	int arrivals = bpf_map__fd(skel->maps.arrivals);
	__u32 tgid;

	while (p->n < MAX_PROCESSES && !bpf_map_lookup_and_delete_elem(arrivals, NULL, &tgid))
		processes_add_one(p, (pid_t)tgid);
}

static int adopt_taken(struct wakelab *skel, struct processes *p, unsigned *unread)
{
	struct beginning b = {0};
	unsigned more = 0;
	int err = 0;

	for (unsigned i = 0; !err && i < p->n; i++) {
		err = adopt_tasks(skel, p->pids[i]);
		take_arrivals(skel, p); /* its children */
	}
	err = err || adopt_belongings(skel, p, &more, &b);
	*unread += more;
	free(b.sleepers);
	free(b.unread);
	return err ? -1 : 0;
}

int adopt_arrivals(struct wakelab *skel, unsigned *unread)
{
	struct processes p;
	int err = 0;

	skel->bss->adopt_tells = true;
	do {
		p.n = 0;
		take_arrivals(skel, &p);
		if (p.n)
			err = adopt_taken(skel, &p, unread);
	} while (!err && p.n);
	return err;
}
