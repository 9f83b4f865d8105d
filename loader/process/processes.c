// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "processes.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "proc_stat.h"

#define MAX_PID    (1 << 22)  /* include/linux/threads.h, PID_MAX_LIMIT */
#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */
#define SEPARATORS ", \t\n"

bool proc_is_ours(void)
{
	char link[16];
	ssize_t n = readlink("/proc/self", link, sizeof(link) - 1);

	if (n <= 0)
		return false;
	link[n] = '\0';
	return atoi(link) == getpid();
}

bool processes_have(const struct processes *p, pid_t pid)
{
	for (unsigned i = 0; i < p->n; i++)
		if (p->pids[i] == pid)
			return true;
	return false;
}

bool processes_add_one(struct processes *p, pid_t pid)
{
	if (processes_have(p, pid))
		return true;
	if (p->n == MAX_PROCESSES)
		return false;
	p->pids[p->n++] = pid;
	return true;
}

const char *processes_add(struct processes *p, const char *list)
{
	const char *at = list + strspn(list, SEPARATORS);
	unsigned long pid;
	char *end;

	if (!*at)
		return "must name a process";
	for (; *at; at = end + strspn(end, SEPARATORS)) {
		errno = 0;
		pid = strtoul(at, &end, 10);
		if (*at < '0' || *at > '9' || errno || pid < 1 || pid > MAX_PID ||
		    (*end && !strchr(SEPARATORS, *end)))
			return "must be a comma-separated list of process IDs";
		if (!processes_add_one(p, (pid_t)pid))
			return "must not name that many processes";
	}
	p->named = p->n;
	return NULL;
}

/* The process that a thread belongs to; 0 if that cannot be told. */
static pid_t process_of_thread(pid_t tid)
{
	char path[64], line[128];
	FILE *file;
	pid_t pid = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	file = fopen(path, "re");
	while (file && !pid && fgets(line, sizeof(line), file))
		sscanf(line, "Tgid: %d", &pid);
	if (file)
		fclose(file);
	return pid;
}

static bool is_kernel_thread(pid_t pid)
{
	char buf[PROC_STAT_SIZE];
	const char *stat = proc_stat(pid, buf);
	unsigned flags = 0;

	return stat && sscanf(stat, " %*c %*d %*d %*d %*d %*d %u", &flags) == 1 &&
	       flags & PF_KTHREAD;
}

static int pidfd_of(pid_t pid)
{
	return syscall(SYS_pidfd_open, pid, 0);
}

/* A descriptor of the process; -1 after one line on stderr if it cannot be traced. */
static int process_open(pid_t pid)
{
	int fd = pidfd_of(pid), error = errno;
	pid_t leader = fd < 0 && proc_is_ours() ? process_of_thread(pid) : pid;

	if (fd < 0 && leader && leader != pid) {
		warnx("cannot trace %d: it is a thread of process %d; trace the whole process with "
		      "-p %d",
		      pid, leader, leader);
		return -1;
	}
	if (fd < 0) {
		errno = error;
		warn("cannot trace process %d", pid);
		return -1;
	}
	if (!proc_is_ours() || !is_kernel_thread(pid))
		return fd;
	warnx("cannot trace process %d: it is a kernel thread, which makes no system calls", pid);
	close(fd);
	return -1;
}

static int watch_open(struct processes *p)
{
	p->ends = epoll_create1(EPOLL_CLOEXEC);
	if (p->ends < 0)
		warn("cannot wait for the end of processes");
	return p->ends < 0 ? -1 : 0;
}

static int watch_add(struct processes *p, pid_t pid, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	if (epoll_ctl(p->ends, EPOLL_CTL_ADD, fd, &event)) {
		warn("cannot wait for the end of process %d", pid);
		return -1;
	}
	p->alive++;
	return 0;
}

int processes_open(struct processes *p)
{
	int err = watch_open(p);

	for (unsigned i = 0; !err && i < p->n; i++) {
		bool named = i < p->named;
		int fd = named ? process_open(p->pids[i]) : pidfd_of(p->pids[i]);

		if (fd >= 0)
			err = watch_add(p, p->pids[i], fd);
		else if (named)
			err = -1;
	}
	return err;
}

bool processes_ended(struct processes *p)
{
	struct epoll_event event;

	while (p->alive && epoll_wait(p->ends, &event, 1, 0) == 1) {
		close(event.data.fd);
		p->alive--;
	}
	return !p->alive;
}

void processes_close(struct processes *p)
{
	if (p->ends >= 0)
		close(p->ends);
	p->ends = -1;
}

const char *processes_text(const struct processes *p, char *buf, size_t len)
{
	const size_t more = sizeof(" and 1024 more");
	size_t at = snprintf(buf, len, "%s ", p->n == 1 ? "process" : "processes");

	for (unsigned i = 0; i < p->n; i++) {
		char number[16];
		size_t n = snprintf(number, sizeof(number), "%s%d", i ? ", " : "", p->pids[i]);

		if (at + n + more > len) {
			snprintf(buf + at, len - at, " and %u more", p->n - i);
			break;
		}
		memcpy(buf + at, number, n + 1);
		at += n;
	}
	return buf;
}
