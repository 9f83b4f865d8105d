// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "hooks.h"

#include <stdio.h>
#include <string.h>

#define TRACEPOINT(event, program)                                                                 \
	{                                                                                          \
		.name = "tp_btf/" event, .way = WAY_TRACEPOINT, .programs = {program},             \
	}
#define TRACEPOINT_PAIR(event, program)                                                            \
	{                                                                                          \
		.name = "tp_btf/" event, .way = WAY_TRACEPOINT, .programs = {program},             \
		.again = {program "_again"},                                                       \
	}
#define TRACEPOINT_STEADY(event, program)                                                          \
	{                                                                                          \
		.name = "tp_btf/" event, .way = WAY_TRACEPOINT, .programs = {program},             \
		.steady = program "_steady",                                                       \
	}
#define FENTRY(function, program)                                                                  \
	{                                                                                          \
		.name = "fentry/" function, .way = WAY_FENTRY, .programs = {program},              \
	}
#define FENTRY_PAIR(function, program)                                                             \
	{                                                                                          \
		.name = "fentry/" function, .way = WAY_FENTRY, .programs = {program},              \
		.again = {program "_again"},                                                       \
	}
#define KPROBE(function, program)                                                                  \
	{                                                                                          \
		.name = "kprobe/" function, .way = WAY_KPROBE, .programs = {program},              \
		.weaker = KPROBE_SKIPS,                                                            \
	}
#define INSTEAD(what, why)                                                                         \
	{                                                                                          \
		.name = (what), .way = N_WAYS, .weaker = (why),                                    \
	}

#define KPROBE_SKIPS                                                                               \
	"the kernel skips it, without counting, while another kprobe's BPF program runs on that "  \
	"CPU or "                                                                                  \
	"maps are read there"

const struct hook hooks[N_HOOKS] = {
	[HOOK_CALL_BEGINS] =
		{
			.what = "a system call begins",
			.metrics = "calls, waits, in_flight",
			.candidates = {TRACEPOINT_STEADY("sys_enter", "on_sys_enter")},
		},
	[HOOK_CALL_ENDS] =
		{
			.what = "a system call ends",
			.metrics =
				"verdicts, durations, errors, bytes, epoll reports, work per wait",
			.candidates = {TRACEPOINT_STEADY("sys_exit", "on_sys_exit")},
		},
	[HOOK_WAKING] =
		{
			.what = "a thread is woken",
			.metrics = "wakes, wakers, wakeup latency",
			.candidates = {TRACEPOINT("sched_waking", "on_waking")},
			.serves = WATCH_WAKES,
		},
	[HOOK_SWITCH] =
		{
			.what = "a thread falls asleep, or runs again",
			.metrics = "sleeps, wakeup latency, stalls",
			.candidates = {TRACEPOINT("sched_switch", "on_switch")},
		},
	[HOOK_TASK_BEGINS] =
		{
			.what = "a thread or process is created",
			.metrics = "threads and child processes",
			.candidates = {TRACEPOINT_STEADY("task_newtask", "on_newtask")},
		},
	[HOOK_TASK_ENDS] =
		{
			.what = "a thread ends",
			.metrics = "calls that end their thread, threads",
			.candidates = {TRACEPOINT_STEADY("sched_process_exit", "on_exit")},
		},
	[HOOK_TASK_FREED] =
		{
			.what = "the kernel frees a thread",
			.metrics = "none; the memory for it is reused",
			.candidates = {TRACEPOINT_PAIR("sched_process_free", "on_free")},
		},
	[HOOK_SIGNAL_GENERATED] =
		{
			.what = "a signal is generated",
			.metrics = "signals, sigio",
			.candidates = {TRACEPOINT("signal_generate", "on_signal_generate")},
			.serves = WATCH_SIGNALS,
		},
	[HOOK_SIGNAL_DELIVERED] =
		{
			.what = "a signal is delivered",
			.metrics = "signals.delivered, sigio latency",
			.candidates = {TRACEPOINT("signal_deliver", "on_signal_deliver")},
			.serves = WATCH_SIGNALS,
		},
	[HOOK_SOCKET_STATE] =
		{
			.what = "a connection is established or ends",
			.metrics = "sockets.established, edges at end of file",
			.candidates = {TRACEPOINT_PAIR("inet_sock_set_state", "on_sock_state")},
			.caught = COUNT_CAUGHT + TOLD_STATE,
			.serves = WATCH_INTERESTS,
		},
	[HOOK_DATA_READY] =
		{
			.what = "a socket becomes readable",
			.metrics = "ready_to_waking, service latency, wakes by data, edges, "
				   "merged, pending, "
				   "datagrams that arrived",
			.candidates = {TRACEPOINT_PAIR("sk_data_ready", "on_data_ready"),
				       FENTRY_PAIR("sock_def_readable", "on_readable"),
				       KPROBE("sock_def_readable", "on_readable_kprobe"),
				       INSTEAD("positions",
					       "none of these metrics is available; whether a "
					       "report is fresh is judged by how much the socket "
					       "has received; stalls are found on TCP only")},
			.caught = COUNT_CAUGHT + TOLD_READY,
			.serves = WATCH_WAKES | WATCH_INTERESTS,
		},
	[HOOK_RECEIVE] =
		{
			.what = "data is received from a socket",
			.metrics = "sockets.reads and bytes, service latency, the end of stalls",
			.candidates = {TRACEPOINT_STEADY("sock_recv_length", "on_recv"),
				       {.name = "fexit/inet_recvmsg, inet6_recvmsg, "
						"unix_stream_recvmsg, unix_dgram_recvmsg",
					.way = WAY_FENTRY,
					.programs = {"on_recv_inet", "on_recv_inet6",
						     "on_recv_stream", "on_recv_dgram"},
					.weaker = "IP and UNIX sockets only"},
				       INSTEAD("sys_exit", "seen a moment late; not what io_uring, "
							   "splice or sendfile receive")},
			.serves = WATCH_INTERESTS,
		},
	[HOOK_SOCKET_ERROR] =
		{
			.what = "a socket is reset, or gets an error",
			.metrics = "edges of errors",
			.candidates =
				{TRACEPOINT_PAIR("inet_sk_error_report", "on_error_report"),
				 FENTRY_PAIR("sock_def_error_report", "on_sock_error"),
				 KPROBE("sock_def_error_report", "on_sock_error_kprobe"),
				 INSTEAD("none", "a report of an error counts as a re-report")},
			.caught = COUNT_CAUGHT + TOLD_ERROR,
			.serves = WATCH_INTERESTS,
		},
	[HOOK_EPOLL_CALLBACK] =
		{
			.what = "a ready file notifies an epoll instance",
			.metrics = "edges of files other than sockets, of EPOLLOUT and of "
				   "EPOLLEXCLUSIVE; wakes by them",
			.candidates =
				{FENTRY("ep_poll_callback", "on_epoll_callback"),
				 KPROBE("ep_poll_callback", "on_epoll_callback_kprobe"),
				 INSTEAD("none", "such edges are not counted; whether a report is "
						 "fresh is judged by how much the file has "
						 "received; such wakes have no ready_to_waking")},
			.serves = WATCH_WAKES | WATCH_INTERESTS,
		},
	[HOOK_POLL_WAKE] =
		{
			.what = "a ready file notifies poll or select",
			.metrics = "wakes of poll and select by pipes, timers, room to write",
			.candidates = {FENTRY("pollwake", "on_poll_wake"),
				       KPROBE("pollwake", "on_poll_wake_kprobe"),
				       INSTEAD("none", "such wakes have no ready_to_waking")},
			.serves = WATCH_WAKES,
		},
	[HOOK_SIGIO] = {.what = "a descriptor raises SIGIO",
			.metrics = "sigio.sources",
			.candidates = {{.name = "fentry/send_sigio",
					.way = WAY_FENTRY,
					.programs = {"on_send_sigio", "on_send_sigio_end"}},
				       INSTEAD("none", "the descriptor is not known")},
			.serves = WATCH_SIGNALS},
	[HOOK_NAMED] = {.what = "a process takes a name",
			.metrics = "processes that --new adds by name",
			.candidates = {TRACEPOINT_PAIR("task_rename", "on_rename")},
			.serves = ARRIVE_BY_NAME},
	[HOOK_BORN_APART] = {.what = "another program creates a process",
			     .metrics = "processes that --new adds by name; in control groups",
			     .candidates = {TRACEPOINT_PAIR("task_newtask", "on_stranger")},
			     .serves = ARRIVE_BY_NAME | ARRIVE_IN_GROUP},
	[HOOK_GROUPED] = {.what = "a process enters a control group",
			  .metrics = "processes that enter the group of --cgroup or --unit",
			  .candidates = {TRACEPOINT_PAIR("cgroup_attach_task", "on_enter")},
			  .serves = ARRIVE_IN_GROUP},
	[HOOK_LISTENS] = {.what = "a process begins to listen at a port",
			  .metrics = "processes that --new adds by port",
			  .candidates = {TRACEPOINT_PAIR("inet_sock_set_state", "on_listen")},
			  .serves = ARRIVE_AT_PORT},
};

unsigned candidates_of(const struct hook *hook)
{
	unsigned n = 0;

	while (n < MAX_CANDIDATES && hook->candidates[n].name)
		n++;
	return n;
}

const char *candidate_place(const struct candidate *c)
{
	return c->way == WAY_TRACEPOINT ? strchr(c->name, '/') + 1 : c->name;
}

/* The places of a candidate, as its name lists them: NULL if the kernel has all of them, else the
 * first that it lacks, in buf. */
static const char *missing_place(struct kernel *k, const struct candidate *c, char *buf, size_t len)
{
	char *save, *name;

	snprintf(buf, len, "%s", strchr(c->name, '/') + 1);
	for (name = strtok_r(buf, ", ", &save); name; name = strtok_r(NULL, ", ", &save))
		if (!kernel_has(k, c->way, name))
			return name;
	return NULL;
}

/* Why a candidate cannot be used, in reason; false: nothing is known against it. */
static bool is_refused(const struct plan *plan, struct kernel *k, const struct candidate *c,
		       char reason[REASON_LEN])
{
	const struct way_state *way;
	char buf[128];
	const char *missing;

	if (!c->programs[0])
		return false;
	if (plan->wanted == HOOKS_TRACEPOINT && c->way != WAY_TRACEPOINT) {
		snprintf(reason, REASON_LEN, "--hooks tracepoint excludes it");
		return true;
	}
	missing = missing_place(k, c, buf, sizeof(buf));
	if (missing) {
		snprintf(reason, REASON_LEN, "this kernel has no %s %s",
			 c->way == WAY_TRACEPOINT ? "tracepoint" : "function", missing);
		return true;
	}
	way = kernel_way(k, c->way);
	if (!way->works)
		snprintf(reason, REASON_LEN, "%s", way->why);
	return !way->works;
}

static bool has_fentry(const struct hook *hook)
{
	for (unsigned i = 0; i < candidates_of(hook); i++)
		if (hook->candidates[i].programs[0] && hook->candidates[i].way == WAY_FENTRY)
			return true;
	return false;
}

/* The first usable candidate from the one that is chosen on. */
static void settle(struct plan *plan, struct kernel *k, enum hook_id id)
{
	const struct hook *hook = &hooks[id];
	unsigned n = candidates_of(hook), *at = &plan->chosen[id];

	for (; *at < n; (*at)++) {
		const struct candidate *c = &hook->candidates[*at];
		char *reason = plan->refused[id][*at];

		if (plan->wanted == HOOKS_FENTRY && has_fentry(hook) && c->way == WAY_TRACEPOINT)
			snprintf(reason, REASON_LEN, "--hooks fentry excludes it");
		else if (!is_refused(plan, k, c, reason))
			break;
	}
	if (*at == n)
		*at = MAX_CANDIDATES;
}

/*
 * Programs on tracepoints can be preempted where the kernel says so. Those on functions can be
 * wherever the kernel itself can, since it skips a program that runs already: both came with 5.12,
 * as did the atomic operations (kernel/bpf/trampoline.c, __bpf_prog_enter()).
 */
static void judge_preemption(struct plan *plan, struct kernel *k)
{
	plan->marks = k->fetching_atomics && k->tells_contexts;
	plan->preemptible = k->preemptible;
	plan->steady = k->preemptible && kernel_way(k, WAY_PERF)->works;
	for (unsigned i = 0; i < N_HOOKS && k->fetching_atomics; i++) {
		const struct candidate *c = plan_candidate(plan, i);

		if (c && c->programs[0] && c->way == WAY_FENTRY && c->again[0])
			plan->preemptible = true;
	}
}

bool plan_wants(const struct plan *plan, enum hook_id hook)
{
	return !hooks[hook].serves || hooks[hook].serves & plan->watched;
}

void plan_make(struct plan *plan, struct kernel *k, enum hooks_wanted wanted, unsigned watched)
{
	*plan = (struct plan){.wanted = wanted, .watched = watched};
	for (unsigned i = 0; i < N_HOOKS; i++)
		if (plan_wants(plan, i))
			settle(plan, k, i);
	judge_preemption(plan, k);
}

void plan_refuse(struct plan *plan, struct kernel *k, enum hook_id hook, const char *reason)
{
	snprintf(plan->refused[hook][plan->chosen[hook]], REASON_LEN, "%s", reason);
	plan->chosen[hook]++;
	settle(plan, k, hook);
	judge_preemption(plan, k);
}

const struct candidate *plan_candidate(const struct plan *plan, enum hook_id hook)
{
	if (!plan_wants(plan, hook) || plan->chosen[hook] >= MAX_CANDIDATES)
		return NULL;
	return &hooks[hook].candidates[plan->chosen[hook]];
}

bool plan_pairs(const struct plan *plan, enum hook_id hook)
{
	const struct candidate *c = plan_candidate(plan, hook);

	return c && c->again[0] && (plan->preemptible || (plan->marks && hooks[hook].caught));
}

static unsigned list_programs(const char *const programs[MAX_PROGRAMS],
			      const char *names[MAX_HOOK_PROGRAMS], unsigned n)
{
	for (unsigned i = 0; i < MAX_PROGRAMS && programs[i]; i++)
		names[n++] = programs[i];
	return n;
}

unsigned plan_programs(const struct plan *plan, enum hook_id hook,
		       const char *names[MAX_HOOK_PROGRAMS])
{
	const struct candidate *c = plan_candidate(plan, hook);
	unsigned n;

	if (!c)
		return 0;
	n = list_programs(c->programs, names, 0);
	if (plan_pairs(plan, hook))
		return list_programs(c->again, names, n);
	if (plan->steady && c->steady)
		names[n++] = c->steady;
	return n;
}

bool plan_sees(const struct plan *plan, enum hook_id hook)
{
	const struct candidate *c = plan_candidate(plan, hook);

	return c && c->programs[0];
}

enum hook_id plan_lacks(const struct plan *plan)
{
	for (unsigned i = 0; i < N_HOOKS; i++) {
		const struct candidate *c = plan_candidate(plan, i);

		if (!plan_wants(plan, i))
			continue;
		if (!c)
			return i;
		if (plan->wanted == HOOKS_FENTRY && has_fentry(&hooks[i]) && c->way != WAY_FENTRY)
			return i;
	}
	return N_HOOKS;
}

const char *plan_tier(const struct plan *plan, char *buf, size_t len)
{
	bool used[N_WAYS] = {false};
	size_t n = 0;

	for (unsigned i = 0; i < N_HOOKS; i++) {
		const struct candidate *c = plan_candidate(plan, i);

		if (c && c->programs[0])
			used[c->way] = true;
	}
	*buf = '\0';
	for (unsigned way = 0; way < N_WAYS && n < len; way++)
		if (used[way])
			n += snprintf(buf + n, len - n, "%s%s", n ? "+" : "", way_names[way]);
	return buf;
}
