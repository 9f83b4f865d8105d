// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "privileges.h"

#include <err.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/capability.h>
#include <sys/stat.h>

#include "proc_field.h"

#define FIRST_NAMESPACE 0xeffffffdu /* include/linux/proc_ns.h, PROC_USER_INIT_INO */

/* CAP_SYS_ADMIN stands in for the other two where it is all there is. */
static const struct privilege {
	cap_value_t capability;
	enum privileged only_for; /* PRIVILEGED_NOTHING: needed in any case */
	bool stand_in;
} privileges[] = {
	{.capability = CAP_BPF},
	{.capability = CAP_KILL},
	{.capability = CAP_PERFMON, .only_for = PRIVILEGED_AGAIN},
	{.capability = CAP_SETUID, .only_for = PRIVILEGED_AGAIN},
	{.capability = CAP_SETGID, .only_for = PRIVILEGED_AGAIN},
	{.capability = CAP_SYS_PTRACE, .only_for = PRIVILEGED_LOOKING},
	{.capability = CAP_SYS_ADMIN, .stand_in = true},
};

static bool holds(cap_t caps, cap_value_t capability)
{
	cap_flag_value_t value = CAP_CLEAR;

	return !cap_get_flag(caps, capability, CAP_EFFECTIVE, &value) && value == CAP_SET;
}

static bool holds_both(cap_t caps)
{
	return holds(caps, CAP_BPF) && holds(caps, CAP_PERFMON);
}

bool privileges_suffice(void)
{
	cap_t caps = cap_get_proc();
	bool enough = caps && (holds_both(caps) || holds(caps, CAP_SYS_ADMIN));

	cap_free(caps);
	return enough;
}

void privileges_text(char *buf, size_t len)
{
	cap_t caps = cap_get_proc();

	snprintf(buf, len, "CAP_BPF %s, CAP_PERFMON %s, CAP_SYS_ADMIN %s",
		 caps && holds(caps, CAP_BPF) ? "yes" : "no",
		 caps && holds(caps, CAP_PERFMON) ? "yes" : "no",
		 caps && holds(caps, CAP_SYS_ADMIN) ? "yes" : "no");
	cap_free(caps);
}

bool privileges_of_namespace(void)
{
	struct stat st;

	return !stat("/proc/self/ns/user", &st) && st.st_ino != FIRST_NAMESPACE;
}

bool privileges_filtered(void)
{
	return proc_field("/proc/self/status", "Seccomp") == SECCOMP_MODE_FILTER;
}

static int keep(cap_t caps, cap_value_t capability)
{
	return cap_set_flag(caps, CAP_EFFECTIVE, 1, &capability, CAP_SET) ||
	       cap_set_flag(caps, CAP_PERMITTED, 1, &capability, CAP_SET);
}

/* Sets in kept what held has and the session still needs. Returns 0, or not 0 with errno. */
static int choose(cap_t kept, cap_t held, enum privileged left)
{
	int err = 0;

	for (size_t i = 0; i < sizeof(privileges) / sizeof(privileges[0]); i++) {
		const struct privilege *p = &privileges[i];

		if (holds(held, p->capability) && (!p->only_for || p->only_for == left) &&
		    !(p->stand_in && holds_both(held)))
			err = err || keep(kept, p->capability);
	}
	return err;
}

int privileges_drop(enum privileged left)
{
	cap_t held = cap_get_proc(), kept = cap_init();
	int err = !held || !kept || choose(kept, held, left) || cap_set_proc(kept) ? -1 : 0;

	if (err)
		warn("cannot drop privileges");
	cap_free(kept);
	cap_free(held);
	return err;
}
