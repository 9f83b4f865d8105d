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
	bool again; /* needed only to begin anew */
	bool stand_in;
} privileges[] = {
	{CAP_BPF, false, false},   {CAP_KILL, false, false},  {CAP_PERFMON, true, false},
	{CAP_SETUID, true, false}, {CAP_SETGID, true, false}, {CAP_SYS_ADMIN, false, true},
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
static int choose(cap_t kept, cap_t held, bool again)
{
	int err = 0;

	for (size_t i = 0; i < sizeof(privileges) / sizeof(privileges[0]); i++) {
		const struct privilege *p = &privileges[i];

		if (holds(held, p->capability) && (again || !p->again) &&
		    !(p->stand_in && holds_both(held)))
			err = err || keep(kept, p->capability);
	}
	return err;
}

int privileges_drop(bool again)
{
	cap_t held = cap_get_proc(), kept = cap_init();
	int err = !held || !kept || choose(kept, held, again) || cap_set_proc(kept) ? -1 : 0;

	if (err)
		warn("cannot drop privileges");
	cap_free(kept);
	cap_free(held);
	return err;
}
