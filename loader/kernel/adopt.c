// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "adopt.h"

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
	warnx("cannot trace process %d: it is running, but this kernel does not show it to BPF "
	      "programs",
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
			return EXIT_FAILED;
	} while (skel->bss->adopted != before && !signals_ask_for_end());
	return skel->bss->adopt_found ? EXIT_DONE : not_found(pid);
}

int adopt_processes(struct wakelab *skel, const pid_t *pids, unsigned n, bool children,
		    unsigned *unread, struct beginning *b)
{
	int status = EXIT_DONE;
	struct open_files files = {0};

	skel->bss->adopt_children = children;
	for (unsigned i = 0; !status && i < n; i++)
		status = adopt_tasks(skel, pids[i]);
	if (status)
		return status;
	if (adopt_files(skel, &files) ||
	    (skel->rodata->watches_interests && adopt_interests(skel, &files, unread)))
		status = EXIT_FAILED;
	b->unread = files.unread;
	b->n_unread = files.n_unread;
	free(files.epolls);
	if (!status &&
	    (find_sleepers(skel, b) || (skel->rodata->watches_interests && adopt_stalls(skel, b))))
		status = EXIT_FAILED;
	b->cut |= files.cut;
	return status;
}
