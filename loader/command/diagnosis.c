// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "diagnosis.h"

#include <linux/bpf.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "attach.h"
#include "exit_status.h"
#include "privileges.h"

#define BTF_PATH      "/sys/kernel/btf/vmlinux"
#define SYSFS_PATH    "/sys/kernel"
#define PROC_PATH     "/proc/self/fd" /* what is open is passed on by its name there */
#define LOCKDOWN_PATH "/sys/kernel/security/lockdown"
#define MAPS_SIZE     (32u << 20) /* what all maps of a session take */
#define ALLOW_BPF                                                                                  \
	"allow bpf and perf_event_open in the seccomp filter (of a container: in its seccomp "     \
	"profile)"

static void ask_kernel(struct answer *f)
{
	struct utsname name;

	uname(&name);
	snprintf(f->value, sizeof(f->value), "Linux %.60s, %.60s", name.release, name.machine);
}

static void ask_bpf(struct answer *f)
{
	union bpf_attr attr = {0};

	/* an empty request: refused, but by a kernel that knows the call */
	if (syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr)) >= 0 || errno != ENOSYS) {
		snprintf(f->value, sizeof(f->value), "available");
		return;
	}
	f->stops = true;
	if (privileges_filtered()) {
		snprintf(f->value, sizeof(f->value),
			 "bpf() fails as if this kernel did not have it, and a seccomp filter is "
			 "active");
		snprintf(f->remedy, sizeof(f->remedy), ALLOW_BPF);
		return;
	}
	snprintf(f->value, sizeof(f->value), "this kernel has no bpf() system call");
	snprintf(f->remedy, sizeof(f->remedy), "use a kernel built with CONFIG_BPF_SYSCALL");
}

static void ask_proc(struct answer *f)
{
	if (!access(PROC_PATH, X_OK)) {
		snprintf(f->value, sizeof(f->value), "/proc");
		return;
	}
	f->stops = true;
	snprintf(f->value, sizeof(f->value), "cannot read " PROC_PATH ": %s", strerror(errno));
	snprintf(f->remedy, sizeof(f->remedy),
		 "mount procfs (mount -t proc proc /proc), or make it visible here");
}

static void ask_types(struct answer *f)
{
	if (!access(BTF_PATH, R_OK)) {
		snprintf(f->value, sizeof(f->value), BTF_PATH);
		return;
	}
	f->stops = true;
	snprintf(f->value, sizeof(f->value), "cannot read " BTF_PATH ": %s", strerror(errno));
	if (access(SYSFS_PATH, F_OK))
		snprintf(f->remedy, sizeof(f->remedy),
			 "mount sysfs at /sys, or make it visible here");
	else if (access(BTF_PATH, F_OK))
		snprintf(f->remedy, sizeof(f->remedy),
			 "use a kernel built with CONFIG_DEBUG_INFO_BTF");
	else
		snprintf(f->remedy, sizeof(f->remedy), "make it readable");
}

/* The mode stands in brackets. Integrity does no harm; confidentiality forbids programs to read the
 * kernel's memory (include/linux/security.h, LOCKDOWN_BPF_READ_KERNEL). */
static void ask_lockdown(struct answer *f)
{
	FILE *file = fopen(LOCKDOWN_PATH, "re");
	char line[80] = "";

	if (file && fgets(line, sizeof(line), file))
		line[strcspn(line, "\n")] = '\0';
	if (file)
		fclose(file);
	snprintf(f->value, sizeof(f->value), "%s",
		 *line ? line : "not in this kernel, or not visible");
	f->stops = strstr(line, "[confidentiality]");
	if (f->stops)
		snprintf(f->remedy, sizeof(f->remedy),
			 "boot without lockdown=confidentiality: it forbids programs to read the "
			 "kernel's memory");
}

static void say_behind(struct answer *f, const char *what)
{
	size_t len = strlen(f->value);

	snprintf(f->value + len, sizeof(f->value) - len, "%s", what);
}

/* What hinders who has the capabilities, as far as it can be seen. */
static void explain_refusal(struct answer *f, int error)
{
	say_behind(f, ", but bpf() fails: ");
	say_behind(f, strerror(error));
	if (error == EPERM && privileges_filtered()) {
		say_behind(f, ", and a seccomp filter is active");
		snprintf(f->remedy, sizeof(f->remedy), ALLOW_BPF);
	} else if (error == EPERM) {
		snprintf(f->remedy, sizeof(f->remedy),
			 "a security module may forbid it; before Linux 5.11, the limit on locked "
			 "memory may be too low (ulimit -l unlimited)");
	}
}

static void ask_privileges(struct answer *f)
{
	bool enough = privileges_suffice();
	int error = kernel_refuses();

	privileges_text(f->value, sizeof(f->value));
	f->stops = !enough || error;
	if (!f->stops)
		return;
	if (privileges_of_namespace()) {
		say_behind(f, ", in this user namespace only");
		snprintf(f->remedy, sizeof(f->remedy),
			 "run it outside of the rootless container or of unshare -U: the kernel "
			 "requires these capabilities in the initial user namespace");
	} else if (!enough) {
		snprintf(f->remedy, sizeof(f->remedy),
			 "run it with sudo; serve, load and models need no privileges");
	} else {
		explain_refusal(f, error);
	}
}

/* Where maps count as locked memory, the limit on that has to be raised, as libbpf will do. */
static void ask_memory(struct answer *f)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY}, before;

	if (!kernel_locks_maps()) {
		snprintf(f->value, sizeof(f->value), "not subject to the limit on locked memory");
		return;
	}
	getrlimit(RLIMIT_MEMLOCK, &before);
	setrlimit(RLIMIT_MEMLOCK, &limit);
	getrlimit(RLIMIT_MEMLOCK, &limit);
	setrlimit(RLIMIT_MEMLOCK, &before); /* a command's limits are its caller's */
	snprintf(f->value, sizeof(f->value),
		 "maps need %u MiB, the limit on locked memory is %llu KiB", MAPS_SIZE >> 20,
		 (unsigned long long)limit.rlim_cur >> 10);
	f->stops = limit.rlim_cur < MAPS_SIZE;
	if (f->stops)
		snprintf(f->remedy, sizeof(f->remedy),
			 "raise the limit (ulimit -l unlimited), or also give CAP_SYS_RESOURCE");
}

/* The value of a setting, -1 if it cannot be read. */
static long read_setting(struct answer *f, const char *path)
{
	FILE *file = fopen(path, "re");
	long value = -1;

	if (!file || fscanf(file, "%ld", &value) != 1)
		snprintf(f->value, sizeof(f->value), "missing, or not readable");
	else
		snprintf(f->value, sizeof(f->value), "%ld", value);
	if (file)
		fclose(file);
	return value;
}

static void ask_jit(struct answer *f)
{
	long value = read_setting(f, "/proc/sys/net/core/bpf_jit_enable");

	if (!value)
		snprintf(f->remedy, sizeof(f->remedy),
			 "fentry needs the JIT compiler: sysctl net.core.bpf_jit_enable=1");
	else if (value > 0)
		snprintf(f->remedy, sizeof(f->remedy), "no obstacle: on, as fentry needs");
}

static void ask_ftrace(struct answer *f)
{
	long value = read_setting(f, "/proc/sys/kernel/ftrace_enabled");

	if (!value)
		snprintf(f->remedy, sizeof(f->remedy),
			 "fentry needs ftrace: sysctl kernel.ftrace_enabled=1");
	else if (value > 0)
		snprintf(f->remedy, sizeof(f->remedy), "no obstacle: on, as fentry needs");
}

static void ask_unprivileged(struct answer *f)
{
	if (read_setting(f, "/proc/sys/kernel/unprivileged_bpf_disabled") >= 0)
		snprintf(f->remedy, sizeof(f->remedy),
			 "no obstacle: it does not concern users who have CAP_BPF");
}

static void ask_paranoia(struct answer *f)
{
	long value = read_setting(f, "/proc/sys/kernel/perf_event_paranoid");

	if (value > 2)
		snprintf(f->remedy, sizeof(f->remedy),
			 "above 2: the kernel may refuse perf events: sysctl "
			 "kernel.perf_event_paranoid=2");
	else if (value >= 0)
		snprintf(f->remedy, sizeof(f->remedy), "no obstacle: 2 or less");
}

static const struct question {
	const char *name;
	void (*ask)(struct answer *f);
	const char *needs; /* "run needs ..." */
} questions[] = {
	{"kernel", ask_kernel, NULL},
	{"BPF", ask_bpf, "BPF in the kernel"},
	{"process information", ask_proc, "the information on processes (procfs)"},
	{"type information", ask_types, "the kernel's type information (BTF)"},
	{"lockdown", ask_lockdown, "a kernel that allows programs to read its memory"},
	{"privileges", ask_privileges, "CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN)"},
	{"memory for maps", ask_memory, "memory for its maps"},
	{"net.core.bpf_jit_enable", ask_jit, NULL},
	{"kernel.ftrace_enabled", ask_ftrace, NULL},
	{"kernel.unprivileged_bpf_disabled", ask_unprivileged, NULL},
	{"kernel.perf_event_paranoid", ask_paranoia, NULL},
};

static const unsigned n_questions = sizeof(questions) / sizeof(questions[0]);
_Static_assert(sizeof(questions) / sizeof(questions[0]) <= MAX_ANSWERS, "room for all answers");

unsigned diagnose(struct answer answers[MAX_ANSWERS])
{
	bool stopped = false;
	unsigned n = 0;

	attach_quietly();
	for (unsigned i = 0; i < n_questions; i++) {
		struct answer *f = &answers[n];

		if (stopped && questions[i].ask == ask_memory) /* it takes a program to find out */
			continue;
		*f = (struct answer){.name = questions[i].name};
		questions[i].ask(f);
		stopped |= f->stops;
		n++;
	}
	return n;
}

static const char *needs_of(const struct answer *f)
{
	for (unsigned i = 0; i < n_questions; i++)
		if (!strcmp(questions[i].name, f->name))
			return questions[i].needs;
	return "";
}

bool diagnosis_text(const struct answer *answers, unsigned n, const char *what, char *buf,
		    size_t len)
{
	for (unsigned i = 0; i < n; i++) {
		const struct answer *f = &answers[i];

		if (!f->stops)
			continue;
		snprintf(buf, len, "%s needs %s, but: %s%s%s", what, needs_of(f), f->value,
			 *f->remedy ? "; " : "", f->remedy);
		return true;
	}
	return false;
}

int diagnose_for(const char *what)
{
	struct answer answers[MAX_ANSWERS];
	char text[512];

	if (!diagnosis_text(answers, diagnose(answers), what, text, sizeof(text)))
		return 0;
	warnx("%s", text);
	return EXIT_UNABLE;
}
